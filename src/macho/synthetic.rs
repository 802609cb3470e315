//! Bytes of the sections that the linker itself makes, where they are no more than a loop over slots.

use super::arch::arm64::*;
use super::image::Image;
use super::linkedit::Tail;
use super::sections::Chunk;
use super::slots::Slots;
use crate::base::ids::NONE;

/// Bytes of a chunk, if they depend on slots alone.
pub fn size(chunk: Chunk, slots: &Slots) -> u64 {
    match chunk {
        Chunk::Stubs => slots.stubs.len() as u64 * STUB_SIZE,
        Chunk::StubHelper if slots.lazy.is_empty() => 0,
        Chunk::StubHelper => STUB_HELPER_HEADER_SIZE + slots.lazy.len() as u64 * STUB_HELPER_SIZE,
        Chunk::Got => slots.got.len() as u64 * 8,
        Chunk::LazyPointers => slots.lazy.len() as u64 * 8,
        Chunk::ThreadPointers => slots.tlv.len() as u64 * 8,
        Chunk::Private if slots.lazy.is_empty() => 0,
        Chunk::Private => 8,
        _ => 0,
    }
}

/// The chunks that there will be, with their sizes as far as they are known: those of slots, `__unwind_info` if functions
/// are to be `unwound`, and of the `others` (with bytes) those that have something in them.
pub fn chunks(slots: &Slots, unwound: bool, others: &[(Chunk, u64)]) -> Vec<(Chunk, u64)> {
    const ALL: [Chunk; 6] =
        [Chunk::Stubs, Chunk::StubHelper, Chunk::Got, Chunk::LazyPointers, Chunk::ThreadPointers, Chunk::Private];
    let of_slots = ALL.map(|chunk| (chunk, size(chunk, slots)));
    let full = of_slots.iter().chain(others).copied().filter(|(_, size)| *size > 0);
    full.chain(unwound.then_some((Chunk::UnwindInfo, 0))).collect()
}

/// Writes a chunk at virtual address `address`. Slots that dyld fills are left to the caller.
pub fn write(image: &Image<'_, '_>, chunk: Chunk, address: u64, tail: &Tail, out: &mut [u8]) {
    let slots = image.slots;
    match chunk {
        Chunk::Stubs => {
            for (i, (out, id)) in out.chunks_exact_mut(STUB_SIZE as usize).zip(&slots.stubs).enumerate() {
                let own = slots.of(*id);
                let slot = if own.lazy == NONE { image.got(own.got) } else { image.lazy(own.lazy) };
                stub(out, address + i as u64 * STUB_SIZE, slot);
            }
        }
        Chunk::StubHelper => {
            let (header, entries) = out.split_at_mut(STUB_HELPER_HEADER_SIZE as usize);
            let binder = slots.binder.map_or(0, |id| image.got(slots.of(id).got));
            stub_helper_header(header, address, image.layout.private_address(), binder);
            for (i, (out, lazy)) in
                entries.chunks_exact_mut(STUB_HELPER_SIZE as usize).zip(&tail.lazy_offsets).enumerate()
            {
                let at = address + STUB_HELPER_HEADER_SIZE + i as u64 * STUB_HELPER_SIZE;
                stub_helper(out, at, address, *lazy);
            }
        }
        _ => {}
    }
}
