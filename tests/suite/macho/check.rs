//! What holds of every Mach-O output, whatever the case is about: the kernel, dyld, `strip`, `codesign` and debuggers
//! depend on it.
//!
//! A case need not say any of this; one that breaks a rule on purpose says `//# no-check: why`. Each check is a
//! function over the decoded file; all problems are returned, not only the first. [`super::tables`] has those on what
//! __LINKEDIT holds.

use super::dump::{MH_DYLIB, MH_EXECUTE, MH_OBJECT, MachO, Section};
use super::names::{FLAGS, bits};
use super::relocations;
use super::symbols::{INDIRECT_SYMBOL_ABS, INDIRECT_SYMBOL_LOCAL};
use super::tables;
use crate::dump::{Result, uint};

/// A page of arm64: what the kernel maps and protects.
pub(crate) const PAGE: u64 = 0x4000;

/// What lld does otherwise: it leaves __LINKEDIT's size in memory unrounded, takes an empty __text for a function (in the
/// unwind table too), and loads a library that it re-exports twice.
pub(crate) const TOLERATED: &[&str] = &[
    "__LINKEDIT: its size in memory",
    "at the end of code",
    "two entries of __unwind_info",
    "beyond the end of __unwind_info",
    "loaded twice",
];

/// Everything that is wrong with `file`.
pub(crate) fn problems(file: &MachO) -> Vec<String> {
    let mut found = Vec::new();
    if file.cputype != 0x0100_000c {
        found.push(format!("cputype is {:#x}", file.cputype));
    }
    tables::symbols(file, &mut found);
    sections(file, &mut found);
    if file.filetype == MH_OBJECT {
        relocations::problems(file, &mut found);
        return found;
    }
    header(file, &mut found);
    commands(file, &mut found);
    segments(file, &mut found);
    for check in [indirect, stubs, thread_locals, initialisers] {
        if let Err(e) = check(file, &mut found) {
            found.push(e);
        }
    }
    tables::problems(file, &mut found);
    found
}

fn header(file: &MachO, found: &mut Vec<String>) {
    let flags = bits(FLAGS, file.flags.into());
    let mut must = |flag: &str, wanted: bool, why: &str| {
        if flags.contains(&flag) != wanted {
            found.push(format!("{flag} is {}set: {why}", if wanted { "not " } else { "" }));
        }
    };
    let executable = file.filetype == MH_EXECUTE;
    must("MH_DYLDLINK", true, "dyld loads it");
    must("MH_PIE", executable, "every arm64 program slides, and nothing else says so");
    let flat = file.imports.iter().all(|i| i.ordinal < -1);
    if !flat || flags.contains(&"MH_FORCE_FLAT") {
        must("MH_TWOLEVEL", !flat, "imports say whether it is");
    }
    let reexports = file.dylibs.iter().any(|d| d.command == "LC_REEXPORT_DYLIB");
    must("MH_NO_REEXPORTED_DYLIBS", file.filetype == MH_DYLIB && !reexports, "of a dylib that re-exports none");
    let descriptors = file.sections.iter().any(|s| s.kind() == 0x13 && s.size > 0);
    must("MH_HAS_TLV_DESCRIPTORS", descriptors, "dyld looks for descriptors by it");
    let announced = file.imports.iter().any(|i| i.ordinal == -3);
    let weak = file.exports.iter().any(|e| e.is_weak());
    if weak {
        must("MH_WEAK_DEFINES", true, "it exports weak definitions");
    }
    let bound = file.fixups.iter().any(|f| match f.kind {
        super::fixups::Kind::Bind { import, .. } => file.imports[import].ordinal == -3,
        super::fixups::Kind::Rebase { .. } => false,
    });
    if bound {
        must("MH_BINDS_TO_WEAK", true, "it has weak binds");
    }
    // Only the opcodes of the classic format say which strong definitions replace a library's weak one.
    if !weak && !announced && !file.blobs.contains_key("chained fixups") {
        must("MH_WEAK_DEFINES", false, "nothing weak is exported");
    }
    if !weak && !announced && !flags.contains(&"MH_WEAK_DEFINES") {
        must("MH_BINDS_TO_WEAK", false, "nothing weak is exported or bound");
    }
}

/// Which load commands there are, and how often.
fn commands(file: &MachO, found: &mut Vec<String>) {
    let count = |name: &str| file.commands.iter().filter(|c| c.name() == name).count();
    let chained = file.blobs.contains_key("chained fixups");
    let executable = file.filetype == MH_EXECUTE;
    let mut exactly = |name: &str, wanted: usize| {
        if count(name) != wanted {
            found.push(format!("{name} is there {} times", count(name)));
        }
    };
    for name in ["LC_SYMTAB", "LC_DYSYMTAB", "LC_CODE_SIGNATURE"] {
        exactly(name, 1);
    }
    exactly("LC_DYLD_INFO_ONLY", usize::from(!chained));
    exactly("LC_DYLD_EXPORTS_TRIE", usize::from(chained));
    exactly("LC_LOAD_DYLINKER", usize::from(executable));
    exactly("LC_MAIN", usize::from(executable));
    exactly("LC_ID_DYLIB", usize::from(file.filetype == MH_DYLIB));
    if count("LC_BUILD_VERSION") + count("LC_VERSION_MIN_MACOSX") != 1 {
        found.push("no platform, or more than one".to_string());
    }
    for command in &file.commands {
        match command.name().as_str() {
            "LC_MAIN" => {
                let entry = file.base() + uint(&file.bytes, command.at + 8, 8).unwrap_or(0);
                if !file.section_at(entry).is_some_and(is_code) {
                    found.push(format!("the entry {entry:#x} is in no code"));
                }
            }
            "LC_UUID" if file.bytes[command.at as usize + 8..][..16].iter().all(|b| *b == 0) => {
                found.push("LC_UUID is zero".to_string());
            }
            "LC_LOAD_DYLINKER" if file.text_of(*command, 8).is_ok_and(|p| p != "/usr/lib/dyld") => {
                found.push("the loader is not /usr/lib/dyld".to_string());
            }
            _ => {}
        }
    }
    for (index, dylib) in file.dylibs.iter().enumerate() {
        if file.dylibs[..index].iter().any(|d| d.name == dylib.name) {
            found.push(format!("loaded twice: {}", dylib.name));
        }
    }
    let end = 32 + file.commands_size;
    let first = file.sections.iter().filter(|s| !s.is_zerofill() && s.size > 0).map(|s| s.offset).min();
    if first.is_some_and(|first| end > first) {
        found.push(format!("the load commands end at {end:#x}, behind the first section"));
    }
}

pub(crate) fn is_code(section: &Section) -> bool {
    section.flags & 0x8000_0400 != 0
}

fn segments(file: &MachO, found: &mut Vec<String>) {
    let (mut addr, mut offset) = (0, 0);
    for segment in &file.segments {
        let (name, linkedit) = (&segment.name, segment.name == "__LINKEDIT");
        let mut wrong = |what: String| found.push(format!("{name}: {what}"));
        if segment.addr % PAGE != 0 || segment.offset % PAGE != 0 {
            wrong(format!("address {:#x} or offset {:#x} is not on a page", segment.addr, segment.offset));
        }
        if segment.memsz % PAGE != 0 {
            wrong(format!("its size in memory, {:#x}, is not of whole pages", segment.memsz));
        }
        if segment.filesz > segment.memsz || !linkedit && segment.filesz % PAGE != 0 {
            wrong(format!("its size in the file is {:#x}", segment.filesz));
        }
        if segment.addr < addr {
            wrong("it begins before the one before it ends".to_string());
        }
        if segment.filesz > 0 && segment.offset != offset {
            wrong(format!("it is at {:#x} of the file; the one before it ends at {offset:#x}", segment.offset));
        }
        if segment.initprot & !segment.maxprot != 0 || segment.initprot & 6 == 6 {
            wrong(format!("its protection is {:o} of {:o}", segment.initprot, segment.maxprot));
        }
        let expected = match name.as_str() {
            "__PAGEZERO" => Some((0, 0)),
            "__TEXT" => Some((5, 0)),
            "__LINKEDIT" => Some((1, 0)),
            "__DATA_CONST" => Some((3, 0x10)),
            "__DATA" => Some((3, 0)),
            _ => None,
        };
        if expected.is_some_and(|e| e != (segment.initprot, segment.flags & 0x10)) {
            wrong(format!("its protection is {:o}, its flags are {:#x}", segment.initprot, segment.flags));
        }
        addr = segment.addr + segment.memsz;
        offset = segment.offset + segment.filesz;
    }
    let executable = file.filetype == MH_EXECUTE;
    let mut say = |wrong: bool, what: &str| found.extend(wrong.then(|| what.to_string()));
    let zero = file.segments.first().is_some_and(|s| s.name == "__PAGEZERO" && s.addr == 0 && s.filesz == 0);
    say(zero != executable, "__PAGEZERO comes first in programs and nowhere else");
    say(file.segment("__TEXT").is_none_or(|s| s.offset != 0), "__TEXT does not hold the header");
    say(file.segments.last().is_none_or(|s| s.name != "__LINKEDIT"), "__LINKEDIT is not the last segment");
    say(offset != file.bytes.len() as u64, "bytes follow __LINKEDIT");
}

fn sections(file: &MachO, found: &mut Vec<String>) {
    for (index, section) in file.sections.iter().enumerate() {
        let name = section.name();
        let mut wrong = |what: String| found.push(format!("{name}: {what}"));
        let segment = &file.segments[section.within];
        if file.filetype != MH_OBJECT && section.segment != segment.name {
            wrong(format!("it stands in segment {}", segment.name));
        }
        if file.sections[..index].iter().any(|s| s.name() == name) {
            wrong("it is there twice".to_string());
        }
        if section.size > 0 && !segment.holds(section.addr, section.size) {
            wrong(format!("{:#x}+{:#x} leaves its segment", section.addr, section.size));
        }
        if section.addr % section.align != 0 {
            wrong(format!("{:#x} is not a multiple of {:#x}", section.addr, section.align));
        }
        let inside = section.addr.wrapping_sub(segment.addr);
        if !section.is_zerofill() && section.size > 0 && section.offset.wrapping_sub(segment.offset) != inside {
            wrong(format!("address {:#x} and offset {:#x} do not agree", section.addr, section.offset));
        }
        let before = file.sections[..index].iter().rev().find(|s| s.within == section.within);
        if let Some(before) = before {
            if before.addr + before.size > section.addr {
                wrong(format!("{} comes before it and ends at {:#x}", before.name(), before.addr + before.size));
            }
            if before.is_zerofill() && !section.is_zerofill() && before.kind() != 0x12 {
                wrong("it follows one without bytes in the file".to_string());
            }
        }
        let unit = match section.kind() {
            0x3 | 0x16 => 4,
            0x4 | 0x6 | 0x7 | 0x9 | 0xa | 0x14 => 8,
            0xe => 16,
            0x13 => 24,
            0x8 => u64::from(section.reserved2),
            _ => 1,
        };
        if section.size.checked_rem(unit).is_none_or(|r| r != 0) {
            wrong(format!("its size {:#x} is no multiple of {unit}", section.size));
        }
    }
}

/// The symbol that stands for entry `index` of a section of stubs or pointers; none for a local one.
pub(crate) fn indirect_name(file: &MachO, section: &Section, index: u64) -> Result<Option<String>> {
    let at = u64::from(section.reserved1) + index;
    let entry =
        *file.indirect.get(at as usize).ok_or_else(|| format!("{}: no indirect symbol {at}", section.name()))?;
    if entry & (INDIRECT_SYMBOL_LOCAL | INDIRECT_SYMBOL_ABS) != 0 {
        return Ok(None);
    }
    let symbol = file.symbols.get(entry as usize);
    Ok(Some(symbol.ok_or_else(|| format!("indirect entry {at} names symbol {entry}"))?.name.clone()))
}

/// Every slot of a pointer section is filled by the loader, with what the indirect table says.
fn indirect(file: &MachO, found: &mut Vec<String>) -> Result<()> {
    for section in file.sections.iter().filter(|s| matches!(s.kind(), 0x6 | 0x7 | 0x14)) {
        for index in 0..section.size / 8 {
            let (at, name) = (section.addr + index * 8, indirect_name(file, section, index)?);
            let fixups: Vec<_> = file.fixups.iter().filter(|f| f.at == at).collect();
            if fixups.is_empty() {
                found.push(format!("{} has nothing in slot {index} ({name:?})", section.name()));
            }
            for fixup in fixups {
                let bound = match fixup.kind {
                    super::fixups::Kind::Bind { import, .. } => Some(&file.imports[import].name),
                    super::fixups::Kind::Rebase { .. } => None,
                };
                if bound.is_some() && bound != name.as_ref() {
                    found.push(format!("{} slot {index} binds {bound:?}, its symbol is {name:?}", section.name()));
                }
            }
        }
    }
    Ok(())
}

/// Each stub loads the slot that the loader fills with the symbol of the stub.
fn stubs(file: &MachO, found: &mut Vec<String>) -> Result<()> {
    for section in file.sections.iter().filter(|s| s.kind() == 0x8) {
        for index in 0..section.size / u64::from(section.reserved2.max(1)) {
            let at = section.addr + index * u64::from(section.reserved2);
            let name = indirect_name(file, section, index)?.unwrap_or_default();
            let bound = super::code::stub_slot(file, at)?.map(|slot| bound_names(file, slot)).unwrap_or_default();
            if !bound.contains(&name) {
                found.push(format!("the stub of {name} at {at:#x} jumps to {bound:?}"));
            }
        }
    }
    Ok(())
}

/// Names that the loader may put into the slot at `at`: those bound, or the symbol that a rebase points to.
pub(crate) fn bound_names(file: &MachO, at: u64) -> Vec<String> {
    let here = file.fixups.iter().filter(|f| f.at == at);
    let mut names = Vec::new();
    for fixup in here {
        match fixup.kind {
            super::fixups::Kind::Bind { import, .. } => names.push(file.imports[import].name.clone()),
            super::fixups::Kind::Rebase { target, .. } => {
                let defined = file.symbols.iter().filter(|s| s.is_in_section() && s.value == target);
                names.extend(defined.map(|s| s.name.clone()));
            }
        }
    }
    names
}

/// Descriptors call __tlv_bootstrap and point into the initial image, which is one piece.
fn thread_locals(file: &MachO, found: &mut Vec<String>) -> Result<()> {
    let of_kind = |kinds: &'static [u32]| file.sections.iter().filter(|s| kinds.contains(&s.kind()));
    let image: Vec<&Section> = of_kind(&[0x11, 0x12]).collect();
    for pair in image.windows(2) {
        if pair[0].addr + pair[0].size > pair[1].addr || pair[0].is_zerofill() && !pair[1].is_zerofill() {
            found.push(format!("{} and {} are no one image", pair[0].name(), pair[1].name()));
        }
    }
    let size = match (image.first(), image.last()) {
        (Some(first), Some(last)) => last.addr + last.size - first.addr,
        _ => 0,
    };
    for section in of_kind(&[0x13]) {
        for at in (section.addr..section.addr + section.size).step_by(24) {
            let offset = uint(file.memory(at + 16, 8)?, 0, 8)?;
            if !bound_names(file, at).contains(&"__tlv_bootstrap".to_string()) {
                found.push(format!("the descriptor at {at:#x} does not call __tlv_bootstrap"));
            }
            if offset >= size {
                found.push(format!("the descriptor at {at:#x} has offset {offset:#x} of {size:#x}"));
            }
        }
    }
    Ok(())
}

/// Addresses of the initialisers, in the order in which they run.
pub(crate) fn initialiser_addresses(file: &MachO) -> Result<Vec<u64>> {
    let mut addresses = Vec::new();
    for section in &file.sections {
        match section.kind() {
            0x9 => {
                let slots = (section.addr..section.addr + section.size).step_by(8);
                for at in slots {
                    let target = file.fixups.iter().find_map(|f| match f.kind {
                        super::fixups::Kind::Rebase { target, .. } if f.at == at => Some(target),
                        _ => None,
                    });
                    addresses.push(target.ok_or_else(|| format!("the initialiser at {at:#x} is not rebased"))?);
                }
            }
            0x16 => {
                for offset in file.data(section)?.chunks(4) {
                    addresses.push(file.base() + uint(offset, 0, 4)?);
                }
            }
            _ => {}
        }
    }
    Ok(addresses)
}

fn initialisers(file: &MachO, found: &mut Vec<String>) -> Result<()> {
    for addr in initialiser_addresses(file)? {
        if !file.section_at(addr).is_some_and(is_code) {
            found.push(format!("an initialiser at {addr:#x} is in no code"));
        }
    }
    Ok(())
}
