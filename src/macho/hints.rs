//! Linker optimization hints (`LC_LINKER_OPTIMIZATION_HINT`): which instructions compute one address together.
//!
//! Each hint is a kind, a count and as many addresses in the object, all ULEB128 (`mach-o/arm64/reloc.h` has the kinds,
//! LLVM's `AArch64CollectLOH` what they promise: no other instruction uses what is in the registers between them). The
//! writer applies those of an atom right after its relocations, while its bytes are hot: see `arch::relax`.
//! Cost: one read of the hints, in parallel by object; a binary search an atom.

use super::arch::relax::{self, ADRP_ADRP};
use super::object::Object;
use super::relocs::Context;
use crate::base::ids::{AtomId, FileId};
use crate::base::leb128::read_uleb;
use crate::base::session::Session;
use crate::base::view::Malformed;

/// Instructions that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hint {
    /// Their addresses in the object; those that the kind does not have are 0.
    pub at: [u32; 3],
    /// `LOH_ARM64_*`.
    pub kind: u8,
}

/// The hints of all objects.
#[derive(Debug, Default)]
pub struct Hints {
    /// By file, sorted by the first address.
    of_file: Vec<Vec<Hint>>,
}

/// Reads the hints of the objects that are in; none with `-ignore_optimization_hints`.
pub fn parse(context: &Context<'_, '_>, cx: &Session) -> Hints {
    let weight: u64 = context.objects().map(|(_, object)| object.hints.len() as u64).sum();
    if weight == 0 || context.args.ignore_optimization_hints {
        return Hints::default();
    }
    let _t = cx.time.phase("parse hints");
    let groups = context.groups(1 << 20);
    let found = cx.par.map(groups.len(), weight * 4, |g| {
        let of_file = |file: usize| {
            let object = context.files.list[file].object().filter(|_| context.live.contains(file))?;
            let hints = of_object(object);
            Some(hints.unwrap_or_else(|error| {
                context.files.malformed(FileId(file as u32), &error, cx);
                Vec::new()
            }))
        };
        groups[g].clone().map(|file| of_file(file).unwrap_or_default()).collect::<Vec<_>>()
    });
    Hints { of_file: found.into_iter().flatten().collect() }
}

/// The hints of an object, by the first address; those of unknown kinds are left out.
pub fn of_object(object: &Object<'_>) -> Result<Vec<Hint>, Malformed> {
    let (bytes, mut at) = (object.hints, 0);
    let mut hints = Vec::new();
    // The table is padded to eight bytes, and no kind is 0.
    while at < bytes.len() && bytes[at] != 0 {
        let (kind, count) = (read_uleb(bytes, &mut at)?, read_uleb(bytes, &mut at)?);
        let mut hint = Hint { at: [0; 3], kind: u8::try_from(kind).unwrap_or(0) };
        for index in 0..count {
            let address = read_uleb(bytes, &mut at)?;
            match (hint.at.get_mut(index as usize), u32::try_from(address)) {
                (Some(place), Ok(address)) => *place = address,
                _ => hint.kind = 0,
            }
        }
        if relax::operands(hint.kind) == Some(count as usize) {
            hints.push(hint);
        }
    }
    if !hints.is_sorted_by_key(|hint| hint.at[0]) {
        hints.sort_by_key(|hint| hint.at[0]);
    }
    Ok(hints)
}

impl Hints {
    /// Applies the hints of `atom` to its bytes, which `out` begins with and which lie at virtual address `start`.
    pub fn apply(&self, context: &Context<'_, '_>, atom: AtomId, start: u64, out: &mut [u8]) {
        let (file, _) = context.atoms.local(atom);
        let Some(list) = self.of_file.get(file.idx()).filter(|list| !list.is_empty()) else { return };
        let (object, piece) = context.atoms.piece(context.files, atom);
        let base = object.sections[piece.section as usize].address.get() + piece.offset;
        let first = list.partition_point(|hint| u64::from(hint.at[0]) < base);
        let count = list[first..].partition_point(|hint| u64::from(hint.at[0]) < base + piece.size);
        let hints = &list[first..first + count];
        let size = object.atom_bytes(piece).len();
        let out = &mut out[..size];
        let mut apply = |hint: &Hint| {
            let mut places = [0; 3];
            for (place, address) in places.iter_mut().zip(&hint.at[..relax::operands(hint.kind).unwrap_or(0)]) {
                // All are in one atom, or the hint means nothing.
                match u64::from(*address).checked_sub(base).map(|offset| offset as usize) {
                    Some(offset) if offset + 4 <= size && offset % 4 == 0 => *place = offset,
                    _ => return,
                }
            }
            relax::apply(hint.kind, out, start, places);
        };
        // The other kinds may take away the first of two equal computations; what is left then decides.
        hints.iter().filter(|hint| hint.kind != ADRP_ADRP).for_each(&mut apply);
        hints.iter().filter(|hint| hint.kind == ADRP_ADRP).for_each(&mut apply);
    }
}
