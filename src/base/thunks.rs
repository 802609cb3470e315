//! Range-extension thunks: which branches need one, and in which pool it stands.
//!
//! A branch reaches so far and no further; a pool of thunks within its reach takes it on. Pools stand between batches of
//! atoms that are small enough for all their branches to reach the pool behind them. Pools push what follows them apart,
//! so that a branch counts as far when its distance without any pool and a margin exceed the reach, where the margin is
//! at least what all pools take: what is near by that reckoning is near in the end, and nothing is laid out twice.
//! Cost: one sort of the branches that are far, or almost.

/// A branch that is far from its target, or almost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Far<K> {
    /// The pool that takes it on, by number.
    pub pool: u32,
    /// Where it wants to go.
    pub target: K,
    /// Bytes to its target while there are no pools.
    pub distance: u64,
}

/// The most bytes that pools may take: what is nearer than the reach by more is not [`Far`].
pub const MOST: u64 = 16 << 20;

/// Where batches of atoms end that are `size` bytes long at most, if no atom is longer: for each the number of atoms up to
/// there. `ends` are the atoms' ends.
pub fn batches(ends: impl IntoIterator<Item = u64>, size: u64) -> Vec<usize> {
    let (mut cuts, mut count, mut start, mut last) = (Vec::new(), 0, 0, 0);
    for end in ends {
        if end - start > size && last > start && end > last {
            cuts.push(count);
            start = last;
        }
        (count, last) = (count + 1, end);
    }
    cuts.push(count);
    cuts
}

/// The pools that there will be, by number, each with its targets in order. `room` is how many bytes a pool of so many
/// thunks takes.
pub fn settle<K: Ord + Copy>(mut far: Vec<Far<K>>, reach: u64, room: impl Fn(usize) -> u64) -> Vec<(u32, Vec<K>)> {
    // Of several branches to one target, the one that is farthest away decides.
    far.sort_unstable_by_key(|f| (f.pool, f.target, std::cmp::Reverse(f.distance)));
    far.dedup_by_key(|f| (f.pool, f.target));
    let mut margin = MOST >> 8;
    loop {
        let mut pools: Vec<(u32, Vec<K>)> = Vec::new();
        for branch in far.iter().filter(|f| f.distance + margin >= reach) {
            match pools.last_mut().filter(|(pool, _)| *pool == branch.pool) {
                Some((_, targets)) => targets.push(branch.target),
                None => pools.push((branch.pool, vec![branch.target])),
            }
        }
        // A wider margin makes more branches far. At the widest, a branch may be left that its message will name.
        if pools.iter().map(|(_, targets)| room(targets.len())).sum::<u64>() <= margin || margin >= MOST {
            return pools;
        }
        margin *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_hold_as_many_atoms_as_fit() {
        assert_eq!(batches([40, 80, 120, 130, 400, 410], 100), [2, 4, 5, 6]);
        assert_eq!(batches([500], 100), [1]);
        assert_eq!(batches([0, 0, 500, 500], 100), [4], "what is empty opens no batch");
        assert_eq!(batches([], 100), [0]);
    }

    #[test]
    fn a_target_has_one_thunk_in_a_pool() {
        let far = |pool, target, distance| Far { pool, target, distance };
        let reach = 1 << 27;
        let list = vec![far(1, 'b', reach + 8), far(0, 'a', reach), far(1, 'b', reach - 4), far(1, 'a', reach + 4)];
        assert_eq!(settle(list, reach, |n| n as u64 * 12), [(0, vec!['a']), (1, vec!['a', 'b'])]);
    }

    #[test]
    fn the_margin_grows_with_the_pools() {
        let reach = 1 << 27;
        // Far by the first margin; their pool is larger than that, and moves the others out of reach.
        let many = (0..10_000u64).map(|i| Far { pool: 0, target: i, distance: reach + i });
        let few = (0..5).map(|i| Far { pool: 1, target: i, distance: reach - (100 << 10) });
        let pools = settle(many.chain(few).collect(), reach, |n| n as u64 * 12);
        assert_eq!(
            pools.iter().map(|(pool, targets)| (*pool, targets.len())).collect::<Vec<_>>(),
            [(0, 10_000), (1, 5)]
        );
        let near = vec![Far { pool: 1, target: 0, distance: reach - (100 << 10) }];
        assert!(settle(near, reach, |n| n as u64 * 12).is_empty());
    }
}
