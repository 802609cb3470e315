//! One open-addressing table of names: a slot is 32 bits of hash and 32 of id.

use sinew::base::hash::hash_name;

/// A load of at most one half keeps a search to one or two neighbouring slots.
const FIRST_SLOT_COUNT: usize = 1 << 16;

/// Names and their numbers, in the order of their first occurrence.
pub(crate) struct Names<'a> {
    /// `0` is empty: ids count from 1.
    slots: Vec<u64>,
    unique: Vec<(u64, &'a [u8])>,
}

impl<'a> Names<'a> {
    pub(crate) fn new() -> Self {
        Names { slots: vec![0; FIRST_SLOT_COUNT], unique: Vec::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.unique.len()
    }

    /// The id of `name`, from 0.
    pub(crate) fn intern(&mut self, name: &'a [u8]) -> u32 {
        let hash = hash_name(name);
        let mask = self.slots.len() - 1;
        let (tag, mut at) = (hash >> 32, hash as usize & mask);
        while self.slots[at] != 0 {
            let slot = self.slots[at];
            let id = slot as u32 - 1;
            if slot >> 32 == tag && self.unique[id as usize].1 == name {
                return id;
            }
            at = (at + 1) & mask;
        }
        self.unique.push((hash, name));
        self.slots[at] = tag << 32 | self.unique.len() as u64;
        if self.unique.len() * 2 > self.slots.len() {
            self.grow();
        }
        self.unique.len() as u32 - 1
    }

    fn grow(&mut self) {
        let size = self.slots.len() * 4;
        let mut slots = vec![0; size];
        for (index, (hash, _)) in self.unique.iter().enumerate() {
            let mut at = *hash as usize & (size - 1);
            while slots[at] != 0 {
                at = (at + 1) & (size - 1);
            }
            slots[at] = (hash >> 32) << 32 | (index as u64 + 1);
        }
        self.slots = slots;
    }
}
