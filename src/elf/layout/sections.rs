//! Builds the output sections, in file order.
//!
//! Takes atoms by part, merged classes, and what the linker makes; yields sections whose sizes are known and whose
//! addresses are not. Cost: a sort of some dozens of sections.

use super::rank::{is_relro, rank};
use super::segments::splits;
use super::{Content, Inputs, NewSection, OutSection, Region, Sizes, explicit_start, round_up};
use crate::args::elf::Args;
use crate::elf::atoms::Section;
use crate::elf::format::*;

/// Builds the output sections in file order; sizes are known, addresses are not.
pub fn sections<'a>(inputs: &Inputs<'_, 'a>, sizes: &Sizes, chunks: Vec<NewSection<'a>>) -> Vec<OutSection<'a>> {
    let mut list = of_inputs(inputs, sizes);
    add_zeros(&mut list, inputs);
    list.extend(chunks.into_iter().map(|c| {
        let region = Region { content: Content::Chunk(c.chunk), offset: 0, size: c.size, align: c.align };
        OutSection { entsize: c.entsize, regions: vec![region], ..OutSection::new(c.name, c.kind, c.flags) }
    }));
    list.retain(|s| !s.regions.is_empty());
    list.iter_mut().for_each(|section| close(section, inputs));
    list.sort_by_key(rank);
    if inputs.args.oformat_binary {
        list.retain(OutSection::is_alloc);
    }
    if !inputs.args.section_starts.is_empty() {
        by_address(&mut list, inputs.args);
    }
    fill_holes(&mut list, inputs.args);
    // The TLS block starts at its own alignment, wherever that comes from.
    let tls_align = list.iter().filter(|s| s.flags & SHF_TLS != 0).map(|s| s.align).max();
    if let Some(first) = list.iter_mut().find(|s| s.flags & SHF_TLS != 0) {
        first.align = first.align.max(tls_align.unwrap_or(1));
    }
    list
}

/// The sections of atoms and of merged pieces, some maybe empty.
fn of_inputs<'a>(inputs: &Inputs<'_, 'a>, sizes: &Sizes) -> Vec<OutSection<'a>> {
    let atoms = inputs.atoms;
    let new = |s: &Section<'a>| OutSection { entsize: s.entsize, ..OutSection::new(s.name, s.kind, s.flags) };
    let mut list: Vec<OutSection<'a>> = atoms.sections.iter().map(new).collect();
    let mut order: Vec<u16> = (0..atoms.parts.len() as u16).collect();
    order.sort_by_key(|p| atoms.parts[usize::from(*p)].order);
    for p in order {
        let plan = &sizes.parts[usize::from(p)];
        if !plan.atoms.is_empty() {
            let region = Region { content: Content::Part(p), offset: 0, size: plan.size, align: plan.align };
            list[atoms.parts[usize::from(p)].section as usize].regions.push(region);
        }
    }
    for (i, class) in inputs.merged.classes.iter().enumerate() {
        let region = Region { content: Content::Merged(i as u32), offset: 0, size: class.size, align: class.align };
        list[class.section as usize].regions.push(region);
    }
    list
}

/// Adds copies and tentative definitions to the sections of that name, or makes those.
fn add_zeros(list: &mut Vec<OutSection<'_>>, inputs: &Inputs<'_, '_>) {
    const DATA: u64 = SHF_ALLOC | SHF_WRITE;
    const KIND: u64 = SHF_ALLOC | SHF_TLS;
    let mut add = |name: &'static [u8], flags: u64, content: Content, (size, align): (u64, u64)| {
        if size == 0 {
            return;
        }
        let region = Region { content, offset: 0, size, align };
        match list.iter_mut().find(|s| *s.name == *name && s.flags & KIND == flags & KIND) {
            Some(section) => section.regions.push(region),
            None => list.push(OutSection { regions: vec![region], ..OutSection::new(name, SHT_NOBITS, flags) }),
        }
    };
    add(b".bss", DATA, Content::Copies { relro: false }, inputs.copies[0]);
    // Without RELRO too: it is where others look for it.
    add(b".bss.rel.ro", DATA, Content::Copies { relro: true }, inputs.copies[1]);
    add(b".bss", DATA, Content::Commons { tls: false }, inputs.commons[0]);
    add(b".tbss", DATA | SHF_TLS, Content::Commons { tls: true }, inputs.commons[1]);
}

/// Gives each region of a section its offset, and the section its size and alignment.
fn close(section: &mut OutSection<'_>, inputs: &Inputs<'_, '_>) {
    let mut at = 0u64;
    for region in &mut section.regions {
        at = round_up(at, region.align);
        region.offset = at;
        at = at.saturating_add(region.size);
        section.align = section.align.max(region.align);
    }
    section.size = at;
    // A page of -N holds code and data alike, which stay writable.
    section.relro = inputs.args.z.relro && !inputs.args.omagic && is_relro(section, inputs.args.z.now);
    if section.relro && section.kind == SHT_NOBITS && section.flags & SHF_TLS == 0 {
        // Zeros in the middle of a segment are zeros in the file.
        section.kind = SHT_PROGBITS;
    }
}

/// Brings sections with addresses of their own into ascending order, each with those that follow it.
fn by_address(list: &mut Vec<OutSection<'_>>, args: &Args) {
    let mut runs: Vec<(u64, Vec<OutSection<'_>>)> = vec![(0, Vec::new())];
    for section in list.drain(..) {
        match explicit_start(args, &section.name).filter(|_| section.is_alloc()) {
            Some(start) => runs.push((start, vec![section])),
            None if !section.is_alloc() => match runs.last_mut() {
                Some((u64::MAX, run)) => run.push(section),
                _ => runs.push((u64::MAX, vec![section])),
            },
            None => runs.last_mut().expect("there is a first one").1.push(section),
        }
    }
    // The headers and what belongs to them stay in front.
    runs[1..].sort_by_key(|(start, _)| *start);
    list.extend(runs.into_iter().flat_map(|(_, run)| run));
}

/// Zeros before bytes of the same segment are zeros in the file.
fn fill_holes(list: &mut [OutSection<'_>], args: &Args) {
    let mut bytes_follow = false;
    for i in (0..list.len()).rev() {
        if !list[i].is_alloc() || list[i].is_tbss() {
            continue;
        }
        let next = list[i + 1..].iter().find(|s| s.is_alloc() && !s.is_tbss());
        bytes_follow &= next.is_some_and(|next| !splits(&list[i], next, args) || args.oformat_binary);
        if list[i].has_bytes() {
            bytes_follow = true;
        } else if bytes_follow {
            list[i].kind = SHT_PROGBITS;
        }
    }
}
