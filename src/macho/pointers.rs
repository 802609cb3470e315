//! Pointer sections of hand-written assembly: `.indirect_symbol _f` before a word that is to hold the address of `_f`.
//!
//! Such a slot has no relocation; the object's table of indirect symbols says whose it is. It is given the relocation that
//! `.quad _f` would have, and is like any other pointer from there on. Compilers for arm64 leave these slots to the linker.

use super::format::*;
use super::object::load_commands;
use crate::base::view::{Malformed, slice, view, view_one};
use sinew_arena::Bump;

/// The relocations of a section of symbol pointers, in descending order of address: its own, and those of its slots.
pub fn relocations<'a>(
    bytes: &'a [u8],
    header: &Header,
    section: &Section,
    own: &[Relocation],
    arena: &'a Bump,
) -> Result<&'a [Relocation], Malformed> {
    let start = section.offset.get().into();
    let content = slice(bytes, start, section.size.get(), "a section of pointers")?;
    if !content.len().is_multiple_of(8) {
        return Err(Malformed::new(start, "a section of pointers is not a multiple of 8 bytes"));
    }
    let symbols = table(bytes, header)?;
    let mut all = own.to_vec();
    for (slot, pointer) in content.chunks_exact(8).enumerate() {
        let index = section.reserved1.get() as usize + slot;
        let Some(symbol) = symbols.get(index).map(|symbol| symbol.get()) else {
            return Err(Malformed::new(start, "a section of pointers needs more indirect symbols than there are"));
        };
        // A pointer to a place of this object is there already.
        if symbol & (INDIRECT_SYMBOL_LOCAL | INDIRECT_SYMBOL_ABS) != 0 {
            continue;
        }
        let place = start + slot as u64 * 8;
        let address = i32::try_from(slot * 8).ok().filter(|_| symbol >> 24 == 0);
        let address = address.ok_or_else(|| Malformed::new(place, "a pointer is to a symbol that is not there"))?;
        // They are in descending order.
        let next = own.partition_point(|r| r.address.get() > address.saturating_add(7));
        if own.get(next).is_some_and(|r| r.address.get() >= address) || pointer.iter().any(|byte| *byte != 0) {
            return Err(Malformed::new(place, "a pointer to an indirect symbol is not empty"));
        }
        // Of eight bytes, to a symbol.
        let packed = symbol | 3 << 25 | 1 << 27 | u32::from(ARM64_RELOC_UNSIGNED) << 28;
        all.push(Relocation { address: address.into(), packed: packed.into() });
    }
    all.sort_by_key(|r| std::cmp::Reverse(r.address.get()));
    Ok(arena.copy(&all))
}

/// The table of indirect symbols.
fn table<'a>(bytes: &'a [u8], header: &Header) -> Result<&'a [zerocopy::little_endian::U32], Malformed> {
    for command in load_commands(bytes, header) {
        let (at, kind) = command?;
        if kind == LC_DYSYMTAB {
            let command: &DysymtabCommand = view_one(bytes, at, "LC_DYSYMTAB")?;
            let (offset, count) = (command.indirect_offset.get().into(), command.indirect_count.get());
            return view(bytes, offset, count as usize, "indirect symbols");
        }
    }
    Ok(&[])
}
