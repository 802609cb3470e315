//! Instructions that read a GOT slot relative to `%rip` and that may read an immediate or an address instead, in all
//! encodings that relocations name: with a REX prefix, with REX2, and with EVEX (psABI, "Optimize GOTPCRELX Relocations",
//! "IE → LE Code Transition"; Intel APX, "REX2 Prefix", "Extended EVEX Prefix").
//!
//! `R_X86_64_CODE_n_…` says that the instruction begins `n` bytes before its displacement, the types without a number that
//! it begins 3 bytes before. The rewritten instruction has the same length and the same last four bytes; where it needs
//! fewer bytes in front of them, it begins with segment prefixes, which 64-bit mode ignores.

use crate::elf::format::r_x86_64::*;

/// What an instruction does with the slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// `mov`, and `movrs`, which hints that others read the line as well.
    Mov,
    /// `add`, with or without a new data destination.
    Add,
    /// `lea`, of a descriptor.
    Lea,
}

/// A decoded instruction: `operation slot(%rip), %register`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// What it does.
    pub operation: Operation,
    /// Number of the register that ModRM.reg names.
    pub register: u8,
    /// Whether the opcode is the one that `lea` can replace in place: no `movrs`.
    pub is_plain: bool,
    /// The three payload bytes of an EVEX prefix whose meaning has to stay: an `add` with another destination, or one
    /// that leaves the flags alone.
    evex: Option<[u8; 3]>,
    length: usize,
}

const REX_W: u8 = 0x48;
const REX2: u8 = 0xd5;
const EVEX: u8 = 0x62;
/// The CS segment prefix.
const PADDING: u8 = 0x2e;

/// Decodes the instruction whose displacement, with a relocation of type `kind`, is at `at`; `None` where that has no
/// form that is known here.
pub fn decode(kind: u32, bytes: &[u8], at: usize) -> Option<Load> {
    let length = match kind {
        R_X86_64_GOTTPOFF | R_X86_64_REX_GOTPCRELX | R_X86_64_GOTPC32_TLSDESC => 3,
        R_X86_64_CODE_4_GOTPCRELX | R_X86_64_CODE_4_GOTTPOFF | R_X86_64_CODE_4_GOTPC32_TLSDESC => 4,
        R_X86_64_CODE_5_GOTPCRELX | R_X86_64_CODE_5_GOTTPOFF => 5,
        R_X86_64_CODE_6_GOTPCRELX | R_X86_64_CODE_6_GOTTPOFF => 6,
        _ => return None,
    };
    let code = bytes.get(at.checked_sub(length)?..at.checked_add(4)?)?;
    let (opcode, modrm) = (code[length - 2], code[length - 1]);
    if modrm & 0xc7 != 5 {
        return None;
    }
    let register = modrm >> 3 & 7;
    let load =
        |operation, high, is_plain| Some(Load { operation, register: register | high, is_plain, evex: None, length });
    match *code {
        [rex, ..] if length == 3 && rex & 0xfb == REX_W => load(legacy(opcode)?, (rex & 4) << 1, true),
        // M0 = 0: the first opcode map; W = 1.
        [REX2, payload, ..] if length == 4 && payload & 0x88 == 8 => {
            load(legacy(opcode)?, (payload & 4) << 1 | (payload & 0x40) >> 2, true)
        }
        [rex, 0x0f, 0x38, 0x8b, ..] if length == 5 && rex & 0xfb == REX_W => {
            load(Operation::Mov, (rex & 4) << 1, false)
        }
        [EVEX, p0, p1, p2, ..] if length == 6 && p0 & 7 == 4 && p1 & 0x83 == 0x80 && p2 & 0xe3 == 0 => {
            let high = (!p0 & 0x80) >> 4 | !p0 & 0x10;
            let has_new_destination = p2 & 0x10 != 0;
            match opcode {
                0x8b if p1 & 0x78 == 0x78 && p2 == 8 => load(Operation::Mov, high, false),
                // Opcode 01 would add to the slot if its sum did not go to another register.
                0x01 | 0x03 if has_new_destination || opcode == 0x03 => Some(Load {
                    operation: Operation::Add,
                    register: register | high,
                    is_plain: false,
                    evex: Some([p0, p1, p2]),
                    length,
                }),
                _ => None,
            }
        }
        _ => None,
    }
}

fn legacy(opcode: u8) -> Option<Operation> {
    match opcode {
        0x8b => Some(Operation::Mov),
        0x03 => Some(Operation::Add),
        0x8d => Some(Operation::Lea),
        _ => None,
    }
}

impl Load {
    /// Bytes before the displacement.
    pub fn length(self) -> usize {
        self.length
    }

    /// Writes the bytes before the immediate of `mov $value, %register` or `add $value, %register`; a `lea` becomes a
    /// `mov`.
    pub fn with_immediate(self, code: &mut [u8]) {
        let Some([p0, p1, p2]) = self.evex else {
            let opcode = if self.operation == Operation::Add { 0x81 } else { 0xc7 };
            return self.write(code, opcode, 0xc0 | self.register & 7, [1, 0x10]);
        };
        // The register moves from ModRM.reg to ModRM.rm, and with it the two high bits, of which EVEX inverts all but B4.
        let high = (!self.register & 8) << 2 | (self.register & 0x10) >> 1;
        code.copy_from_slice(&[EVEX, p0 & 0x47 | 0x90 | high, p1, p2, 0x81, 0xc0 | self.register & 7]);
    }

    /// Writes the bytes before the displacement of `lea symbol(%rip), %register`.
    pub fn with_address(self, code: &mut [u8]) {
        self.write(code, 0x8d, (self.register & 7) << 3 | 5, [4, 0x40]);
    }

    /// Writes prefixes, opcode and ModRM; `high` are the bits of the prefix for bits 3 and 4 of the register.
    fn write(self, code: &mut [u8], opcode: u8, modrm: u8, high: [u8; 2]) {
        let bit = |number: u8, bit: u8| if self.register & number != 0 { bit } else { 0 };
        let (padding, instruction) = code.split_at_mut(self.length.saturating_sub(self.encoded_length()));
        padding.fill(PADDING);
        match instruction {
            [rex, rest @ ..] if rest.len() == 2 => {
                *rex = REX_W | bit(8, high[0]);
                rest.copy_from_slice(&[opcode, modrm]);
            }
            _ => {
                let payload = 8 | bit(8, high[0]) | bit(16, high[1]);
                instruction.copy_from_slice(&[REX2, payload, opcode, modrm]);
            }
        }
    }

    /// Bytes of the rewritten instruction before its last four: what had REX or REX2 keeps it, EVEX becomes REX2.
    fn encoded_length(self) -> usize {
        if self.length == 3 || self.length == 5 { 3 } else { 4 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Encodings were taken from an assembler that knows APX.
    #[test]
    fn rewrites() {
        let immediate = |kind, code: &[u8]| {
            let mut bytes = [code, &[0; 4]].concat();
            let at = code.len();
            decode(kind, &bytes, at).expect("known").with_immediate(&mut bytes[..at]);
            bytes[..at].to_vec()
        };
        let address = |kind, code: &[u8]| {
            let mut bytes = [code, &[0; 4]].concat();
            let at = code.len();
            decode(kind, &bytes, at).expect("known").with_address(&mut bytes[..at]);
            bytes[..at].to_vec()
        };
        // mov slot(%rip), %r9 → mov $value, %r9
        assert_eq!(immediate(R_X86_64_GOTTPOFF, &[0x4c, 0x8b, 0x0d]), [0x49, 0xc7, 0xc1]);
        // add slot(%rip), %r16; mov slot(%rip), %r28
        assert_eq!(immediate(R_X86_64_CODE_4_GOTTPOFF, &[0xd5, 0x48, 0x03, 0x05]), [0xd5, 0x18, 0x81, 0xc0]);
        assert_eq!(immediate(R_X86_64_CODE_4_GOTTPOFF, &[0xd5, 0x4c, 0x8b, 0x25]), [0xd5, 0x19, 0xc7, 0xc4]);
        // movrs slot(%rip), %r9
        assert_eq!(
            immediate(R_X86_64_CODE_5_GOTTPOFF, &[0x4c, 0x0f, 0x38, 0x8b, 0x0d]),
            [0x2e, 0x2e, 0x49, 0xc7, 0xc1]
        );
        // add %r8, slot(%rip), %r16 → add $value, %r8, %r16
        assert_eq!(
            immediate(R_X86_64_CODE_6_GOTTPOFF, &[0x62, 0x74, 0xfc, 0x10, 0x01, 0x05]),
            [0x62, 0xd4, 0xfc, 0x10, 0x81, 0xc0]
        );
        // {nf} add slot(%rip), %r30 → {nf} add $value, %r30
        assert_eq!(
            immediate(R_X86_64_CODE_6_GOTTPOFF, &[0x62, 0x64, 0xfc, 0x0c, 0x03, 0x35]),
            [0x62, 0xdc, 0xfc, 0x0c, 0x81, 0xc6]
        );
        // movrs slot(%rip), %r25 → lea symbol(%rip), %r25
        assert_eq!(
            address(R_X86_64_CODE_6_GOTPCRELX, &[0x62, 0x64, 0xfc, 0x08, 0x8b, 0x0d]),
            [0x2e, 0x2e, 0xd5, 0x4c, 0x8d, 0x0d]
        );
    }

    #[test]
    fn refuses() {
        let known = |kind, code: &[u8]| decode(kind, &[code, &[0; 4]].concat(), code.len()).is_some();
        // add %r9, slot(%rip) writes the slot.
        assert!(!known(R_X86_64_CODE_6_GOTTPOFF, &[0x62, 0x74, 0xfc, 0x08, 0x01, 0x0d]));
        // The second opcode map, 32 bits, another addressing mode, and a section that ends too early.
        assert!(!known(R_X86_64_CODE_4_GOTTPOFF, &[0xd5, 0xc8, 0x8b, 0x05]));
        assert!(!known(R_X86_64_CODE_4_GOTTPOFF, &[0xd5, 0x40, 0x8b, 0x05]));
        assert!(!known(R_X86_64_CODE_4_GOTTPOFF, &[0xd5, 0x48, 0x8b, 0x00]));
        assert!(decode(R_X86_64_CODE_4_GOTTPOFF, &[0xd5, 0x48, 0x8b, 0x05, 0, 0, 0], 4).is_none());
        assert!(decode(R_X86_64_CODE_4_GOTTPOFF, &[0x48, 0x8b, 0x05, 0, 0, 0, 0], 3).is_none());
    }
}
