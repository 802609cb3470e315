//! Splits `__LD,__compact_unwind`: what a compiler says about the frame of each function of an object.
//!
//! The section is for linkers alone: `chunks::unwind_info` makes `__TEXT,__unwind_info` of the entries of all objects.
//! Format: `mach-o/compact_unwind_encoding.h` ("Relocatable Object Files"): 32 bytes a function, three of whose fields are
//! relocated pointers. Cost: one pass over the relocations, which may come in any order, and one over the entries.

use super::format::{CompactUnwind, Relocation};
use crate::base::view::{Malformed, view};

/// What a relocated field of an object refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelTarget {
    /// Whether `symbol_or_section` is a symbol.
    pub external: bool,
    /// Index into the symbol table, or the ordinal of a section, from 1; 0 where only the address is known.
    pub symbol_or_section: u32,
    /// What is added to the symbol (modulo 2^64); without a symbol, an address of the object's own address space.
    pub addend: u64,
}

/// One function of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawEntry {
    /// Where it begins.
    pub function: RelTarget,
    /// Its bytes.
    pub length: u32,
    /// How to undo its frame, as the compiler wrote it.
    pub encoding: u32,
    /// The routine that reads the language-specific data.
    pub personality: Option<RelTarget>,
    /// The language-specific data.
    pub lsda: Option<RelTarget>,
}

/// Bytes of an entry.
const ENTRY_SIZE: usize = size_of::<CompactUnwind>();
/// The pointers of an entry: their offsets in it, in the order of `Pointers`.
const POINTERS: [usize; 3] = [0, 16, 24];

/// The relocations of an entry's pointers.
type Pointers = [Option<Relocation>; 3];

/// The entries of the section `bytes`, which begins at file offset `start`, in the order of the section.
pub fn split(bytes: &[u8], relocations: &[Relocation], start: u64) -> Result<Vec<RawEntry>, Malformed> {
    let wrong = |offset: usize, what: &str| {
        Malformed::new(start.saturating_add(offset as u64), format!("__compact_unwind: {what}"))
    };
    if !bytes.len().is_multiple_of(ENTRY_SIZE) {
        return Err(wrong(0, "the section's size is not a multiple of 32"));
    }
    let raw = view::<CompactUnwind>(bytes, 0, bytes.len() / ENTRY_SIZE, "__compact_unwind")?;
    let mut relocated: Vec<Pointers> = vec![[None; 3]; raw.len()];
    for r in relocations {
        // A scattered relocation has the top bit set and so a negative address; 64-bit objects have none.
        let at = usize::try_from(r.address.get()).map_err(|_| wrong(0, "a relocation has a negative address"))?;
        let pointers = relocated.get_mut(at / ENTRY_SIZE);
        let pointers = pointers.ok_or_else(|| wrong(at, "a relocation is outside the section"))?;
        let field = POINTERS.iter().position(|p| *p == at % ENTRY_SIZE);
        let field = field.ok_or_else(|| wrong(at, "a relocation is not on a pointer"))?;
        // Type 0 is UNSIGNED on every architecture.
        if r.kind() != 0 || r.is_pc_relative() || r.length() != 3 {
            return Err(wrong(at, "a relocation is not that of a pointer of 8 bytes"));
        }
        if !r.is_external() && r.symbol() == 0 {
            return Err(wrong(at, "a relocation refers to no section"));
        }
        if pointers[field].replace(*r).is_some() {
            return Err(wrong(at, "two relocations for one pointer"));
        }
    }
    let entry = |(i, (raw, pointers)): (usize, (&CompactUnwind, &Pointers))| {
        let [function, personality, lsda] = *pointers;
        let optional = |relocation: Option<Relocation>, value: u64, field: usize| match relocation {
            None if value != 0 => Err(wrong(i * ENTRY_SIZE + POINTERS[field], "a pointer has no relocation")),
            relocation => Ok(relocation.map(|r| target(&r, value))),
        };
        Ok(RawEntry {
            function: function
                .map(|r| target(&r, raw.function.get()))
                .ok_or_else(|| wrong(i * ENTRY_SIZE, "an entry's function has no relocation"))?,
            length: raw.length.get(),
            encoding: raw.encoding.get(),
            personality: optional(personality, raw.personality.get(), 1)?,
            lsda: optional(lsda, raw.lsda.get(), 2)?,
        })
    };
    raw.iter().zip(&relocated).enumerate().map(entry).collect()
}

/// What a plain pointer with `addend` in its place refers to.
pub(super) fn target(r: &Relocation, addend: u64) -> RelTarget {
    RelTarget { external: r.is_external(), symbol_or_section: r.symbol(), addend }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zerocopy::IntoBytes;

    fn relocation(address: i32, symbol: u32, external: bool) -> Relocation {
        let packed = symbol | 3 << 25 | u32::from(external) << 27;
        Relocation { address: address.into(), packed: packed.into() }
    }

    fn entry(function: u64, encoding: u32, lsda: u64) -> CompactUnwind {
        CompactUnwind {
            function: function.into(),
            length: 8.into(),
            encoding: encoding.into(),
            personality: 0.into(),
            lsda: lsda.into(),
        }
    }

    #[test]
    fn relocations_of_any_order_find_their_pointers() {
        let section = [entry(0x10, 0x0400_0000, 0), entry(0, 0x4400_0000, 0x80)];
        let relocations =
            [relocation(56, 2, false), relocation(48, 7, true), relocation(0, 1, false), relocation(32, 5, true)];
        let local = |section, addend| RelTarget { external: false, symbol_or_section: section, addend };
        let symbol = |index| RelTarget { external: true, symbol_or_section: index, addend: 0 };
        let plain =
            RawEntry { function: local(1, 0x10), length: 8, encoding: 0x0400_0000, personality: None, lsda: None };
        let full = RawEntry {
            function: symbol(5),
            length: 8,
            encoding: 0x4400_0000,
            personality: Some(symbol(7)),
            lsda: Some(local(2, 0x80)),
        };
        assert_eq!(split(section.as_bytes(), &relocations, 0), Ok(vec![plain, full]));
        assert_eq!(split(&[], &[], 0), Ok(Vec::new()));
    }

    #[test]
    fn what_is_no_table_of_entries_is_refused_with_its_place() {
        let section = [entry(0x10, 0, 0), entry(0, 0, 0x80)];
        let bytes = section.as_bytes();
        let good = [relocation(0, 1, false), relocation(32, 1, false), relocation(56, 2, false)];
        assert!(split(bytes, &good, 0).is_ok());
        let place = |relocations: &[Relocation], bytes: &[u8]| split(bytes, relocations, 0x100).map_err(|e| e.offset);
        assert_eq!(place(&good, &bytes[..63]), Err(0x100));
        assert_eq!(place(&good, &bytes[..32]), Err(0x120)); // A relocation behind the section.
        assert_eq!(place(&good[1..], bytes), Err(0x100)); // No function.
        assert_eq!(place(&good[..2], bytes), Err(0x138)); // An LSDA that nothing relocates.
        let mut bad = good.to_vec();
        for (relocation, at) in [
            (good[0], 0x100),                                                // Twice.
            (relocation(-32, 1, false), 0x100),                              // Scattered, or before the section.
            (relocation(8, 1, false), 0x108),                                // The length is no pointer.
            (relocation(20, 1, false), 0x114),                               // Between two pointers.
            (relocation(16, 0, false), 0x110),                               // Section 0.
            (relocation(16, 1 | 1 << 24, false), 0x110),                     // PC-relative.
            (relocation(16, 1 | 1 << 28, false), 0x110),                     // SUBTRACTOR.
            (Relocation { packed: (1 | 2 << 25).into(), ..good[0] }, 0x100), // Four bytes.
        ] {
            bad.push(relocation);
            assert_eq!(place(&bad, bytes), Err(at), "{relocation:?}");
            bad.pop();
        }
    }
}
