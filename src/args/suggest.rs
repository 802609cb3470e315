//! The known name nearest to a mistyped one, for error messages.
//!
//! What is typed is bounded: a flag may be followed by anything.

use crate::base::nearest::distance;

/// No flag or keyword is longer.
const MAX_LEN: usize = 64;

/// The candidate nearest to `typed`, when it is near enough to be what was meant.
pub(super) fn nearest<'a>(typed: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if typed.len() > MAX_LEN {
        return None;
    }
    let limit = 1 + typed.len() / 5;
    candidates
        .filter_map(|candidate| Some((distance(typed.as_bytes(), candidate.as_bytes(), limit)?, candidate)))
        .filter(|&(distance, candidate)| distance < candidate.len())
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_near_names_are_offered() {
        let known = ["gc-sections", "shared", "start-group"];
        assert_eq!(nearest("gc-section", known.into_iter()), Some("gc-sections"));
        assert_eq!(nearest("sahred", known.into_iter()), Some("shared"));
        assert_eq!(nearest("frobnicate", known.into_iter()), None);
        assert_eq!(nearest(&"x".repeat(1000), known.into_iter()), None);
    }
}
