//! `__LINKEDIT`: what dyld, the kernel and tools read about the image, and what dyld's fixups are in the file.
//!
//! Its pieces stand in the order that `dyld` and the tools that rewrite binaries expect: fixups, exports, function starts,
//! data in code, symbols, indirect symbols, strings; the signature follows when the rest is written. All are built after
//! addresses are final, and before the file has its size.

use super::chunks::chained_fixups::{self, Format, PointerFormat, Subject};
use super::chunks::export_trie::{Export, Exports, Target as ExportTarget, Trie};
use super::commands::{Linkedit, Part};
use super::definitions::{Definition, flag};
use super::fixups::{Fixup, FixupSegment};
use super::format::*;
use super::image::Image;
use super::imports::Imports;
use super::symtab::Symtab;
use crate::base::diag::Reported;
use crate::base::session::Session;
use std::collections::HashMap;

/// The pieces.
#[derive(Debug, Default)]
pub struct Tail {
    /// From the beginning of `__LINKEDIT` to the symbols, which are put together as they are written.
    pub bytes: Vec<u8>,
    /// The symbols, indirect symbols and strings.
    pub symtab: Symtab,
    /// Bytes from the beginning of `__LINKEDIT` to the end of the strings.
    pub size: u64,
    /// Where each piece is in the file.
    pub parts: Linkedit,
    /// What the eight bytes of each fixup are in the file.
    pub values: Vec<u64>,
    /// Offsets of lazy bindings, for the stub helper.
    pub lazy_offsets: Vec<u32>,
}

/// What `__LINKEDIT` is made of.
pub struct Sources<'x, 'a> {
    /// Addresses.
    pub image: &'x Image<'x, 'a>,
    /// Names that dyld looks up.
    pub imports: &'x Imports<'a>,
    /// What dyld writes.
    pub fixups: &'x [Fixup],
    /// `LC_FUNCTION_STARTS`.
    pub function_starts: Vec<u8>,
    /// `LC_DATA_IN_CODE`.
    pub data_in_code: Vec<u8>,
    /// Symbol tables, and the names that other images see.
    pub symtab: Symtab,
    /// Whether fixups are chained.
    pub chained: bool,
}

/// Builds everything but the signature.
pub fn build(sources: Sources<'_, '_>, cx: &Session) -> Result<Tail, Reported> {
    let _t = cx.time.phase("build __LINKEDIT");
    let image = sources.image;
    let start = image.layout.segments.last().expect("__LINKEDIT is always there").offset;
    let mut tail = Tail::default();
    let streams = match sources.chained {
        true => {
            let chained = chain(&sources, cx)?;
            tail.values = chained.values;
            vec![chained.payload]
        }
        false => super::classic::streams(&sources, &mut tail, cx)?.into(),
    };
    let trie = exports(&sources, cx)?;
    let mut end = start;
    // An empty piece is where it would be: `strip` and `install_name_tool` refuse a file whose pieces are out of place.
    let mut place = |size: usize| {
        let offset = end.next_multiple_of(8);
        end = offset + size as u64;
        Part { offset, size: size as u64 }
    };
    let fixups: Vec<Part> = streams.iter().map(|stream| place(stream.len())).collect();
    let parts = &mut tail.parts;
    match fixups[..] {
        [rebase, bind, weak_bind, lazy_bind] => {
            (parts.rebase, parts.bind, parts.weak_bind, parts.lazy_bind) = (rebase, bind, weak_bind, lazy_bind);
        }
        _ => parts.chained_fixups = fixups[0],
    }
    parts.exports = place(trie.size());
    parts.function_starts = place(sources.function_starts.len());
    parts.data_in_code = place(sources.data_in_code.len());
    let size = parts.data_in_code.offset + parts.data_in_code.size - start;
    let symtab = &sources.symtab;
    parts.symbols = place(symtab.symbols_size());
    parts.indirect = place(symtab.indirect.len());
    parts.strings = place(symtab.strings_size());
    parts.counts = symtab.counts;
    tail.bytes = vec![0; size as usize];
    let bytes_of = |part: &Part| (part.offset - start) as usize..(part.offset - start + part.size) as usize;
    fixups.iter().zip(&streams).for_each(|(part, bytes)| tail.bytes[bytes_of(part)].copy_from_slice(bytes));
    tail.bytes[bytes_of(&parts.function_starts)].copy_from_slice(&sources.function_starts);
    tail.bytes[bytes_of(&parts.data_in_code)].copy_from_slice(&sources.data_in_code);
    trie.write(&mut tail.bytes[bytes_of(&parts.exports)], &cx.par);
    tail.size = end - start;
    tail.symtab = sources.symtab;
    Ok(tail)
}

/// Segments as fixups count them: all that the load commands have.
pub fn fixup_segments(image: &Image<'_, '_>) -> Vec<FixupSegment> {
    let segments = image.layout.segments.iter();
    segments.map(|s| FixupSegment { address: s.address, size: s.vm_size }).collect()
}

fn chain(sources: &Sources<'_, '_>, cx: &Session) -> Result<chained_fixups::Chained, Reported> {
    let image = sources.image;
    let format = Format {
        pointers: PointerFormat::Offset,
        page_size: image.layout.page_size as u16,
        image_base: image.layout.base,
    };
    let segments = fixup_segments(image);
    let built = chained_fixups::build(sources.fixups, &sources.imports.list, &segments, format, &cx.par);
    built.map_err(|error| {
        let text = describe(sources, error.subject, error.reason);
        cx.diag.fail(format_args!("{text}; -no_fixup_chains may help"))
    })
}

/// Why there are no fixups, with the name of what is to blame.
pub fn describe(sources: &Sources<'_, '_>, subject: Subject, reason: &str) -> String {
    match subject {
        Subject::Fixup(index) => {
            let address = sources.fixups.get(index).map_or(0, |f| f.address);
            format!("the pointer at 0x{address:x} ({}) {reason}", sources.image.describe(address))
        }
        Subject::Import(index) => format!("{} {reason}", String::from_utf8_lossy(sources.imports.list[index].name)),
    }
}

/// The trie of the names that other images see.
fn exports<'s>(sources: &'s Sources<'_, '_>, cx: &Session) -> Result<Trie<'s>, Reported> {
    let (image, imports) = (sources.image, sources.imports);
    let definitions = image.context.definitions;
    let own = |run: usize, i: usize| {
        let (id, name, symbol) = sources.symtab.exported(run, i);
        let (value, offset) = (symbol.value.get(), symbol.value.get().wrapping_sub(image.layout.base));
        let is_number = symbol.class() == N_ABS && matches!(definitions.place(id), Definition::Absolute(_));
        let (kind, address) = match is_number {
            true => (EXPORT_SYMBOL_FLAGS_KIND_ABSOLUTE, value),
            false if definitions.has(id, flag::THREAD_LOCAL) => (EXPORT_SYMBOL_FLAGS_KIND_THREAD_LOCAL, offset),
            false => (EXPORT_SYMBOL_FLAGS_KIND_REGULAR, offset),
        };
        let weak = if definitions.has(id, flag::WEAK) { EXPORT_SYMBOL_FLAGS_WEAK_DEFINITION } else { 0 };
        Export { name, flags: kind | weak, target: ExportTarget::Address(address) }
    };
    let order = &image.context.args.exported_order;
    let mut popular = HashMap::with_capacity(order.len());
    for (pattern, place) in order.iter().zip(0..) {
        popular.entry(&pattern.text[..]).or_insert(place);
    }
    let runs = sources.symtab.exported_runs();
    // What a library has and this one offers as its own.
    let reexported = super::exports::reexported(&image.context, cx)?;
    if reexported.is_empty() {
        return Ok(Trie::new(&Exports { runs, get: &own }, &popular, &cx.par));
    }
    let every = runs.iter().enumerate().flat_map(|(run, count)| (0..*count).map(move |i| (run, i)));
    let mut list: Vec<Export<'_>> = every.map(|(run, i)| own(run, i)).collect();
    for (id, file) in reexported {
        if let Ok(ordinal @ 1..) = u32::try_from(imports.ordinal(file)) {
            let target = ExportTarget::Reexport { ordinal, name: b"" };
            list.push(Export { name: image.context.interned.names.name(id), flags: 0, target });
        }
    }
    list.sort_by_key(|export| export.name);
    Ok(Trie::new(&Exports { runs: vec![list.len()], get: &|_, i| list[i] }, &popular, &cx.par))
}
