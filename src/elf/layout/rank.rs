//! Where a section stands in the file, and whether it is read-only after relocation (RELRO).
//!
//! Both follow from what the section holds, its flags, and for a few from its customary name; the order is that of GNU
//! ld's default script, which `strip`, debuggers and people expect. Cost: a few comparisons a section.

use super::{Chunk, Content, OutSection};
use crate::elf::format::*;

/// Place of a section in the file: a class of permissions, then the customary order.
pub(super) fn rank(s: &OutSection<'_>) -> (u32, u32) {
    if !s.is_alloc() {
        let last = match s.regions[0].content {
            Content::Chunk(chunk) => 1 + chunk as u32,
            _ => 0,
        };
        return (9, last);
    }
    let (write, exec, large) =
        (s.flags & SHF_WRITE != 0, s.flags & SHF_EXECINSTR != 0, s.flags & SHF_X86_64_LARGE != 0);
    let chunk = match s.regions[0].content {
        Content::Chunk(chunk) => Some(chunk),
        _ => None,
    };
    let class = match (large, write, exec) {
        (true, false, true) => 8,
        (true, false, false) => 6,
        (true, true, _) => 7,
        (false, true, true) => 5,
        (false, false, true) => 1,
        (false, true, false) => 3 + u32::from(!s.relro),
        (false, false, false) => match chunk {
            Some(Chunk::FrameHeader | Chunk::Frames) => 2,
            Some(_) => 0,
            None if s.kind == SHT_NOTE => 0,
            None => 2,
        },
    };
    let within = match (class, chunk, &*s.name) {
        (0, Some(Chunk::Interp), _) => 0,
        (0, Some(Chunk::Property), _) => 1,
        (0, Some(Chunk::BuildId | Chunk::Package), _) => 2,
        (0, None, _) => 3,
        (0, Some(chunk), _) => 10 + chunk as u32,
        (1, _, b".init") => 0,
        (1, Some(chunk), _) => 1 + chunk as u32,
        (1, _, b".text") => 100,
        (1, _, b".fini") => 102,
        (1, ..) => 101,
        (2, _, b".rodata") => 0,
        (2, Some(Chunk::FrameHeader), _) => 2,
        (2, Some(_), _) => 3,
        (2, _, b".gcc_except_table") => 4,
        (2, ..) => 1,
        (3, _, _) if s.flags & SHF_TLS != 0 => u32::from(s.kind == SHT_NOBITS),
        (3, _, b".preinit_array") => 2,
        (3, _, b".init_array") => 3,
        (3, _, b".fini_array") => 4,
        (3, None, b".data.rel.ro") => 5,
        (3, None, _) => 6,
        (3, Some(chunk), _) => 10 + chunk as u32,
        (4, Some(_), _) => 0,
        // Without RELRO the TLS sections are here.
        (4, _, _) if s.flags & SHF_TLS != 0 => 1 + u32::from(s.kind == SHT_NOBITS),
        (4, _, b".data") => 3,
        (4 | 7, _, _) if s.kind == SHT_NOBITS => 6 + u32::from(*s.name == *b".bss"),
        (4, ..) => 4,
        _ => 1,
    };
    (class, within)
}

/// The dynamic linker makes it read-only once it has relocated it. The GOT of the PLT is written to later, unless all
/// of it is bound at once (`-z now`).
pub(super) fn is_relro(section: &OutSection<'_>, bind_now: bool) -> bool {
    if section.flags & (SHF_ALLOC | SHF_WRITE) != SHF_ALLOC | SHF_WRITE {
        return false;
    }
    section.flags & SHF_TLS != 0
        || matches!(section.kind, SHT_INIT_ARRAY | SHT_FINI_ARRAY | SHT_PREINIT_ARRAY | SHT_DYNAMIC)
        || matches!(
            &*section.name,
            b".data.rel.ro"
                | b".bss.rel.ro"
                | b".ctors"
                | b".dtors"
                | b".jcr"
                | b".got"
                | b".eh_frame"
                | b".gcc_except_table"
                | b".toc"
        )
        || *section.name == *b".got.plt" && bind_now
}
