//! `__LINKEDIT`: what dyld, the kernel and tools read about the image, and what dyld's fixups are in the file.
//!
//! Its pieces stand in the order that `dyld` and the tools that rewrite binaries expect: fixups, exports, function starts,
//! data in code, symbols, indirect symbols, strings; the signature follows when the rest is written. All are built after
//! addresses are final, and before the file has its size.

use super::chunks::chained_fixups::{self, Format, PointerFormat, Subject};
use super::chunks::export_trie::{self, Export, Target as ExportTarget};
use super::commands::{Linkedit, Part};
use super::definitions::{Definition, flag};
use super::fixups::{Fixup, FixupSegment};
use super::format::*;
use super::image::Image;
use super::imports::Imports;
use super::symtab::Symtab;
use crate::base::diag::Reported;
use crate::base::ids::SymbolId;
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
    /// Names that other images see.
    pub exported: &'x [(SymbolId, &'a [u8])],
    /// Symbol tables.
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
    let mut put = |bytes: &[u8], tail: &mut Tail| {
        tail.bytes.resize(tail.bytes.len().next_multiple_of(8), 0);
        let part = Part { offset: start + tail.bytes.len() as u64, size: bytes.len() as u64 };
        // An empty piece is where it would be: `strip` and `install_name_tool` refuse a file whose pieces are out of place.
        tail.bytes.extend_from_slice(bytes);
        part
    };
    if sources.chained {
        let chained = chain(&sources, cx)?;
        tail.parts.chained_fixups = put(&chained.payload, &mut tail);
        tail.values = chained.values;
    } else {
        super::classic::put(&sources, &mut tail, &mut put, cx)?;
    }
    tail.parts.exports = put(&exports(&sources, cx)?, &mut tail);
    tail.parts.function_starts = put(&sources.function_starts, &mut tail);
    tail.parts.data_in_code = put(&sources.data_in_code, &mut tail);
    let symtab = sources.symtab;
    let mut size = tail.bytes.len() as u64;
    let mut place = |bytes: usize| {
        let offset = start + size.next_multiple_of(8);
        size = offset - start + bytes as u64;
        Part { offset, size: bytes as u64 }
    };
    tail.parts.symbols = place(symtab.symbols_size());
    tail.parts.indirect = place(symtab.indirect.len());
    tail.parts.strings = place(symtab.strings_size());
    tail.parts.counts = symtab.counts;
    (tail.symtab, tail.size) = (symtab, size);
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

fn exports(sources: &Sources<'_, '_>, cx: &Session) -> Result<Vec<u8>, Reported> {
    let (image, imports) = (sources.image, sources.imports);
    let definitions = image.context.definitions;
    let mut list: Vec<Export<'_>> = sources
        .exported
        .iter()
        .map(|&(id, name)| {
            let definition = definitions.place(id);
            let address = image.address_of(definition).unwrap_or(0);
            let (kind, address) = match definition {
                Definition::Absolute(value) => (EXPORT_SYMBOL_FLAGS_KIND_ABSOLUTE, value),
                _ if definitions.has(id, flag::THREAD_LOCAL) => {
                    (EXPORT_SYMBOL_FLAGS_KIND_THREAD_LOCAL, address - image.layout.base)
                }
                _ => (EXPORT_SYMBOL_FLAGS_KIND_REGULAR, address - image.layout.base),
            };
            let weak = if definitions.has(id, flag::WEAK) { EXPORT_SYMBOL_FLAGS_WEAK_DEFINITION } else { 0 };
            Export { name, flags: kind | weak, target: ExportTarget::Address(address) }
        })
        .collect();
    // What a library has and this one offers as its own.
    for (id, file) in super::exports::reexported(&image.context, cx)? {
        if let Ok(ordinal @ 1..) = u32::try_from(imports.ordinal(file)) {
            let target = ExportTarget::Reexport { ordinal, name: b"" };
            list.push(Export { name: image.context.interned.names.name(id), flags: 0, target });
        }
    }
    let order = &image.context.args.exported_order;
    let mut popular = HashMap::with_capacity(order.len());
    for (pattern, place) in order.iter().zip(0..) {
        popular.entry(&pattern.text[..]).or_insert(place);
    }
    Ok(export_trie::build(&list, &popular))
}
