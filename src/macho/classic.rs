//! Fixups as the opcodes of `LC_DYLD_INFO_ONLY`, for systems before chained fixups.
//!
//! A weak definition has two: the place is first rebased to this image's own (or bound to the library that was found), and
//! then bound again by name among all images that define it weakly. A lazy pointer is rebased to its stub helper, and has
//! a program of its own that dyld runs when the stub is first called.

use super::chunks::chained_fixups::Error;
use super::chunks::dyld_info;
use super::definitions::Definition;
use super::fixups::{Fixup, Import, Value};
use super::format::BIND_SPECIAL_DYLIB_WEAK_LOOKUP;
use super::linkedit::{Sources, Tail, describe, fixup_segments};
use crate::base::diag::Reported;
use crate::base::session::Session;

/// The opcode streams (rebase, bind, weak bind, lazy bind); what the places hold in the file goes into `tail`.
pub fn streams(sources: &Sources<'_, '_>, tail: &mut Tail, cx: &Session) -> Result<[Vec<u8>; 4], Reported> {
    let (image, imports) = (sources.image, sources.imports);
    let segments = fixup_segments(image);
    // What the first step does with a place that the second one binds among all images.
    let mut direct: Vec<Import<'_>> = imports.list.clone();
    for (import, id) in direct.iter_mut().zip(&imports.ids) {
        if let (BIND_SPECIAL_DYLIB_WEAK_LOOKUP, Definition::Import(file)) =
            (import.ordinal, image.context.definitions.place(*id))
        {
            import.ordinal = imports.ordinal(file);
        }
    }
    let mut first = Vec::with_capacity(sources.fixups.len());
    let mut weak = Vec::new();
    for fixup in sources.fixups {
        let mut step = *fixup;
        if let Value::Bind { import, addend } = fixup.value
            && imports.list[import as usize].ordinal == BIND_SPECIAL_DYLIB_WEAK_LOOKUP
        {
            weak.push(*fixup);
            let own = image.context.definitions.place(imports.ids[import as usize]);
            if let Some(target) = image.address_of(own) {
                step.value = Value::Rebase { target: target.wrapping_add_signed(addend) };
            }
        }
        first.push(step);
    }
    let lazy: Vec<Fixup> = image
        .slots
        .lazy
        .iter()
        .enumerate()
        .map(|(slot, id)| {
            let import = imports.of(*id).expect("every lazy name is imported");
            Fixup { address: image.lazy(slot as u32), value: Value::Bind { import, addend: 0 } }
        })
        .collect();
    let names = image.context.interned;
    let strong: Vec<&[u8]> = image.context.definitions.overrides.iter().map(|id| names.names.name(*id)).collect();
    let failed = |error: Error| cx.diag.fail(describe(sources, error.subject, error.reason));
    let rebase = dyld_info::rebase(&first, &segments).map_err(failed)?;
    let bind = dyld_info::bind(&first, &direct, &segments).map_err(failed)?;
    let weak_bind = dyld_info::weak_bind(&weak, &imports.list, &strong, &segments).map_err(failed)?;
    let lazy_bind = dyld_info::lazy_bind(&lazy, &direct, &segments).map_err(failed)?;
    tail.lazy_offsets = lazy_bind.offsets;
    tail.values = first
        .iter()
        .map(|fixup| match fixup.value {
            Value::Rebase { target } => target,
            Value::Bind { .. } => 0,
        })
        .collect();
    Ok([rebase, bind, weak_bind, lazy_bind.stream])
}
