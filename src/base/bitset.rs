//! Sets of small numbers, one bit each, sized when made.
//!
//! [`AtomicBitSet`] is for marking from many threads: each bit only ever goes from clear to set, so relaxed accesses
//! in any order give the same set. What else a thread must see of the one that set a bit, it learns at the join.

use super::zeroed::zeroed;
use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

const BITS: usize = u64::BITS as usize;

/// A set of numbers below its length.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct BitSet {
    words: Vec<u64>,
    len: usize,
}

impl BitSet {
    /// An empty set for the numbers `0..len`.
    pub fn new(len: usize) -> BitSet {
        BitSet { words: vec![0; len.div_ceil(BITS)], len }
    }

    /// The numbers `0..len`.
    pub fn full(len: usize) -> BitSet {
        let mut words = vec![u64::MAX; len.div_ceil(BITS)];
        if let (Some(last), rest @ 1..) = (words.last_mut(), len % BITS) {
            *last = (1 << rest) - 1;
        }
        BitSet { words, len }
    }

    /// Becomes the set of those numbers for which `is_in` yields true, which it does for 0, 1, 2, …; in the same memory.
    pub fn refill(&mut self, is_in: impl ExactSizeIterator<Item = bool>) {
        self.len = is_in.len();
        self.words.clear();
        let mut word = 0;
        for (i, is_in) in is_in.enumerate() {
            word |= u64::from(is_in) << (i % BITS);
            if i % BITS == BITS - 1 {
                self.words.push(std::mem::take(&mut word));
            }
        }
        self.words.resize(self.len.div_ceil(BITS), word);
    }

    /// One more than the largest number that it can hold.
    pub fn len(&self) -> usize {
        self.len
    }

    /// True when no number is in it.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Adds `i`, which is below the length; true when it was not there.
    #[inline]
    pub fn insert(&mut self, i: usize) -> bool {
        assert!(i < self.len, "bit {i} of a set of {}", self.len);
        let bit = 1 << (i % BITS);
        let word = &mut self.words[i / BITS];
        let newly = *word & bit == 0;
        *word |= bit;
        newly
    }

    /// Takes `i` out, which is below the length; true when it was there.
    #[inline]
    pub fn remove(&mut self, i: usize) -> bool {
        assert!(i < self.len, "bit {i} of a set of {}", self.len);
        let bit = 1 << (i % BITS);
        let word = &mut self.words[i / BITS];
        let was = *word & bit != 0;
        *word &= !bit;
        was
    }

    /// True when `i` is in it. A number past the length never is.
    #[inline]
    pub fn contains(&self, i: usize) -> bool {
        self.words.get(i / BITS).is_some_and(|word| word >> (i % BITS) & 1 == 1)
    }

    /// How many numbers are in it.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The numbers in it, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(i, &word)| numbers(word, i))
    }
}

/// The numbers that the bits of word number `i` stand for.
fn numbers(mut word: u64, i: usize) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = (word != 0).then(|| word.trailing_zeros() as usize)?;
        word &= word - 1;
        Some(i * BITS + bit)
    })
}

impl fmt::Debug for BitSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// A set that many threads add to at once.
#[derive(Debug, Default)]
pub struct AtomicBitSet {
    words: Vec<AtomicU64>,
    len: usize,
}

impl AtomicBitSet {
    /// An empty set for the numbers `0..len`.
    pub fn new(len: usize) -> AtomicBitSet {
        AtomicBitSet { words: zeroed(len.div_ceil(BITS)), len }
    }

    /// One more than the largest number that it can hold.
    pub fn len(&self) -> usize {
        self.len
    }

    /// True when no number is in it.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| word.load(Relaxed) == 0)
    }

    /// Adds `i`, which is below the length; true for the one caller that added it.
    #[inline]
    pub fn insert(&self, i: usize) -> bool {
        assert!(i < self.len, "bit {i} of a set of {}", self.len);
        let bit = 1 << (i % BITS);
        let word = &self.words[i / BITS];
        // Most calls find the bit set; a load leaves the cache line shared where a read-modify-write would take it.
        word.load(Relaxed) & bit == 0 && word.fetch_or(bit, Relaxed) & bit == 0
    }

    /// True when `i` is in it. A number past the length never is.
    #[inline]
    pub fn contains(&self, i: usize) -> bool {
        self.words.get(i / BITS).is_some_and(|word| word.load(Relaxed) >> (i % BITS) & 1 == 1)
    }

    /// The numbers of `range` that are in it and not in `other`, ascending. The range begins at a multiple of 64. What is
    /// added meanwhile may be seen or not.
    pub fn difference(&self, other: &AtomicBitSet, range: Range<usize>) -> impl Iterator<Item = usize> {
        assert!(range.start.is_multiple_of(BITS) && other.len == self.len);
        let end = range.end.min(self.len);
        (range.start / BITS..end.div_ceil(BITS)).flat_map(move |i| {
            let left = self.words[i].load(Relaxed) & !other.words[i].load(Relaxed);
            numbers(left, i).take_while(move |number| *number < end)
        })
    }

    /// The set as it is, when nobody adds to it any more.
    pub fn into_set(self) -> BitSet {
        BitSet { words: self.words.into_iter().map(AtomicU64::into_inner).collect(), len: self.len }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_sets() {
        for len in [0, 1, 63, 64, 65, 128, 200] {
            assert!(BitSet::full(len).iter().eq(0..len));
        }
    }

    #[test]
    fn a_set_can_be_filled_again() {
        let mut set = BitSet::full(300);
        for len in [200, 0, 64, 65, 127, 128, 1] {
            set.refill((0..len).map(|i| i % 3 == 0));
            assert!(set.iter().eq((0..len).step_by(3)) && set.len() == len, "{len}");
        }
    }

    #[test]
    fn a_number_is_new_once() {
        let mut set = BitSet::new(130);
        assert!(set.is_empty());
        for i in [0, 63, 64, 129] {
            assert!(!set.contains(i) && set.insert(i) && set.contains(i) && !set.insert(i));
        }
        assert_eq!(set.iter().collect::<Vec<_>>(), [0, 63, 64, 129]);
        assert!(set.remove(63) && !set.remove(63) && !set.contains(63));
        assert_eq!((set.count(), set.len(), set.is_empty()), (3, 130, false));
        assert!(!set.contains(130) && !set.contains(usize::MAX));
        assert_eq!(BitSet::new(0).iter().count(), 0);
    }

    #[test]
    #[should_panic(expected = "bit 130 of a set of 130")]
    fn a_number_past_the_end_is_a_mistake() {
        BitSet::new(130).insert(130);
    }

    #[test]
    fn a_difference_is_of_a_range() {
        let (set, other) = (AtomicBitSet::new(300), AtomicBitSet::new(300));
        [0, 64, 70, 127, 128, 191, 299].into_iter().for_each(|i| assert!(set.insert(i)));
        [70, 71, 128].into_iter().for_each(|i| assert!(other.insert(i)));
        let difference = |range| set.difference(&other, range).collect::<Vec<_>>();
        assert_eq!(difference(64..128), [64, 127]);
        assert_eq!(difference(64..192), [64, 127, 191]);
        assert_eq!((difference(64..127), difference(256..1000)), (vec![64], vec![299]));
        assert_eq!((difference(64..64), difference(320..400)), (vec![], vec![]));
    }

    #[test]
    fn of_many_threads_one_adds_a_number() {
        let set = AtomicBitSet::new(1000);
        let newly: usize = std::thread::scope(|scope| {
            let workers: Vec<_> =
                (0..4).map(|_| scope.spawn(|| (0..1000).filter(|i| i % 3 == 0 && set.insert(*i)).count())).collect();
            workers.into_iter().map(|w| w.join().unwrap()).sum()
        });
        assert_eq!(newly, 334);
        assert!(set.contains(999) && !set.contains(998) && !set.contains(1000) && !set.is_empty());
        assert_eq!((set.len(), set.into_set().iter().collect::<Vec<_>>()), (1000, (0..1000).step_by(3).collect()));
    }
}
