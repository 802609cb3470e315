//! `--emit-relocs`: the relocations that made the output, kept beside it for tools that rearrange finished programs
//! (BOLT, the Linux kernel's own loader).
//!
//! Each relocated section gets a `.rela.NAME` that is not loaded. Places are addresses of the output, types those of
//! the input (as lld has it: code that was relaxed shows what it was relaxed from). Global names are symbols of
//! `.symtab`; everything local is a section symbol and an addend, so `.symtab` begins with a section symbol for each
//! section, whose number is that of the section. Cost: one walk over relocations to count, one to write.

use super::atoms::{self, Fate};
use super::eh_frame;
use super::format::r_x86_64::*;
use super::format::*;
use super::frames::FileFrames;
use super::image::{DROPPED, Image};
use super::layout::{Chunk, Content, OutSection, Region, Sizes};
use super::object::Place;
use super::relocs::{Context, Site};
use super::symtab;
use super::write::sections_reversed;
use crate::base::ids::{AtomId, NONE};
use std::borrow::Cow;
use std::ops::Range;
use zerocopy::IntoBytes;

/// Relocations that one job writes.
const JOB_COUNT: u64 = 8192;

/// What is written.
#[derive(Debug, Default)]
pub struct Plan {
    /// Place in the list of output sections that each table of relocations is for.
    pub targets: Vec<u32>,
    /// Number in `.symtab` of each name; [`NONE`] where it has none.
    numbers: Vec<u32>,
}

/// What one job writes.
#[derive(Debug, Clone)]
pub enum Share {
    /// Atoms of a part.
    Atoms {
        /// The part.
        part: u16,
        /// Places among its atoms.
        atoms: Range<usize>,
    },
    /// Unwind records of all files.
    Frames,
}

/// Adds the tables, and section symbols to `.symtab`. Without a `.symtab` there is nothing to refer to.
pub fn plan(
    c: &Context<'_, '_>,
    (frames, frame_plan): (&[FileFrames], &eh_frame::Plan),
    sizes: &Sizes,
    symtab: &mut symtab::Plan,
    list: &mut Vec<OutSection<'_>>,
) -> Plan {
    let mut plan = Plan::default();
    if !c.args.emit_relocs || symtab.count == 0 {
        return plan;
    }
    for i in 0..list.len() {
        let count: u64 = list[i].regions.iter().map(|r| count(c, (frames, frame_plan), sizes, r)).sum();
        if count == 0 {
            continue;
        }
        let size = 24 * count;
        let content = Content::Emitted(plan.targets.len() as u32);
        plan.targets.push(i as u32);
        list.push(OutSection {
            name: Cow::Owned([b".rela", &*list[i].name].concat()),
            kind: SHT_RELA,
            flags: SHF_INFO_LINK,
            entsize: 24,
            align: 8,
            addr: 0,
            offset: 0,
            size,
            regions: vec![Region { content, offset: 0, size, align: 8 }],
            relro: false,
        });
    }
    symtab.add_section_symbols(list.len() as u32);
    super::layout::resize(list, Chunk::Symtab, 24 * symtab.count);
    plan.numbers = symtab.numbers(c);
    plan
}

fn count(
    c: &Context<'_, '_>,
    (frames, frame_plan): (&[FileFrames], &eh_frame::Plan),
    sizes: &Sizes,
    region: &Region,
) -> u64 {
    match region.content {
        Content::Part(part) => sizes.parts[usize::from(part)].atoms.iter().map(|a| atom_count(c, *a)).sum(),
        Content::Chunk(Chunk::Frames) => {
            let length = |range: (u32, u32)| u64::from(range.1 - range.0);
            let shares = frame_plan.shares.iter().map(|share| {
                let records = &frames[share.file.idx()];
                let cies = share.own_cies.iter().map(|i| length(records.cies[*i as usize].relocations));
                cies.chain(share.fdes.iter().map(|i| length(records.fdes[*i as usize].relocations))).sum::<u64>()
            });
            shares.sum()
        }
        _ => 0,
    }
}

fn atom_count(c: &Context<'_, '_>, atom: AtomId) -> u64 {
    let (file, section) = c.numbering.section_of(atom);
    // A table that cannot be read was reported when it was scanned.
    c.files[file].object().and_then(|o| o.relocations(section).ok()).map_or(0, |list| list.len() as u64)
}

/// Cuts the table for section `target` into shares, each with its bytes from the start of the table.
pub fn shares(image: &Image<'_, '_>, target: u32) -> Vec<(Share, Range<u64>)> {
    let mut shares = Vec::new();
    let mut at = 0;
    let layout = image.layout;
    for region in &layout.sections[target as usize].regions {
        match region.content {
            Content::Part(part) => {
                let atoms = &layout.sizes.parts[usize::from(part)].atoms;
                let (mut first, mut size) = (0, 0);
                for (i, atom) in atoms.iter().enumerate() {
                    size += 24 * atom_count(image.c, *atom);
                    if size >= 24 * JOB_COUNT || i + 1 == atoms.len() {
                        shares.push((Share::Atoms { part, atoms: first..i + 1 }, at..at + size));
                        (first, at, size) = (i + 1, at + size, 0);
                    }
                }
            }
            Content::Chunk(Chunk::Frames) => {
                let size = 24 * count(image.c, (image.frames, image.frame_plan), &layout.sizes, region);
                shares.push((Share::Frames, at..at + size));
                at += size;
            }
            _ => {}
        }
    }
    shares
}

/// Writes one share.
pub fn write(image: &Image<'_, '_>, plan: &Plan, share: &Share, out: &mut [u8]) {
    let mut entries = out.chunks_exact_mut(24);
    let mut put = |r: Rela| {
        if let Some(entry) = entries.next() {
            entry.copy_from_slice(r.as_bytes());
        }
    };
    match share {
        Share::Atoms { part, atoms } => {
            for &atom in &image.layout.sizes.parts[usize::from(*part)].atoms[atoms.clone()] {
                let (file, section) = image.c.numbering.section_of(atom);
                let Some(object) = image.c.files[file].object() else { continue };
                let addr = image.atom_addr[atom.idx()];
                let site = Site { file, object, section };
                // Constructor tables are copied back to front.
                let size = || atoms::size_and_align(object, section).map_or(0, |(size, _)| size);
                let reversed = sections_reversed(image.c, atom).then(|| (size() / 8 * 8).wrapping_sub(8));
                for r in object.relocations(section).unwrap_or(&[]) {
                    let inside = reversed.map_or(r.offset.get(), |last| last.wrapping_sub(r.offset.get()));
                    put(rewrite(image, plan, site, r, addr.wrapping_add(inside)));
                }
            }
        }
        Share::Frames => {
            let start = image.layout.chunk_addr(Chunk::Frames);
            for share in &image.frame_plan.shares {
                let file = share.file;
                let (records, cie_offsets) = (&image.frames[file.idx()], &image.frame_plan.cie_offsets[file.idx()]);
                let Some(object) = image.c.files[file].object() else { continue };
                let mut record = |section: u32, offset: u32, range: (u32, u32), to: u32| {
                    let list = object.relocations(section).unwrap_or(&[]);
                    for r in list.get(range.0 as usize..range.1 as usize).unwrap_or(&[]) {
                        let inside = r.offset.get().wrapping_sub(offset.into());
                        let place = start.wrapping_add(to.into()).wrapping_add(inside);
                        put(rewrite(image, plan, Site { file, object, section }, r, place));
                    }
                };
                for number in &share.own_cies {
                    let cie = &records.cies[*number as usize];
                    record(cie.section, cie.offset, cie.relocations, cie_offsets[*number as usize]);
                }
                for (number, to) in image.frame_plan.fdes(share, records) {
                    let fde = &records.fdes[number as usize];
                    record(fde.section, fde.offset, fde.relocations, to);
                }
            }
        }
    }
}

/// The relocation at address `place` with its symbol in the output; R_X86_64_NONE where there is none any more.
fn rewrite<'a>(image: &Image<'_, 'a>, plan: &Plan, site: Site<'_, 'a>, r: &Rela, place: u64) -> Rela {
    match target(image, plan, site, r) {
        Some((symbol, addend)) => Rela::new(place, r.kind(), symbol, addend),
        None => Rela::new(place, R_X86_64_NONE, 0, 0),
    }
}

fn target<'a>(image: &Image<'_, 'a>, plan: &Plan, site: Site<'_, 'a>, r: &Rela) -> Option<(u32, i64)> {
    let target = image.c.target(site, r)?;
    if let Some(id) = target.id {
        let number = plan.numbers[id.idx()];
        if number == NONE && image.symbol_addr[id.idx()] != DROPPED {
            // Left out of .symtab by --retain-symbols-file: the place is known all the same.
            return Some((0, r.addend().wrapping_add(image.symbol_addr[id.idx()] as i64)));
        }
        return (number != NONE).then_some((number, r.addend()));
    }
    let symbol = &site.object.symbols[target.index as usize];
    let Place::Section(section) = site.object.place(target.index, symbol).ok()? else {
        // A plain number.
        return Some((0, r.addend().wrapping_add(symbol.value.get() as i64)));
    };
    let atom = image.c.numbering.atom(site.file, section);
    // The addend of a section symbol tells which merged piece is meant.
    let whole = symbol.kind() == STT_SECTION && image.c.atoms.fate[atom.idx()] == Fate::Merged;
    let inside = if whole { r.addend() } else { 0 };
    let offset = symbol.value.get().wrapping_add(inside as u64);
    let addr = image.atom_address(atom, offset)?;
    let section = image.atom_section(atom, offset)?;
    let start = image.layout.sections[section as usize - 1].addr;
    Some((section, (addr.wrapping_sub(start) as i64).wrapping_add(r.addend().wrapping_sub(inside))))
}
