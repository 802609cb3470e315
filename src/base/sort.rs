//! Sorts names, which are long, begin alike and are in no cache.
//!
//! A comparison of two names that are far apart costs two cache misses, and a sort makes seventeen for each of 100,000
//! names. Here eight bytes of each name are fetched into an integer and those are sorted; only names that agree in them
//! are looked at again, eight bytes further on (J. Bentley and R. Sedgewick's multikey quicksort, with the bytes cached).
//! Names are first dealt into buckets between a few that are picked as bounds. A bucket is sorted by one job, which can go
//! on with its names while they are in the cache.
//! Cost: a touch of a name for the first eight bytes, and one for each eight more that it shares with another.

use super::par::Par;
use sinew_mmap::memory::prefetch;

/// Names that make one bucket, on average. Fewer are sorted on one thread.
const BUCKET: usize = 8192;
/// So many names are looked at to find one bound, which evens the buckets out.
const SAMPLES: usize = 16;
/// How many names before its turn the bytes of one are asked for.
const AHEAD: usize = 12;

/// A name and what comes with it.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a, T> {
    /// Eight bytes of the name, where others of its bucket were found to differ.
    key: u64,
    /// The name.
    pub name: &'a [u8],
    /// What comes with it.
    pub item: T,
}

/// Sorts the names of all `blocks`, which should all be different. `finish` is called for each run of neighbours; what it
/// makes of them comes back in ascending order of names.
pub fn by_name<'a, T: Copy + Send + Sync, R: Send>(
    blocks: &[Vec<(T, &'a [u8])>],
    par: &Par,
    finish: impl Fn(&[Entry<'a, T>]) -> R + Sync,
) -> Vec<R> {
    let count: usize = blocks.iter().map(Vec::len).sum();
    let weight = count as u64 * 64;
    let bounds = bounds(blocks, count);
    let dealt = par.map(blocks.len(), weight, |b| Dealt::new(&blocks[b], &bounds));
    par.map(bounds.len() + 1, weight, |k| {
        let mut entries = dealt.iter().map(|dealt| dealt.bucket(k)).collect::<Vec<_>>().concat();
        sort_keyed(&mut entries, 0);
        finish(&entries)
    })
}

/// The least names of all buckets but the first, with their first eight bytes.
fn bounds<'a, T>(blocks: &[Vec<(T, &'a [u8])>], count: usize) -> Vec<(u64, &'a [u8])> {
    let bucket_count = count / BUCKET;
    if bucket_count < 2 {
        return Vec::new();
    }
    let step = count / (bucket_count * SAMPLES);
    let mut samples: Vec<&[u8]> = blocks.iter().flat_map(|block| block.iter().step_by(step)).map(|(_, n)| *n).collect();
    samples.sort_unstable();
    samples.into_iter().skip(SAMPLES).step_by(SAMPLES).map(|name| (word(name, 0), name)).collect()
}

/// The names of a block by bucket.
struct Dealt<'a, T> {
    entries: Vec<Entry<'a, T>>,
    /// Where each bucket begins; one more at the end.
    starts: Vec<usize>,
}

impl<'a, T: Copy> Dealt<'a, T> {
    fn new(block: &[(T, &'a [u8])], bounds: &[(u64, &[u8])]) -> Self {
        let mut starts = vec![0; bounds.len() + 2];
        let mut places = Vec::with_capacity(block.len());
        let mut entries = Vec::with_capacity(block.len());
        for (i, &(item, name)) in block.iter().enumerate() {
            if let Some(later) = block.get(i + AHEAD).and_then(|(_, name)| name.first()) {
                prefetch(later);
            }
            let key = word(name, 0);
            // Most names are told apart by their first bytes, without a look at those of a bound.
            let bucket = bounds.partition_point(|bound| *bound <= (key, name));
            starts[bucket + 1] += 1;
            places.push(bucket as u32);
            entries.push(Entry { key, name, item });
        }
        (0..=bounds.len()).for_each(|k| starts[k + 1] += starts[k]);
        if bounds.is_empty() {
            return Dealt { entries, starts };
        }
        let (mut next, mut dealt) = (starts.clone(), entries.clone());
        for (entry, bucket) in entries.iter().zip(places) {
            let at = &mut next[bucket as usize];
            dealt[*at] = *entry;
            *at += 1;
        }
        Dealt { entries: dealt, starts }
    }

    fn bucket(&self, k: usize) -> &[Entry<'a, T>] {
        &self.entries[self.starts[k]..self.starts[k + 1]]
    }
}

/// Names that agree in so many bytes are made up, and must not use up the stack.
const MAX_DEPTH: usize = 4096;

/// Sorts names that agree in the `depth` bytes in front.
fn sort_from<T>(entries: &mut [Entry<'_, T>], depth: usize) {
    if entries.len() < 16 || depth > MAX_DEPTH {
        return entries.sort_unstable_by_key(|entry| entry.name);
    }
    entries.iter_mut().for_each(|entry| entry.key = word(entry.name, depth));
    sort_keyed(entries, depth);
}

/// The same where the keys are those of that depth.
fn sort_keyed<T>(entries: &mut [Entry<'_, T>], depth: usize) {
    entries.sort_unstable_by_key(|entry| entry.key);
    for run in entries.chunk_by_mut(|a, b| a.key == b.key).filter(|run| run.len() > 1) {
        // Some of them may end here: a zero byte and no byte are the same in a key.
        match run.iter().all(|entry| entry.name.len() <= depth + 8) {
            true => run.sort_unstable_by_key(|entry| entry.name.len()),
            false => sort_from(run, depth + 8),
        }
    }
}

/// Eight bytes from `at` on as a number that sorts as they do; zeros stand for what is not there.
fn word(name: &[u8], at: usize) -> u64 {
    let tail = name.get(at..).unwrap_or(&[]);
    match tail.first_chunk() {
        Some(bytes) => u64::from_be_bytes(*bytes),
        None => {
            let mut bytes = [0; 8];
            bytes[..tail.len()].copy_from_slice(tail);
            u64::from_be_bytes(bytes)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(names: &[Vec<u8>]) {
        let list: Vec<(usize, &[u8])> = names.iter().map(Vec::as_slice).enumerate().collect();
        let mut expected = list.clone();
        expected.sort_by_key(|(_, name)| *name);
        for workers in [1, 3] {
            let blocks: Vec<_> = list.chunks(5000).map(<[_]>::to_vec).collect();
            let run = |run: &[Entry<'_, usize>]| run.iter().map(|e| (e.item, e.name.to_vec())).collect::<Vec<_>>();
            let found = by_name(&blocks, &Par::new(workers, 0), run).concat();
            assert!(found.iter().map(|f| &f.1[..]).eq(expected.iter().map(|e| e.1)));
            // What comes with a name stays with it.
            assert!(found.iter().all(|(i, name)| names[*i] == *name));
        }
    }

    #[test]
    fn names_of_all_lengths_with_long_common_prefixes() {
        let mut state = 1u64;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) % below
        };
        let names = (0..100_000).map(|i| {
            let prefix = "_ZN4llvm15SmallVectorImplIN".repeat(random(4) as usize);
            format!("{prefix}{}{}", random(40), "x".repeat((i % 9) as usize)).into_bytes()
        });
        let mut names: Vec<Vec<u8>> = names.collect();
        check(&names);
        names.truncate(2000);
        check(&names);
    }

    #[test]
    fn zero_bytes_and_ends_are_told_apart() {
        let names = (0..64u32).map(|i| {
            let mut name = b"12345678".to_vec();
            name.resize(8 + (i % 20) as usize, 0);
            name.extend((0..i / 20).map(|_| 1));
            name
        });
        check(&names.collect::<Vec<_>>());
        check(&[vec![]]);
        check(&[]);
        check(&(0..20).map(|i| vec![0; 20 - i]).collect::<Vec<_>>());
    }

    #[test]
    fn names_that_are_all_equal() {
        check(&vec![b"a name that is longer than eight bytes".to_vec(); 40_000]);
        check(&vec![vec![b'x'; 100_000]; 20]);
    }
}
