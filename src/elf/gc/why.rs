//! Why an atom is kept (`--why-live`): marking once more, this time one atom after another and with a note of each step.
//!
//! The first reason found stays: a chain of reasons never goes in a circle, and is a shortest one. Costs nothing unless
//! asked for, and then about what `mark` costs on one thread.

use super::{Marking, Visit, is_root, start_stop_targets, targets};
use crate::args::elf::Args;
use crate::base::bitset::AtomicBitSet;
use crate::base::ids::{AtomId, FileId, SymbolId};
use crate::base::session::Session;
use std::collections::{HashMap, VecDeque};

/// What keeps an atom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The entry point, or a name that the command line or a script asks for.
    Named(SymbolId),
    /// The dynamic symbol table offers this symbol.
    Exported(SymbolId),
    /// The format forbids to drop it.
    Retained,
    /// Another atom refers to it, or is in one group with it.
    Atom(AtomId),
}

/// The reasons of all atoms that `mark` keeps.
pub fn reasons(m: &Marking<'_, '_>, args: &Args, cx: &Session) -> HashMap<AtomId, Reason> {
    let (kept, libraries) = (AtomicBitSet::new(m.atoms.fate.len()), AtomicBitSet::new(m.files.list.len()));
    let (by_name, targets) = (start_stop_targets(m, args), targets(m, cx));
    let visit = Visit::new(m, &targets, &kept, &libraries, &by_name);
    let mut reasons = HashMap::new();
    let mut queue = VecDeque::new();
    let mut found = Vec::new();
    let mut note = |reason: Reason, found: &mut Vec<AtomId>, queue: &mut VecDeque<AtomId>| {
        reasons.extend(found.iter().map(|atom| (*atom, reason)));
        queue.extend(found.drain(..));
    };
    for root in m.roots {
        visit.name(*root, &mut found);
        note(Reason::Named(*root), &mut found, &mut queue);
    }
    for id in (0..m.definitions.attr.len()).filter(|id| is_root(m, args, *id)) {
        visit.name(SymbolId(id as u32), &mut found);
        note(Reason::Exported(SymbolId(id as u32)), &mut found, &mut queue);
    }
    for f in 0..m.files.list.len() {
        visit.file_roots(FileId(f as u32)).into_iter().for_each(|atom| visit.atom(atom, &mut found));
        note(Reason::Retained, &mut found, &mut queue);
    }
    while let Some(atom) = queue.pop_front() {
        let (f, section) = m.numbering.section_of(atom);
        visit.edges(f, section, &mut found);
        note(Reason::Atom(atom), &mut found, &mut queue);
    }
    reasons
}
