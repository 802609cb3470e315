//! The global interner: names become dense ids, filled in batches.
//!
//! Each group of inputs first bins its names by hash into shards (in parallel, one touch a name); then each shard is
//! filled by one owner, in group order, without locks. A shard's slot is 32 bits of hash and 32 bits of id, so bytes are
//! compared only when the hash agrees. An id interleaves the shard number with the place in the shard: it depends on
//! the order of inputs alone, and arrays indexed by id stay dense because names hash evenly.
//! Cost: one read of every occurrence, one probe each; memory 8–16 bytes a unique name beside its slice.
//! Strings that need no name of their own, only one copy, go into a [`Pool`] instead.

use super::ids::{NONE, SymbolId};
use super::par::Par;
use sinew_mmap::memory::prefetch;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// One use of a name by an input.
#[derive(Debug, Clone, Copy)]
pub struct Occurrence<'a> {
    /// The name.
    pub name: &'a [u8],
    /// Upper half of the name's hash.
    tag: u32,
    /// Where its id is wanted: an index into the array that [`Names::fill`] returns.
    slot: u32,
}

impl Occurrence<'_> {
    /// A table takes the place of a name from the lowest bits of the tag; these are the highest.
    #[inline]
    fn shard(&self, shard_count: usize) -> usize {
        shard_of(self.tag, shard_count)
    }
}

#[inline]
fn shard_of(tag: u32, shard_count: usize) -> usize {
    ((u64::from(tag) * shard_count as u64) >> 32) as usize
}

/// The occurrences of one group of inputs, in the order of the group.
#[derive(Debug)]
pub struct Bins<'a> {
    shard_count: usize,
    occurrences: Vec<Occurrence<'a>>,
}

impl<'a> Bins<'a> {
    /// Empty bins for about `expected` names.
    pub fn new(shard_count: usize, expected: usize) -> Self {
        Bins { shard_count, occurrences: Vec::with_capacity(expected) }
    }

    /// Adds `name` with its [`hash`](super::hash::hash_name); its id goes to `slot`.
    #[inline]
    pub fn push(&mut self, name: &'a [u8], hash: u64, slot: u32) {
        self.occurrences.push(Occurrence { name, tag: (hash >> 32) as u32, slot });
    }

    /// Brings the occurrences of each shard together. To be called where they were added: they are still in the cache.
    pub fn sort(self) -> Sorted<'a> {
        let Bins { shard_count, occurrences } = self;
        let mut starts = vec![0u32; shard_count + 1];
        occurrences.iter().for_each(|o| starts[o.shard(shard_count) + 1] += 1);
        (0..shard_count).for_each(|s| starts[s + 1] += starts[s]);
        if shard_count == 1 {
            return Sorted { occurrences, starts };
        }
        let mut next = starts.clone();
        let mut sorted = vec![Occurrence { name: &[], tag: 0, slot: 0 }; occurrences.len()];
        for occurrence in &occurrences {
            let at = &mut next[occurrence.shard(shard_count)];
            sorted[*at as usize] = *occurrence;
            *at += 1;
        }
        Sorted { occurrences: sorted, starts }
    }
}

/// The occurrences of one group of inputs by shard, and in the order of the group within each.
#[derive(Debug)]
pub struct Sorted<'a> {
    occurrences: Vec<Occurrence<'a>>,
    /// Where each shard starts; one more at the end.
    starts: Vec<u32>,
}

impl<'a> Sorted<'a> {
    fn shard(&self, shard: usize) -> &[Occurrence<'a>] {
        &self.occurrences[self.starts[shard] as usize..self.starts[shard + 1] as usize]
    }

    /// The names, each as often as it occurs.
    pub fn names(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
        self.occurrences.iter().map(|o| o.name)
    }

    /// Moves the slots of all occurrences up by `base`.
    pub fn rebase(&mut self, base: u32) {
        if base != 0 {
            self.occurrences.iter_mut().for_each(|o| o.slot += base);
        }
    }
}

/// How many shards suit `names` occurrences: a power of two that depends on the inputs alone.
pub fn shard_count(names: usize) -> usize {
    match names {
        0..8192 => 1,
        8192..131_072 => 16,
        _ => 64,
    }
}

/// All names of a link.
#[derive(Debug)]
pub struct Names<'a> {
    shards: Vec<Shard<'a>>,
    shift: u32,
    len: usize,
}

#[derive(Debug)]
struct Shard<'a> {
    /// Open addressing: tag << 32 | local id, or [`EMPTY`].
    slots: Vec<u64>,
    names: Vec<&'a [u8]>,
}

const EMPTY: u64 = u64::MAX;

/// How many occurrences before its turn the names of one are fetched: most are in no cache, and far apart.
const AHEAD: usize = 12;

/// Names are some 70 bytes long, which is two cache lines.
#[inline]
fn prefetch_ends(name: &[u8]) {
    if let (Some(first), Some(last)) = (name.first(), name.last()) {
        prefetch(first);
        prefetch(last);
    }
}

impl<'a> Shard<'a> {
    fn for_occurrences(count: usize) -> Self {
        // Most names occur several times; the table grows when that guess is wrong.
        let size = (count / 2).next_power_of_two().max(16);
        Shard { slots: vec![EMPTY; size], names: Vec::with_capacity(count / 4) }
    }

    #[inline]
    fn find(&self, name: &[u8], tag: u32) -> Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut at = tag as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot == EMPTY {
                return Err(at);
            }
            if (slot >> 32) as u32 == tag && self.names[slot as u32 as usize] == name {
                return Ok(slot as u32);
            }
            at = (at + 1) & mask;
        }
    }

    /// Starts to load the two names that [`Shard::insert`] will compare, if it will.
    #[inline]
    fn prefetch(&self, later: &Occurrence<'a>) {
        if let Some(known) = self.tagged(later.tag) {
            prefetch_ends(self.names[known]);
            prefetch_ends(later.name);
        }
    }

    /// The name that has this tag, or the first of several.
    #[inline]
    fn tagged(&self, tag: u32) -> Option<usize> {
        let mask = self.slots.len() - 1;
        let mut at = tag as usize & mask;
        loop {
            match self.slots[at] {
                EMPTY => return None,
                slot if (slot >> 32) as u32 == tag => return Some(slot as u32 as usize),
                _ => at = (at + 1) & mask,
            }
        }
    }

    /// Loads step by step what [`Shard::insert`] will compare with names that are in the cache themselves: what each
    /// step needs was asked for by the one before.
    #[inline]
    fn prefetch_known(&self, later: &[Occurrence<'a>]) {
        if let Some(occurrence) = later.get(3 * AHEAD) {
            prefetch(&self.slots[occurrence.tag as usize & (self.slots.len() - 1)]);
        }
        if let Some(known) = later.get(2 * AHEAD).and_then(|occurrence| self.tagged(occurrence.tag)) {
            prefetch(&self.names[known]);
        }
        if let Some(known) = later.get(AHEAD).and_then(|occurrence| self.tagged(occurrence.tag)) {
            let known = self.names[known];
            known.iter().step_by(64).take(4).chain(known.last()).for_each(prefetch);
        }
    }

    #[inline]
    fn insert(&mut self, name: &'a [u8], tag: u32) -> u32 {
        match self.find(name, tag) {
            Ok(id) => id,
            Err(at) => {
                let id = self.names.len() as u32;
                self.names.push(name);
                self.slots[at] = u64::from(tag) << 32 | u64::from(id);
                if self.names.len() * 8 > self.slots.len() * 5 {
                    self.grow();
                }
                id
            }
        }
    }

    fn grow(&mut self) {
        let mask = self.slots.len() * 2 - 1;
        let mut slots = vec![EMPTY; mask + 1];
        for slot in self.slots.iter().filter(|s| **s != EMPTY) {
            let mut at = (slot >> 32) as usize & mask;
            while slots[at] != EMPTY {
                at = (at + 1) & mask;
            }
            slots[at] = *slot;
        }
        self.slots = slots;
    }
}

impl<'a> Names<'a> {
    /// Interns everything in `groups` (in order), and returns the id of each of `slot_count` slots; slots that no
    /// occurrence names hold [`NONE`].
    pub fn fill(groups: &[Sorted<'a>], slot_count: usize, par: &Par) -> (Self, Vec<u32>) {
        let shard_count = groups.first().map_or(1, |g| g.starts.len() - 1);
        let shift = shard_count.trailing_zeros();
        let ids: Vec<AtomicU32> = (0..slot_count).map(|_| AtomicU32::new(NONE)).collect();
        let shards = par.map(shard_count, slot_count as u64 * 40, |s| {
            let mut shard = Shard::for_occurrences(groups.iter().map(|g| g.shard(s).len()).sum());
            for occurrences in groups.iter().map(|g| g.shard(s)) {
                for (i, occurrence) in occurrences.iter().enumerate() {
                    if let Some(later) = occurrences.get(i + AHEAD) {
                        shard.prefetch(later);
                    }
                    let local = shard.insert(occurrence.name, occurrence.tag);
                    ids[occurrence.slot as usize].store(local << shift | s as u32, Relaxed);
                }
            }
            shard
        });
        let len = shards.iter().map(|s| s.names.len()).max().unwrap_or(0) << shift;
        (Names { shards, shift, len }, ids.into_iter().map(AtomicU32::into_inner).collect())
    }

    /// One more than the largest id; some ids below it name nothing.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no name at all.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The name of `id`; empty for an id that names nothing.
    #[inline]
    pub fn name(&self, id: SymbolId) -> &'a [u8] {
        let shard = &self.shards[id.idx() & ((1 << self.shift) - 1)];
        shard.names.get(id.idx() >> self.shift).copied().unwrap_or(b"")
    }

    /// Starts to load where the name of `id` is and how long, not its bytes.
    #[inline]
    pub fn prefetch(&self, id: SymbolId) {
        let shard = &self.shards[id.idx() & ((1 << self.shift) - 1)];
        let entry: Option<&&[u8]> = shard.names.get(id.idx() >> self.shift);
        entry.into_iter().for_each(prefetch::<&[u8]>);
    }

    /// How many shards there are.
    pub fn shard_count(&self) -> usize {
        self.shards.len()
    }

    /// The names of one shard with their ids, in order of first use.
    pub fn shard(&self, shard: usize) -> impl Iterator<Item = (SymbolId, &'a [u8])> + '_ {
        let names = self.shards[shard].names.iter().enumerate();
        names.map(move |(local, name)| (SymbolId((local as u32) << self.shift | shard as u32), *name))
    }

    /// The id of `name`, if any input uses it.
    pub fn find(&self, name: &[u8]) -> Option<SymbolId> {
        let hash = super::hash::hash_name(name);
        let tag = (hash >> 32) as u32;
        let s = shard_of(tag, self.shards.len());
        let local = self.shards[s].find(name, tag).ok()?;
        Some(SymbolId(local << self.shift | s as u32))
    }
}

/// Where the first of equal strings is: the number of its group, and its slot there.
type First = u64;

/// Strings of which only equality counts. They come in groups, from many threads and in any order; so ids depend on
/// that order, and nothing that is written may depend on them. Which occurrence is the first does not.
///
/// A group is added while its bytes are in the cache. Nobody waits long for a shard, since each group takes its names
/// of one shard there at once, and begins at a shard of its own.
#[derive(Debug)]
pub struct Pool<'a> {
    shards: Vec<Mutex<(Shard<'a>, Vec<First>)>>,
    shift: u32,
}

impl<'a> Pool<'a> {
    /// An empty one for [`Bins`] of `shard_count` shards, and about `expected` different strings.
    pub fn new(shard_count: usize, expected: usize) -> Pool<'a> {
        let shard = || Mutex::new((Shard::for_occurrences(expected / shard_count * 2), Vec::new()));
        Pool { shards: (0..shard_count).map(|_| shard()).collect(), shift: shard_count.trailing_zeros() }
    }

    /// Adds all strings of group number `group`; `found` gets the slot and the id of each.
    pub fn add(&self, group: u32, strings: &Sorted<'a>, mut found: impl FnMut(u32, u32)) {
        for s in (0..self.shards.len()).map(|i| (i + group as usize) % self.shards.len()) {
            let occurrences = strings.shard(s);
            if occurrences.is_empty() {
                continue;
            }
            let (shard, firsts) = &mut *self.shards[s].lock().unwrap_or_else(|e| e.into_inner());
            for (i, occurrence) in occurrences.iter().enumerate() {
                shard.prefetch_known(&occurrences[i..]);
                let local = shard.insert(occurrence.name, occurrence.tag);
                let here = First::from(group) << 32 | First::from(occurrence.slot);
                match firsts.get_mut(local as usize) {
                    Some(first) => *first = here.min(*first),
                    None => firsts.push(here),
                }
                found(occurrence.slot, local << self.shift | s as u32);
            }
        }
    }

    /// Calls `f` with group and slot of the first occurrence of each string, in no order and from several threads.
    /// Returns one more than the largest id.
    pub fn finish(self, par: &Par, f: impl Fn(u32, u32) + Sync) -> usize {
        let firsts: Vec<_> =
            self.shards.into_iter().map(|s| s.into_inner().unwrap_or_else(|e| e.into_inner()).1).collect();
        let weight = firsts.iter().map(|of_shard| of_shard.len() as u64 * 16).sum();
        par.map(firsts.len(), weight, |s| firsts[s].iter().for_each(|first| f((first >> 32) as u32, *first as u32)));
        firsts.iter().map(Vec::len).max().unwrap_or(0) << self.shift
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::hash::hash_name;

    #[test]
    fn equal_names_share_an_id_for_any_worker_count() {
        let names: Vec<String> = (0..20_000).map(|i| format!("name{}", i % 7000)).collect();
        let mut seen = Vec::new();
        for workers in [1, 4] {
            let bins: Vec<_> = names
                .chunks(3000)
                .enumerate()
                .map(|(c, chunk)| {
                    let mut bins = Bins::new(16, chunk.len());
                    for (i, n) in chunk.iter().enumerate() {
                        bins.push(n.as_bytes(), hash_name(n.as_bytes()), (c * 3000 + i) as u32);
                    }
                    bins.sort()
                })
                .collect();
            let (table, ids) = Names::fill(&bins, names.len(), &Par::new(workers, 0));
            for (i, n) in names.iter().enumerate() {
                assert_eq!(table.name(SymbolId(ids[i])), n.as_bytes());
                assert_eq!(ids[i], ids[i % 7000]);
                assert_eq!(table.find(n.as_bytes()), Some(SymbolId(ids[i])));
            }
            assert_eq!(table.find(b"absent"), None);
            seen.push(ids);
        }
        assert_eq!(seen[0], seen[1]);
    }
}
