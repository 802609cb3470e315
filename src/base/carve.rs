//! Splits one slice into consecutive disjoint parts, so that parallel jobs can each own theirs.
//!
//! The unit of work is a group of files, or a piece of a file that is as large as many: an object that was linked from
//! thousands (`-r`, LTO) keeps as many threads busy as these did.

use super::ids::FileId;
use std::ops::Range;

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
pub fn groups(sizes: impl IntoIterator<Item = u64>, target: u64) -> Vec<Range<usize>> {
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
pub fn fair_groups(sizes: impl IntoIterator<Item = u64, IntoIter: Clone>, target: u64) -> Vec<Range<usize>> {
    let sizes = sizes.into_iter();
    let total = sizes.clone().fold(0, u64::saturating_add);
    groups(sizes, fair(total, target))
}

fn fair(total: u64, target: u64) -> u64 {
    const FEW: u64 = 64;
    (total / FEW).clamp(target.div_ceil(16), target)
}

/// Cuts a row in which file `f` has the items `base[f]..base[f + 1]` (its sections, say) into ranges of about `target`
/// items, fewer in a small link like [`fair_groups`]. They end where files do; only a file of several times that many
/// is cut itself.
pub fn cuts<B: Copy + Into<u64>>(base: &[B], target: u64) -> Vec<Range<usize>> {
    let end = base.last().map_or(0, |b| (*b).into());
    let target = fair(end, target);
    let mut cuts = Vec::new();
    let mut start = 0;
    let mut cut = |range: Range<u64>| cuts.push(range.start as usize..range.end as usize);
    for file in base.windows(2).map(|w| w[0].into()..w[1].into()) {
        let size = file.end - file.start;
        if size >= 2 * target {
            cut(start..file.start);
            let count = size / target;
            (0..count).for_each(|i| cut(file.start + size * i / count..file.start + size * (i + 1) / count));
            start = file.end;
        } else if file.end - start >= target {
            cut(start..file.end);
            start = file.end;
        }
    }
    cut(start..end);
    cuts.retain(|range| !range.is_empty());
    cuts
}

/// The files that have items in `range` of such a row, each with the numbers of these among its own.
pub fn pieces<B: Copy + Into<u64>>(base: &[B], range: Range<usize>) -> impl Iterator<Item = (FileId, Range<u32>)> {
    let (start, end) = (range.start as u64, range.end as u64);
    let first = base.partition_point(|b| (*b).into() <= start).saturating_sub(1);
    let files = base[first..].windows(2).map(|w| w[0].into()..w[1].into());
    let files = (first as u32..).zip(files).take_while(move |(_, file)| file.start < end);
    files.filter(|(_, file)| !file.is_empty()).map(move |(f, file)| {
        let items = start.max(file.start) - file.start..end.min(file.end) - file.start;
        (FileId(f), items.start as u32..items.end as u32)
    })
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

    #[test]
    fn only_large_files_are_cut() {
        let base = [0u32, 30, 30, 70, 7070, 7070, 7260, 7270];
        let ranges = cuts(&base, 100);
        assert_eq!(
            (&ranges[..3], &ranges[70..]),
            (&[0..70, 70..170, 170..270][..], &[6970..7070, 7070..7260, 7260..7270][..])
        );
        let of = |range| pieces(&base, range).map(|(f, items)| (f.0, items)).collect::<Vec<_>>();
        assert_eq!(of(0..70), [(0, 0..30), (2, 0..40)]);
        assert_eq!((of(170..270), of(7260..7270)), (vec![(3, 100..200)], vec![(6, 0..10)]));
        assert_eq!(of(20..7100), [(0, 20..30), (2, 0..40), (3, 0..7000), (5, 0..30)]);
        assert!(cuts(&[0u32], 10).is_empty() && cuts(&[] as &[u32], 10).is_empty());
    }
}
