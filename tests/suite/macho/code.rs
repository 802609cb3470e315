//! The few arm64 instructions whose operands are addresses: adrp, adr, add, ldr, branches (Arm ARM, C4.1).

use super::dump::MachO;
use crate::dump::{Result, uint};

/// What an instruction does with an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    /// The page of an address into `to`.
    Adrp {
        to: u8,
        page: u64,
    },
    /// An address into `to`.
    Adr {
        to: u8,
        addr: u64,
    },
    /// `from` plus an immediate into `to`.
    Add {
        to: u8,
        from: u8,
        imm: u64,
    },
    /// A load or store at `from` plus an immediate; into `to` when it is a load of a general register.
    Memory {
        to: Option<u8>,
        from: u8,
        imm: u64,
        wide: bool,
    },
    /// A load of a 64-bit (`wide`) or smaller value from a near address.
    Literal {
        to: u8,
        addr: u64,
    },
    /// A branch to an address; with link, or within a function.
    Branch {
        addr: u64,
        link: bool,
    },
    /// A branch to what a register holds.
    Jump {
        from: u8,
        link: bool,
    },
    Other,
}

fn signed(value: u32, bits: u32) -> i64 {
    (i64::from(value) << (64 - bits)) >> (64 - bits)
}

/// Decodes the instruction `word` at `at`.
pub(crate) fn decode(word: u32, at: u64) -> Code {
    let (rd, rn) = ((word & 31) as u8, (word >> 5 & 31) as u8);
    let relative = |offset: i64| at.wrapping_add_signed(offset);
    let split = word >> 3 & 0x1f_fffc | word >> 29 & 3;
    if word & 0x9f00_0000 == 0x9000_0000 {
        return Code::Adrp { to: rd, page: (at & !0xfff).wrapping_add_signed(signed(split, 21) << 12) };
    }
    if word & 0x9f00_0000 == 0x1000_0000 {
        return Code::Adr { to: rd, addr: relative(signed(split, 21)) };
    }
    if word & 0xff80_0000 == 0x9100_0000 {
        let imm = u64::from(word >> 10 & 0xfff);
        return Code::Add { to: rd, from: rn, imm: if word & 0x40_0000 != 0 { imm << 12 } else { imm } };
    }
    // Loads and stores with an unsigned immediate: size in the top bits, 128-bit vectors have opc's high bit.
    if word & 0x3b00_0000 == 0x3900_0000 {
        let (size, vector, opc) = (word >> 30, word & 0x400_0000 != 0, word >> 22 & 3);
        let shift = if vector && opc & 2 != 0 { 4 } else { size };
        let load = !vector && opc != 0;
        let imm = u64::from(word >> 10 & 0xfff) << shift;
        return Code::Memory { to: load.then_some(rd), from: rn, imm, wide: load && size == 3 };
    }
    // Of a near address: all sizes, with and without sign, and vectors, which have other registers; prefetches are no loads.
    if word & 0x3b00_0000 == 0x1800_0000 && word >> 30 != 3 {
        let to = if word & 0x400_0000 != 0 { 31 } else { rd };
        return Code::Literal { to, addr: relative(signed(word >> 5 & 0x7_ffff, 19) << 2) };
    }
    if word & 0x7c00_0000 == 0x1400_0000 {
        return Code::Branch { addr: relative(signed(word & 0x3ff_ffff, 26) << 2), link: word >> 31 == 1 };
    }
    // Conditional, compare-and-branch, test-and-branch.
    if word & 0xff00_0000 == 0x5400_0000 || word & 0x7e00_0000 == 0x3400_0000 {
        return Code::Branch { addr: relative(signed(word >> 5 & 0x7_ffff, 19) << 2), link: false };
    }
    if word & 0x7e00_0000 == 0x3600_0000 {
        return Code::Branch { addr: relative(signed(word >> 5 & 0x3fff, 14) << 2), link: false };
    }
    if word & 0xff9f_fc1f == 0xd61f_0000 {
        return Code::Jump { from: rn, link: word & 0x0020_0000 != 0 };
    }
    Code::Other
}

/// The code at `at`, decoded one instruction after the other.
pub(crate) fn decoded(file: &MachO, at: u64, len: u64) -> Result<Vec<(u32, Code)>> {
    let bytes = file.memory(at, len & !3)?;
    let words = bytes.chunks_exact(4).enumerate();
    words
        .map(|(i, w)| {
            let word = uint(w, 0, 4)? as u32;
            Ok((word, decode(word, at + i as u64 * 4)))
        })
        .collect()
}

/// The slot that the code at `at` loads its destination from: `adrp; ldr; br`, or `adr`, or a near literal.
pub(crate) fn stub_slot(file: &MachO, at: u64) -> Result<Option<u64>> {
    let code = decoded(file, at, 12)?;
    Ok(match [code[0].1, code[1].1, code[2].1] {
        [
            Code::Adrp { to, page },
            Code::Memory { to: Some(load), from, imm, wide: true },
            Code::Jump { from: jump, .. },
        ] if to == from && load == jump => Some(page + imm),
        [Code::Other, Code::Literal { to, addr }, Code::Jump { from, .. }] if to == from => Some(addr),
        [Code::Literal { to, addr }, Code::Jump { from, .. }, _] if to == from => Some(addr),
        _ => None,
    })
}
