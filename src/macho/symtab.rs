//! The symbol table, its strings, and the indirect symbols that say which slot is whose.
//!
//! dyld and tools expect three parts in this order: symbols of this image alone (the debug map first), exported ones,
//! undefined ones; the last two sorted by name. Assembler-local names (`l…`, `L…`) are left out.
//! Cost: a touch of every local symbol of the kept files, in parallel; one sort of the names of each of the other parts.

use super::definitions::{Definition, flag};
use super::format::*;
use super::image::Image;
use super::imports::Imports;
use super::object::Object;
use super::sections::{Chunk, Content, OutSection};
use super::slots::GotEntry;
use crate::base::ids::{AtomId, FileId, NONE, SymbolId};
use crate::base::session::Session;
use zerocopy::IntoBytes;

/// The finished tables.
#[derive(Debug, Default)]
pub struct Symtab {
    /// `nlist_64` records.
    pub symbols: Vec<u8>,
    /// Strings, padded to eight bytes.
    pub strings: Vec<u8>,
    /// Indirect symbols, in the order of the sections that have them.
    pub indirect: Vec<u8>,
    /// Locals, exported definitions, undefined ones.
    pub counts: [u32; 3],
}

/// Symbols and their strings, to be put behind others.
#[derive(Debug, Default)]
pub struct Part {
    /// `name` counts from the beginning of `strings`.
    pub symbols: Vec<Nlist>,
    /// NUL-terminated.
    pub strings: Vec<u8>,
}

impl Part {
    /// Adds a symbol.
    pub fn push(&mut self, name: &[u8], kind: u8, section: u8, description: u16, value: u64) {
        let at = self.strings.len() as u32;
        self.strings.extend_from_slice(name);
        self.strings.push(0);
        self.push_at(at, kind, section, description, value);
    }

    /// Adds a symbol whose name is already among the strings.
    pub fn push_at(&mut self, name: u32, kind: u8, section: u8, description: u16, value: u64) {
        let (name, description, value) = (name.into(), description.into(), value.into());
        self.symbols.push(Nlist { name, kind, section, description, value });
    }
}

/// What the tables are made of.
pub struct Sources<'x, 'a> {
    /// Addresses.
    pub image: &'x Image<'x, 'a>,
    /// Names that dyld looks up.
    pub imports: &'x Imports<'a>,
    /// Names that other images see, as [`exported`] gives them.
    pub exported: &'x [(SymbolId, &'a [u8])],
    /// By atom: index of its output section.
    pub section_of: &'x [u8],
    /// The debug map.
    pub stabs: Vec<Part>,
    /// Which local names stay.
    pub keeps: &'x (dyn Fn(&[u8]) -> bool + Sync),
}

/// Builds all three tables.
pub fn build(sources: Sources<'_, '_>, cx: &Session) -> Symtab {
    let _t = cx.time.phase("symbol table");
    let Sources { image, imports, exported, section_of, stabs, keeps } = sources;
    let groups = image.context.groups(1 << 20);
    let mut locals = stabs;
    locals.extend(cx.par.map(groups.len(), image.context.weight() / 4, |g| {
        let mut part = Part::default();
        for file in groups[g].clone().map(|f| FileId(f as u32)).filter(|f| image.context.live.contains(f.idx())) {
            if let Some(object) = image.context.files[file].object() {
                local_symbols(image, file, object, section_of, keeps, &mut part);
            }
        }
        part
    }));
    let mut index_of = vec![NONE; image.context.definitions.places.len()];
    let mut next: u32 = locals.iter().map(|p| p.symbols.len() as u32).sum();
    let local_count = next;
    let exported = externals(image, exported, section_of, &mut next, &mut index_of);
    let undefined = undefined(image, imports, &mut next, &mut index_of);
    let counts = [local_count, exported.symbols.len() as u32, undefined.symbols.len() as u32];
    let mut parts = locals;
    parts.extend([exported, undefined]);
    let (symbols, strings) = join(parts);
    let indirect = indirect(image, &index_of);
    Symtab { symbols, strings, indirect, counts }
}

/// Puts parts behind each other. Offset 0 is the empty name.
fn join(parts: Vec<Part>) -> (Vec<u8>, Vec<u8>) {
    let symbol_count: usize = parts.iter().map(|p| p.symbols.len()).sum();
    let mut symbols = Vec::with_capacity(symbol_count * size_of::<Nlist>());
    let mut strings = Vec::with_capacity(parts.iter().map(|p| p.strings.len()).sum::<usize>() + 8);
    // A space first, as Apple's linker has it: no name is at offset 0 or 1.
    strings.extend_from_slice(b" \0");
    for mut part in parts {
        let base = strings.len() as u32;
        part.symbols.iter_mut().for_each(|s| s.name = (s.name.get() + base).into());
        symbols.extend_from_slice(part.symbols.as_bytes());
        strings.append(&mut part.strings);
    }
    strings.resize(strings.len().next_multiple_of(8), 0);
    (symbols, strings)
}

fn local_symbols(
    image: &Image<'_, '_>,
    file: FileId,
    object: &Object<'_>,
    section_of: &[u8],
    keeps: &(dyn Fn(&[u8]) -> bool + Sync),
    part: &mut Part,
) {
    let context = &image.context;
    for (index, symbol) in object.symbols.iter().enumerate() {
        let is_common = symbol.class() == N_UNDF && symbol.value.get() != 0;
        if symbol.is_stab() || !(is_common || matches!(symbol.class(), N_SECT | N_ABS)) {
            continue;
        }
        let index = index as u32;
        let id = context.interned.id(file, index);
        if let Some(id) = id {
            // A private external symbol is listed once, by the file that defines it.
            let winner = context.definitions.winners[id.idx()];
            if !context.definitions.has(id, flag::PRIVATE) || (winner.file(), winner.index()) != (file, index) {
                continue;
            }
        }
        let Ok(name) = object.symbol_name(index) else { continue };
        if matches!(name.first(), None | Some(b'l' | b'L')) || !keeps(name) {
            continue;
        }
        let private = if id.is_some() { N_PEXT } else { 0 };
        // What else an object says of a symbol is said to the linker alone.
        let description = if is_common { 0 } else { symbol.description.get() & REFERENCED_DYNAMICALLY };
        let place = match id.map(|id| context.definitions.place(id)).filter(|_| is_common) {
            Some(Definition::Atom(atom, offset)) => Some((atom, offset)),
            _ => object.symbol_place(index).map(|(atom, offset)| (context.atoms.id(file, atom), offset)),
        };
        match place {
            Some((atom, offset)) if context.atoms.kept.contains(atom.idx()) => {
                let section = section_of[atom.idx()] + 1;
                let value = image.layout.addresses[atom.idx()] + offset;
                part.push(name, N_SECT | private, section, description, value);
            }
            None if symbol.class() == N_ABS => {
                part.push(name, N_ABS | private, 0, description, symbol.value.get());
            }
            _ => {}
        }
    }
}

/// Exported definitions, sorted by name.
fn externals(
    image: &Image<'_, '_>,
    exported: &[(SymbolId, &[u8])],
    section_of: &[u8],
    next: &mut u32,
    index_of: &mut [u32],
) -> Part {
    let context = &image.context;
    let mut part = Part::default();
    for &(id, name) in exported {
        let definition = context.definitions.place(id);
        let description = if context.definitions.has(id, flag::WEAK) { N_WEAK_DEF } else { 0 }
            | if context.definitions.has(id, flag::REFERENCED_DYNAMICALLY) { REFERENCED_DYNAMICALLY } else { 0 };
        let (kind, section, value) = match definition {
            Definition::Atom(atom, offset) => {
                let atom: AtomId = context.atoms.canonical(atom);
                (N_SECT | N_EXT, section_of[atom.idx()] + 1, image.place(atom, offset))
            }
            // The header belongs to the first section, as far as a symbol can say.
            Definition::Header => (N_SECT | N_EXT, 1, image.layout.base),
            other => (N_ABS | N_EXT, 0, image.address_of(other).unwrap_or(0)),
        };
        let description = if definition == Definition::Header { REFERENCED_DYNAMICALLY } else { description };
        part.push(name, kind, section, description, value);
        index_of[id.idx()] = *next;
        *next += 1;
    }
    part
}

/// Names that other images see, sorted, of what the output keeps.
pub fn exported<'a>(image: &Image<'_, 'a>) -> Vec<(SymbolId, &'a [u8])> {
    let context = &image.context;
    let ids = (0..context.definitions.places.len() as u32).map(SymbolId);
    let exported = ids.filter(|id| {
        let place = context.definitions.place(*id);
        context.definitions.has(*id, flag::EXPORTED)
            && !matches!(place, Definition::Import(_))
            && context.is_kept(place)
    });
    let mut list: Vec<(SymbolId, &[u8])> = exported.map(|id| (id, context.interned.names.name(id))).collect();
    list.sort_unstable_by_key(|(_, name)| *name);
    list
}

/// Names that other images define, sorted.
fn undefined(image: &Image<'_, '_>, imports: &Imports<'_>, next: &mut u32, index_of: &mut [u32]) -> Part {
    let context = &image.context;
    let is_theirs = |id: &SymbolId| matches!(context.definitions.place(*id), Definition::Import(_));
    let mut list: Vec<SymbolId> = imports.ids.iter().copied().filter(is_theirs).collect();
    list.sort_unstable_by_key(|id| context.interned.names.name(*id));
    let mut part = Part::default();
    for id in list {
        let Definition::Import(file) = context.definitions.place(id) else { continue };
        let ordinal = match file {
            _ if context.args.flat_namespace => u32::from(DYNAMIC_LOOKUP_ORDINAL),
            FileId(0) => u32::from(DYNAMIC_LOOKUP_ORDINAL),
            _ if context.files[file].library().is_some_and(|l| l.is_bundle_loader) => u32::from(EXECUTABLE_ORDINAL),
            _ => (imports.ordinal(file) as u32).min(MAX_LIBRARY_ORDINAL),
        };
        let weak = if context.definitions.has(id, flag::WEAK_IMPORT) { N_WEAK_REF } else { 0 }
            | if context.definitions.has(id, flag::WEAK) { N_REF_TO_WEAK } else { 0 };
        part.push(context.interned.names.name(id), N_UNDF | N_EXT, 0, (ordinal as u16) << 8 | weak, 0);
        index_of[id.idx()] = *next;
        *next += 1;
    }
    part
}

/// Which symbol each stub and slot is of; the sections' `reserved1` says where each begins (see [`number_indirect`]).
fn indirect(image: &Image<'_, '_>, index_of: &[u32]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut put = |index: u32| out.extend_from_slice(&index.to_le_bytes());
    let mut symbol = |id: &SymbolId| match index_of.get(id.idx()) {
        None | Some(&NONE) => put(INDIRECT_SYMBOL_LOCAL),
        Some(&index) => put(index),
    };
    for section in &image.layout.sections {
        match section.content {
            Content::Chunk(Chunk::Stubs) => image.slots.stubs.iter().for_each(&mut symbol),
            Content::Chunk(Chunk::LazyPointers) => image.slots.lazy.iter().for_each(&mut symbol),
            Content::Chunk(Chunk::ThreadPointers) => image.slots.tlv.iter().for_each(&mut symbol),
            Content::Chunk(Chunk::Got) => {
                for entry in &image.slots.got {
                    match entry {
                        GotEntry::Symbol(id) => symbol(id),
                        GotEntry::Place(..) => symbol(&SymbolId(u32::MAX)),
                    }
                }
            }
            _ => {}
        }
    }
    out
}

/// Sets `reserved1` of the sections that have indirect symbols.
pub fn number_indirect(sections: &mut [OutSection]) {
    let mut next = 0;
    for section in sections {
        let size = match section.content {
            Content::Chunk(Chunk::Stubs) => super::arch::arm64::STUB_SIZE,
            Content::Chunk(Chunk::LazyPointers | Chunk::ThreadPointers | Chunk::Got) => 8,
            _ => continue,
        };
        section.first_indirect = next;
        next += (section.size / size) as u32;
    }
}
