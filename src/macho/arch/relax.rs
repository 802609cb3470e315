//! Shortens address computations of arm64 where a hint says that nobody sees the difference.
//!
//! ADRP and another instruction make an address of any place within 4 GiB. What is within 1 MiB takes one: ADR, or a load
//! relative to itself, which also saves the addition. The instruction that is not needed becomes a NOP; the other one
//! stands where the last of the two stood, since their registers may differ and hold something else before.
//! Instructions are looked at as relocations left them, so a load of the GOT that became an addition is treated as one.
//! Source: Arm Architecture Reference Manual for A-profile, C6; kinds from `mach-o/arm64/reloc.h`.

use super::arm64::{PAGE, immediate21, read, write};

/// Two ADRP of the same page: the second is not needed.
pub const ADRP_ADRP: u8 = 1;
const ADRP_LDR: u8 = 2;
const ADRP_ADD_LDR: u8 = 3;
const ADRP_LDR_GOT_LDR: u8 = 4;
const ADRP_ADD_STR: u8 = 5;
const ADRP_LDR_GOT_STR: u8 = 6;
const ADRP_ADD: u8 = 7;
const ADRP_LDR_GOT: u8 = 8;

const NOP: u32 = 0xd503_201f;

/// How many instructions a hint of that kind names; `None` for kinds that are not known.
pub fn operands(kind: u8) -> Option<usize> {
    match kind {
        ADRP_ADRP | ADRP_LDR | ADRP_ADD | ADRP_LDR_GOT => Some(2),
        ADRP_ADD_LDR | ADRP_LDR_GOT_LDR | ADRP_ADD_STR | ADRP_LDR_GOT_STR => Some(3),
        _ => None,
    }
}

/// Applies a hint to `code` at virtual address `start`. `places` are offsets of instructions, as many as [`operands`].
pub fn apply(kind: u8, code: &mut [u8], start: u64, places: [usize; 3]) {
    let mut code = Code { bytes: code, start };
    let [a, b, c] = places;
    let is_add = Add::parse(code.get(b)).is_some();
    // What does not fit is left as it was, which is always right.
    let _ = match kind {
        ADRP_ADRP => code.adrp_adrp(a, b),
        ADRP_LDR => code.adrp_load(a, b),
        ADRP_ADD => code.adrp_add(a, b),
        ADRP_LDR_GOT if is_add => code.adrp_add(a, b),
        ADRP_LDR_GOT => code.adrp_load(a, b),
        ADRP_ADD_LDR | ADRP_ADD_STR => code.adrp_add_access(a, b, c),
        ADRP_LDR_GOT_LDR | ADRP_LDR_GOT_STR if is_add => code.adrp_add_access(a, b, c),
        ADRP_LDR_GOT_LDR | ADRP_LDR_GOT_STR => code.adrp_load_access(a, b, c),
        _ => None,
    };
}

struct Code<'o> {
    bytes: &'o mut [u8],
    start: u64,
}

impl Code<'_> {
    fn get(&self, place: usize) -> u32 {
        read(&self.bytes[place..])
    }

    fn set(&mut self, place: usize, instruction: u32) {
        write(&mut self.bytes[place..], instruction);
    }

    /// Bytes from an instruction to an address.
    fn distance(&self, place: usize, target: u64) -> i64 {
        target.wrapping_sub(self.start + place as u64) as i64
    }

    /// The register and the page that an ADRP computes.
    fn adrp(&self, place: usize) -> Option<(u32, u64)> {
        let word = self.get(place);
        if word & 0x9f00_0000 != 0x9000_0000 {
            return None;
        }
        let pages = ((word >> 5 & 0x7_ffff) << 2 | word >> 29 & 3) << 11;
        // Twenty-one bits with a sign, at the top of the word now.
        let distance = i64::from(pages as i32 >> 11) << 12;
        Some((word & 31, ((self.start + place as u64) & !(PAGE - 1)).wrapping_add_signed(distance)))
    }

    fn adrp_adrp(&mut self, a: usize, b: usize) -> Option<()> {
        if self.adrp(a)? == self.adrp(b)? {
            self.set(b, NOP);
        }
        Some(())
    }

    fn adrp_add(&mut self, a: usize, b: usize) -> Option<()> {
        let (page_register, page) = self.adrp(a)?;
        let add = Add::parse(self.get(b)).filter(|add| add.base == page_register)?;
        let distance = self.distance(b, page + add.offset);
        is_near(distance).then_some(())?;
        self.set(a, NOP);
        self.set(b, 0x1000_0000 | immediate21(distance) | add.register);
        Some(())
    }

    fn adrp_load(&mut self, a: usize, b: usize) -> Option<()> {
        let (page_register, page) = self.adrp(a)?;
        let load = Access::parse(self.get(b)).filter(|load| load.base == page_register)?;
        let literal = load.literal(self.distance(b, page + load.offset))?;
        self.set(a, NOP);
        self.set(b, literal);
        Some(())
    }

    /// The address is computed in two steps, and what lies there is loaded or stored.
    fn adrp_add_access(&mut self, a: usize, b: usize, c: usize) -> Option<()> {
        let (page_register, page) = self.adrp(a)?;
        let add = Add::parse(self.get(b)).filter(|add| add.base == page_register)?;
        let access = Access::parse(self.get(c)).filter(|access| access.base == add.register)?;
        if let Some(literal) = access.literal(self.distance(c, page + add.offset + access.offset)) {
            self.set(a, NOP);
            self.set(b, NOP);
            self.set(c, literal);
            return Some(());
        }
        if self.adrp_add(a, b).is_some() {
            return Some(());
        }
        // What is stored may be the very address that would not be computed any more.
        if access.is_store && !access.is_vector && access.register == add.register {
            return None;
        }
        let direct = access.at(page_register, access.offset + add.offset)?;
        self.set(b, NOP);
        self.set(c, direct);
        Some(())
    }

    /// The address is loaded from the GOT, and what lies there is loaded or stored.
    fn adrp_load_access(&mut self, a: usize, b: usize, c: usize) -> Option<()> {
        let slot = Access::parse(self.get(b))?;
        let access = Access::parse(self.get(c))?;
        if slot.literal != Some(LDR_X) || access.base != slot.register {
            return None;
        }
        self.adrp_load(a, b)
    }
}

/// Whether ADR, or a load relative to itself, reaches so far.
fn is_near(distance: i64) -> bool {
    (-(1 << 20)..1 << 20).contains(&distance)
}

/// ADD of an immediate to a 64-bit register.
struct Add {
    register: u32,
    base: u32,
    offset: u64,
}

impl Add {
    fn parse(word: u32) -> Option<Add> {
        let is_add = word & 0xffc0_0000 == 0x9100_0000;
        is_add.then_some(Add { register: word & 31, base: word >> 5 & 31, offset: u64::from(word >> 10 & 0xfff) })
    }
}

/// LDR of 64 bits relative to itself.
const LDR_X: u32 = 0x5800_0000;

/// A load or store with an unsigned offset.
struct Access {
    word: u32,
    register: u32,
    base: u32,
    /// Bytes added to the base.
    offset: u64,
    /// Exponent of its size.
    scale: u32,
    is_store: bool,
    is_vector: bool,
    /// The same load relative to itself, if there is one.
    literal: Option<u32>,
}

impl Access {
    fn parse(word: u32) -> Option<Access> {
        let (size, kind, is_vector) = (word >> 30, word >> 22 & 3, word >> 26 & 1 == 1);
        let is_prefetch = !is_vector && size == 3 && kind >= 2;
        let is_quad = is_vector && kind >= 2;
        if word & 0x3b00_0000 != 0x3900_0000 || is_prefetch || is_quad && size != 0 {
            return None;
        }
        let scale = if is_quad { 4 } else { size };
        let literal = match (is_vector, size, kind) {
            (false, 2, 1) => Some(0x1800_0000),
            (false, 3, 1) => Some(LDR_X),
            (false, 2, 2) => Some(0x9800_0000), // LDRSW
            (true, 2, 1) => Some(0x1c00_0000),
            (true, 3, 1) => Some(0x5c00_0000),
            (true, 0, 3) => Some(0x9c00_0000),
            _ => None,
        };
        let (register, base, offset) = (word & 31, word >> 5 & 31, u64::from(word >> 10 & 0xfff) << scale);
        let is_store = kind == 0 || is_vector && kind == 2;
        Some(Access { word, register, base, offset, scale, is_store, is_vector, literal })
    }

    /// The load of what is so many bytes away.
    fn literal(&self, distance: i64) -> Option<u32> {
        let fits = is_near(distance) && distance & 3 == 0;
        let word = self.literal.filter(|_| fits)?;
        Some(word | (distance as u32 >> 2 & 0x7_ffff) << 5 | self.register)
    }

    /// The same with another base and offset.
    fn at(&self, base: u32, offset: u64) -> Option<u32> {
        let scaled = offset >> self.scale;
        let fits = scaled < 1 << 12 && scaled << self.scale == offset;
        fits.then_some(self.word & 0xffc0_001f | (scaled as u32) << 10 | base << 5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: u64 = 0x1_0000_0ff0;

    fn applied(kind: u8, words: &[u32]) -> Vec<u32> {
        let mut bytes: Vec<u8> = words.iter().flat_map(|w| w.to_le_bytes()).collect();
        apply(kind, &mut bytes, START, [0, 4, 8]);
        bytes.chunks_exact(4).map(read).collect()
    }

    // Words as an assembler writes them.
    const ADRP_X0_NEXT: u32 = 0xb000_0000; // adrp x0, the page behind
    const ADRP_X0_FAR: u32 = 0xd000_8000; // adrp x0, 0x1002 pages behind: 16 MiB
    const ADD_X1_X0: u32 = 0x9101_0001; // add x1, x0, #64
    const LDR_X2_X1: u32 = 0xf940_0422; // ldr x2, [x1, #8]
    const STR_X2_X1: u32 = 0xf900_0422; // str x2, [x1, #8]

    #[test]
    fn what_is_near_takes_one_instruction() {
        // The target is 0x1_0000_1040, 0x4c bytes behind the second instruction.
        assert_eq!(applied(ADRP_ADD, &[ADRP_X0_NEXT, ADD_X1_X0]), [NOP, 0x1000_0261]); // adr x1, #76
        assert_eq!(applied(ADRP_LDR, &[ADRP_X0_NEXT, 0xf940_2001]), [NOP, 0x5800_0261]); // ldr x1, #76
        assert_eq!(applied(ADRP_LDR_GOT, &[ADRP_X0_NEXT, 0xf940_2001]), [NOP, 0x5800_0261]);
        assert_eq!(applied(ADRP_LDR_GOT, &[ADRP_X0_NEXT, ADD_X1_X0]), [NOP, 0x1000_0261]);
        assert_eq!(applied(ADRP_ADD_LDR, &[ADRP_X0_NEXT, ADD_X1_X0, LDR_X2_X1]), [NOP, NOP, 0x5800_0282]);
        assert_eq!(applied(ADRP_ADD_STR, &[ADRP_X0_NEXT, ADD_X1_X0, STR_X2_X1]), [NOP, 0x1000_0261, STR_X2_X1]);
        let got = [ADRP_X0_NEXT, 0xf940_2001, LDR_X2_X1];
        assert_eq!(applied(ADRP_LDR_GOT_LDR, &got), [NOP, 0x5800_0261, LDR_X2_X1]);
    }

    #[test]
    fn what_is_far_saves_the_addition_alone() {
        let direct = [ADRP_X0_FAR, NOP, 0xf940_2402]; // ldr x2, [x0, #72]
        assert_eq!(applied(ADRP_ADD_LDR, &[ADRP_X0_FAR, ADD_X1_X0, LDR_X2_X1]), direct);
        let direct = [ADRP_X0_FAR, NOP, 0xf900_2402];
        assert_eq!(applied(ADRP_ADD_STR, &[ADRP_X0_FAR, ADD_X1_X0, STR_X2_X1]), direct);
        for (kind, words) in [
            (ADRP_ADD, vec![ADRP_X0_FAR, ADD_X1_X0]),
            (ADRP_LDR, vec![ADRP_X0_FAR, 0xf940_2001]),
            (ADRP_ADD_STR, vec![ADRP_X0_FAR, ADD_X1_X0, 0xf900_0421]), // str x1, [x1, #8]: the address itself
            (ADRP_ADD_LDR, vec![ADRP_X0_FAR, 0x9100_0401, LDR_X2_X1]), // an offset of 9, which eight bytes cannot have
        ] {
            assert_eq!(applied(kind, &words), words, "{kind}");
        }
    }

    #[test]
    fn what_does_not_fit_together_stays() {
        for (kind, words) in [
            (ADRP_ADD, vec![ADRP_X0_NEXT, 0x9101_0021]), // add x1, x1, #64
            (ADRP_ADD, vec![NOP, ADD_X1_X0]),
            (ADRP_LDR, vec![ADRP_X0_NEXT, 0x3940_0001]), // ldrb has no literal form
            (ADRP_ADD_LDR, vec![ADRP_X0_NEXT, ADD_X1_X0, 0xf940_0402]), // ldr x2, [x0, #8]
            (ADRP_LDR_GOT_LDR, vec![ADRP_X0_NEXT, 0xb940_2001, LDR_X2_X1]), // a slot has 64 bits
            (ADRP_ADRP, vec![ADRP_X0_NEXT, ADRP_X0_FAR]),
        ] {
            assert_eq!(applied(kind, &words), words, "{kind}");
        }
        assert_eq!(applied(ADRP_ADRP, &[ADRP_X0_NEXT, ADRP_X0_NEXT]), [ADRP_X0_NEXT, NOP]);
    }
}
