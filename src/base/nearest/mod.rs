//! How far a mistyped name is from a known one, for error messages.
//!
//! Counts insertions, deletions, substitutions and swaps of neighbours ("optimal string alignment").
//! Cost: at most `2 * limit + 1` cells for each byte of the shorter name. `names` looks a symbol's name up in all that
//! there are.

mod names;

pub use names::{Linkage, Near, find};

/// Edits from `a` to `b`; `None` when there are more than `limit`.
pub fn distance(a: &[u8], b: &[u8], limit: usize) -> Option<usize> {
    let (a, b) = if a.len() > b.len() { (b, a) } else { (a, b) };
    if b.len() - a.len() > limit {
        return None;
    }
    // Equal ends cost nothing and are most of what is compared.
    let prefix = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[prefix..], &b[prefix..]);
    let suffix = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[..a.len() - suffix], &b[..b.len() - suffix]);

    let far = limit + 1;
    let mut two_above = vec![far; b.len() + 1];
    let mut above: Vec<usize> = (0..=b.len()).map(|j| j.min(far)).collect();
    let mut row = vec![far; b.len() + 1];
    for i in 1..=a.len() {
        // Cells further from the diagonal are more than `limit` edits away.
        let (first, last) = (i.saturating_sub(limit).max(1), b.len().min(i + limit));
        row.fill(far);
        row[0] = i.min(far);
        let mut least = row[0];
        for j in first..=last {
            let replace = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut edits = replace.min(above[j] + 1).min(row[j - 1] + 1).min(far);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                edits = edits.min(two_above[j - 2] + 1);
            }
            row[j] = edits;
            least = least.min(edits);
        }
        if least == far {
            return None;
        }
        (two_above, above, row) = (above, row, two_above);
    }
    Some(above[b.len()]).filter(|edits| *edits <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_are_counted() {
        for (a, b, expected) in [
            ("", "", 0),
            ("a", "", 1),
            ("abc", "acb", 1),
            ("kitten", "sitting", 3),
            ("", "xy", 2),
            ("parse_haeder", "parse_header", 1),
            ("abcdef", "badcfe", 3),
        ] {
            for limit in 0..5 {
                let expected = Some(expected).filter(|e| *e <= limit);
                assert_eq!(distance(a.as_bytes(), b.as_bytes(), limit), expected, "{a} {b} {limit}");
                assert_eq!(distance(b.as_bytes(), a.as_bytes(), limit), expected, "{b} {a} {limit}");
            }
        }
    }
}
