//! `.eh_frame` of `-r`: the records of functions that went with their group are left out, and so are terminators but
//! the last.
//!
//! CIEs are not shared between inputs: the final link does that. What is left moves towards the start of its section;
//! [`Records::moved`] says where to. Format: LSB "Exception Frames". Cost: one walk over the records, in parallel.

use super::super::atoms::{Atoms, Fate};
use super::super::frames::FileFrames;
use super::Sources;
use crate::base::bitset::BitSet;
use crate::base::ids::{AtomId, FileId};
use crate::base::session::Session;
use std::collections::HashMap;

/// One CIE or FDE that is kept.
#[derive(Debug, Clone, Copy)]
pub struct Record {
    /// Offset in the input section.
    pub from: u32,
    /// Bytes.
    pub size: u32,
    /// Offset among what is kept.
    pub to: u32,
    /// Its relocations: a range of the section's.
    pub relocations: (u32, u32),
    /// For an FDE: where its CIE went.
    pub cie: Option<u32>,
}

/// What is kept of one `.eh_frame` section.
#[derive(Debug, Default)]
pub struct Records {
    /// In ascending order.
    pub list: Vec<Record>,
    /// Bytes kept, without a terminator.
    pub size: u32,
    /// Relocations of what is kept.
    pub relocation_count: u32,
    /// It ends with a record of length zero.
    pub terminated: bool,
}

impl Records {
    /// Where offset `from` of the input section went; what was dropped went to what follows it.
    pub fn moved(&self, from: u64) -> u64 {
        let next = self.list.partition_point(|r| u64::from(r.from) + u64::from(r.size) <= from);
        match self.list.get(next) {
            Some(r) => u64::from(r.to) + from.saturating_sub(r.from.into()),
            None => self.size.into(),
        }
    }
}

/// By atom, for `.eh_frame` sections.
pub type Plans = HashMap<AtomId, Records>;

/// Decides what is kept.
pub fn plan(s: &Sources<'_, '_>, atoms: &Atoms<'_>, frames: &[FileFrames], kept: &BitSet, cx: &Session) -> Plans {
    let _t = cx.time.phase("plan .eh_frame");
    let groups = s.numbering.file_groups(4096);
    let plans = cx.par.map(groups.len(), atoms.fate.len() as u64 * 16, |g| {
        let mut plans = Vec::new();
        for f in groups[g].clone().map(|f| FileId(f as u32)).filter(|f| s.numbering.is_live(*f)) {
            let Some(object) = s.files[f].object() else { continue };
            for section in 1..object.sections.len() as u32 {
                let atom = s.numbering.atom(f, section);
                if atoms.fate[atom.idx()] == Fate::Frames {
                    let bytes = object.section_bytes(section).unwrap_or(&[]);
                    let lives = |function: u32| kept.contains(s.numbering.atom(f, function).idx());
                    plans.push((atom, one(&frames[f.idx()], section, bytes.len(), &lives)));
                }
            }
        }
        plans
    });
    plans.into_iter().flatten().collect()
}

fn one(frames: &FileFrames, section: u32, size: usize, lives: &dyn Fn(u32) -> bool) -> Records {
    let mut cie_used = vec![false; frames.cies.len()];
    // What is kept, each with the number of its CIE and whether it is an FDE.
    let mut all: Vec<(Record, usize, bool)> = Vec::new();
    let record = |from, size, relocations| Record { from, size, to: 0, relocations, cie: None };
    for fde in frames.fdes.iter().filter(|r| r.section == section && r.function != 0 && lives(r.function)) {
        cie_used[fde.cie as usize] = true;
        all.push((record(fde.offset, fde.size, fde.relocations), fde.cie as usize, true));
    }
    let mut end = 0;
    for (i, cie) in frames.cies.iter().enumerate().filter(|(_, r)| r.section == section) {
        end = end.max(cie.offset + cie.size);
        if cie_used[i] {
            all.push((record(cie.offset, cie.size, cie.relocations), i, false));
        }
    }
    end = frames.fdes.iter().filter(|r| r.section == section).map(|r| r.offset + r.size).fold(end, u32::max);
    all.sort_unstable_by_key(|(record, ..)| record.from);
    let mut records = Records { terminated: size > end as usize, ..Records::default() };
    let mut cie_at = vec![0u32; frames.cies.len()];
    for (mut record, cie, is_fde) in all {
        record.to = records.size;
        if !is_fde {
            cie_at[cie] = record.to;
        }
        // A CIE lies before the FDEs that point back to it.
        record.cie = is_fde.then(|| cie_at[cie]);
        records.size += record.size;
        records.relocation_count += record.relocations.1 - record.relocations.0;
        records.list.push(record);
    }
    records
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elf::frames::{Cie, Fde};

    #[test]
    fn records_of_dropped_functions_go_and_the_rest_moves_up() {
        let cie = |offset| Cie { section: 5, offset, size: 24, relocations: (0, 0) };
        let fde = |offset, n: u32, cie, function| Fde {
            section: 5,
            offset,
            size: 32,
            relocations: (n, n + 1),
            cie,
            function,
        };
        let mut frames = FileFrames::default();
        frames.cies = vec![cie(0), cie(88)];
        frames.fdes = vec![fde(24, 0, 0, 1), fde(56, 1, 0, 2), fde(112, 2, 1, 3)];
        let records = one(&frames, 5, 144 + 4, &|function| function != 1);
        let to: Vec<_> = records.list.iter().map(|r| (r.from, r.to, r.cie)).collect();
        assert_eq!(to, [(0, 0, None), (56, 24, Some(0)), (88, 56, None), (112, 80, Some(56))]);
        assert_eq!((records.size, records.relocation_count, records.terminated), (112, 2, true));
        assert_eq!([0, 24, 60, 88, 148].map(|at| records.moved(at)), [0, 24, 28, 56, 112]);
        let records = one(&frames, 5, 144, &|function| function == 3);
        assert_eq!(records.list.iter().map(|r| (r.from, r.to)).collect::<Vec<_>>(), [(88, 0), (112, 24)]);
        assert!(!records.terminated);
    }
}
