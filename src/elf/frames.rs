//! `.eh_frame`: splits call frame information into records, so that those of dropped functions can go and equal CIEs be
//! shared.
//!
//! Format: LSB "Exception Frames", DWARF 5 section 6.4. A CIE says how to read the FDEs that point back to it; an FDE
//! covers one function, which its first relocation names. Cost: one walk over the records and their relocations.

use super::atoms::{Atoms, Fate, Numbering};
use super::load::Files;
use super::object::{Object, Place};
use crate::base::diag::Reported;
use crate::base::ids::FileId;
use crate::base::session::Session;
use crate::base::view::Malformed;

/// One CIE of an input.
#[derive(Debug, Clone, Copy)]
pub struct Cie {
    /// Index of its `.eh_frame` section in the file.
    pub section: u32,
    /// Bytes from the start of the section.
    pub offset: u32,
    /// Bytes, length field included.
    pub size: u32,
    /// Its relocations: a range of the section's.
    pub relocations: (u32, u32),
}

/// One FDE of an input.
#[derive(Debug, Clone, Copy)]
pub struct Fde {
    /// Index of its `.eh_frame` section in the file.
    pub section: u32,
    /// Bytes from the start of the section.
    pub offset: u32,
    /// Bytes, length field included.
    pub size: u32,
    /// Its relocations: a range of the section's; the first one names the function.
    pub relocations: (u32, u32),
    /// Its CIE among the file's.
    pub cie: u32,
    /// Section of the function it covers, in the same file; 0 when that is gone or elsewhere.
    pub function: u32,
}

/// The records of one file, in order.
#[derive(Debug, Default)]
pub struct FileFrames {
    /// CIEs.
    pub cies: Vec<Cie>,
    /// FDEs.
    pub fdes: Vec<Fde>,
    /// Those FDEs that refer to more than their function, or whose CIE does: (function section, FDE), sorted.
    referring: Vec<(u32, u32)>,
}

impl FileFrames {
    /// The FDEs that cover functions of `section` and, together with their CIE, refer to something else.
    pub fn referring(&self, section: u32) -> impl Iterator<Item = &Fde> {
        let start = self.referring.partition_point(|(function, _)| *function < section);
        let of_section = self.referring[start..].iter().take_while(move |(function, _)| *function == section);
        of_section.map(|(_, fde)| &self.fdes[*fde as usize])
    }

    fn find_referring(&mut self) {
        let refers = |fde: &Fde| {
            let cie = &self.cies[fde.cie as usize];
            fde.function != 0 && (fde.relocations.1 - fde.relocations.0 > 1 || cie.relocations.0 < cie.relocations.1)
        };
        let referring = self.fdes.iter().enumerate().filter(|(_, fde)| refers(fde));
        self.referring = referring.map(|(i, fde)| (fde.function, i as u32)).collect();
        self.referring.sort_unstable();
    }
}

/// Splits the `.eh_frame` sections of all files.
pub fn parse(
    files: &Files<'_>,
    numbering: &Numbering,
    atoms: &Atoms<'_>,
    cx: &Session,
) -> Result<Vec<FileFrames>, Reported> {
    let _t = cx.time.phase("split .eh_frame");
    let groups = numbering.file_groups(4096);
    let frames = cx.par.map(groups.len(), atoms.fate.len() as u64 * 64, |g| {
        let each = groups[g].clone().map(|f| {
            let f = FileId(f as u32);
            let mut frames = FileFrames::default();
            let Some(object) = files[f].object().filter(|_| numbering.is_live(f)) else { return frames };
            let first = numbering.base[f.idx()] as usize;
            for (section, fate) in atoms.fate[first..first + object.sections.len()].iter().enumerate() {
                if *fate == Fate::Frames
                    && let Err(error) = split(object, section as u32, &mut frames)
                {
                    files.malformed(f, &error, cx);
                }
            }
            frames.find_referring();
            frames
        });
        each.collect::<Vec<_>>()
    });
    cx.diag.checkpoint()?;
    Ok(frames.into_iter().flatten().collect())
}

fn split(object: &Object<'_>, section: u32, frames: &mut FileFrames) -> Result<(), Malformed> {
    let start = object.sections[section as usize].offset.get();
    let bytes = object.section_bytes(section)?;
    let relocations = object.relocations(section)?;
    let wrong =
        |offset: usize, what: &str| Malformed::new(start.saturating_add(offset as u64), format!(".eh_frame: {what}"));
    if u32::try_from(bytes.len()).is_err() {
        return Err(wrong(0, "a section of more than 4 GiB"));
    }
    if !relocations.is_sorted_by_key(|r| r.offset.get()) {
        return Err(wrong(0, "relocations are not in ascending order"));
    }
    let word = |at: usize| bytes.get(at..at + 4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    frames.fdes.reserve_exact(record_count(bytes));
    let first_cie = frames.cies.len();
    let (mut at, mut rel) = (0usize, 0usize);
    while at < bytes.len() {
        let length = word(at).ok_or_else(|| wrong(at, "a record is cut short"))?;
        if length == 0 {
            // The terminator; the linker writes one of its own at the very end.
            at += 4;
            while relocations.get(rel).is_some_and(|r| r.offset.get() < at as u64) {
                rel += 1;
            }
            continue;
        }
        if length == u32::MAX {
            return Err(wrong(at, "a record in the 64-bit format, which no x86-64 compiler writes"));
        }
        let size = length as usize + 4;
        if length < 4 || size > bytes.len() - at {
            return Err(wrong(at, "a record reaches past the end of the section"));
        }
        let first_rel = rel;
        while relocations.get(rel).is_some_and(|r| r.offset.get() < (at + size) as u64) {
            rel += 1;
        }
        let id = word(at + 4).ok_or_else(|| wrong(at, "a record is cut short"))?;
        let (offset, size32, range) = (at as u32, size as u32, (first_rel as u32, rel as u32));
        if id == 0 {
            frames.cies.push(Cie { section, offset, size: size32, relocations: range });
        } else {
            let target =
                (at as u32 + 4).checked_sub(id).ok_or_else(|| wrong(at, "an FDE points before its section"))?;
            let cie = frames.cies[first_cie..].binary_search_by_key(&target, |c| c.offset);
            let cie = cie.map_err(|_| wrong(at, "an FDE points to no CIE"))? + first_cie;
            let function = match relocations[first_rel..rel].first() {
                // ld -r leaves FDEs of dropped functions without relocation: they cover nothing.
                None => 0,
                Some(r) if r.offset.get() != (at + 8) as u64 || r.kind() == 0 => 0,
                Some(r) => {
                    let symbol = object.symbols.get(r.symbol() as usize);
                    let symbol = symbol.ok_or_else(|| wrong(at, "a relocation names a symbol that does not exist"))?;
                    match object.place(r.symbol(), symbol)? {
                        Place::Section(section) => section,
                        _ => 0,
                    }
                }
            };
            frames.fdes.push(Fde { section, offset, size: size32, relocations: range, cie: cie as u32, function });
        }
        at += size;
    }
    Ok(())
}

/// About how many records there are: what comes behind one that is wrong is not counted. A list that grows would take
/// three times its memory.
fn record_count(bytes: &[u8]) -> usize {
    let (mut count, mut at) = (0, 0usize);
    while let Some(length) = bytes.get(at..).and_then(|tail| tail.first_chunk()) {
        at = at.saturating_add(u32::from_le_bytes(*length) as usize + 4);
        count += 1;
    }
    count
}
