//! `-Map`: each output section, what of which input went into it, and the symbols there, by address.
//!
//! The columns are lld's, which tools read: address, load address, size (all hexadecimal), alignment, then output
//! section, input section and symbol, each indented by eight more.
//! Cost: every symbol of kept files twice, a sort for each file; two parallel regions. Readable names cost the most.

use super::super::atoms;
use super::super::definitions::Attr;
use super::super::format::*;
use super::super::image::{DROPPED, Image};
use super::super::layout::{Chunk, Content, OutSection, Region};
use super::super::object::Place;
use super::super::relocatable::Moved;
use super::super::relocs::{Context, display_name};
use super::super::symbols::Rank;
use crate::args::elf::Args;
use crate::base::ids::{AtomId, FileId, SymbolId};
use crate::base::session::Session;
use std::io::Write;
use std::ops::Range;

/// A symbol of a file, in the order of places: section, offset in it, number in the symbol table.
type Entry = (u32, u64, u32);

/// What one job turns into text.
enum Piece {
    /// Text already.
    Text(Vec<u8>),
    /// Some atoms of a part, which is at this address.
    Atoms { part: usize, atoms: Range<usize> },
}

/// Atoms for one job.
const ATOMS: usize = 4096;

/// The map, in pieces.
pub(super) fn text(image: &Image<'_, '_>, cx: &Session) -> Vec<Vec<u8>> {
    let c = image.c;
    let groups = c.numbering.file_groups(2048);
    let weight = c.interned.ids.len() as u64 * 64;
    let entries = cx
        .par
        .map(groups.len(), weight, |g| groups[g].clone().map(|f| entries(c, FileId(f as u32))).collect::<Vec<_>>());
    let map = Map { image, entries: entries.into_iter().flatten().collect() };
    let merged = map.merged();
    let mut pieces = vec![Piece::Text(TITLE.to_vec())];
    for (index, section) in image.layout.sections.iter().enumerate() {
        let mut head = Vec::new();
        output(&mut head, (section.addr, section.size, section.align), &section.name);
        pieces.push(Piece::Text(head));
        for region in &section.regions {
            map.region(section, region, &merged, &mut pieces);
        }
        pieces.push(Piece::Text(map.own_symbols(index as u32 + 1)));
    }
    cx.par.map(pieces.len(), weight, |i| match &pieces[i] {
        Piece::Text(text) => text.clone(),
        Piece::Atoms { part, atoms } => map.atoms(*part, atoms.clone()),
    })
}

/// The map of `-r`, where sections have no addresses: the columns tell offsets in the output section.
pub(super) fn joined(c: &Context<'_, '_>, moved: &Moved<'_, '_>) -> Vec<u8> {
    let entries: Vec<_> = (0..c.files.list.len()).map(|f| entries(c, FileId(f as u32))).collect();
    let mut out = TITLE.to_vec();
    for section in &moved.joined.sections {
        output(&mut out, (0, section.size, section.align), section.name);
        for atom in &section.atoms {
            let (f, index) = c.numbering.section_of(*atom);
            let Some(object) = c.files[f].object() else { continue };
            let align = atoms::size_and_align(object, index).map_or(1, |(_, align)| align);
            let place = (moved.joined.offset[atom.idx()], moved.joined.size[atom.idx()], align);
            input(&mut out, place, c.files[f].to_string().as_bytes(), section.name);
            let first = entries[f.idx()].partition_point(|e| e.0 < index);
            for (_, value, symbol) in entries[f.idx()][first..].iter().take_while(|e| e.0 == index) {
                let Some((_, at)) = moved.place(*atom, *value) else { continue };
                let size = object.symbols[*symbol as usize].size.get();
                named(&mut out, at, size, object.symbol_name(*symbol).unwrap_or(b"?"), c.args);
            }
        }
    }
    out
}

/// The symbols of one file that the output has in some section.
fn entries(c: &Context<'_, '_>, f: FileId) -> Vec<Entry> {
    let Some(object) = c.files[f].object().filter(|_| c.numbering.is_live(f)) else { return Vec::new() };
    let mut list = Vec::new();
    for (i, symbol) in object.symbols.iter().enumerate().skip(1) {
        let index = i as u32;
        if matches!(symbol.kind(), STT_SECTION | STT_FILE) {
            continue;
        }
        let Ok(Place::Section(section)) = object.place(index, symbol) else { continue };
        if !c.kept.contains(c.numbering.atom(f, section).idx()) {
            continue;
        }
        let shown = if index < object.first_global {
            object.symbol_name(index).is_ok_and(|name| !name.is_empty() && !name.starts_with(b".L"))
        } else {
            let winner = c.definitions.winners[c.interned.id(f, index, object.first_global).idx()];
            (winner.file(), winner.index()) == (f, index)
        };
        if shown {
            list.push((section, symbol.value.get(), index));
        }
    }
    list.sort_unstable();
    list
}

const TITLE: &[u8] = b"             VMA              LMA     Size Align Out     In      Symbol\n";

fn columns(out: &mut Vec<u8>, addr: u64, size: u64, align: u64) {
    // Load addresses are the addresses: nothing moves them apart.
    let _ = write!(out, "{addr:16x} {addr:16x} {size:8x} {align:5} ");
}

/// A symbol in a merged section: class, address, file, number.
type MergedEntry = (usize, u64, FileId, u32);

struct Map<'x, 'a> {
    image: &'x Image<'x, 'a>,
    /// By file.
    entries: Vec<Vec<Entry>>,
}

impl Map<'_, '_> {
    fn region(&self, section: &OutSection<'_>, region: &Region, merged: &[MergedEntry], pieces: &mut Vec<Piece>) {
        let image = self.image;
        let addr = section.addr + region.offset;
        let mut out = Vec::new();
        match region.content {
            Content::Part(part) => {
                let part = usize::from(part);
                let count = image.layout.sizes.parts[part].atoms.len();
                for start in (0..count).step_by(ATOMS) {
                    let atoms = start..count.min(start + ATOMS);
                    pieces.push(Piece::Atoms { part, atoms });
                }
                return;
            }
            Content::Merged(class) => {
                input(&mut out, (addr, region.size, region.align), b"<merged>", &section.name);
                let class = class as usize;
                let first = merged.partition_point(|m| m.0 < class);
                for (_, at, f, index) in merged[first..].iter().take_while(|m| m.0 == class) {
                    self.symbol(&mut out, *at, *f, *index);
                }
            }
            Content::Commons { tls } => {
                for s in &image.c.definitions.synthetic {
                    let super::super::linker_defined::Boundary::Common(i) = s.boundary else { continue };
                    let common = &image.commons[i as usize];
                    if common.tls == tls {
                        let at = addr + common.offset;
                        input(&mut out, (at, common.size, common.align), b"<common>", b"COMMON");
                        named(&mut out, at, common.size, image.c.interned.names.name(s.id), image.c.args);
                    }
                }
            }
            Content::Copies { relro } => {
                for copied in image.slots.copies.iter().filter(|c| c.relro == relro) {
                    let owner = image.c.definitions.winners[copied.id.idx()].file();
                    let file = image.c.files[owner].to_string();
                    let at = addr + copied.offset;
                    input(&mut out, (at, copied.size, copied.align), file.as_bytes(), b"<copied>");
                    named(&mut out, at, copied.size, image.c.interned.names.name(copied.id), image.c.args);
                }
            }
            Content::Chunk(Chunk::Frames) => {
                for of_file in image.frame_plan.shares.chunk_by(|a, b| a.file == b.file) {
                    let (first, size) = (&of_file[0], of_file.iter().map(|share| u64::from(share.size)).sum());
                    let file = image.c.files[first.file].to_string();
                    let place = (addr + u64::from(first.start), size, region.align);
                    input(&mut out, place, file.as_bytes(), b".eh_frame");
                }
            }
            Content::Emitted(_) | Content::Chunk(_) => {
                input(&mut out, (addr, region.size, region.align), b"<linker>", &section.name);
            }
        }
        pieces.push(Piece::Text(out));
    }

    fn atoms(&self, part: usize, atoms: Range<usize>) -> Vec<u8> {
        let image = self.image;
        let mut out = Vec::with_capacity(atoms.len() * 128);
        let mut file = None;
        let mut name = String::new();
        for atom in &image.layout.sizes.parts[part].atoms[atoms] {
            let (f, section) = image.c.numbering.section_of(*atom);
            let Some(object) = image.c.files[f].object() else { continue };
            if file.replace(f) != Some(f) {
                name = image.c.files[f].to_string();
            }
            let (size, align) = atoms::size_and_align(object, section).unwrap_or((0, 1));
            let at = image.atom_addr[atom.idx()];
            let section_name = object.section_name(section).unwrap_or(b"?");
            input(&mut out, (at, size, align), name.as_bytes(), section_name);
            let entries = &self.entries[f.idx()];
            let first = entries.partition_point(|e| e.0 < section);
            for (_, value, index) in entries[first..].iter().take_while(|e| e.0 == section) {
                self.symbol(&mut out, at.wrapping_add(*value), f, *index);
            }
        }
        out
    }

    /// Symbols in merged sections: few, since what compilers put there has no name that lasts.
    fn merged(&self) -> Vec<MergedEntry> {
        let c = self.image.c;
        let mut list = Vec::new();
        for (f, entries) in self.entries.iter().enumerate() {
            let f = FileId(f as u32);
            for (section, value, index) in entries {
                let atom: AtomId = c.numbering.atom(f, *section);
                if c.atoms.fate[atom.idx()] == atoms::Fate::Merged
                    && let Some((class, _)) = self.image.merged.place(atom, *value)
                    && let Some(addr) = self.image.atom_address(atom, *value)
                {
                    list.push((class, addr, f, *index));
                }
            }
        }
        list.sort_unstable();
        list
    }

    /// Symbols that the linker defines in section number `section`.
    fn own_symbols(&self, section: u32) -> Vec<u8> {
        let d = self.image.c.definitions;
        let mut list: Vec<(u64, SymbolId)> = Vec::new();
        for (i, s) in d.synthetic.iter().enumerate() {
            let winner = d.winners[s.id.idx()];
            let is_common = matches!(s.boundary, super::super::linker_defined::Boundary::Common(_));
            let own = winner == Rank::new(winner.class(), FileId(0), i as u32) && d.attr[s.id.idx()].has(Attr::DEFINED);
            let addr = self.image.symbol_addr[s.id.idx()];
            if own && !is_common && addr != DROPPED && self.image.synthetic_section[i] == section {
                list.push((addr, s.id));
            }
        }
        list.sort_unstable();
        let mut out = Vec::new();
        for (addr, id) in list {
            named(&mut out, addr, 0, self.image.c.interned.names.name(id), self.image.c.args);
        }
        out
    }

    fn symbol(&self, out: &mut Vec<u8>, addr: u64, f: FileId, index: u32) {
        let Some(object) = self.image.c.files[f].object() else { return };
        let size = object.symbols[index as usize].size.get();
        named(out, addr, size, object.symbol_name(index).unwrap_or(b"?"), self.image.c.args);
    }
}

/// The line of an output section: its address, size and alignment.
fn output(out: &mut Vec<u8>, (addr, size, align): (u64, u64, u64), name: &[u8]) {
    columns(out, addr, size, align);
    out.extend_from_slice(name);
    out.push(b'\n');
}

/// The line of an input section.
fn input(out: &mut Vec<u8>, (addr, size, align): (u64, u64, u64), file: &[u8], section: &[u8]) {
    columns(out, addr, size, align);
    out.extend_from_slice(b"        ");
    out.extend_from_slice(file);
    out.extend_from_slice(b":(");
    out.extend_from_slice(section);
    out.extend_from_slice(b")\n");
}

/// The line of a symbol.
fn named(out: &mut Vec<u8>, addr: u64, size: u64, name: &[u8], args: &Args) {
    columns(out, addr, size, 1);
    out.extend_from_slice(b"                ");
    if args.demangle && name.starts_with(b"_") {
        out.extend_from_slice(display_name(name, args).as_bytes());
    } else {
        out.extend_from_slice(name);
    }
    out.push(b'\n');
}
