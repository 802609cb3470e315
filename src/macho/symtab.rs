//! The symbol table, its strings, and the indirect symbols that say which slot is whose.
//!
//! dyld and tools expect three parts in this order: symbols of this image alone (the debug map first), exported ones,
//! undefined ones; the last two sorted by name. Assembler-local names (`l…`, `L…`) are left out.
//! Exported names are copied as soon as they are sorted: where the objects have them, they are in no cache, and the export
//! trie is made of the copies (see [`Symtab::exported`]).
//! Cost: a touch of every symbol that is written, and one sort of the names of each of the other parts, in parallel.

use super::definitions::{Definition, flag};
use super::format::*;
use super::image::Image;
use super::imports::Imports;
use super::object::Object;
use super::sections::{Chunk, Content, OutSection};
use super::slots::GotEntry;
use crate::base::carve;
use crate::base::ids::{AtomId, FileId, NONE, SymbolId};
use crate::base::session::Session;
use crate::base::sort;
use std::ops::Range;
use zerocopy::IntoBytes;

/// The finished tables. Symbols and strings are in parts that are still to be put behind each other.
#[derive(Debug, Default)]
pub struct Symtab {
    parts: Vec<Part>,
    /// Where each part's strings begin, and one more for the end.
    string_starts: Vec<u32>,
    /// Indirect symbols, in the order of the sections that have them.
    pub indirect: Vec<u8>,
    /// Locals, exported definitions, undefined ones.
    pub counts: [u32; 3],
    /// The first part of exported definitions, and their ids by part.
    exported: (usize, Vec<Vec<SymbolId>>),
}

impl Symtab {
    fn new(mut parts: Vec<Part>, indirect: Vec<u8>, counts: [u32; 3]) -> Symtab {
        // A space first, as Apple's linker has it: no name is at offset 0 or 1, and offset 1 is the empty name.
        parts.insert(0, Part { strings: b" \0".to_vec(), ..Part::default() });
        let size: usize = parts.iter().map(|p| p.strings.len()).sum();
        parts.push(Part { strings: vec![0; size.next_multiple_of(8) - size], ..Part::default() });
        let mut string_starts = vec![0];
        for part in &parts {
            string_starts.push(string_starts[string_starts.len() - 1] + part.strings.len() as u32);
        }
        Symtab { parts, string_starts, indirect, counts, ..Symtab::default() }
    }

    /// How many names other images see, in runs of neighbours, in ascending order.
    pub fn exported_runs(&self) -> Vec<usize> {
        self.exported.1.iter().map(Vec::len).collect()
    }

    /// Of what other images see, number `i` of a run: id, name and symbol.
    pub fn exported(&self, run: usize, i: usize) -> (SymbolId, &[u8], &Nlist) {
        let (first, ids) = &self.exported;
        let part = &self.parts[first + run];
        (ids[run][i], part.name(i), &part.symbols[i])
    }

    /// Bytes of all `nlist_64` records.
    pub fn symbols_size(&self) -> usize {
        self.parts.iter().map(Part::symbols_size).sum()
    }

    /// Bytes of all strings, padded to eight.
    pub fn strings_size(&self) -> usize {
        self.string_starts[self.parts.len()] as usize
    }

    /// Ranges of parts whose symbols take about `target` bytes together, and how many they take.
    pub fn symbol_shares(&self, target: u64) -> impl Iterator<Item = (Range<usize>, usize)> + '_ {
        let groups = carve::groups(self.parts.iter().map(|p| p.symbols_size() as u64), target);
        groups.into_iter().map(|range| (range.clone(), self.parts[range].iter().map(Part::symbols_size).sum()))
    }

    /// The same of their strings.
    pub fn string_shares(&self, target: u64) -> impl Iterator<Item = (Range<usize>, usize)> + '_ {
        let groups = carve::groups(self.parts.iter().map(|p| p.strings.len() as u64), target);
        groups.into_iter().map(|range| (range.clone(), self.parts[range].iter().map(|p| p.strings.len()).sum()))
    }

    /// Writes the symbols of some parts.
    pub fn write_symbols(&self, parts: Range<usize>, mut out: &mut [u8]) {
        for (part, base) in self.parts[parts.clone()].iter().zip(&self.string_starts[parts]) {
            for symbol in &part.symbols {
                let (place, rest) = out.split_at_mut(size_of::<Nlist>());
                let mut moved = Nlist { name: (symbol.name.get() + base).into(), ..*symbol };
                if !symbol.is_stab() && symbol.class() == N_INDR {
                    moved.value = (symbol.value.get() + u64::from(*base)).into(); // The other name.
                }
                place.copy_from_slice(moved.as_bytes());
                out = rest;
            }
        }
    }

    /// Writes the strings of some parts.
    pub fn write_strings(&self, parts: Range<usize>, mut out: &mut [u8]) {
        for part in &self.parts[parts] {
            let (place, rest) = out.split_at_mut(part.strings.len());
            place.copy_from_slice(&part.strings);
            out = rest;
        }
    }
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
    fn symbols_size(&self) -> usize {
        self.symbols.len() * size_of::<Nlist>()
    }

    /// The name of symbol `index`. Each symbol has a name of its own, behind that of the one before it.
    fn name(&self, index: usize) -> &[u8] {
        let end = self.symbols.get(index + 1).map_or(self.strings.len(), |next| next.name.get() as usize);
        &self.strings[self.symbols[index].name.get() as usize..end - 1]
    }

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
    /// Names that other images see.
    pub exported: Exported,
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
    let local_count: u32 = locals.iter().map(|p| p.symbols.len() as u32).sum();
    let mut next = local_count;
    for id in exported.ids.iter().flatten() {
        index_of[id.idx()] = next;
        next += 1;
    }
    let exported_count = next - local_count;
    let mut parts = locals;
    let first_exported = parts.len();
    parts.extend(exported.parts);
    let undefined = undefined(image, imports, &mut next, &mut index_of);
    let counts = [local_count, exported_count, undefined.symbols.len() as u32];
    parts.push(undefined);
    let mut table = Symtab::new(parts, indirect(image, &index_of), counts);
    // One part more is in front of them now.
    table.exported = (first_exported + 1, exported.ids);
    table
}

/// Puts parts behind each other: symbols and strings.
pub fn join(parts: Vec<Part>) -> (Vec<u8>, Vec<u8>) {
    let table = Symtab::new(parts, Vec::new(), [0; 3]);
    let (mut symbols, mut strings) = (vec![0; table.symbols_size()], vec![0; table.strings_size()]);
    table.write_symbols(0..table.parts.len(), &mut symbols);
    table.write_strings(0..table.parts.len(), &mut strings);
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
        if object.is_assembler_local(index) {
            continue;
        }
        let Ok(name) = object.symbol_name(index) else { continue };
        if !keeps(name) {
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

fn external(image: &Image<'_, '_>, id: SymbolId, name: &[u8], section_of: &[u8], part: &mut Part) {
    let context = &image.context;
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
}

/// Names that one job looks at.
const BLOCK: usize = 8192;

/// The names that other images see, of what the output keeps: runs of neighbours, in ascending order.
pub struct Exported {
    ids: Vec<Vec<SymbolId>>,
    parts: Vec<Part>,
}

/// Finds and sorts the names that other images see, and makes their symbols. `section_of` is the output section of each
/// atom.
pub fn exported(image: &Image<'_, '_>, section_of: &[u8], cx: &Session) -> Exported {
    let _t = cx.time.phase("exported symbols");
    let context = &image.context;
    let count = context.definitions.places.len();
    let blocks = cx.par.map(count.div_ceil(BLOCK), count as u64 * 32, |b| {
        let ids = (b * BLOCK..count.min((b + 1) * BLOCK)).map(|id| SymbolId(id as u32));
        let exported = ids.filter(|id| {
            let place = context.definitions.place(*id);
            context.definitions.has(*id, flag::EXPORTED)
                && !matches!(place, Definition::Import(_))
                && context.is_kept(place)
        });
        exported.map(|id| (id, context.interned.names.name(id))).collect::<Vec<_>>()
    });
    let runs = sort::by_name(&blocks, &cx.par, |run| {
        let (symbols, strings) = (run.len(), run.iter().map(|entry| entry.name.len() + 1).sum());
        let mut part = Part { symbols: Vec::with_capacity(symbols), strings: Vec::with_capacity(strings) };
        run.iter().for_each(|entry| external(image, entry.item, entry.name, section_of, &mut part));
        (run.iter().map(|entry| entry.item).collect(), part)
    });
    let (ids, parts) = runs.into_iter().unzip();
    Exported { ids, parts }
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
