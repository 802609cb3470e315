//! `__TEXT,__init_offsets`: initialisers as 32-bit offsets from the header, which need no fixup.
//!
//! Takes the place of `__mod_init_func`, whose atoms are read here and then left out. dyld calls the functions in order.

use super::format::*;
use super::image::Image;
use super::relocs::{Context, Target};
use crate::base::bitset::BitSet;
use crate::base::diag::Reported;
use crate::base::session::Session;

/// The initialisers of the kept atoms, in order; and the atoms, to be left out.
pub fn take(context: &Context<'_, '_>, cx: &Session) -> Result<(Vec<(Target, i64)>, BitSet), Reported> {
    let (mut functions, mut kept) = (Vec::new(), context.atoms.kept.clone());
    for (file, object) in context.objects() {
        for (index, section) in object.sections.iter().enumerate() {
            if section.kind() != S_MOD_INIT_FUNC_POINTERS {
                continue;
            }
            for local in object.atoms_of(index as u32) {
                let atom = context.atoms.id(file, local);
                if !kept.remove(atom.idx()) {
                    continue;
                }
                let mut found = Vec::new();
                let result = context.each_reloc(file, object, &object.atoms[local as usize], |reloc| {
                    if reloc.kind == ARM64_RELOC_UNSIGNED && reloc.length == 3 && reloc.minus.is_none() {
                        found.push((reloc.target, reloc.addend));
                    }
                    Ok(())
                });
                if let Err(error) = result {
                    context.files.malformed(file, &error, cx);
                }
                functions.extend(found.into_iter().rev());
                if let Some((Target::Symbol(id), _)) = functions.iter().find(|(t, _)| context.address_is_elsewhere(*t))
                {
                    let name = String::from_utf8_lossy(context.interned.names.name(*id));
                    let file = &context.files[file];
                    let text =
                        format!("{file}: {name} is an initialiser, and in another library; -no_init_offsets may help");
                    return Err(cx.diag.fail(text));
                }
            }
        }
    }
    cx.diag.checkpoint()?;
    Ok((functions, kept))
}

/// The section's bytes.
pub fn write(image: &Image<'_, '_>, functions: &[(Target, i64)]) -> Vec<u8> {
    let offset = |(target, addend): &(Target, i64)| {
        let address = image.address(*target).unwrap_or(image.layout.base).wrapping_add_signed(*addend);
        (address.wrapping_sub(image.layout.base) as u32).to_le_bytes()
    };
    functions.iter().flat_map(offset).collect()
}
