//! What profilers and disassemblers read about code: where functions start, and which bytes among them are data.

use super::chunks::{data_in_code as data, function_starts};
use super::format::*;
use super::image::Image;
use crate::args::macho::Args;
use crate::base::ids::AtomId;
use crate::base::session::Session;

/// `LC_FUNCTION_STARTS`: every symbol in code, by the address that it got; none with `-no_function_starts`.
pub fn starts(image: &Image<'_, '_>, args: &Args, cx: &Session) -> Vec<u8> {
    let _t = cx.time.phase("function starts");
    if !args.function_starts() {
        return Vec::new();
    }
    let context = &image.context;
    let mut found = Vec::new();
    for (file, object) in context.objects() {
        let is_code: Vec<bool> = object
            .sections
            .iter()
            .map(|s| s.flags.get() & (S_ATTR_PURE_INSTRUCTIONS | S_ATTR_SOME_INSTRUCTIONS) != 0)
            .collect();
        for (index, symbol) in object.symbols.iter().enumerate() {
            if symbol.is_stab() || symbol.has(N_ALT_ENTRY) {
                continue;
            }
            let Some((atom, offset)) = object.symbol_place(index as u32) else { continue };
            let id = context.atoms.id(file, atom);
            let name = object.symbol_name(index as u32).unwrap_or_default();
            let is_label = matches!(name.first(), None | Some(b'l' | b'L'));
            if !is_label
                && offset < object.atoms[atom as usize].size
                && is_code[object.atoms[atom as usize].section as usize]
                && context.atoms.kept.contains(id.idx())
            {
                found.push(image.layout.addresses[id.idx()] + offset - image.layout.base);
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    function_starts::build(found)
}

/// `LC_DATA_IN_CODE` of the kept atoms.
pub fn data_in_code(image: &Image<'_, '_>, args: &Args) -> Vec<u8> {
    let mut found = Vec::new();
    if !args.data_in_code() {
        return found;
    }
    let context = &image.context;
    let mut entries = Vec::new();
    for (file, object) in context.objects() {
        for entry in object.data_in_code {
            let Some((atom, offset)) = object.atom_at_address(entry.offset.get().into()) else { continue };
            let id: AtomId = context.atoms.id(file, atom);
            if context.atoms.kept.contains(id.idx()) {
                let place = image.layout.addresses[id.idx()] + offset - image.layout.base;
                entries.push(DataInCode { offset: (place as u32).into(), ..*entry });
            }
        }
    }
    found.append(&mut data::build(entries));
    found
}
