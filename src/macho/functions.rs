//! What profilers and disassemblers read about code: where functions start, and which bytes among them are data.

use super::chunks::{data_in_code as data, function_starts};
use super::format::*;
use super::image::Image;
use super::object::Object;
use crate::args::macho::Args;
use crate::base::ids::{AtomId, FileId};
use crate::base::session::Session;

/// `LC_FUNCTION_STARTS`: every symbol in code, by the address that it got; none with `-no_function_starts`.
pub fn starts(image: &Image<'_, '_>, args: &Args, cx: &Session) -> Vec<u8> {
    let _t = cx.time.phase("function starts");
    if !args.function_starts() {
        return Vec::new();
    }
    let context = &image.context;
    let groups = context.groups(1 << 20);
    let found = cx.par.map(groups.len(), context.weight() / 8, |g| {
        let mut found = Vec::new();
        for file in groups[g].clone().map(|f| FileId(f as u32)).filter(|f| context.live.contains(f.idx())) {
            if let Some(object) = context.files[file].object() {
                starts_of(image, file, object, &mut found);
            }
        }
        found.sort_unstable();
        found
    });
    // Mostly atoms are in input order, and then this only looks: runs that are sorted stay as they are.
    let mut found = found.concat();
    found.sort();
    found.dedup();
    function_starts::build(found)
}

/// Where the functions of an object went, in bytes from the header.
fn starts_of(image: &Image<'_, '_>, file: FileId, object: &Object<'_>, found: &mut Vec<u64>) {
    const CODE: u32 = S_ATTR_PURE_INSTRUCTIONS | S_ATTR_SOME_INSTRUCTIONS;
    let atoms = image.context.atoms;
    for (index, symbol) in object.symbols.iter().enumerate() {
        if symbol.is_stab() || symbol.has(N_ALT_ENTRY) {
            continue;
        }
        let Some((local, offset)) = object.symbol_place(index as u32) else { continue };
        let (atom, piece) = (atoms.id(file, local), &object.atoms[local as usize]);
        let is_code = object.sections[piece.section as usize].flags.get() & CODE != 0;
        // Labels of the assembler's own are no functions, nor is the end of the code.
        let is_kept = offset < piece.size && atoms.kept.contains(atom.idx());
        if is_code && is_kept && !object.is_assembler_local(index as u32) {
            found.push(image.layout.addresses[atom.idx()] + offset - image.layout.base);
        }
    }
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
