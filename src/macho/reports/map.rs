//! `-map`: each file, section and symbol of the output, in the form of ld64, which tools read.
//!
//! Symbols are told by address, with the number of the file that they come from; what the linker made has number 0. A
//! name stands for the bytes up to the next one in its atom, so that the sizes of a section add up to it. What
//! `-dead_strip` removed comes last, file by file.
//! Cost: every symbol of the files that are in, a sort for each file; two parallel regions.

use super::super::definitions::Definition;
use super::super::files::Content as FileContent;
use super::super::image::Image;
use super::super::object::{Object, Role};
use super::super::relocs::Target;
use super::super::sections::{Chunk, Content, OutSection};
use super::super::slots::GotEntry;
use super::super::symbols::class;
use crate::args::macho::Arch;
use crate::base::ids::{AtomId, FileId, SymbolId};
use crate::base::session::Session;
use std::collections::HashMap;
use std::io::Write;
use std::ops::Range;

/// Atoms for one job.
const ATOMS: usize = 4096;

/// A symbol of a file: its atom, offset in that, number in the symbol table.
type Entry = (u32, u64, u32);

/// What one job turns into text.
enum Piece {
    /// Text already.
    Text(Vec<u8>),
    /// Some atoms of a section, by their places in its list.
    Atoms(usize, Range<usize>),
    /// What was removed of a file.
    Dead(FileId),
}

/// What every job reads.
struct Map<'m, 'x, 'a> {
    image: &'m Image<'x, 'a>,
    /// By file: its number in the map.
    numbers: Vec<u32>,
    /// By file: its symbols, sorted.
    entries: Vec<Vec<Entry>>,
    /// The name of each common symbol, and the file that it is from.
    commons: HashMap<AtomId, (SymbolId, FileId)>,
}

/// The map, in pieces.
pub(super) fn text(image: &Image<'_, '_>, arch: Arch, cx: &Session) -> Vec<Vec<u8>> {
    let context = &image.context;
    let weight = context.interned.ids.len() as u64 * 64;
    let entries = cx.par.map(context.files.list.len(), weight, |f| entries(image, FileId(f as u32)));
    let mut head = Vec::new();
    let arch = match arch {
        Arch::Arm64 => "arm64",
        Arch::X86_64 => "x86_64",
    };
    let _ = writeln!(head, "# Path: {}\n# Arch: {arch}", context.args.output.display());
    let numbers = object_files(image, &mut head);
    sections(image, &mut head);
    head.extend_from_slice(b"# Symbols:\n# Address\tSize    \tFile  Name\n");
    let map = Map { image, numbers, entries, commons: commons(image) };
    let mut pieces = vec![Piece::Text(head)];
    (0..image.layout.sections.len()).for_each(|index| map.section(index, &mut pieces));
    if context.args.dead_strip {
        pieces.push(Piece::Text(b"\n# Dead Stripped Symbols:\n#        \tSize    \tFile  Name\n".to_vec()));
        pieces.extend(context.objects().map(|(file, _)| Piece::Dead(file)));
    }
    cx.par.map(pieces.len(), weight, |i| match &pieces[i] {
        Piece::Text(text) => text.clone(),
        Piece::Atoms(section, atoms) => map.atoms(&image.layout.sections[*section].atoms()[atoms.clone()]),
        Piece::Dead(file) => map.dead(*file),
    })
}

/// Lists the files that are in, and numbers them.
fn object_files(image: &Image<'_, '_>, out: &mut Vec<u8>) -> Vec<u32> {
    let context = &image.context;
    let mut numbers = vec![0; context.files.list.len()];
    out.extend_from_slice(b"# Object files:\n[  0] linker synthesized\n");
    let mut next = 1;
    for (f, file) in context.files.iter().filter(|(f, _)| context.live.contains(f.idx())) {
        match &file.content {
            FileContent::Linker | FileContent::Made(_) => continue,
            FileContent::Dylib(library) if library.load.implicit => continue,
            _ => {}
        }
        numbers[f.idx()] = next;
        let _ = writeln!(out, "[{next:3}] {file}");
        next += 1;
    }
    numbers
}

fn sections(image: &Image<'_, '_>, out: &mut Vec<u8>) {
    out.extend_from_slice(b"# Sections:\n# Address\tSize    \tSegment\tSection\n");
    for section in &image.layout.sections {
        let _ = write!(out, "0x{:08X}\t0x{:08X}\t", section.address, section.size);
        out.extend_from_slice(&[&section.name.0[..], b"\t", &section.name.1, b"\n"].concat());
    }
}

/// The symbols of one file that name something in its atoms.
fn entries(image: &Image<'_, '_>, file: FileId) -> Vec<Entry> {
    let context = &image.context;
    let Some(object) = context.files[file].object().filter(|_| context.live.contains(file.idx())) else {
        return Vec::new();
    };
    let mut list = Vec::new();
    for index in (0..object.symbols.len() as u32).filter(|i| !object.symbols[*i as usize].is_stab()) {
        let Some((atom, offset)) = object.symbol_place(index) else { continue };
        // A literal is told by its value: its symbol is the assembler's.
        let is_literal = object.roles[object.atoms[atom as usize].section as usize].is_literal();
        let is_lost = context.interned.id(file, index).is_some_and(|id| {
            let winner = context.definitions.winners[id.idx()];
            (winner.file(), winner.index()) != (file, index)
        });
        // The assembler's own names say nothing to anybody.
        let is_shown = |name: &[u8]| !matches!(name.first(), None | Some(b'L')) && !name.starts_with(b"ltmp");
        if !is_literal && !is_lost && object.symbol_name(index).is_ok_and(is_shown) {
            list.push((atom, offset, index));
        }
    }
    list.sort_unstable();
    list
}

fn commons(image: &Image<'_, '_>) -> HashMap<AtomId, (SymbolId, FileId)> {
    let definitions = &image.context.definitions;
    let winners = definitions.winners.iter().enumerate().filter(|(_, winner)| winner.class() == class::COMMON);
    let named = winners.filter_map(|(i, winner)| match definitions.places[i] {
        Definition::Atom(atom, 0) => Some((atom, (SymbolId(i as u32), winner.file()))),
        _ => None,
    });
    named.collect()
}

/// One line of the table of symbols; what would break the line is escaped.
fn line(out: &mut Vec<u8>, (address, size): (u64, u64), number: u32, parts: &[&[u8]]) {
    let _ = write!(out, "0x{address:08X}\t0x{size:08X}\t[{number:3}] ");
    name(out, parts);
}

fn name(out: &mut Vec<u8>, parts: &[&[u8]]) {
    for byte in parts.iter().flat_map(|part| part.iter()) {
        match byte {
            0..=0x1f | 0x7f => out.extend(byte.escape_ascii()),
            _ => out.push(*byte),
        }
    }
    out.push(b'\n');
}

impl Map<'_, '_, '_> {
    /// A section: its atoms with the thunks between them, or what the linker made.
    fn section(&self, index: usize, pieces: &mut Vec<Piece>) {
        let layout = &self.image.layout;
        let section = &layout.sections[index];
        let mut own = Vec::new();
        match &section.content {
            Content::Atoms(atoms) => {
                let mut at = 0;
                let mut until = |end: usize, pieces: &mut Vec<Piece>| {
                    while at < end {
                        let next = end.min(at + ATOMS);
                        pieces.push(Piece::Atoms(index, at..next));
                        at = next;
                    }
                };
                for pool in layout.pools.iter().filter(|pool| pool.section == index) {
                    until(pool.before, pieces);
                    let mut text = Vec::new();
                    for (i, (target, _)) in pool.goals.iter().enumerate() {
                        let size = super::super::arch::arm64::THUNK_SIZE;
                        let target = self.image.context.target_name(*target);
                        let place = (pool.address + i as u64 * size, size);
                        line(&mut text, place, 0, &[target.as_bytes(), b".island"]);
                    }
                    pieces.push(Piece::Text(text));
                }
                until(atoms.len(), pieces);
                if section.room > 0 {
                    line(&mut own, (layout.private_address(), section.room), 0, &[b"__dyld_private"]);
                }
            }
            Content::Bytes(_) => line(&mut own, (section.address, section.size), 0, &[&section.name.1]),
            Content::Chunk(chunk) => self.chunk(section, *chunk, &mut own),
        }
        pieces.push(Piece::Text(own));
    }

    /// What the linker made: a slot for each name, or a table as a whole.
    fn chunk(&self, section: &OutSection, chunk: Chunk, out: &mut Vec<u8>) {
        let slots = self.image.slots;
        let local = |atom: &AtomId, offset: &u64| self.image.context.target_name(Target::Atom(*atom, *offset));
        let name = |id: &SymbolId| self.image.context.interned.names.name(*id);
        // As in Apple's maps stubs are counted to the file that has the function, other slots to the linker.
        let stub = |id: &SymbolId| (self.number_of(*id), name(id).to_vec());
        let slot = |name: &[u8]| (0, [b"non-lazy-pointer-to-local: ", name].concat());
        let own = |name: &[u8]| vec![(0, name.to_vec())];
        let names: Vec<(u32, Vec<u8>)> = match chunk {
            Chunk::Stubs => slots.stubs.iter().map(stub).collect(),
            Chunk::LazyPointers => slots.lazy.iter().map(stub).collect(),
            Chunk::ThreadPointers => slots.tlv.iter().map(|id| slot(name(id))).collect(),
            Chunk::Got => {
                let named = |entry: &GotEntry| match entry {
                    GotEntry::Symbol(id) => slot(name(id)),
                    GotEntry::Place(atom, offset) => slot(local(atom, offset).as_bytes()),
                };
                slots.got.iter().map(named).collect()
            }
            Chunk::Private => own(b"__dyld_private"),
            Chunk::StubHelper => own(b"helper helper"),
            Chunk::UnwindInfo => own(b"compact unwind info"),
            Chunk::InitOffsets | Chunk::ImageInfo | Chunk::EhFrame | Chunk::CompactUnwind => own(&section.name.1),
        };
        let size = section.size / (names.len() as u64).max(1);
        for (i, (number, name)) in names.iter().enumerate() {
            line(out, (section.address + i as u64 * size, size), *number, &[name]);
        }
    }

    /// The number of the file that a name is from.
    fn number_of(&self, id: SymbolId) -> u32 {
        let context = &self.image.context;
        match context.definitions.place(id) {
            Definition::Import(file) => self.numbers[file.idx()],
            Definition::Atom(atom, _) => self.numbers[context.atoms.local(atom).0.idx()],
            _ => 0,
        }
    }

    /// The symbols in some atoms; what has no symbol is told by what it is.
    fn atoms(&self, atoms: &[AtomId]) -> Vec<u8> {
        let context = &self.image.context;
        let mut out = Vec::new();
        for &atom in atoms {
            let (address, size) = (self.image.place(atom, 0), context.atoms.size(context.files, atom));
            let (file, index) = context.atoms.local(atom);
            let Some(object) = context.files[file].object() else {
                let Some((id, file)) = self.commons.get(&atom) else { continue };
                let name = context.interned.names.name(*id);
                line(&mut out, (address, size), self.numbers[file.idx()], &[name]);
                continue;
            };
            let (number, entries) = (self.numbers[file.idx()], self.entries_of(file, index));
            let first = entries.first().map_or(size, |entry| entry.1.min(size));
            if first > 0 || size == 0 && entries.is_empty() {
                line(&mut out, (address, first), number, &what(object, index));
            }
            for (i, &(_, offset, symbol)) in entries.iter().enumerate() {
                let end = entries.get(i + 1).map_or(size, |next| next.1).max(offset);
                let name = object.symbol_name(symbol).unwrap_or_default();
                line(&mut out, (address + offset, end - offset), number, &[name]);
            }
        }
        out
    }

    /// The symbols of an atom.
    fn entries_of(&self, file: FileId, atom: u32) -> &[Entry] {
        let entries = &self.entries[file.idx()];
        let start = entries.partition_point(|entry| entry.0 < atom);
        &entries[start..start + entries[start..].partition_point(|entry| entry.0 == atom)]
    }

    /// The atoms of a file that nothing needs.
    fn dead(&self, file: FileId) -> Vec<u8> {
        let context = &self.image.context;
        let mut out = Vec::new();
        let Some(object) = context.files[file].object() else { return out };
        for (index, piece) in object.atoms.iter().enumerate() {
            let index = index as u32;
            let atom = context.atoms.id(file, index);
            let is_copied = object.roles[piece.section as usize].has_atoms();
            if !is_copied || context.atoms.kept.contains(atom.idx()) || context.atoms.is_folded(atom) {
                continue;
            }
            let _ = write!(out, "<<dead>> \t0x{:08X}\t[{:3}] ", piece.size, self.numbers[file.idx()]);
            match self.entries_of(file, index).first() {
                Some((.., symbol)) => name(&mut out, &[object.symbol_name(*symbol).unwrap_or_default()]),
                None => name(&mut out, &what(object, index)),
            }
        }
        out
    }
}

/// What to call an atom that has no symbol, as ld64 does.
fn what<'a>(object: &Object<'a>, atom: u32) -> [&'a [u8]; 2] {
    let piece = &object.atoms[atom as usize];
    match object.roles[piece.section as usize] {
        Role::Strings => {
            let bytes = object.atom_bytes(piece);
            [b"literal string: ", bytes.strip_suffix(&[0]).unwrap_or(bytes)]
        }
        Role::WideStrings => [b"utf16-string", b""],
        Role::Literals(4) => [b"4-byte-literal", b""],
        Role::Literals(8) => [b"8-byte-literal", b""],
        Role::Literals(16) => [b"16-byte-literal", b""],
        Role::Literals(32) => [b"CFString", b""],
        _ => [b"anon", b""],
    }
}
