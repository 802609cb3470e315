//! What holds of every output, whatever the case is about: the loader, debuggers and `strip` depend on it.
//!
//! A case need not say any of this; one that breaks a rule on purpose says `//# no-lint: why`. Each check is a
//! function over the decoded file; all problems are returned, not only the first.

use crate::dump::{
    ET_REL, Elf, PT_DYNAMIC, PT_GNU_EH_FRAME, PT_GNU_RELRO, PT_GNU_STACK, PT_LOAD, PT_PHDR, PT_TLS, Result,
    SHF_EXECINSTR, SHF_TLS, SHF_WRITE, SHT_DYNSYM, SHT_NOBITS, SHT_SYMTAB, Section, Symbol, string, uint,
};

/// What peers do otherwise: GNU ld leaves the stack to inputs without `.note.GNU-stack`, lld counts program headers
/// that it then drops.
pub(crate) const TOLERATED: [&str; 2] = ["no PT_GNU_STACK", "PT_PHDR is at"];

/// Everything that is wrong with `elf`.
pub(crate) fn problems(elf: &Elf) -> Vec<String> {
    let mut found = Vec::new();
    symbol_order(elf, &mut found);
    file_overlaps(elf, &mut found);
    if elf.e_type == ET_REL {
        return found;
    }
    segments(elf, &mut found);
    sections(elf, &mut found);
    symbol_values(elf, &mut found);
    dynamic(elf, &mut found);
    for check in [relocations, gnu_hash, sysv_hash, eh_frame] {
        if let Err(e) = check(elf, &mut found) {
            found.push(e);
        }
    }
    found
}

/// gABI: all local symbols come first, and sh_info is the index of the first that is not local.
fn symbol_order(elf: &Elf, found: &mut Vec<String>) {
    for (kind, table) in [(SHT_SYMTAB, &elf.symbols), (SHT_DYNSYM, &elf.dynsyms)] {
        let Some(section) = elf.sections.iter().find(|s| s.kind == kind) else { continue };
        let locals = table.iter().take_while(|s| s.bind == 0).count();
        if section.info as usize != locals {
            found.push(format!("{}: sh_info is {}, and {locals} symbols are local", section.name, section.info));
        }
        if let Some(late) = table.iter().skip(locals).find(|s| s.bind == 0) {
            found.push(format!("{}: local {} comes after a global symbol", section.name, late.name));
        }
        if table.first().is_some_and(|s| s.shndx != 0 || !s.name.is_empty() || s.value != 0) {
            found.push(format!("{}: the first entry is not null", section.name));
        }
    }
}

/// No two sections share bytes of the file.
fn file_overlaps(elf: &Elf, found: &mut Vec<String>) {
    let mut ranges: Vec<(u64, u64, &str)> = elf.sections[elf.sections.len().min(1)..]
        .iter()
        .filter(|s| s.kind != SHT_NOBITS && s.size > 0)
        .map(|s| (s.offset, s.offset + s.size, s.name.as_str()))
        .collect();
    ranges.sort();
    for pair in ranges.windows(2) {
        if pair[0].1 > pair[1].0 {
            found.push(format!("{} and {} share bytes of the file", pair[0].2, pair[1].2));
        }
    }
}

fn segments(elf: &Elf, found: &mut Vec<String>) {
    let loads: Vec<_> = elf.segments.iter().filter(|s| s.kind == PT_LOAD).collect();
    for (index, load) in loads.iter().enumerate() {
        let at = format!("PT_LOAD {index} at {:#x}", load.addr);
        if load.filesz > load.memsz || load.offset + load.filesz > elf.bytes.len() as u64 {
            found.push(format!("{at}: file size {:#x} is beyond its memory or the file", load.filesz));
        }
        if load.align > 1 && load.addr % load.align != load.offset % load.align {
            found.push(format!("{at}: offset {:#x} is not congruent modulo {:#x}", load.offset, load.align));
        }
        if load.flags & 3 == 3 {
            found.push(format!("{at}: writable and executable"));
        }
        if index > 0 && loads[index - 1].addr + loads[index - 1].memsz > load.addr {
            found.push(format!("{at}: begins before the one before it ends"));
        }
    }
    for segment in &elf.segments {
        let name = segment.kind_name();
        match segment.kind {
            PT_PHDR => {
                let size = elf.segments.len() as u64 * 56;
                if segment.offset != 64 || segment.filesz != size {
                    found.push(format!("PT_PHDR is at {:#x}+{:#x}", segment.offset, segment.filesz));
                }
            }
            PT_TLS if segment.align > 1 && segment.addr % segment.align != segment.offset % segment.align => {
                found.push(format!("PT_TLS at {:#x} is not congruent modulo {:#x}", segment.addr, segment.align));
            }
            PT_GNU_RELRO => {
                let load = loads.iter().find(|l| l.holds(segment.addr, 1));
                // What lies on the last page is protected only if the segment fills it, or its PT_LOAD ends there.
                let end = segment.addr + segment.memsz;
                match load {
                    None => {
                        found.push(format!("PT_GNU_RELRO at {:#x} is in no PT_LOAD: protecting it fails", segment.addr))
                    }
                    Some(load) if end % 4096 == 0 || end >= load.addr + load.memsz => {}
                    _ => found.push(format!("PT_GNU_RELRO ends at {end:#x}, inside a page")),
                }
            }
            _ => {}
        }
        if !matches!(segment.kind, PT_LOAD | PT_GNU_STACK | PT_GNU_RELRO | PT_TLS)
            && segment.memsz > 0
            && !loads.iter().any(|l| l.holds(segment.addr, segment.memsz))
        {
            found.push(format!("{name} at {:#x} is in no PT_LOAD", segment.addr));
        }
    }
    if !elf.segments.iter().any(|s| s.kind == PT_GNU_STACK) {
        found.push("no PT_GNU_STACK: the kernel would make the stack executable".to_string());
    }
    if elf.e_entry != 0 && !loads.iter().any(|l| l.flags & 1 != 0 && l.holds(elf.e_entry, 1)) {
        found.push(format!("the entry point {:#x} is not executable", elf.e_entry));
    }
    if let (Some(section), Some(segment)) =
        (elf.section(".dynamic"), elf.segments.iter().find(|s| s.kind == PT_DYNAMIC))
        && (section.addr != segment.addr || section.size != segment.filesz)
    {
        found.push("PT_DYNAMIC is not .dynamic".to_string());
    }
}

/// Whether the section takes addresses of its own (`.tbss` does not: each thread gets its copy elsewhere).
fn takes_memory(section: &Section) -> bool {
    section.is_alloc() && section.size > 0 && !(section.kind == SHT_NOBITS && section.flags & SHF_TLS != 0)
}

fn sections(elf: &Elf, found: &mut Vec<String>) {
    let mut ranges = Vec::new();
    for section in elf.sections.iter().filter(|s| s.is_alloc()) {
        let name = &section.name;
        if section.align > 1 && section.addr % section.align != 0 {
            found.push(format!("{name} at {:#x} is not aligned to {}", section.addr, section.align));
        }
        if !takes_memory(section) {
            continue;
        }
        ranges.push((section.addr, section.addr + section.size, name));
        let load = elf.segments.iter().find(|s| s.kind == PT_LOAD && s.holds(section.addr, section.size));
        let Some(load) = load else {
            found.push(format!("{name} at {:#x}+{:#x} is in no PT_LOAD", section.addr, section.size));
            continue;
        };
        let inside = section.addr - load.addr;
        if section.kind != SHT_NOBITS {
            if section.offset != load.offset + inside {
                found.push(format!(
                    "{name} is at offset {:#x}, loaded from {:#x}",
                    section.offset,
                    load.offset + inside
                ));
            }
            if inside + section.size > load.filesz {
                found.push(format!("{name} is not within the file part of its PT_LOAD"));
            }
        }
        if section.flags & SHF_WRITE != 0 && load.flags & 2 == 0 {
            found.push(format!("{name} is writable, its PT_LOAD is not"));
        }
        if section.flags & SHF_EXECINSTR != 0 && load.flags & 1 == 0 {
            found.push(format!("{name} is executable, its PT_LOAD is not"));
        }
    }
    ranges.sort();
    for pair in ranges.windows(2) {
        if pair[0].1 > pair[1].0 {
            found.push(format!("{} and {} overlap in memory", pair[0].2, pair[1].2));
        }
    }
}

/// A symbol lies in its section, or at its end.
fn symbol_values(elf: &Elf, found: &mut Vec<String>) {
    for symbol in elf.symbols.iter().chain(&elf.dynsyms) {
        let Some(section) = elf.sections.get(symbol.shndx as usize).filter(|_| symbol.shndx != 0) else { continue };
        let reserved = matches!(symbol.section.as_str(), "ABS" | "COM");
        if reserved || !section.is_alloc() || is_linker_defined(&symbol.name) {
            continue;
        }
        let base = if symbol.kind == 6 { tls_base(elf) } else { 0 };
        let value = symbol.value.wrapping_add(base);
        if value < section.addr || value.saturating_add(symbol.size) > section.addr + section.size {
            found.push(format!("{} at {value:#x}+{:#x} is not in {}", symbol.name, symbol.size, section.name));
        }
    }
}

/// Names whose section is only an approximation: they may stand at the edge of another.
fn is_linker_defined(name: &str) -> bool {
    name.starts_with('_') || matches!(name, "end" | "edata" | "etext")
}

fn tls_base(elf: &Elf) -> u64 {
    elf.segments.iter().find(|s| s.kind == PT_TLS).map_or(0, |s| s.addr)
}

/// The tags that name a section agree with the section headers.
fn dynamic(elf: &Elf, found: &mut Vec<String>) {
    if elf.dynamic.is_empty() || elf.sections.is_empty() {
        return;
    }
    let pairs = [
        ("SYMTAB", ".dynsym"),
        ("STRTAB", ".dynstr"),
        ("HASH", ".hash"),
        ("GNU_HASH", ".gnu.hash"),
        ("VERSYM", ".gnu.version"),
        ("VERNEED", ".gnu.version_r"),
        ("VERDEF", ".gnu.version_d"),
        ("INIT_ARRAY", ".init_array"),
        ("FINI_ARRAY", ".fini_array"),
        ("PREINIT_ARRAY", ".preinit_array"),
        ("RELR", ".relr.dyn"),
    ];
    for (tag, name) in pairs {
        match (elf.tag(tag), elf.section(name)) {
            (Some(addr), Some(section)) if addr != section.addr => {
                found.push(format!("DT_{tag} is {addr:#x}, {name} is at {:#x}", section.addr));
            }
            (Some(addr), None) if tag != "STRTAB" => found.push(format!("DT_{tag} is {addr:#x} without {name}")),
            (None, Some(section)) if section.size > 0 => found.push(format!("{name} without DT_{tag}")),
            _ => {}
        }
    }
    for (tag, size) in [("STRTAB", "STRSZ"), ("RELA", "RELASZ"), ("JMPREL", "PLTRELSZ"), ("RELR", "RELRSZ")] {
        if elf.tag(tag).is_some() != elf.tag(size).is_some() {
            found.push(format!("one of DT_{tag} and DT_{size} is missing"));
        }
        if let (Some(addr), Some(size)) = (elf.tag(tag), elf.tag(size))
            && let Err(e) = elf.memory(addr, size)
        {
            found.push(format!("DT_{tag}: {e}"));
        }
    }
    for tag in ["NEEDED", "SONAME", "RUNPATH", "RPATH"] {
        if let Err(e) = elf.tag_values(tag) {
            found.push(format!("DT_{tag}: {e}"));
        }
    }
    if let Some(versym) = elf.section(".gnu.version")
        && versym.size != elf.dynsyms.len() as u64 * 2
    {
        found.push(format!(".gnu.version is {:#x} bytes for {} symbols", versym.size, elf.dynsyms.len()));
    }
}

/// What ld.so relies on in `.rela.dyn` and `.rela.plt`: relative ones first and counted, places writable.
fn relocations(elf: &Elf, found: &mut Vec<String>) -> Result<()> {
    let Some(addr) = elf.tag("RELA") else { return Ok(()) };
    let size = elf.tag("RELASZ").unwrap_or(0);
    let table = elf.memory(addr, size)?;
    let kinds: Vec<u64> = table.chunks_exact(24).map(|e| uint(e, 8, 4)).collect::<Result<_>>()?;
    let leading = kinds.iter().take_while(|k| **k == 8).count() as u64;
    if kinds.iter().skip(leading as usize).any(|k| *k == 8) {
        found.push("R_X86_64_RELATIVE entries are not all first in DT_RELA".to_string());
    }
    if elf.tag("RELACOUNT").unwrap_or(0) != leading {
        found.push(format!("DT_RELACOUNT is {:?}, and {leading} relative ones lead", elf.tag("RELACOUNT")));
    }
    if let Some(late) = kinds.iter().position(|k| *k == 37) {
        // An IRELATIVE resolver may use whatever the others set up.
        if kinds.iter().skip(late).any(|k| *k != 37) {
            found.push("R_X86_64_IRELATIVE is not last in DT_RELA".to_string());
        }
    }
    let text_allowed = elf.tag("TEXTREL").is_some() || elf.tag("FLAGS").is_some_and(|f| f & 4 != 0);
    for entry in table.chunks_exact(24) {
        let (place, kind) = (uint(entry, 0, 8)?, uint(entry, 8, 4)?);
        let load = elf.segments.iter().find(|s| s.kind == PT_LOAD && s.holds(place, 1));
        match load {
            None if kind != 0 => found.push(format!("a relocation's place {place:#x} is in no PT_LOAD")),
            Some(load) if load.flags & 2 == 0 && !text_allowed => {
                found.push(format!("a relocation's place {place:#x} is read-only, without DT_TEXTREL"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Symbols that a lookup by name must find.
fn exported(elf: &Elf) -> impl Iterator<Item = (usize, &Symbol)> {
    elf.dynsyms.iter().enumerate().filter(|(_, s)| s.shndx != 0 && s.bind != 0)
}

/// Looks every exported name up as ld.so does: bloom filter, bucket, chain.
fn gnu_hash(elf: &Elf, found: &mut Vec<String>) -> Result<()> {
    let Some(table) = elf.tag("GNU_HASH") else { return Ok(()) };
    let word = |at: u64| uint(elf.memory(at, 4)?, 0, 4);
    let (buckets, first, words, shift) = (word(table)?, word(table + 4)?, word(table + 8)?, word(table + 12)?);
    if buckets == 0 || words == 0 || !words.is_power_of_two() {
        found.push(format!(".gnu.hash has {buckets} buckets and {words} bloom words"));
        return Ok(());
    }
    let (bucket_at, chain_at) = (table + 16 + words * 8, table + 16 + words * 8 + buckets * 4);
    for (index, symbol) in exported(elf) {
        let hash = symbol.name.bytes().fold(5381u32, |h, b| h.wrapping_mul(33).wrapping_add(u32::from(b)));
        let bloom = uint(elf.memory(table + 16 + u64::from(hash) / 64 % words * 8, 8)?, 0, 8)?;
        let seen = bloom >> (hash % 64) & bloom >> (hash.checked_shr(shift as u32).unwrap_or(0) % 64) & 1 != 0;
        let mut at = word(bucket_at + u64::from(hash) % buckets * 4)?;
        let mut hit = false;
        while seen && at >= first && at < elf.dynsyms.len() as u64 {
            let link = word(chain_at + (at - first) * 4)? as u32;
            hit |= link | 1 == hash | 1 && at == index as u64;
            if link & 1 != 0 {
                break;
            }
            at += 1;
        }
        if !hit {
            found.push(format!(".gnu.hash does not find {}", symbol.name));
        }
    }
    Ok(())
}

fn sysv_hash(elf: &Elf, found: &mut Vec<String>) -> Result<()> {
    let Some(table) = elf.tag("HASH") else { return Ok(()) };
    let word = |at: u64| uint(elf.memory(table + at * 4, 4)?, 0, 4);
    let (buckets, chains) = (word(0)?, word(1)?);
    if chains != elf.dynsyms.len() as u64 || buckets == 0 {
        found.push(format!(".hash has {buckets} buckets and {chains} chains for {} symbols", elf.dynsyms.len()));
        return Ok(());
    }
    for (index, symbol) in exported(elf) {
        let hash = symbol.name.bytes().fold(0u32, |h, b| {
            let h = (h << 4).wrapping_add(u32::from(b));
            let high = h & 0xf000_0000;
            (h ^ high >> 24) & !high
        });
        let mut at = word(2 + u64::from(hash) % buckets)?;
        let mut steps = 0;
        while at != 0 && at != index as u64 && steps < chains {
            at = word(2 + buckets + at)?;
            steps += 1;
        }
        if at != index as u64 {
            found.push(format!(".hash does not find {}", symbol.name));
        }
    }
    Ok(())
}

/// A frame description: where its record is, and the code it covers.
struct Frame {
    at: u64,
    start: u64,
    len: u64,
}

/// `.eh_frame` is a chain of well-formed records, every FDE covers code of the output, and the table of
/// `.eh_frame_hdr` lists them all in ascending order (LSB, "Exception Frames").
fn eh_frame(elf: &Elf, found: &mut Vec<String>) -> Result<()> {
    let Some(section) = elf.section(".eh_frame") else { return Ok(()) };
    let frames = frames(elf, section)?;
    for frame in &frames {
        let code =
            elf.segments.iter().find(|s| s.kind == PT_LOAD && s.flags & 1 != 0 && s.holds(frame.start, frame.len));
        if code.is_none() {
            found.push(format!("the FDE at {:#x} covers {:#x}+{:#x}, no code", frame.at, frame.start, frame.len));
        }
    }
    let Some(header) = elf.segments.iter().find(|s| s.kind == PT_GNU_EH_FRAME) else { return Ok(()) };
    let head = elf.memory(header.addr, 4)?;
    if head[0] != 1 || head[1] != 0x1b {
        found.push(format!(".eh_frame_hdr begins {head:02x?}"));
        return Ok(());
    }
    let relative = |at: u64| -> Result<u64> { Ok(uint(elf.memory(at, 4)?, 0, 4)? as u32 as i32 as i64 as u64) };
    let pointer = (header.addr + 4).wrapping_add(relative(header.addr + 4)?);
    if pointer != section.addr {
        found.push(format!(".eh_frame_hdr points to {pointer:#x}, .eh_frame is at {:#x}", section.addr));
    }
    // 0xff: no table (nothing to find, or formats that cannot be sorted).
    if head[2] == 0xff || head[3] == 0xff {
        return Ok(());
    }
    let count = uint(elf.memory(header.addr + 8, 4)?, 0, 4)?;
    let mut table = Vec::new();
    for index in 0..count {
        let at = header.addr + 12 + index * 8;
        table.push((header.addr.wrapping_add(relative(at)?), header.addr.wrapping_add(relative(at + 4)?)));
    }
    if !table.is_sorted_by(|a, b| a.0 < b.0) {
        found.push(".eh_frame_hdr is not sorted, or names an address twice".to_string());
    }
    if count != frames.len() as u64 {
        found.push(format!(".eh_frame_hdr lists {count} of {} FDEs", frames.len()));
    }
    for (start, at) in table {
        if !frames.iter().any(|f| f.at == at && f.start == start) {
            found.push(format!(".eh_frame_hdr: no FDE at {at:#x} begins at {start:#x}"));
        }
    }
    Ok(())
}

fn frames(elf: &Elf, section: &Section) -> Result<Vec<Frame>> {
    let data = elf.data(section)?;
    let mut frames = Vec::new();
    let mut at = 0;
    while at + 4 <= section.size {
        let len = uint(data, at, 4)?;
        if len == 0 {
            break;
        }
        let id = uint(data, at + 4, 4)?;
        if id != 0 {
            let encoding = fde_encoding(data, (at + 4).wrapping_sub(id))?;
            let place = section.addr + at + 8;
            let frame = match encoding {
                // DW_EH_PE_pcrel | sdata4, the one that compilers emit; pcrel | sdata8 with the large model.
                0x1b => (place.wrapping_add(uint(data, at + 8, 4)? as u32 as i32 as u64), uint(data, at + 12, 4)?),
                0x1c => (place.wrapping_add(uint(data, at + 8, 8)?), uint(data, at + 16, 8)?),
                0x00 => (uint(data, at + 8, 8)?, uint(data, at + 16, 8)?),
                other => return Err(format!("the FDE at {:#x} has pointer encoding {other:#x}", section.addr + at)),
            };
            frames.push(Frame { at: section.addr + at, start: frame.0, len: frame.1 });
        }
        at += len + 4;
    }
    Ok(frames)
}

/// The pointer encoding that the CIE at `at` states with `R` in its augmentation.
fn fde_encoding(data: &[u8], at: u64) -> Result<u64> {
    if uint(data, at + 4, 4)? != 0 {
        return Err(format!("an FDE's CIE pointer leads to {at:#x}, which is no CIE"));
    }
    let augmentation = string(data, at + 9)?;
    let mut cursor = at + 9 + augmentation.len() as u64 + 1;
    let mut skip_leb = || -> Result<()> {
        while uint(data, cursor, 1)? & 0x80 != 0 {
            cursor += 1;
        }
        cursor += 1;
        Ok(())
    };
    // Code alignment, data alignment, return address register, length of the augmentation data.
    for _ in 0..4 {
        skip_leb()?;
    }
    for letter in augmentation.chars() {
        match letter {
            'R' => return uint(data, cursor, 1),
            'P' => {
                cursor += match uint(data, cursor, 1)? & 15 {
                    0x2 | 0xa => 3,
                    0x3 | 0xb => 5,
                    _ => 9,
                }
            }
            'L' => cursor += 1,
            _ => {}
        }
    }
    Ok(0)
}
