//! Answers for one symbol at a time what a version script makes of it.
//!
//! Built once from a [`VersionScript`], then asked from any number of threads. Names written out are in a hash table,
//! patterns in a [`GlobSet`] that knows their rank; both twice, for mangled names and for demangled ones.
//! Cost: a look-up is one probe, then a walk of the name along the sorted literal beginnings of the patterns.

use super::{Body, Pattern, Verdict, VersionScript};
use crate::base::glob::{GlobSet, Winner};
use crate::base::hash::hash_name;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// A name that two nodes, or `global` and `local`, list; the first of them has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duplicate<'s> {
    /// The name, demangled if it stands in `extern "C++"`.
    pub name: &'s [u8],
    /// What becomes of it.
    pub first: Verdict,
    /// What the other place says. GNU ld refuses a script only if one of the two is local.
    pub second: Verdict,
}

/// Tells what a version script makes of a symbol.
#[derive(Debug)]
pub struct Matcher<'s> {
    script: &'s VersionScript<'s>,
    names: NameTable,
    cxx_names: NameTable,
    /// Values are the rank of the pattern (smaller wins) and its verdict.
    globs: GlobSet<(u32, Verdict)>,
    cxx_globs: GlobSet<(u32, Verdict)>,
    has_cxx: bool,
    star: Option<Verdict>,
    duplicates: Vec<Duplicate<'s>>,
    /// For each pattern that is a name, whether a symbol had it. Others, and names that never win, begin as true.
    was_matched: Vec<AtomicBool>,
}

impl<'s> Matcher<'s> {
    /// Prepares look-ups in `script`, which no longer changes.
    pub fn new(script: &'s VersionScript<'s>) -> Self {
        let exact_count = |cxx| {
            let is_exact = |p: &&Pattern<'_>| p.is_cxx == cxx && matches!(p.body, Body::Exact(_));
            script.patterns.iter().filter(is_exact).count()
        };
        let mut matcher = Matcher {
            script,
            names: NameTable::new(exact_count(false)),
            cxx_names: NameTable::new(exact_count(true)),
            globs: GlobSet::new([], Winner::First),
            cxx_globs: GlobSet::new([], Winner::First),
            has_cxx: false,
            star: None,
            duplicates: Vec::new(),
            was_matched: Vec::with_capacity(script.patterns.len()),
        };
        let mut globs = Vec::new();
        // What stars say, the best first: global, then of the later node.
        let mut stars = Vec::new();
        for (pattern, index) in script.patterns.iter().zip(0u32..) {
            let preference = (pattern.is_local, u32::MAX - pattern.block);
            matcher.was_matched.push(AtomicBool::new(!matches!(pattern.body, Body::Exact(_))));
            match &pattern.body {
                Body::Exact(name) => matcher.add_name(index, name),
                Body::Glob(glob) => globs.push((preference, glob, pattern)),
                Body::Star => stars.push((preference, script.verdict(pattern))),
            }
        }
        globs.sort_by_key(|(preference, ..)| *preference);
        let ranked = |cxx| {
            let of_language = globs.iter().zip(0u32..).filter(move |((.., pattern), _)| pattern.is_cxx == cxx);
            of_language.map(|((_, glob, pattern), rank)| ((*glob).clone(), (rank, script.verdict(pattern))))
        };
        matcher.globs = GlobSet::new(ranked(false), Winner::First);
        matcher.cxx_globs = GlobSet::new(ranked(true), Winner::First);
        matcher.has_cxx = !matcher.cxx_globs.is_empty() || matcher.cxx_names.count > 0;
        matcher.star = stars.iter().min_by_key(|(preference, _)| *preference).map(|(_, verdict)| *verdict);
        matcher
    }

    fn add_name(&mut self, index: u32, name: &'s [u8]) {
        let script = self.script;
        let pattern = &script.patterns[index as usize];
        let table = if pattern.is_cxx { &mut self.cxx_names } else { &mut self.names };
        let Some(slot) = table.insert(script, hash_name(name), name, index) else { return };
        // The name is there already. Within a node `global` comes first, wherever it stands in the text.
        let other = &script.patterns[*slot as usize];
        let replaces = other.block == pattern.block && other.is_local && !pattern.is_local;
        let loser = if replaces { std::mem::replace(slot, index) } else { index };
        self.was_matched[loser as usize] = AtomicBool::new(true);
        let (first, second) = if replaces { (pattern, other) } else { (other, pattern) };
        let (first, second) = (script.verdict(first), script.verdict(second));
        if first != second {
            self.duplicates.push(Duplicate { name, first, second });
        }
    }

    /// What becomes of the symbol `name`, if any pattern says so; `None` leaves it as it is.
    ///
    /// `demangled` is called at most once, and only if `extern "C++"` decides; where it has nothing, the name itself
    /// is compared. For a symbol with a version of its own, `foo@@V1`, ask for `foo`, if only so that `foo` counts
    /// as matched.
    #[inline]
    pub fn classify(&self, name: &[u8], demangled: impl FnOnce() -> Option<String>) -> Option<Verdict> {
        self.classify_hashed(hash_name(name), name, demangled)
    }

    /// [`Matcher::classify`] where `hash` is [`hash_name`] of `name`.
    pub fn classify_hashed(
        &self,
        hash: u64,
        name: &[u8],
        demangled: impl FnOnce() -> Option<String>,
    ) -> Option<Verdict> {
        if let Some(index) = self.names.find(self.script, hash, name) {
            return Some(self.matched(index));
        }
        let mut glob = self.globs.find(name).copied();
        if self.has_cxx {
            let demangled = demangled();
            let name = demangled.as_deref().map_or(name, str::as_bytes);
            if let Some(index) = self.cxx_names.find(self.script, hash_name(name), name) {
                return Some(self.matched(index));
            }
            let other = self.cxx_globs.find(name).copied();
            glob = match (glob, other) {
                (Some(a), Some(b)) => Some(if a.0 < b.0 { a } else { b }),
                (a, b) => a.or(b),
            };
        }
        glob.map(|(_, verdict)| verdict).or(self.star)
    }

    #[inline]
    fn matched(&self, index: u32) -> Verdict {
        let mark = &self.was_matched[index as usize];
        // A name is exported by few files, but marking is a write that other threads would have to see.
        if !mark.load(Relaxed) {
            mark.store(true, Relaxed);
        }
        self.script.verdict(&self.script.patterns[index as usize])
    }

    /// The names written out that no call of [`Matcher::classify`] asked for, in the order of the text, for
    /// `--no-undefined-version`. GNU ld complains about those that are global.
    pub fn unmatched(&self) -> impl Iterator<Item = (&'s [u8], Verdict)> + '_ {
        let marked = self.script.patterns.iter().zip(&self.was_matched);
        marked.filter(|(_, mark)| !mark.load(Relaxed)).filter_map(|(pattern, _)| match &pattern.body {
            Body::Exact(name) => Some((&**name, self.script.verdict(pattern))),
            Body::Glob(_) | Body::Star => None,
        })
    }

    /// Names that the script lists twice, to different ends.
    pub fn duplicates(&self) -> &[Duplicate<'s>] {
        &self.duplicates
    }
}

/// Names by hash: open addressing over indices of patterns, at most half full.
#[derive(Debug)]
struct NameTable {
    /// A tag of the hash, to compare few names, and the index of a pattern; `u32::MAX` is an empty slot.
    slots: Vec<(u32, u32)>,
    count: usize,
}

const EMPTY: u32 = u32::MAX;

impl NameTable {
    fn new(capacity: usize) -> Self {
        let slots = if capacity == 0 { Vec::new() } else { vec![(0, EMPTY); (2 * capacity).next_power_of_two()] };
        NameTable { slots, count: 0 }
    }

    /// The slot of `name`, or the empty one where it belongs. The tag is of other bits than the slot for tables of up
    /// to 2^32 slots.
    #[inline]
    fn slot(&self, script: &VersionScript<'_>, hash: u64, name: &[u8]) -> usize {
        let mask = self.slots.len() - 1;
        let tag = (hash >> 32) as u32;
        let mut at = hash as usize & mask;
        loop {
            let (other_tag, index) = self.slots[at];
            let is_same = || match &script.patterns[index as usize].body {
                Body::Exact(other) => **other == *name,
                Body::Glob(_) | Body::Star => false,
            };
            if index == EMPTY || other_tag == tag && is_same() {
                return at;
            }
            at = (at + 1) & mask;
        }
    }

    #[inline]
    fn find(&self, script: &VersionScript<'_>, hash: u64, name: &[u8]) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let (_, index) = self.slots[self.slot(script, hash, name)];
        (index != EMPTY).then_some(index)
    }

    /// Adds a name of which there were at most as many as the table was made for; or returns the index that has it.
    fn insert(&mut self, script: &VersionScript<'_>, hash: u64, name: &[u8], index: u32) -> Option<&mut u32> {
        let at = self.slot(script, hash, name);
        let slot = &mut self.slots[at];
        if slot.1 != EMPTY {
            return Some(&mut slot.1);
        }
        *slot = ((hash >> 32) as u32, index);
        self.count += 1;
        None
    }
}
