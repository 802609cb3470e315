//! arm64: patching instructions, and the code that the linker itself writes.
//!
//! Source: Arm Architecture Reference Manual for A-profile, C6 (instruction encodings); Apple's choices of stubs as
//! `dyld` and `ld64` have them. Addresses are virtual ones; `P` is that of the instruction.

/// Bytes of a page as ADRP counts them.
pub(super) const PAGE: u64 = 4096;

/// Bytes of `__stubs` for each symbol.
pub const STUB_SIZE: u64 = 12;
/// Bytes of a range-extension thunk.
pub const THUNK_SIZE: u64 = 12;
/// Bytes that `__stub_helper` begins with.
pub const STUB_HELPER_HEADER_SIZE: u64 = 24;
/// Bytes of `__stub_helper` for each symbol.
pub const STUB_HELPER_SIZE: u64 = 12;

/// Why an instruction could not be patched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// The distance, which is not in the range (bytes).
    Range(i64, i64),
    /// The address is no multiple of the size that the load needs (bytes).
    Misaligned(u64),
    /// The instruction is not one that the relocation can be applied to.
    Instruction(u32),
}

pub(super) fn read(bytes: &[u8]) -> u32 {
    u32::from_le_bytes(bytes[..4].try_into().expect("four bytes"))
}

pub(super) fn write(bytes: &mut [u8], instruction: u32) {
    bytes[..4].copy_from_slice(&instruction.to_le_bytes());
}

/// B and BL: 26 bits of words.
pub fn branch26(bytes: &mut [u8], p: u64, target: u64) -> Result<(), Unfit> {
    let distance = target.wrapping_sub(p) as i64;
    if !in_branch_range(distance) || distance & 3 != 0 {
        return Err(Unfit::Range(distance, 1 << 27));
    }
    let instruction = read(bytes);
    if instruction & 0x7c00_0000 != 0x1400_0000 {
        return Err(Unfit::Instruction(instruction));
    }
    write(bytes, instruction & 0xfc00_0000 | (distance >> 2) as u32 & 0x03ff_ffff);
    Ok(())
}

/// Whether B and BL reach so far.
pub fn in_branch_range(distance: i64) -> bool {
    (-(1 << 27)..1 << 27).contains(&distance)
}

/// ADRP: 21 bits of pages.
pub fn page21(bytes: &mut [u8], p: u64, target: u64) -> Result<(), Unfit> {
    let pages = ((target & !(PAGE - 1)).wrapping_sub(p & !(PAGE - 1)) as i64) >> 12;
    if !(-(1 << 20)..1 << 20).contains(&pages) {
        return Err(Unfit::Range(pages << 12, 1 << 32));
    }
    let instruction = read(bytes);
    if instruction & 0x9f00_0000 != 0x9000_0000 {
        return Err(Unfit::Instruction(instruction));
    }
    write(bytes, instruction & 0x9f00_001f | immediate21(pages));
    Ok(())
}

/// The immediate of ADR and ADRP.
pub(super) fn immediate21(value: i64) -> u32 {
    (value as u32 & 3) << 29 | (value as u32 >> 2 & 0x7_ffff) << 5
}

/// ADD, or a load or store with an unsigned offset, whose size scales it: the low twelve bits.
pub fn pageoff12(bytes: &mut [u8], target: u64) -> Result<(), Unfit> {
    let instruction = read(bytes);
    let scale = if instruction & 0x3b00_0000 == 0x3900_0000 {
        // 128-bit vector registers have size 0 and the high bit of opc.
        if instruction & 0x0480_0000 == 0x0480_0000 && instruction >> 30 == 0 { 4 } else { instruction >> 30 }
    } else if instruction & 0x7f80_0000 == 0x1100_0000 {
        0
    } else {
        return Err(Unfit::Instruction(instruction));
    };
    let low = target & (PAGE - 1);
    if low & ((1 << scale) - 1) != 0 {
        return Err(Unfit::Misaligned(1 << scale));
    }
    write(bytes, instruction & 0xffc0_03ff | ((low >> scale) as u32) << 10);
    Ok(())
}

/// `ldr x, [x, off]` of a slot becomes `add x, x, off` of what the slot would hold.
pub fn load_to_add(bytes: &mut [u8], target: u64) -> Result<(), Unfit> {
    let instruction = read(bytes);
    if instruction & 0xffc0_0000 != 0xf940_0000 {
        return Err(Unfit::Instruction(instruction));
    }
    let low = (target & (PAGE - 1)) as u32;
    write(bytes, 0x9100_0000 | low << 10 | instruction & 0x3ff);
    Ok(())
}

const X16: u32 = 16;
const X17: u32 = 17;

fn adrp(register: u32, p: u64, target: u64) -> u32 {
    let pages = ((target & !(PAGE - 1)).wrapping_sub(p & !(PAGE - 1)) as i64) >> 12;
    0x9000_0000 | immediate21(pages) | register
}

fn ldr(register: u32, base: u32, target: u64) -> u32 {
    0xf940_0000 | ((target & (PAGE - 1)) as u32 >> 3) << 10 | base << 5 | register
}

fn add(register: u32, base: u32, target: u64) -> u32 {
    0x9100_0000 | ((target & (PAGE - 1)) as u32) << 10 | base << 5 | register
}

fn br(register: u32) -> u32 {
    0xd61f_0000 | register << 5
}

fn put(out: &mut [u8], instructions: &[u32]) {
    out.chunks_exact_mut(4).zip(instructions).for_each(|(place, i)| place.copy_from_slice(&i.to_le_bytes()));
}

/// A stub at `address`: jumps to what the eight bytes at `slot` hold.
pub fn stub(out: &mut [u8], address: u64, slot: u64) {
    put(out, &[adrp(X16, address, slot), ldr(X16, X16, slot), br(X16)]);
}

/// The code of a message stub before relocation: loads a selector into x1, the address of `_objc_msgSend` from the GOT,
/// and goes there. Apple's linkers fill it up to 32 bytes with traps.
#[rustfmt::skip]
pub const MESSAGE_STUB_FAST: [u32; 8] = [
    0x9000_0001, // adrp x1, selector reference
    0xf940_0021, // ldr x1, [x1]
    0x9000_0010, // adrp x16, slot of the GOT
    0xf940_0210, // ldr x16, [x16]
    0xd61f_0200, // br x16
    0xd420_0020, 0xd420_0020, 0xd420_0020, // brk #1
];
/// The same through the stub of `_objc_msgSend`, which all share.
#[rustfmt::skip]
pub const MESSAGE_STUB_SMALL: [u32; 3] = [
    0x9000_0001, // adrp x1, selector reference
    0xf940_0021, // ldr x1, [x1]
    0x1400_0000, // b _objc_msgSend
];

/// A thunk at `address`: goes to `target`, wherever that is in the image.
pub fn thunk(out: &mut [u8], address: u64, target: u64) {
    put(&mut out[..THUNK_SIZE as usize], &[adrp(X16, address, target), add(X16, X16, target), br(X16)]);
}

/// The beginning of `__stub_helper` at `address`: hands dyld the image's own word (`private`, the address of
/// `__dyld_private`) and the number in w16, through the function that the slot `binder` holds.
pub fn stub_helper_header(out: &mut [u8], address: u64, private: u64, binder: u64) {
    put(
        out,
        &[
            adrp(X17, address, private),
            add(X17, X17, private),
            0xa9bf_47f0, // stp x16, x17, [sp, #-16]!
            adrp(X16, address + 12, binder),
            ldr(X16, X16, binder),
            br(X16),
        ],
    );
}

/// An entry of `__stub_helper` at `address`: loads the offset of a symbol's lazy binding and goes to the beginning,
/// `header`.
pub fn stub_helper(out: &mut [u8], address: u64, header: u64, lazy_offset: u32) {
    let back = (header.wrapping_sub(address + 4) as i64 >> 2) as u32 & 0x03ff_ffff;
    put(out, &[0x1800_0050, 0x1400_0000 | back, lazy_offset]); // ldr w16, #8; b header
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patched(instruction: u32, f: impl Fn(&mut [u8]) -> Result<(), Unfit>) -> Result<u32, Unfit> {
        let mut bytes = instruction.to_le_bytes();
        f(&mut bytes).map(|()| u32::from_le_bytes(bytes))
    }

    #[test]
    fn instructions_take_addresses() {
        // Words as an assembler writes them for the same distances.
        assert_eq!(patched(0x9400_0000, |b| branch26(b, 0x1000, 0x2000)), Ok(0x9400_0400));
        assert_eq!(patched(0x1400_0000, |b| branch26(b, 0x2000, 0x1ffc)), Ok(0x17ff_ffff));
        assert_eq!(patched(0x9000_0008, |b| page21(b, 0x1234, 0x5678)), Ok(0x9000_0028));
        assert_eq!(patched(0x9000_0008, |b| page21(b, 0x5000, 0x4fff)), Ok(0xf0ff_ffe8));
        assert_eq!(patched(0x9100_0108, |b| pageoff12(b, 0x5678)), Ok(0x9119_e108)); // add x8, x8, #0x678
        assert_eq!(patched(0xf940_0108, |b| pageoff12(b, 0x5678)), Ok(0xf943_3d08)); // ldr x8, [x8, #0x678]
        assert_eq!(patched(0x3dc0_0100, |b| pageoff12(b, 0x5670)), Ok(0x3dc1_9d00)); // ldr q0, [x8, #0x670]
        assert_eq!(patched(0x3dc0_0100, |b| pageoff12(b, 0x5678)), Err(Unfit::Misaligned(16)));
        assert_eq!(patched(0xf940_0108, |b| load_to_add(b, 0x5677)), Ok(0x9119_dd08));
    }

    #[test]
    fn what_cannot_be_patched_says_why() {
        assert_eq!(patched(0x9400_0000, |b| branch26(b, 0, 1 << 27)), Err(Unfit::Range(1 << 27, 1 << 27)));
        assert_eq!(patched(0xd503_201f, |b| branch26(b, 0, 4)), Err(Unfit::Instruction(0xd503_201f)));
        assert!(patched(0x9000_0008, |b| page21(b, 0, 1 << 33)).is_err());
        assert!(patched(0xf940_0108, |b| pageoff12(b, 4)).is_err());
    }
}
