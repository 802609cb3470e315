//! The source line of a place in an object, from its debug information.
//!
//! Only error messages ask. In an unlinked object each section has addresses of its own, and the line table holds them as
//! they are; what it says by an external symbol is put in here.
//! Cost: the line table of an object once for each place that a message names.

use super::format::{ARM64_RELOC_UNSIGNED, N_SECT};
use super::object::{Object, RelTarget};
use crate::base::dwarf_line::{self, Sections};

/// `main.c:12`: the line that byte `offset` of section `section` was compiled from.
pub fn line(object: &Object<'_>, section: u32, offset: u64) -> Option<String> {
    let find = |name: &[u8]| object.sections.iter().position(|s| s.full_name() == (b"__DWARF", name));
    let bytes = |name: &[u8]| find(name).map_or(&[][..], |index| object.section_bytes(index as u32));
    let table = with_symbols(object, find(b"__debug_line")? as u32);
    let sections = Sections { line: &table, line_str: bytes(b"__debug_line_str"), str: bytes(b"__debug_str") };
    let address = object.sections[section as usize].address.get().checked_add(offset)?;
    let line = dwarf_line::find(&sections, address)?;
    Some(format!("{}:{}", String::from_utf8_lossy(&line.path), line.number))
}

/// The bytes of a section, with the addresses of symbols that its relocations name.
fn with_symbols(object: &Object<'_>, section: u32) -> Vec<u8> {
    let mut bytes = object.section_bytes(section).to_vec();
    for relocation in object.relocations[section as usize].iter().filter(|r| r.is_external()) {
        let whole = relocation.kind() == ARM64_RELOC_UNSIGNED && relocation.length() == 3;
        let Ok(RelTarget::Symbol(symbol)) = object.target(section, relocation) else { continue };
        let symbol = &object.symbols[symbol as usize];
        let start = usize::try_from(relocation.address.get()).ok();
        let place = start.and_then(|start| bytes.get_mut(start..start.checked_add(8)?));
        if let Some(place) = place.filter(|_| whole && symbol.class() == N_SECT) {
            let addend = u64::from_le_bytes(place.as_ref().try_into().expect("eight bytes"));
            place.copy_from_slice(&addend.wrapping_add(symbol.value.get()).to_le_bytes());
        }
    }
    bytes
}
