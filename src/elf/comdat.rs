//! COMDAT groups: of all groups with one signature, the first on the command line is kept (gABI, "Section Groups").
//!
//! Takes the files that are in, yields one bit an atom: dropped with its group. Cost: one atomic minimum a group.

use super::atoms::Numbering;
use super::load::Files;
use super::symbols::Interned;
use crate::base::bitset::{AtomicBitSet, BitSet};
use crate::base::carve;
use crate::base::ids::FileId;
use crate::base::session::Session;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Marks the sections of the groups that lost.
pub fn choose(files: &Files<'_>, interned: &Interned<'_>, numbering: &Numbering, cx: &Session) -> BitSet {
    let _t = cx.time.phase("choose COMDAT groups");
    let dropped = AtomicBitSet::new(numbering.atom_count());
    let group_count = |f: FileId| match files[f].object() {
        Some(object) if numbering.is_live(f) => object.groups.len(),
        _ => 0,
    };
    let counts: Vec<u64> = (0..files.list.len()).map(|f| group_count(FileId(f as u32)) as u64).collect();
    let total: u64 = counts.iter().sum();
    if total == 0 {
        return dropped.into_set();
    }
    let jobs = carve::groups(counts.iter().copied(), 8192);
    let owners: Vec<AtomicU64> = (0..interned.names.len()).map(|_| AtomicU64::new(u64::MAX)).collect();
    let each_group = |job: usize, f: &dyn Fn(&AtomicU64, u64, FileId, usize)| {
        for file in jobs[job].clone().filter(|f| counts[*f] > 0).map(|f| FileId(f as u32)) {
            let object = files[file].object().expect("only objects have groups");
            for (g, _) in object.groups.iter().enumerate().filter(|(_, g)| g.comdat) {
                let owner = &owners[interned.group_id(file, object, g).idx()];
                f(owner, u64::from(file.0) << 32 | g as u64, file, g);
            }
        }
    };
    cx.par.map(jobs.len(), total * 32, |job| {
        each_group(job, &|owner, rank, _, _| {
            owner.fetch_min(rank, Relaxed);
        });
    });
    cx.par.map(jobs.len(), total * 64, |job| {
        each_group(job, &|owner, rank, file, g| {
            if owner.load(Relaxed) != rank {
                let object = files[file].object().expect("only objects have groups");
                for member in object.groups[g].members {
                    let member = member.get();
                    dropped.insert(numbering.atom(file, member).idx());
                    // Relocation sections may be missing from the member list; they go with what they apply to.
                    match object.rela_of[member as usize] {
                        0 => {}
                        rela => _ = dropped.insert(numbering.atom(file, rela).idx()),
                    }
                }
            }
        });
    });
    dropped.into_set()
}
