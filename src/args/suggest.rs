//! The known name nearest to a mistyped one, for error messages.
//!
//! Distance counts insertions, deletions, substitutions and swaps of neighbours. Names are short, and a command line
//! that needs this is about to fail, so the quadratic table is fine; what is typed is bounded all the same.

/// No flag or keyword is longer.
const MAX_LEN: usize = 64;

/// The candidate nearest to `typed`, when it is near enough to be what was meant.
pub(super) fn nearest<'a>(typed: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if typed.len() > MAX_LEN {
        return None;
    }
    let limit = 1 + typed.len() / 5;
    candidates
        .map(|candidate| (distance(typed.as_bytes(), candidate.as_bytes()), candidate))
        .filter(|&(distance, candidate)| distance <= limit && distance < candidate.len())
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// Edits from `a` to `b`, a swap of neighbours being one ("optimal string alignment").
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut two_above = vec![0; b.len() + 1];
    let mut above: Vec<usize> = (0..=b.len()).collect();
    let mut row = above.clone();
    for i in 1..=a.len() {
        row[0] = i;
        for j in 1..=b.len() {
            let replace = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replace.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(two_above[j - 2] + 1);
            }
        }
        (two_above, above, row) = (above, row, two_above);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted() {
        for (a, b, expected) in [("", "", 0), ("a", "", 1), ("abc", "acb", 1), ("kitten", "sitting", 3), ("", "xy", 2)]
        {
            assert_eq!(distance(a.as_bytes(), b.as_bytes()), expected, "{a} {b}");
        }
    }

    #[test]
    fn only_near_names_are_offered() {
        let known = ["gc-sections", "shared", "start-group"];
        assert_eq!(nearest("gc-section", known.into_iter()), Some("gc-sections"));
        assert_eq!(nearest("sahred", known.into_iter()), Some("shared"));
        assert_eq!(nearest("frobnicate", known.into_iter()), None);
        assert_eq!(nearest(&"x".repeat(1000), known.into_iter()), None);
    }
}
