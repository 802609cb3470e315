//! Sections as compilers write them, and damaged ones.

use super::*;

/// Where the section is in the object's address space.
const AT: u64 = 0x80;
/// Symbols: the section itself, a function at 0x40, an LSDA at 0x18, and two that the object does not define.
const SECTION: u32 = 0;
const FUNCTION: u32 = 1;
const LSDA: u32 = 2;
const PERSONALITY: u32 = 3;
const OTHER: u32 = 4;

pub(in crate::macho) fn address_of(symbol: u32) -> Option<u64> {
    [AT, 0x40, 0x18].get(symbol as usize).copied()
}

/// A section that is being put together.
#[derive(Debug, Default, Clone)]
pub(in crate::macho) struct Bytes {
    pub(in crate::macho) bytes: Vec<u8>,
    relocations: Vec<Relocation>,
}

fn relocation(at: usize, symbol: u32, length: u32, kind: u8) -> Relocation {
    let pc_relative = u32::from(kind == ARM64_RELOC_POINTER_TO_GOT) << 24;
    let packed = symbol | pc_relative | length << 25 | 1 << 27 | u32::from(kind) << 28;
    Relocation { address: (at as i32).into(), packed: packed.into() }
}

impl Bytes {
    /// A record; `body` appends what follows the CIE pointer.
    fn record(&mut self, wide: bool, id: impl Fn(usize) -> u32, body: impl Fn(&mut Bytes)) -> usize {
        let start = self.bytes.len();
        if wide {
            self.bytes.extend(u32::MAX.to_le_bytes());
        }
        let length_at = self.bytes.len();
        self.bytes.extend(if wide { vec![0; 8] } else { vec![0; 4] });
        let id_at = self.bytes.len();
        self.bytes.extend(id(id_at).to_le_bytes());
        body(self);
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        let length = (self.bytes.len() - id_at) as u32;
        self.bytes[length_at..length_at + 4].copy_from_slice(&length.to_le_bytes());
        start
    }

    /// A CIE with augmentation "zPLR", or "zR" without a personality.
    pub(in crate::macho) fn cie(&mut self, wide: bool, personality: Option<u32>) -> usize {
        self.record(
            wide,
            |_| 0,
            |b| match personality {
                None => b.bytes.extend(b"\x01zR\0\x01\x78\x1e\x01\x10\x0c\x1f\0"),
                Some(symbol) => {
                    b.bytes.extend(b"\x01zPLR\0\x01\x78\x1e\x07\x9b");
                    let at = b.bytes.len();
                    b.relocations.push(relocation(at, symbol, 2, ARM64_RELOC_POINTER_TO_GOT));
                    b.bytes.extend((at as u32).wrapping_neg().to_le_bytes());
                    b.bytes.extend(b"\x10\x10\x0c\x1f\0");
                }
            },
        )
    }

    /// The difference `symbol - here`, counted from the start of the section.
    fn difference(&mut self, symbol: u32, size: u32) {
        let at = self.bytes.len();
        let length = size.trailing_zeros();
        self.relocations.push(relocation(at, SECTION, length, ARM64_RELOC_SUBTRACTOR));
        self.relocations.push(relocation(at, symbol, length, 0));
        self.bytes.extend(&(at as u64).wrapping_neg().to_le_bytes()[..size as usize]);
    }

    /// An FDE of 16 bytes of `function`, with the LSDA if the CIE has a personality.
    pub(in crate::macho) fn fde(&mut self, wide: bool, cie: usize, function: u32, lsda: bool) -> usize {
        self.record(
            wide,
            |at| (at - cie) as u32,
            |b| {
                b.difference(function, 8);
                b.bytes.extend(16u64.to_le_bytes());
                b.bytes.push(if lsda { 8 } else { 0 });
                if lsda {
                    b.difference(LSDA, 8);
                }
                b.bytes.extend(b"\x44\x0e\x10");
            },
        )
    }

    pub(in crate::macho) fn section(&self) -> Section<'_> {
        Section { bytes: &self.bytes, address: AT, relocations: &self.relocations, start: 0x1000, kinds: ARM64 }
    }

    pub(in crate::macho) fn parse(&self) -> Result<Frames, Malformed> {
        parse(&self.section(), address_of)
    }
}

fn symbol(index: u32) -> RelTarget {
    RelTarget { external: true, symbol_or_section: index, addend: 0 }
}

fn address(address: u64) -> RelTarget {
    RelTarget { external: false, symbol_or_section: 0, addend: address }
}

#[test]
fn records_and_what_they_refer_to() {
    for wide in [false, true] {
        let mut b = Bytes::default();
        let plain = b.cie(wide, None);
        let full = b.cie(wide, Some(PERSONALITY));
        b.fde(wide, full, FUNCTION, true);
        b.bytes.extend([0; 4]); // A terminator ends nothing: another object's records may follow it after `ld -r`.
        b.fde(wide, plain, OTHER, false);
        b.relocations.reverse();
        // The pairs are in the wrong order now; each has its SUBTRACTOR first.
        let pairs: Vec<usize> =
            (1..b.relocations.len()).filter(|i| b.relocations[*i].kind() == ARM64_RELOC_SUBTRACTOR).collect();
        pairs.iter().for_each(|i| b.relocations.swap(*i - 1, *i));
        let frames = b.parse().unwrap();
        assert_eq!(frames.cies.iter().map(|c| c.offset as usize).collect::<Vec<_>>(), [plain, full]);
        let personality = frames.cies[1].personality.unwrap();
        assert_eq!((personality.target, personality.got, personality.size), (symbol(PERSONALITY), true, 4));
        assert_eq!(frames.cies[0].personality, None);
        let [with, without] = frames.fdes[..] else { panic!("{frames:?}") };
        assert_eq!((with.cie, with.function.target, with.length), (1, symbol(FUNCTION), 16));
        assert_eq!(with.lsda.unwrap().target, symbol(LSDA));
        assert_eq!((without.cie, without.function.target, without.lsda), (0, symbol(OTHER), None));
        assert_eq!((without.offset + without.size) as usize, b.bytes.len());
        assert_eq!(with.cie_field, if wide { 12 } else { 4 });
    }
}

#[test]
fn distances_without_relocations_lead_to_addresses() {
    let mut b = Bytes::default();
    let cie = b.cie(false, Some(PERSONALITY));
    let fde = b.fde(false, cie, FUNCTION, true);
    b.relocations.truncate(1); // The personality's stays.
    let set = |b: &mut Bytes, at: usize, to: u64| {
        let place = AT + at as u64;
        b.bytes[at..at + 8].copy_from_slice(&to.wrapping_sub(place).to_le_bytes());
    };
    set(&mut b, fde + 8, 0x24);
    set(&mut b, fde + 25, 0x30);
    let found = b.parse().unwrap().fdes[0];
    assert_eq!((found.function.target, found.lsda.map(|l| l.target)), (address(0x24), Some(address(0x30))));
    b.bytes[fde + 25..fde + 33].fill(0);
    assert_eq!(b.parse().unwrap().fdes[0].lsda, None);
}

#[test]
fn differences_may_count_from_anywhere_and_hold_addends() {
    let mut b = Bytes::default();
    let cie = b.cie(false, None);
    let fde = b.fde(false, cie, FUNCTION, false);
    // The function is 8 bytes behind its symbol, and the distance is counted from the LSDA's symbol.
    b.relocations[0] = relocation(fde + 8, LSDA, 3, ARM64_RELOC_SUBTRACTOR);
    let content = 8u64.wrapping_sub(AT + fde as u64 + 8).wrapping_add(0x18);
    b.bytes[fde + 8..fde + 16].copy_from_slice(&content.to_le_bytes());
    let target = b.parse().unwrap().fdes[0].function.target;
    assert_eq!(target, RelTarget { addend: 8, ..symbol(FUNCTION) });
    // Without a symbol, the content has the address already.
    b.relocations[1].packed = (1 | 3 << 25).into();
    let content = content.wrapping_add(0x40);
    b.bytes[fde + 8..fde + 16].copy_from_slice(&content.to_le_bytes());
    let target = b.parse().unwrap().fdes[0].function.target;
    assert_eq!(target, RelTarget { external: false, symbol_or_section: 1, addend: 0x48 });
    // The distance to the CIE as a difference: from the CIE, which the section begins with, to the place itself.
    b.bytes[fde + 4..fde + 8].copy_from_slice(&(fde as u32 + 4).to_le_bytes());
    b.relocations.push(relocation(fde + 4, SECTION, 2, ARM64_RELOC_SUBTRACTOR));
    b.relocations.push(relocation(fde + 4, SECTION, 2, 0));
    assert_eq!(b.parse().unwrap().fdes[0].cie, 0);
    b.relocations.last_mut().unwrap().packed = (LSDA | 2 << 25 | 1 << 27).into();
    assert!(b.parse().is_err());
}

/// Damage to a section.
type Change<'c> = &'c dyn Fn(&mut Bytes);

#[test]
fn what_cannot_be_moved_is_refused() {
    let mut good = Bytes::default();
    let cie = good.cie(false, Some(PERSONALITY));
    let fde = good.fde(false, cie, FUNCTION, true);
    assert!(good.parse().is_ok());
    let why = |change: Change<'_>| {
        let mut bad = good.clone();
        change(&mut bad);
        bad.parse().err().map(|e| (e.offset, e.what.replace("__eh_frame: ", ""))).unwrap_or_default()
    };
    let cases: [(Change<'_>, &str); 14] = [
        (&|b| b.bytes[8] = 2, "another version"),
        (&|b| b.bytes[9] = b'x', "unknown meaning"),
        (&|b| b.bytes[0] = 0xf0, "past the end of the section"),
        (&|b| b.bytes[0] = 12, "cut short"),
        (&|b| b.bytes[fde + 4] += 1, "points to no CIE"),
        (&|b| b.bytes[23] = 0, "not relative"), // The LSDA's encoding: absolute.
        (&|b| b.bytes[24] = 0x11, "unknown size"), // The function's: a LEB128 number.
        (&|b| b.bytes[18] = 0x1b, "GOT slot that no"),
        (&|b| b.relocations.truncate(4), "a SUBTRACTOR"),
        (&|b| _ = b.relocations.remove(1), "neither a difference"),
        (&|b| b.relocations.swap(1, 2), "without its UNSIGNED"),
        (&|b| b.relocations.push(relocation(fde, LSDA, 2, 0)), "not on a pointer"),
        (&|b| b.relocations.push(relocation(fde + 8, LSDA, 3, 0)), "two relocations"),
        (&|b| b.relocations[1] = relocation(fde + 8, OTHER, 3, ARM64_RELOC_SUBTRACTOR), "does not define"),
    ];
    for (i, (change, what)) in cases.iter().enumerate() {
        let (offset, found) = why(change);
        assert!(found.contains(what) && offset >= 0x1000, "case {i}: {found} at {offset:#x}");
    }
}

#[test]
fn no_cut_and_no_flipped_byte_is_more_than_an_error() {
    let mut b = Bytes::default();
    let cie = b.cie(true, Some(PERSONALITY));
    b.fde(false, cie, FUNCTION, true);
    for cut in 0..b.bytes.len() {
        let _ = parse(&Section { bytes: &b.bytes[..cut], ..b.section() }, address_of);
    }
    for at in 0..b.bytes.len() {
        for to in [0, 1, 0x7f, 0x80, 0xff] {
            let mut bytes = b.bytes.clone();
            bytes[at] = to;
            let _ = parse(&Section { bytes: &bytes, ..b.section() }, |s| {
                address_of(s).map(|a| a.wrapping_sub(u64::MAX / 2))
            });
        }
    }
}
