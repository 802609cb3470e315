//! COMDAT groups: of all groups with one signature, the first on the command line is kept (gABI, "Section Groups").
//! Also what came before groups, `.gnu.linkonce.*`, where names decide.
//!
//! Takes the files that are in, yields one bit an atom: dropped with its group. Cost: one atomic minimum a group;
//! nothing for linkonce sections where there are none.

use super::atoms::Numbering;
use super::format::*;
use super::load::Files;
use super::object::{Group, Object, Place};
use super::symbols::Interned;
use crate::base::bitset::{AtomicBitSet, BitSet};
use crate::base::carve;
use crate::base::ids::{AtomId, FileId};
use crate::base::rank::{AtomicRank, Rank};
use crate::base::session::Session;
use std::collections::HashMap;

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
    let jobs = carve::fair_groups(counts.iter().copied(), 8192);
    let owners = AtomicRank::nobody(interned.names.len());
    let each_group = |job: usize, f: &dyn Fn(&AtomicRank, Rank, FileId, usize)| {
        for file in jobs[job].clone().filter(|f| counts[*f] > 0).map(|f| FileId(f as u32)) {
            let object = files[file].object().expect("only objects have groups");
            for (g, _) in object.groups.iter().enumerate().filter(|(_, g)| g.comdat) {
                let owner = &owners[interned.group_id(file, object, g).idx()];
                f(owner, Rank::new(0, file, g as u32), file, g);
            }
        }
    };
    cx.par.map(jobs.len(), total * 32, |job| {
        each_group(job, &|owner, rank, _, _| {
            owner.claim(rank);
        });
    });
    cx.par.map(jobs.len(), total * 64, |job| {
        each_group(job, &|owner, rank, file, g| {
            if owner.get() != rank {
                let object = files[file].object().expect("only objects have groups");
                for member in object.members(&object.groups[g]) {
                    dropped.insert(numbering.atom(file, member).idx());
                }
            }
        });
    });
    dropped.into_set()
}

/// A linkonce section that is still to be judged, or a group that one may stand for: in the order of the inputs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate<'a> {
    file: FileId,
    /// The section itself, or the header of the group.
    header: u32,
    /// The section itself, or the only member of the group.
    section: u32,
    /// Of a linkonce section.
    name: Option<&'a [u8]>,
}

/// Which of the `.gnu.linkonce.TYPE.NAME` sections of `list`, and which groups called NAME, give way to an earlier one.
///
/// The rules are those of GNU ld: a name is taken once; a group of one section and a linkonce section are the same thing
/// if they are of one type and define the same symbols.
pub fn linkonce<'a>(
    files: &Files<'a>,
    numbering: &Numbering,
    is_dropped: &dyn Fn(FileId, u32) -> bool,
    list: Vec<(&'a [u8], AtomId)>,
) -> Vec<AtomId> {
    if list.is_empty() {
        return Vec::new();
    }
    let mut by_key: HashMap<&[u8], Vec<Candidate<'a>>> = HashMap::new();
    for (name, atom) in list {
        let (file, section) = numbering.section_of(atom);
        let candidate = Candidate { file, header: section, section, name: Some(name) };
        by_key.entry(key(name)).or_default().push(candidate);
    }
    for (file, object) in numbering.objects(files) {
        for group in object.groups.iter().filter(|g| g.comdat) {
            if let Ok(name) = object.group_name(group)
                && let (Some(rivals), Some(section)) = (by_key.get_mut(name), only_member(object, group))
                && !is_dropped(file, section)
            {
                rivals.push(Candidate { file, header: group.section, section, name: None });
            }
        }
    }
    let mut losers = Vec::new();
    for rivals in by_key.values_mut() {
        rivals.sort_unstable();
        let mut kept: Vec<Candidate<'_>> = Vec::new();
        for rival in rivals {
            let loses = kept.iter().any(|other| match (rival.name, other.name) {
                (Some(name), Some(taken)) => name == taken,
                (None, None) => false,
                _ => defines_the_same(files, *rival, *other),
            });
            match loses {
                true => losers.push(numbering.atom(rival.file, rival.section)),
                false => kept.push(*rival),
            }
        }
    }
    losers.sort_unstable();
    losers
}

/// All linkonce sections. Passes that read the names of sections anyway note them on the way; this is for the others.
pub fn find_linkonce<'a>(files: &Files<'a>, numbering: &Numbering) -> Vec<(&'a [u8], AtomId)> {
    let mut list = Vec::new();
    for (file, object) in numbering.objects(files) {
        for section in 1..object.sections.len() as u32 {
            match object.section_name(section) {
                Ok(name) if name.starts_with(b".gnu.linkonce.") => list.push((name, numbering.atom(file, section))),
                _ => {}
            }
        }
    }
    list
}

/// `NAME` of `.gnu.linkonce.TYPE.NAME`.
fn key(name: &[u8]) -> &[u8] {
    let rest = name.strip_prefix(b".gnu.linkonce.").unwrap_or(name);
    rest.iter().position(|c| *c == b'.').map_or(rest, |dot| &rest[dot + 1..])
}

/// The member of a group that has just one, not counting its relocations.
fn only_member(object: &Object<'_>, group: &Group) -> Option<u32> {
    let mut members = object.members(group).filter(|m| object.sections[*m as usize].kind.get() != SHT_RELA);
    members.next().filter(|_| members.next().is_none())
}

/// Whether two sections are of one type and define symbols of the same names, kinds and visibilities.
fn defines_the_same(files: &Files<'_>, a: Candidate<'_>, b: Candidate<'_>) -> bool {
    let facts = |c: Candidate<'_>| {
        let object = files[c.file].object()?;
        let mut symbols = Vec::new();
        for (i, symbol) in object.symbols.iter().enumerate().filter(|(_, s)| s.kind() != STT_SECTION) {
            if matches!(object.place(i as u32, symbol), Ok(Place::Section(section)) if section == c.section) {
                symbols.push((object.symbol_name(i as u32).ok()?, symbol.info, symbol.other));
            }
        }
        symbols.sort_unstable();
        Some((object.sections[c.section as usize].kind.get(), symbols))
    };
    facts(a).is_some_and(|a| !a.1.is_empty() && Some(a) == facts(b))
}
