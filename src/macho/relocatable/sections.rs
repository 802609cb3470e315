//! The sections of the object: atoms by section name, the linker's tables, and addresses from 0.
//!
//! Sections keep their names, types and attributes; those without bytes in the file come last, since in an object the
//! file goes on as memory does. Cost: as in other links, one pass over the atoms, parallel by section.

use super::super::format::*;
use super::super::layout::{self, Layout, OutSegment};
use super::super::order;
use super::super::relocs::Context;
use super::super::sections::{self, Chunk, Content, OutSection};
use crate::args::macho::Target;
use crate::base::diag::Reported;
use crate::base::ids::AtomId;
use crate::base::session::Session;

/// Distributes the kept atoms, adds the `chunks` that have bytes, and places everything.
pub fn place(
    context: &Context<'_, '_>,
    chunks: &[(Chunk, u64)],
    target: Target,
    cx: &Session,
) -> Result<Layout, Reported> {
    refuse_indirect(context, cx)?;
    let chunks = chunks.iter().copied().filter(|(_, size)| *size > 0).collect();
    let mut list = sections::build(context, &chunks, target, cx)?;
    order::apply(context, &mut list, cx)?;
    list.sort_by_key(OutSection::is_zero_fill);
    list.iter_mut().for_each(as_in_objects);
    let offsets = layout::offsets(&list, &[], (context.files, context.atoms), cx);
    let mut addresses = vec![0; context.atoms.len()];
    let (mut address, mut file_end) = (0u64, 0);
    for (section, (size, places)) in list.iter_mut().zip(offsets.sizes.iter().zip(&offsets.atoms)) {
        address = address.next_multiple_of(1 << section.align);
        (section.address, section.size) = (address, *size);
        // Places in a section are relocations' addresses, which have a sign bit.
        if section.size > i32::MAX as u64 && !section.is_zero_fill() {
            let (segment, name) = (String::from_utf8_lossy(&section.name.0), String::from_utf8_lossy(&section.name.1));
            return Err(cx.diag.fail(format_args!("{segment},{name} has {size} bytes, more than an object can hold")));
        }
        for (atom, place) in section.atoms().iter().zip(places) {
            addresses[atom.idx()] = address + place;
        }
        address += section.size;
        if !section.is_zero_fill() {
            file_end = address;
        }
    }
    let protection = VM_PROT_READ | VM_PROT_WRITE | VM_PROT_EXECUTE;
    let whole = OutSegment {
        name: Vec::new(),
        sections: 0..list.len(),
        address: 0,
        vm_size: address,
        offset: 0,
        file_size: file_end,
        max_protection: protection,
        protection,
        flags: 0,
    };
    Ok(Layout { segments: vec![whole], sections: list, base: 0, addresses, pools: Vec::new(), page_size: 1 })
}

/// Attributes that the linker's own sections have in objects.
fn as_in_objects(section: &mut OutSection) {
    let flags = match section.content {
        Content::Chunk(Chunk::EhFrame) => S_COALESCED | S_ATTR_NO_TOC | S_ATTR_STRIP_STATIC_SYMS | S_ATTR_LIVE_SUPPORT,
        Content::Chunk(Chunk::ImageInfo) => S_REGULAR | S_ATTR_NO_DEAD_STRIP,
        _ => return,
    };
    section.flags = flags;
}

/// Sections whose slots only the indirect symbols of their object explain: compilers for arm64 write none.
fn refuse_indirect(context: &Context<'_, '_>, cx: &Session) -> Result<(), Reported> {
    for (file, object) in context.objects() {
        for (index, section) in object.sections.iter().enumerate() {
            let kind = section.kind();
            let is_indirect = matches!(
                kind,
                S_NON_LAZY_SYMBOL_POINTERS
                    | S_LAZY_SYMBOL_POINTERS
                    | S_SYMBOL_STUBS
                    | S_LAZY_DYLIB_SYMBOL_POINTERS
                    | S_THREAD_LOCAL_VARIABLE_POINTERS
            );
            let kept = |local: u32| context.atoms.kept.contains(AtomId(context.atoms.of(file).start + local).idx());
            if is_indirect && section.size.get() > 0 && object.atoms_of(index as u32).any(kept) {
                let (segment, name) = section.full_name();
                let (segment, name) = (String::from_utf8_lossy(segment), String::from_utf8_lossy(name));
                let why = "has indirect symbols, which -r cannot move; link the object itself";
                cx.diag
                    .error_at(u64::from(file.0) << 32, format_args!("{}: {segment},{name} {why}", context.files[file]));
            }
        }
    }
    cx.diag.checkpoint()
}
