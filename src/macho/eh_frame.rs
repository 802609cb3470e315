//! Splits `__TEXT,__eh_frame` of an object into records, and finds what their pointers refer to.
//!
//! Most functions need no call frame information, because a compact encoding says how to undo their frames
//! (`compact_unwind`). The others keep their FDE, which `chunks::eh_frame` puts into the image; so which function an FDE
//! covers, and what moves with it, must be known.
//!
//! Format: LSB "Exception Frames", DWARF 5 section 6.4. A CIE says how to read the FDEs that point back to it. What is
//! particular to Mach-O:
//! - All pointers are relative to their own place, for nothing relocates text at run time. Absolute ones are refused.
//! - Assemblers write a pointer as a difference: a SUBTRACTOR and an UNSIGNED relocation say `target + content - symbol`,
//!   with a symbol somewhere in this section whose distance to the pointer is part of the content. Or they compute it and
//!   leave no relocation, if both ends are in this object. The distance from an FDE to its CIE may be either, too.
//! - A personality routine is reached through its GOT slot: `POINTER_TO_GOT`, whose content means nothing.
//!
//! Cost: relocations are sorted by place (they come in any order, mostly a descending one); then one walk over the bytes.

use super::compact_unwind::RelTarget;
use super::format::{ARM64_RELOC_POINTER_TO_GOT, ARM64_RELOC_SUBTRACTOR, Relocation};
use crate::base::leb128::{read_sleb, read_uleb};
use crate::base::view::Malformed;

/// The section of an object.
#[derive(Debug, Clone, Copy)]
pub struct Section<'a> {
    /// Its bytes.
    pub bytes: &'a [u8],
    /// Its address in the object's address space.
    pub address: u64,
    /// Its relocations.
    pub relocations: &'a [Relocation],
    /// File offset of its bytes, for messages.
    pub start: u64,
    /// What the architecture calls the relocations.
    pub kinds: Kinds,
}

/// Types of relocations that have a meaning here beside UNSIGNED, which is 0 everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kinds {
    /// The first of a pair, whose symbol is subtracted.
    pub subtractor: u8,
    /// The distance to a GOT slot.
    pub pointer_to_got: u8,
}

/// arm64.
pub const ARM64: Kinds = Kinds { subtractor: ARM64_RELOC_SUBTRACTOR, pointer_to_got: ARM64_RELOC_POINTER_TO_GOT };

/// A field that holds the distance from itself to its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pointer {
    /// Bytes from the start of the section.
    pub offset: u32,
    /// Its bytes: 4 or 8.
    pub size: u8,
    /// What it refers to.
    pub target: RelTarget,
    /// Whether it refers to the GOT slot of `target` instead, which is a symbol then.
    pub got: bool,
}

/// A common information entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cie {
    /// Bytes from the start of the section.
    pub offset: u32,
    /// Bytes, length field included.
    pub size: u32,
    /// The personality routine of its functions.
    pub personality: Option<Pointer>,
    format: Format,
}

/// A frame description entry: one function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fde {
    /// Bytes from the start of the section.
    pub offset: u32,
    /// Bytes, length field included.
    pub size: u32,
    /// Bytes from the start of the record to the distance to its CIE, which is four bytes long.
    pub cie_field: u32,
    /// Index of its CIE.
    pub cie: u32,
    /// Where the function begins.
    pub function: Pointer,
    /// Bytes of the function.
    pub length: u64,
    /// The function's language-specific data.
    pub lsda: Option<Pointer>,
}

/// The records of a section, each kind in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Frames {
    /// CIEs.
    pub cies: Vec<Cie>,
    /// FDEs.
    pub fdes: Vec<Fde>,
}

/// What a CIE says about the fields of its FDEs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Format {
    /// Whether FDEs have augmentation data.
    augmented: bool,
    /// Encoding of functions.
    function: u8,
    /// Encoding of the LSDA, [`OMIT`] if there is none.
    lsda: u8,
}

// Pointer encodings (LSB "DWARF Exception Header Encoding").
const FORMAT: u8 = 0x0f;
const APPLICATION: u8 = 0x70;
const PC_RELATIVE: u8 = 0x10;
const INDIRECT: u8 = 0x80;
const OMIT: u8 = 0xff;

/// Splits the section. `address_of` gives the address of a symbol of the object in the object's address space, `None` for
/// one that is not defined there or does not exist.
pub fn parse(section: &Section<'_>, address_of: impl Fn(u32) -> Option<u64>) -> Result<Frames, Malformed> {
    if u32::try_from(section.bytes.len()).is_err() {
        return Err(wrong(section, 0, "a section of more than 4 GiB"));
    }
    let fixups = fixups(section)?;
    let mut reader = Reader { section, fixups: &fixups, used: 0, address_of: &address_of, at: 0, end: 0 };
    let mut frames = Frames::default();
    while reader.at < section.bytes.len() {
        let start = reader.at;
        if reader.enter_record()? {
            let id_at = reader.at;
            match reader.cie_distance()? {
                None => frames.cies.push(reader.cie(start)?),
                Some(distance) => {
                    // The distance counts from its own field.
                    let to = (id_at as u64).wrapping_sub(distance);
                    let cie = frames.cies.binary_search_by_key(&to, |c| c.offset.into());
                    let cie = cie.map_err(|_| reader.wrong("an FDE points to no CIE"))?;
                    frames.fdes.push(reader.fde(start, id_at, cie as u32, frames.cies[cie].format)?);
                }
            }
        }
        reader.at = reader.end;
    }
    // What is not understood cannot be moved.
    match reader.fixups.get(reader.used) {
        Some(fixup) => Err(wrong(section, fixup.offset as usize, "a relocation is not on a pointer")),
        None => Ok(frames),
    }
}

#[cold]
fn wrong(section: &Section<'_>, offset: usize, what: &str) -> Malformed {
    Malformed::new(section.start.saturating_add(offset as u64), format!("__eh_frame: {what}"))
}

/// All relocations of one place.
#[derive(Debug, Clone, Copy)]
struct Fixup {
    offset: u32,
    subtractor: Option<Relocation>,
    target: Relocation,
}

/// Pairs relocations up and sorts them by place.
fn fixups(section: &Section<'_>) -> Result<Vec<Fixup>, Malformed> {
    let mut fixups = Vec::with_capacity(section.relocations.len());
    let mut subtractor: Option<Relocation> = None;
    for r in section.relocations {
        let offset = u32::try_from(r.address.get());
        let offset = offset.map_err(|_| wrong(section, 0, "a relocation has a negative address"))?;
        let wrong = |what| Err(wrong(section, offset as usize, what));
        if !r.is_external() && r.symbol() == 0 {
            return wrong("a relocation refers to no section");
        }
        match subtractor.take() {
            Some(s) if r.kind() != 0 || s.address != r.address || s.length() != r.length() || s.is_pc_relative() => {
                return wrong("a SUBTRACTOR relocation without its UNSIGNED");
            }
            None if r.kind() == section.kinds.subtractor => subtractor = Some(*r),
            pair => fixups.push(Fixup { offset, subtractor: pair, target: *r }),
        }
    }
    if subtractor.is_some() {
        return Err(wrong(section, 0, "the last relocation is a SUBTRACTOR"));
    }
    fixups.sort_by_key(|f| f.offset);
    match fixups.windows(2).find(|pair| pair[0].offset == pair[1].offset) {
        Some(pair) => Err(wrong(section, pair[0].offset as usize, "two relocations of one place")),
        None => Ok(fixups),
    }
}

/// Reads a record after the other.
struct Reader<'r, 'a, F> {
    section: &'r Section<'a>,
    fixups: &'r [Fixup],
    /// How many of `fixups` belong to what was read. Fields are read in ascending order.
    used: usize,
    address_of: &'r F,
    /// Offset in the section of what comes next.
    at: usize,
    /// End of the record.
    end: usize,
}

impl<F: Fn(u32) -> Option<u64>> Reader<'_, '_, F> {
    #[cold]
    fn wrong(&self, what: &str) -> Malformed {
        wrong(self.section, self.at, what)
    }

    /// The bytes up to the end of the record.
    fn record(&self) -> &[u8] {
        self.section.bytes.get(..self.end).unwrap_or_default()
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let bytes = self.record().get(self.at..).and_then(|tail| tail.first_chunk::<N>()).copied();
        let bytes = bytes.ok_or_else(|| self.wrong("a record is cut short"))?;
        self.at += N;
        Ok(bytes)
    }

    fn uleb(&mut self) -> Result<u64, Malformed> {
        let mut at = self.at;
        let value = read_uleb(self.record(), &mut at).map_err(|e| self.wrong(&e.what))?;
        self.at = at;
        Ok(value)
    }

    /// The `size` bytes at hand, 4 or 8, as a number with sign.
    fn number(&mut self, size: u8) -> Result<i64, Malformed> {
        Ok(match size {
            4 => i32::from_le_bytes(self.take()?).into(),
            _ => i64::from_le_bytes(self.take()?),
        })
    }

    /// Reads the length field and sets the end of the record; false for the terminator, which has no more.
    fn enter_record(&mut self) -> Result<bool, Malformed> {
        self.end = self.section.bytes.len();
        let length = match u32::from_le_bytes(self.take()?) {
            // The 64-bit form. What follows is the same in both; the CIE pointer has four bytes here, too.
            u32::MAX => u64::from_le_bytes(self.take()?),
            length => length.into(),
        };
        if length > (self.end - self.at) as u64 {
            return Err(self.wrong("a record reaches past the end of the section"));
        }
        self.end = self.at + length as usize;
        Ok(length != 0)
    }

    /// The fixup of the field at `self.at`, if it has one.
    fn fixup(&mut self) -> Result<Option<Fixup>, Malformed> {
        let Some(fixup) = self.fixups.get(self.used).filter(|f| f.offset as usize <= self.at) else { return Ok(None) };
        if (fixup.offset as usize) < self.at {
            return Err(wrong(self.section, fixup.offset as usize, "a relocation is not on a pointer"));
        }
        self.used += 1;
        Ok(Some(*fixup))
    }

    /// The address of a relocation's symbol; 0 for a section, whose address is in the content already.
    fn symbol_address(&self, r: &Relocation) -> Result<u64, Malformed> {
        if !r.is_external() {
            return Ok(0);
        }
        (self.address_of)(r.symbol())
            .ok_or_else(|| self.wrong("a distance is counted from a symbol that the object does not define"))
    }

    /// The distance from the field at hand back to the CIE; `None` if this is a CIE.
    fn cie_distance(&mut self) -> Result<Option<u64>, Malformed> {
        let fixup = self.fixup()?;
        let content = u32::from_le_bytes(self.take()?);
        let Some(Fixup { subtractor, target, .. }) = fixup else {
            return Ok(Some(content.into()).filter(|distance| *distance != 0));
        };
        let (Some(subtractor), 2) = (subtractor, target.length()) else {
            return Err(self.wrong("a CIE pointer's relocation is not a difference of four bytes"));
        };
        let difference = self.symbol_address(&target)?.wrapping_sub(self.symbol_address(&subtractor)?);
        Ok(Some(i64::from(content.cast_signed()).cast_unsigned().wrapping_add(difference)))
    }

    /// Reads a pointer with encoding `encoding`; `None` if it is null.
    fn pointer(&mut self, encoding: u8) -> Result<Option<Pointer>, Malformed> {
        let size = match encoding & FORMAT {
            // absptr, udata8, sdata8; udata4, sdata4.
            0x00 | 0x04 | 0x0c => 8,
            0x03 | 0x0b => 4,
            _ => return Err(self.wrong("a pointer of variable or unknown size")),
        };
        if encoding & APPLICATION != PC_RELATIVE {
            return Err(self.wrong("a pointer is not relative to its place, which text cannot have"));
        }
        let offset = self.at as u32;
        let fixup = self.fixup()?;
        let content = self.number(size)?.cast_unsigned();
        let place = self.section.address.wrapping_add(offset.into());
        let Some(Fixup { subtractor, target: r, .. }) = fixup else {
            if content == 0 {
                return Ok(None);
            }
            if encoding & INDIRECT != 0 {
                return Err(self.wrong("a pointer to a pointer has no relocation"));
            }
            let target = RelTarget { external: false, symbol_or_section: 0, addend: place.wrapping_add(content) };
            return Ok(Some(Pointer { offset, size, target, got: false }));
        };
        let got = r.kind() == self.section.kinds.pointer_to_got;
        if 1 << r.length() != size || got != r.is_pc_relative() || got != subtractor.is_none() || !got && r.kind() != 0
        {
            return Err(self.wrong("a pointer's relocation is neither a difference nor the way to a GOT slot"));
        }
        if got && (!r.is_external() || encoding & INDIRECT == 0) {
            return Err(self.wrong("a GOT slot that no pointer to a symbol's pointer asks for"));
        }
        let addend = match subtractor {
            Some(s) => content.wrapping_add(place).wrapping_sub(self.symbol_address(&s)?),
            None => 0,
        };
        let target = RelTarget { external: r.is_external(), symbol_or_section: r.symbol(), addend };
        Ok(Some(Pointer { offset, size, target, got }))
    }

    /// Reads the rest of the CIE that begins at `start`.
    fn cie(&mut self, start: usize) -> Result<Cie, Malformed> {
        let [version] = self.take()?;
        if version != 1 && version != 3 {
            return Err(self.wrong("a CIE of another version than 1 and 3"));
        }
        let mut letters = Vec::new();
        loop {
            match self.take()? {
                [0] => break,
                [letter] => letters.push(letter),
            }
        }
        self.uleb()?; // Unit of the code's addresses.
        let mut at = self.at;
        read_sleb(self.record(), &mut at).map_err(|e| self.wrong(&e.what))?; // Unit of the stack's.
        self.at = at;
        // The register of the return address.
        if version == 1 {
            self.take::<1>().map(drop)?
        } else {
            self.uleb().map(drop)?
        }
        let augmented = letters.first() == Some(&b'z');
        let mut format = Format { augmented, function: 0, lsda: OMIT };
        let mut personality = None;
        if augmented {
            self.uleb()?; // Bytes of what follows.
        }
        for letter in letters.get(usize::from(augmented)..).unwrap_or_default() {
            match letter {
                b'R' => [format.function] = self.take()?,
                b'L' => [format.lsda] = self.take()?,
                b'P' => {
                    let [encoding] = self.take()?;
                    if encoding != OMIT {
                        personality = self.pointer(encoding)?;
                    }
                }
                // A signal's frame; return addresses signed with the B key; tagged memory.
                b'S' | b'B' | b'G' => {}
                _ => return Err(self.wrong("an augmentation of unknown meaning")),
            }
        }
        Ok(Cie { offset: start as u32, size: (self.end - start) as u32, personality, format })
    }

    /// Reads the rest of the FDE that begins at `start` and has its CIE pointer at `id_at`.
    fn fde(&mut self, start: usize, id_at: usize, cie: u32, format: Format) -> Result<Fde, Malformed> {
        let function = self.pointer(format.function & !INDIRECT)?;
        let function = function.ok_or_else(|| self.wrong("an FDE covers no function"))?;
        // The length is a plain number in the function's format.
        let length = match function.size {
            4 => u32::from_le_bytes(self.take()?).into(),
            _ => u64::from_le_bytes(self.take()?),
        };
        let mut lsda = None;
        if format.augmented {
            self.uleb()?; // Bytes of what follows.
            if format.lsda != OMIT {
                lsda = self.pointer(format.lsda)?;
            }
        }
        let (size, cie_field) = ((self.end - start) as u32, (id_at - start) as u32);
        Ok(Fde { offset: start as u32, size, cie_field, cie, function, length, lsda })
    }
}

#[cfg(test)]
pub(super) mod tests;
