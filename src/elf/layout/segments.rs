//! The program headers: what the kernel and the dynamic linker map, protect, and look up.
//!
//! Their number depends on which sections there are, not on where they go, so that they are made twice: to know how much
//! room they take, and once addresses are final. Cost: some walks over some dozens of sections.

use super::{Chunk, Content, Inputs, OutSection, Segment, explicit_start, page_sizes, round_up};
use crate::args::elf::{Args, OutputKind};
use crate::elf::format::*;

/// PF_* of a section's segment.
pub(super) fn permissions(s: &OutSection<'_>, args: &Args) -> u32 {
    if args.omagic {
        return PF_R | PF_W | PF_X;
    }
    let mut flags = PF_R;
    if s.flags & SHF_WRITE != 0 {
        flags |= PF_W;
    }
    if s.flags & SHF_EXECINSTR != 0 || !args.rosegment && s.flags & SHF_WRITE == 0 {
        flags |= PF_X;
    }
    flags
}

/// Whether a new PT_LOAD begins between two loaded sections.
pub(super) fn splits(a: &OutSection<'_>, b: &OutSection<'_>, args: &Args) -> bool {
    let large = |s: &OutSection<'_>| s.flags & SHF_X86_64_LARGE != 0;
    permissions(a, args) != permissions(b, args) || large(a) != large(b) || explicit_start(args, &b.name).is_some()
}

/// The program headers of sections in file order.
pub(super) fn segments(
    list: &[OutSection<'_>],
    inputs: &Inputs<'_, '_>,
    image_base: u64,
    header_size: u64,
) -> Vec<Segment> {
    let args = inputs.args;
    let mut segments = Vec::new();
    let one = |kind: u32, flags: u32, chunk: Chunk| {
        let section = list.iter().find(|s| s.regions.iter().any(|r| r.content == Content::Chunk(chunk)))?;
        Some(covering(kind, flags, &[section], section.align))
    };
    let interp = one(PT_INTERP, PF_R, Chunk::Interp);
    let alloc: Vec<&OutSection<'_>> = list.iter().filter(|s| s.is_alloc()).collect();
    // Where the command line places the first section, nothing is put in front of it.
    let has_header = alloc.first().is_none_or(|s| explicit_start(args, &s.name).is_none());
    if has_header && (interp.is_some() || args.kind == OutputKind::Pie) {
        let size = header_size.saturating_sub(64);
        let (kind, flags, addr) = (PT_PHDR, PF_R, image_base.saturating_add(64));
        segments.push(Segment { kind, flags, offset: 64, addr, file_size: size, memory_size: size, align: 8 });
    }
    segments.extend(interp);
    segments.extend(loads(&alloc, has_header, args));
    // The dynamic linker looks at these flags before it writes to the table.
    segments.extend(one(PT_DYNAMIC, if args.z.rodynamic { PF_R } else { PF_R | PF_W }, Chunk::Dynamic));
    let notes = alloc.chunk_by(|a, b| a.kind == SHT_NOTE && b.kind == SHT_NOTE && a.align == b.align);
    for run in notes.filter(|run| run[0].kind == SHT_NOTE) {
        segments.push(covering(PT_NOTE, PF_R, run, run[0].align));
    }
    segments.extend(one(PT_GNU_PROPERTY, PF_R, Chunk::Property));
    let tls: Vec<&OutSection<'_>> = alloc.iter().copied().filter(|s| s.flags & SHF_TLS != 0).collect();
    if !tls.is_empty() {
        segments.push(covering(PT_TLS, PF_R, &tls, tls.iter().map(|s| s.align).max().unwrap_or(1)));
    }
    segments.extend(one(PT_GNU_EH_FRAME, PF_R, Chunk::FrameHeader));
    if args.z.gnu_stack {
        let flags = if inputs.exec_stack { PF_R | PF_W | PF_X } else { PF_R | PF_W };
        let memory_size = args.z.stack_size.unwrap_or(0);
        segments.push(Segment { kind: PT_GNU_STACK, flags, offset: 0, addr: 0, file_size: 0, memory_size, align: 16 });
    }
    let relro: Vec<&OutSection<'_>> = alloc.iter().copied().filter(|s| s.relro).collect();
    if relro.iter().any(|s| !s.is_tbss()) {
        let mut segment = covering(PT_GNU_RELRO, PF_R, &relro, 1);
        let (_, page) = page_sizes(args);
        segment.memory_size = round_up(segment.addr + segment.memory_size, page) - segment.addr;
        segments.push(segment);
    }
    segments
}

/// What the kernel maps, in ascending order of addresses, as it wants them.
fn loads(alloc: &[&OutSection<'_>], has_header: bool, args: &Args) -> Vec<Segment> {
    let (page, _) = page_sizes(args);
    let runs = alloc.chunk_by(|a, b| !splits(a, b, args));
    let mut loads: Vec<Segment> = runs
        .map(|run| {
            let align = run.iter().map(|s| s.align).max().unwrap_or(1).max(page);
            covering(PT_LOAD, permissions(run[0], args), run, align)
        })
        .collect();
    // The first segment starts with the file itself, unless it was placed where there is no room for the headers.
    if let Some(first) = loads.first_mut().filter(|first| has_header && first.addr >= first.offset) {
        let before = first.offset;
        first.offset = 0;
        first.addr -= before;
        first.file_size += before;
        first.memory_size += before;
    }
    loads.sort_by_key(|s| s.addr);
    loads
}

/// A segment from the first section of `run` to its last.
fn covering(kind: u32, flags: u32, run: &[&OutSection<'_>], align: u64) -> Segment {
    let (mut first, last) = (run[0], run[run.len() - 1]);
    if kind != PT_TLS {
        // A `.tbss` in front has an address of its own alignment, which may lie beyond what follows.
        first = run.iter().find(|s| !s.is_tbss()).unwrap_or(&first);
    }
    let with_bytes = run.iter().rev().find(|s| s.has_bytes());
    let end = run.iter().filter(|s| !s.is_tbss()).map(|s| s.addr + s.size).max().unwrap_or(first.addr);
    let end = if kind == PT_TLS { last.addr + last.size } else { end };
    Segment {
        kind,
        flags,
        offset: first.offset,
        addr: first.addr,
        file_size: with_bytes.map_or(0, |s| s.offset + s.size - first.offset),
        memory_size: end.saturating_sub(first.addr),
        align,
    }
}
