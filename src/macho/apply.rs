//! Copies an atom to the output and applies its relocations.
//!
//! Loads through the GOT of what this image defines become address computations: `ldr` of a slot turns into `add` of the
//! address itself. Pointers that dyld fixes up are written again by the caller, in dyld's encoding.

use super::arch::arm64::{self, Unfit};
use super::collect::is_template;
use super::format::*;
use super::image::Image;
use super::object::{Object, Piece};
use super::relocs::{Reloc, Target};
use super::thunks;
use crate::base::ids::{AtomId, FileId};
use crate::base::session::Session;
use crate::base::view::Malformed;

/// Writes `atom` to the beginning of `out`.
pub fn atom(image: &Image<'_, '_>, atom: AtomId, out: &mut [u8], cx: &Session) {
    let context = &image.context;
    let (file, _) = context.atoms.local(atom);
    if file.0 == 0 {
        return; // The linker's own atoms are zero.
    }
    let (object, piece) = context.atoms.piece(context.files, atom);
    let bytes = object.atom_bytes(piece);
    out[..bytes.len()].copy_from_slice(bytes);
    if piece.relocation_count == 0 {
        return;
    }
    let start = image.layout.addresses[atom.idx()];
    let result = context.each_reloc(file, object, piece, |reloc| {
        let place = &mut out[reloc.offset as usize..];
        if let Err(error) = one(image, object, piece, &reloc, start + u64::from(reloc.offset), place) {
            report(image, (file, object, piece), atom, &reloc, error, cx);
        }
        Ok::<(), Malformed>(())
    });
    if let Err(error) = result {
        context.files.malformed(file, &error, cx);
    }
}

/// Applies one relocation at virtual address `p`.
fn one(
    image: &Image<'_, '_>,
    object: &Object<'_>,
    piece: &Piece,
    reloc: &Reloc,
    p: u64,
    place: &mut [u8],
) -> Result<(), Unfit> {
    let s = || image.address(reloc.target).unwrap_or(0).wrapping_add_signed(reloc.addend);
    match reloc.kind {
        ARM64_RELOC_UNSIGNED => {
            let value = match reloc.minus {
                Some(minus) => s().wrapping_sub(image.address(minus).unwrap_or(0)),
                None if object.sections[piece.section as usize].kind() == S_THREAD_LOCAL_VARIABLES
                    && is_template(image, reloc.target) =>
                {
                    s().wrapping_sub(image.thread_template)
                }
                None => s(),
            };
            match reloc.length {
                3 => place[..8].copy_from_slice(&value.to_le_bytes()),
                _ => {
                    let signed = value as i64;
                    if i32::try_from(signed).is_err() && u32::try_from(value).is_err() {
                        return Err(Unfit::Range(signed, 1 << 31));
                    }
                    place[..4].copy_from_slice(&(value as u32).to_le_bytes());
                }
            }
            Ok(())
        }
        ARM64_RELOC_BRANCH26 => arm64::branch26(place, p, thunks::branch(image, reloc, p)),
        ARM64_RELOC_PAGE21 => arm64::page21(place, p, s()),
        ARM64_RELOC_PAGEOFF12 => arm64::pageoff12(place, s()),
        ARM64_RELOC_GOT_LOAD_PAGE21 => arm64::page21(place, p, image.got_of(reloc.target).unwrap_or_else(s)),
        ARM64_RELOC_GOT_LOAD_PAGEOFF12 => match image.got_of(reloc.target) {
            Some(slot) => arm64::pageoff12(place, slot),
            None => arm64::load_to_add(place, s()),
        },
        ARM64_RELOC_TLVP_LOAD_PAGE21 => arm64::page21(place, p, thread_pointer(image, reloc.target).unwrap_or_else(s)),
        ARM64_RELOC_TLVP_LOAD_PAGEOFF12 => match thread_pointer(image, reloc.target) {
            Some(slot) => arm64::pageoff12(place, slot),
            None => arm64::load_to_add(place, s()),
        },
        ARM64_RELOC_POINTER_TO_GOT => {
            let distance = image.got_of(reloc.target).unwrap_or(0).wrapping_sub(p) as i64;
            let short = i32::try_from(distance).map_err(|_| Unfit::Range(distance, 1 << 31))?;
            place[..4].copy_from_slice(&short.to_le_bytes());
            Ok(())
        }
        _ => Err(Unfit::Instruction(reloc.kind.into())),
    }
}

fn thread_pointer(image: &Image<'_, '_>, target: Target) -> Option<u64> {
    match target {
        Target::Symbol(id) => image.thread_pointer(id),
        _ => None,
    }
}

#[cold]
fn report(
    image: &Image<'_, '_>,
    (file, object, piece): (FileId, &Object<'_>, &Piece),
    atom: AtomId,
    reloc: &Reloc,
    error: Unfit,
    cx: &Session,
) {
    let (segment, name) = object.sections[piece.section as usize].full_name();
    let target = image.context.target_name(reloc.target);
    let kind = kind_name(reloc.kind);
    let why = match error {
        Unfit::Range(distance, limit) => format!("is out of range: {distance} is not in [-{limit}, {limit})"),
        Unfit::Misaligned(size) => format!("points to an address that is no multiple of {size}, as the load needs"),
        Unfit::Instruction(word) => format!("stands on something that it cannot patch (0x{word:08x})"),
    };
    cx.diag.error_at(
        u64::from(file.0) << 32 | 1,
        format_args!(
            "{}:({},{}+0x{:x}): {kind} against {target} {why}\n>>> in {}",
            image.context.files[file],
            String::from_utf8_lossy(segment),
            String::from_utf8_lossy(name),
            piece.offset + u64::from(reloc.offset),
            image.context.atom_name(atom),
        ),
    );
}

/// The name of a relocation type (`mach-o/arm64/reloc.h`).
pub fn kind_name(kind: u8) -> &'static str {
    const NAMES: [&str; 12] = [
        "ARM64_RELOC_UNSIGNED",
        "ARM64_RELOC_SUBTRACTOR",
        "ARM64_RELOC_BRANCH26",
        "ARM64_RELOC_PAGE21",
        "ARM64_RELOC_PAGEOFF12",
        "ARM64_RELOC_GOT_LOAD_PAGE21",
        "ARM64_RELOC_GOT_LOAD_PAGEOFF12",
        "ARM64_RELOC_POINTER_TO_GOT",
        "ARM64_RELOC_TLVP_LOAD_PAGE21",
        "ARM64_RELOC_TLVP_LOAD_PAGEOFF12",
        "ARM64_RELOC_ADDEND",
        "ARM64_RELOC_AUTHENTICATED_POINTER",
    ];
    NAMES.get(kind as usize).copied().unwrap_or("an unknown relocation")
}
