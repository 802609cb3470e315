//! Sorts names, which are long, begin alike and are in no cache.
//!
//! A comparison of two names that are far apart costs two cache misses, and a sort makes seventeen for each of 100,000
//! names. Here eight bytes of each name are fetched into an integer and those are sorted; only names that agree in them
//! are looked at again, eight bytes further on (J. Bentley and R. Sedgewick's multikey quicksort, with the bytes cached).
//! In parallel, names are first dealt into buckets between a few that are picked as bounds.
//! Cost: a touch of a name for each eight bytes that it shares with another, and one more for the bucket.

use super::par::Par;

/// Names that make one bucket, on average. Fewer are sorted on one thread.
const BUCKET: usize = 8192;
/// So many names are looked at to find one bound, which evens the buckets out.
const SAMPLES: usize = 16;

/// `list` in ascending order of its names, which should all be different.
pub fn by_name<T: Copy + Send + Sync>(list: Vec<(T, &[u8])>, par: Par) -> Vec<(T, &[u8])> {
    let bucket_count = list.len() / BUCKET;
    if bucket_count < 2 {
        return sorted(list.into_iter());
    }
    let step = list.len() / (bucket_count * SAMPLES);
    let mut samples: Vec<&[u8]> = list.iter().step_by(step).map(|(_, name)| *name).collect();
    samples.sort_unstable();
    let bounds: Vec<&[u8]> = samples.into_iter().skip(SAMPLES).step_by(SAMPLES).collect();
    let weight = list.len() as u64 * 64;
    let dealt = par.map(list.len().div_ceil(BUCKET), weight, |b| {
        let mut buckets: Vec<Vec<(T, &[u8])>> = vec![Vec::new(); bounds.len() + 1];
        for item in &list[b * BUCKET..list.len().min((b + 1) * BUCKET)] {
            buckets[bounds.partition_point(|bound| *bound <= item.1)].push(*item);
        }
        buckets
    });
    let buckets =
        par.map(bounds.len() + 1, weight, |k| sorted(dealt.iter().flat_map(|buckets| buckets[k].iter().copied())));
    buckets.concat()
}

/// Names that agree in so many bytes are made up, and must not use up the stack.
const MAX_DEPTH: usize = 4096;

/// A name and what comes with it; `key` holds eight of its bytes.
struct Entry<'a, T> {
    key: u64,
    name: &'a [u8],
    item: T,
}

fn sorted<'a, T: Copy>(list: impl Iterator<Item = (T, &'a [u8])>) -> Vec<(T, &'a [u8])> {
    let mut entries: Vec<Entry<'_, T>> = list.map(|(item, name)| Entry { key: 0, name, item }).collect();
    sort_from(&mut entries, 0);
    entries.into_iter().map(|entry| (entry.item, entry.name)).collect()
}

/// Sorts names that agree in the `depth` bytes in front.
fn sort_from<T>(entries: &mut [Entry<'_, T>], depth: usize) {
    if entries.len() < 16 || depth > MAX_DEPTH {
        return entries.sort_unstable_by_key(|entry| entry.name);
    }
    entries.iter_mut().for_each(|entry| entry.key = word(entry.name, depth));
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
            let found = by_name(list.clone(), Par::new(workers, 0));
            assert!(found.iter().map(|f| f.1).eq(expected.iter().map(|e| e.1)));
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
