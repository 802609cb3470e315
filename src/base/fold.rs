//! Finds what is identical among things that refer to each other: the engine of identical code folding.
//!
//! At first things are equal whose own content is. Then, in rounds, those are told apart whose references lead to things
//! that were, until a round tells nothing apart: what is equal then is equal however far one follows the references,
//! recursion included. Content is a hash of 128 bits, and so is all that a round knows, so a round is a loop over
//! numbers; what equals nothing leaves the rounds at once. Sorting makes classes, so nothing depends on threads.
//! Cost: one sort of all hashes; for each round the references of what may still be equal, in parallel, and a sort of those.

use super::hash::hash128;
use super::par::Par;

/// For each thing the first that is identical to it; itself if none is before it. `contents` are the things' own, without
/// where their references lead; `references` of thing `i` are `targets[starts[i]..starts[i + 1]]`, other things' numbers.
pub fn identical(contents: Vec<u128>, starts: &[u32], targets: &[u32], par: &Par) -> Vec<u32> {
    let mut hashes = contents;
    let mut first: Vec<u32> = (0..hashes.len() as u32).collect();
    let mut open = in_classes(first.clone(), &hashes);
    let mut class_count = count(&open, &hashes);
    loop {
        let blocks = open.chunks(BLOCK).collect::<Vec<_>>();
        let refined = par.map(blocks.len(), open.len() as u64 * 128, |b| {
            let mut bytes = Vec::new();
            let one = |thing: &u32| {
                let thing = *thing as usize;
                bytes.clear();
                bytes.extend_from_slice(&hashes[thing].to_le_bytes());
                for target in &targets[starts[thing] as usize..starts[thing + 1] as usize] {
                    bytes.extend_from_slice(&hashes[*target as usize].to_le_bytes());
                }
                hash128(&bytes)
            };
            blocks[b].iter().map(one).collect::<Vec<u128>>()
        });
        let refined: Vec<u128> = refined.into_iter().flatten().collect();
        open.iter().zip(refined).for_each(|(thing, hash)| hashes[*thing as usize] = hash);
        // What has become alone keeps the hash that nothing else has.
        let next = in_classes(open.clone(), &hashes);
        let next_count = count(&next, &hashes);
        let settled = next.len() == open.len() && next_count == class_count;
        (open, class_count) = (next, next_count);
        if settled {
            break;
        }
    }
    for class in open.chunk_by(|a, b| hashes[*a as usize] == hashes[*b as usize]) {
        class.iter().for_each(|thing| first[*thing as usize] = class[0]);
    }
    first
}

/// Things of one job.
const BLOCK: usize = 1024;

/// Those of `things` that have an equal, sorted by class and then by number.
fn in_classes(mut things: Vec<u32>, hashes: &[u128]) -> Vec<u32> {
    things.sort_unstable_by_key(|thing| (hashes[*thing as usize], *thing));
    let classes = things.chunk_by(|a, b| hashes[*a as usize] == hashes[*b as usize]);
    classes.filter(|class| class.len() > 1).flatten().copied().collect()
}

/// How many classes `things`, which are sorted by class, fall into.
fn count(things: &[u32], hashes: &[u128]) -> usize {
    things.chunk_by(|a, b| hashes[*a as usize] == hashes[*b as usize]).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contents and references of each thing.
    fn folded(things: &[(u128, &[u32])]) -> Vec<u32> {
        let contents: Vec<u128> = things.iter().map(|t| t.0).collect();
        let mut starts = vec![0];
        things.iter().for_each(|t| starts.push(starts[starts.len() - 1] + t.1.len() as u32));
        let targets: Vec<u32> = things.iter().flat_map(|t| t.1).copied().collect();
        let [one, four] = [1, 4].map(|n| identical(contents.clone(), &starts, &targets, &Par::new(n, 0)));
        assert_eq!(one, four);
        one
    }

    #[test]
    fn the_first_stands_for_what_is_equal() {
        assert_eq!(folded(&[(1, &[]), (2, &[]), (1, &[]), (2, &[]), (3, &[])]), [0, 1, 0, 1, 4]);
        assert_eq!(folded(&[]), [0; 0]);
    }

    #[test]
    fn callers_of_what_is_equal_are_equal_and_others_are_not() {
        // Two chains of the same content that differ in their last member alone.
        assert_eq!(folded(&[(1, &[1]), (1, &[2]), (5, &[]), (1, &[4]), (1, &[5]), (6, &[])]), [0, 1, 2, 3, 4, 5]);
        assert_eq!(folded(&[(1, &[1]), (2, &[2]), (5, &[]), (1, &[4]), (2, &[5]), (5, &[])]), [0, 1, 2, 0, 1, 2]);
        assert_eq!(folded(&[(1, &[2, 3]), (1, &[3, 2]), (5, &[]), (6, &[])]), [0, 1, 2, 3], "order matters");
    }

    #[test]
    fn recursion_is_no_difference() {
        assert_eq!(folded(&[(1, &[0]), (1, &[1])]), [0, 0]);
        assert_eq!(folded(&[(1, &[1]), (1, &[0])]), [0, 0]);
        assert_eq!(folded(&[(1, &[1]), (2, &[0]), (1, &[3]), (2, &[2])]), [0, 1, 0, 1]);
    }
}
