//! Splits one slice into consecutive disjoint parts, so that parallel jobs can each own theirs.

/// Parts of `slice` with the given lengths, in order. What is left over at the end belongs to no part.
///
/// Panics when the lengths add up to more than the slice.
pub fn carve<T>(mut slice: &mut [T], lengths: impl IntoIterator<Item = usize>) -> Vec<&mut [T]> {
    lengths
        .into_iter()
        .map(|length| {
            let (part, rest) = std::mem::take(&mut slice).split_at_mut(length);
            slice = rest;
            part
        })
        .collect()
}

/// Consecutive ranges of `0..sizes.len()` whose sizes add up to about `target` each: the unit of work of a region.
/// Depends on the sizes alone, never on the number of threads.
pub fn groups(sizes: impl IntoIterator<Item = u64>, target: u64) -> Vec<std::ops::Range<usize>> {
    let mut groups = Vec::new();
    let (mut start, mut end, mut sum) = (0, 0, 0u64);
    for size in sizes {
        end += 1;
        sum = sum.saturating_add(size);
        if sum >= target {
            groups.push(start..end);
            (start, sum) = (end, 0);
        }
    }
    if start < end {
        groups.push(start..end);
    }
    groups
}

/// Like [`groups`], but of a smaller target where there would be few groups for many threads: down to a sixteenth of it,
/// below which what a group costs by itself would count.
pub fn fair_groups(sizes: impl IntoIterator<Item = u64, IntoIter: Clone>, target: u64) -> Vec<std::ops::Range<usize>> {
    const FEW: u64 = 64;
    let sizes = sizes.into_iter();
    let total = sizes.clone().fold(0, u64::saturating_add);
    groups(sizes, (total / FEW).clamp(target.div_ceil(16), target))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_consecutive() {
        let mut items = [1, 2, 3, 4, 5];
        let parts = carve(&mut items, [2, 0, 3]);
        assert_eq!(parts, [&[1, 2][..], &[], &[3, 4, 5]]);
    }

    #[test]
    fn groups_cover_everything_once() {
        assert_eq!(groups([5, 5, 20, 1, 1], 10), [0..2, 2..3, 3..5]);
        assert!(groups([], 10).is_empty());
    }

    #[test]
    fn groups_are_smaller_where_there_would_be_few() {
        assert_eq!(fair_groups([1; 1000], 16).len(), 67);
        assert_eq!(fair_groups([1; 40], 1600).len(), 1);
        assert_eq!(fair_groups([1; 1000], 1600).len(), 10);
        assert_eq!(fair_groups([100; 1000], 1600).len(), 63);
        assert!(fair_groups([], 10).is_empty());
    }
}
