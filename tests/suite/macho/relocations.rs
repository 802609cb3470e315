//! What holds of the relocations of an object (`mach-o/arm64/reloc.h`): they lie in their section in descending order, name
//! a symbol or a section that is there, come in the pairs that belong together, and an address in the bytes lies in the
//! section that its relocation names.

use super::dump::{MachO, Section};
use crate::dump::{Result, uint};

const UNSIGNED: u64 = 0;
const SUBTRACTOR: u64 = 1;
const ADDEND: u64 = 10;

/// Everything that is wrong with the relocations of `file`.
pub(crate) fn problems(file: &MachO, found: &mut Vec<String>) {
    for section in &file.sections {
        if let Err(e) = of_section(file, section) {
            found.push(format!("relocations of {}: {e}", section.name()));
        }
    }
}

fn of_section(file: &MachO, section: &Section) -> Result<()> {
    let (start, count) = section.relocations;
    // What the one before asks of this one: its address, and whether only UNSIGNED will do.
    let (mut before, mut wanted) = (u64::MAX, None);
    for index in 0..count {
        let address = uint(&file.bytes, start + index * 8, 4)?;
        let packed = uint(&file.bytes, start + index * 8 + 4, 4)?;
        let (symbol, length, kind) = (packed & 0xff_ffff, 1 << (packed >> 25 & 3), packed >> 28);
        let (is_pc_relative, is_external) = (packed >> 24 & 1 != 0, packed >> 27 & 1 != 0);
        let wrong = |what: &str| Err(format!("{what} at {address:#x}, type {kind}"));
        if address + length > section.size {
            return wrong("outside of the section");
        }
        if address > before {
            return wrong("behind the one before");
        }
        match wanted.take() {
            Some((at, _)) if at != address => return wrong("the second of a pair elsewhere"),
            Some((_, true)) if kind != UNSIGNED => return wrong("nothing to subtract from"),
            Some((_, false)) if !matches!(kind, 2..=4) => return wrong("an addend to nothing"),
            _ => {}
        }
        before = address;
        match kind {
            ADDEND => {
                wanted = Some((address, false));
                continue;
            }
            SUBTRACTOR => wanted = Some((address, true)),
            _ => {}
        }
        // The way to a GOT slot (7) is either.
        if kind != 7 && is_pc_relative != matches!(kind, 2 | 3 | 5 | 8) {
            return wrong("relative to its place or not");
        }
        if is_external {
            if symbol as usize >= file.symbols.len() || file.symbols[symbol as usize].is_stab() {
                return wrong("no symbol");
            }
            continue;
        }
        let Some(to) = (symbol as usize).checked_sub(1).and_then(|s| file.sections.get(s)) else {
            return wrong("no section");
        };
        if kind != UNSIGNED {
            return wrong("a section where only a symbol can be meant");
        }
        let value = uint(&file.bytes, section.offset + address, length)?;
        if value < to.addr || value > to.addr + to.size {
            return Err(format!("{value:#x} at {address:#x} is not in {}", to.name()));
        }
    }
    if wanted.is_some() { Err("the last one has no second".to_string()) } else { Ok(()) }
}
