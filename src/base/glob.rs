//! Shell-style patterns over names, as version scripts, dynamic lists and section descriptions use them.
//!
//! `*` is any run of bytes, `?` any one byte, `[a-z_]` one byte of a set, `[!…]` or `[^…]` one outside it, and `\`
//! takes the next byte as it is (`fnmatch(3)` without flags, so `/` and a leading `.` are ordinary bytes).
//! A [`Glob`] is cut at its stars: what precedes the first is anchored at the start of a name, what follows the last
//! at its end, and each part between is searched from left to right. The leftmost place is always as good as any
//! later one, so nothing is tried twice: a match costs at most pattern length times name length.
//! A [`GlobSet`] asks many patterns at once. It looks a name up among the literals, the literal beginnings and the
//! literal ends, so a name is compared with the few patterns that share one with it, and only patterns without any
//! (`*x*`) are tried in turn.

use super::hash::NameMap;

/// One pattern.
#[derive(Debug, Clone)]
pub struct Glob {
    /// The parts between stars; at least one. A pattern without a star is one part.
    parts: Vec<Part>,
}

/// A run of the pattern without a star.
#[derive(Debug, Clone)]
enum Part {
    Literal(Vec<u8>),
    /// Has a `?` or a set in it.
    Units(Vec<Unit>),
}

#[derive(Debug, Clone)]
enum Unit {
    Byte(u8),
    Any,
    /// Bit `b` is set when byte `b` matches.
    Set([u64; 4]),
}

impl Unit {
    #[inline]
    fn matches(&self, byte: u8) -> bool {
        match self {
            Unit::Byte(b) => *b == byte,
            Unit::Any => true,
            Unit::Set(bits) => bits[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1,
        }
    }
}

impl Part {
    fn new(units: Vec<Unit>) -> Part {
        let bytes = units.iter().map(|u| if let Unit::Byte(b) = u { Some(*b) } else { None });
        match bytes.collect() {
            Some(literal) => Part::Literal(literal),
            None => Part::Units(units),
        }
    }

    fn len(&self) -> usize {
        match self {
            Part::Literal(bytes) => bytes.len(),
            Part::Units(units) => units.len(),
        }
    }

    /// `name` has the part's length.
    fn matches(&self, name: &[u8]) -> bool {
        match self {
            Part::Literal(bytes) => bytes == name,
            Part::Units(units) => units.len() == name.len() && units.iter().zip(name).all(|(u, b)| u.matches(*b)),
        }
    }

    /// Where in `name` the part first matches.
    fn find(&self, name: &[u8]) -> Option<usize> {
        match self {
            Part::Literal(bytes) => memchr::memmem::find(name, bytes),
            Part::Units(units) => name.windows(units.len()).position(|window| self.matches(window)),
        }
    }

    /// The literal bytes that a match begins with.
    fn literal_start(&self) -> Vec<u8> {
        match self {
            Part::Literal(bytes) => bytes.clone(),
            Part::Units(units) => units.iter().map_while(Unit::literal).collect(),
        }
    }

    /// The literal bytes that a match ends with, last byte first.
    fn literal_end_reversed(&self) -> Vec<u8> {
        match self {
            Part::Literal(bytes) => bytes.iter().rev().copied().collect(),
            Part::Units(units) => units.iter().rev().map_while(Unit::literal).collect(),
        }
    }
}

impl Unit {
    fn literal(&self) -> Option<u8> {
        if let Unit::Byte(b) = self { Some(*b) } else { None }
    }
}

impl Glob {
    /// Compiles `pattern`. The error says what is wrong with it, without quoting it.
    pub fn new(pattern: &[u8]) -> Result<Glob, String> {
        let mut parts = Vec::new();
        let mut units = Vec::new();
        let mut rest = pattern;
        while let Some((&byte, tail)) = rest.split_first() {
            rest = tail;
            match byte {
                b'*' => {
                    // Stars in a row mean what one does.
                    if parts.is_empty() || !units.is_empty() {
                        parts.push(Part::new(std::mem::take(&mut units)));
                    }
                }
                b'?' => units.push(Unit::Any),
                b'[' => {
                    let (set, tail) = parse_set(rest)?;
                    units.push(Unit::Set(set));
                    rest = tail;
                }
                b'\\' => {
                    let (&escaped, tail) = rest.split_first().ok_or("pattern ends in a backslash")?;
                    units.push(Unit::Byte(escaped));
                    rest = tail;
                }
                _ => units.push(Unit::Byte(byte)),
            }
        }
        parts.push(Part::new(units));
        Ok(Glob { parts })
    }

    /// True when the whole of `name` matches.
    pub fn matches(&self, name: &[u8]) -> bool {
        let Some((first, others)) = self.parts.split_first() else { return false };
        let Some((last, middle)) = others.split_last() else { return first.matches(name) };
        if name.len() < first.len() + last.len() {
            return false;
        }
        let (start, rest) = name.split_at(first.len());
        let (mut rest, end) = rest.split_at(rest.len() - last.len());
        if !first.matches(start) || !last.matches(end) {
            return false;
        }
        for part in middle {
            match part.find(rest) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        true
    }

    /// True when one name alone matches.
    pub fn is_literal(&self) -> bool {
        self.literal().is_some()
    }

    /// The only name that matches, with escapes resolved, if there is but one.
    pub fn literal(&self) -> Option<&[u8]> {
        match &self.parts[..] {
            [Part::Literal(bytes)] => Some(bytes),
            _ => None,
        }
    }

    /// True for the pattern `*`.
    pub fn matches_everything(&self) -> bool {
        self.parts.len() == 2 && self.parts.iter().all(|part| part.len() == 0)
    }
}

/// The set after a `[`, and what follows its `]`. A `]` that comes first is a member.
fn parse_set(pattern: &[u8]) -> Result<([u64; 4], &[u8]), String> {
    let (negated, mut rest) = match pattern {
        [b'!' | b'^', rest @ ..] => (true, rest),
        _ => (false, pattern),
    };
    let mut bits = [0u64; 4];
    let mut first = true;
    loop {
        if let ([b']', tail @ ..], false) = (rest, first) {
            let bits = if negated { bits.map(|word| !word) } else { bits };
            return Ok((bits, tail));
        }
        first = false;
        let (low, tail) = set_byte(rest)?;
        rest = tail;
        let mut high = low;
        if let [b'-', end, ..] = rest
            && *end != b']'
        {
            (high, rest) = set_byte(&rest[1..])?;
            if high < low {
                return Err("pattern has a range in \"[...]\" that runs backwards".into());
            }
        }
        (low..=high).for_each(|b| bits[usize::from(b >> 6)] |= 1 << (b & 63));
    }
}

/// A byte of a set, escaped or not.
fn set_byte(rest: &[u8]) -> Result<(u8, &[u8]), String> {
    match rest {
        [b'\\', byte, tail @ ..] | [byte, tail @ ..] => Ok((*byte, tail)),
        [] => Err("pattern has a '[' without its ']'".into()),
    }
}

/// Which pattern of a [`GlobSet`] wins when several match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Winner {
    /// The one added first.
    First,
    /// The one added last.
    Last,
}

/// Many patterns, each with a value.
#[derive(Debug, Clone)]
pub struct GlobSet<T> {
    /// Patterns that are no literals, and all values; an index into it is a pattern's rank, smaller ones win.
    entries: Vec<(Option<Glob>, T)>,
    literals: NameMap<Vec<u8>, u32>,
    prefixes: Anchors,
    suffixes: Anchors,
    /// Ranks of the patterns with neither a literal beginning nor a literal end, ascending.
    others: Vec<u32>,
}

impl<T> GlobSet<T> {
    /// Makes the set searchable. Patterns are few enough to count in 32 bits; the rest is dropped.
    pub fn new(patterns: impl IntoIterator<Item = (Glob, T)>, winner: Winner) -> GlobSet<T> {
        let mut ranked: Vec<(Glob, T)> = patterns.into_iter().take(u32::MAX as usize).collect();
        if winner == Winner::Last {
            ranked.reverse();
        }
        let mut entries = Vec::with_capacity(ranked.len());
        let mut literals = NameMap::default();
        let (mut prefixes, mut suffixes, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for ((glob, value), rank) in ranked.into_iter().zip(0u32..) {
            if let Some(literal) = glob.literal() {
                literals.entry(literal.to_vec()).or_insert(rank);
                entries.push((None, value));
                continue;
            }
            let prefix = glob.parts.first().map(Part::literal_start).unwrap_or_default();
            let suffix = glob.parts.last().map(Part::literal_end_reversed).unwrap_or_default();
            // The longer of the two leaves fewer names to compare with.
            if prefix.is_empty() && suffix.is_empty() {
                others.push(rank);
            } else if prefix.len() >= suffix.len() {
                prefixes.push((prefix, rank));
            } else {
                suffixes.push((suffix, rank));
            }
            entries.push((Some(glob), value));
        }
        GlobSet { entries, literals, prefixes: Anchors::new(prefixes), suffixes: Anchors::new(suffixes), others }
    }

    /// True without a pattern.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The value of the winner among the patterns that match `name`.
    pub fn find(&self, name: &[u8]) -> Option<&T> {
        let mut best = self.literals.get(name).copied().unwrap_or(u32::MAX);
        let mut consider = |ranks: &[u32]| {
            for &rank in ranks {
                if rank >= best {
                    break;
                }
                if self.entries[rank as usize].0.as_ref().is_some_and(|glob| glob.matches(name)) {
                    best = rank;
                    break;
                }
            }
        };
        self.prefixes.visit(name.iter().copied(), &mut consider);
        self.suffixes.visit(name.iter().rev().copied(), &mut consider);
        consider(&self.others);
        self.entries.get(best as usize).map(|(_, value)| value)
    }
}

/// Byte strings with the ranks of the patterns that begin (or, reversed, end) with each; found by a walk along a name.
///
/// A trie without nodes: the strings are sorted, those that share the bytes walked so far are a range, and a step
/// narrows it by binary search. The walk ends with the name, or with the last string that agrees.
#[derive(Debug, Clone)]
struct Anchors {
    strings: Vec<Vec<u8>>,
    /// For each string, ascending ranks.
    ranks: Vec<Vec<u32>>,
    /// The first step by table: where the strings that begin with byte `b` start. None of them is empty.
    starts: Vec<u32>,
}

impl Anchors {
    fn new(mut anchored: Vec<(Vec<u8>, u32)>) -> Anchors {
        anchored.sort();
        let (mut strings, mut ranks) = (Vec::<Vec<u8>>::new(), Vec::<Vec<u32>>::new());
        for (string, rank) in anchored {
            match ranks.last_mut() {
                Some(last) if strings.last() == Some(&string) => last.push(rank),
                _ => {
                    strings.push(string);
                    ranks.push(vec![rank]);
                }
            }
        }
        let starts = (0..=256).map(|b| strings.partition_point(|s| u16::from(s[0]) < b) as u32).collect();
        Anchors { strings, ranks, starts }
    }

    /// Calls `visit` with the ranks of every string that the bytes of `name` begin with.
    #[inline]
    fn visit(&self, mut name: impl Iterator<Item = u8>, visit: &mut impl FnMut(&[u32])) {
        let Some(byte) = name.next() else { return };
        let (mut low, mut high) =
            (self.starts[usize::from(byte)] as usize, self.starts[usize::from(byte) + 1] as usize);
        let mut depth = 1;
        // All strings of the range begin with the first `depth` bytes of the name.
        while low < high {
            if self.strings[low].len() == depth {
                visit(&self.ranks[low]);
                low += 1;
            }
            let Some(byte) = name.next() else { return };
            let range = &self.strings[low..high];
            let below = range.partition_point(|s| s[depth] < byte);
            let within = range[below..].partition_point(|s| s[depth] == byte);
            (low, high) = (low + below, low + below + within);
            depth += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, name: &str) -> bool {
        Glob::new(pattern.as_bytes()).unwrap().matches(name.as_bytes())
    }

    #[test]
    fn patterns_match_as_fnmatch_does() {
        let cases: &[(&str, &[&str], &[&str])] = &[
            ("", &[""], &["a"]),
            ("abc", &["abc"], &["ab", "abcd", ""]),
            ("*", &["", "a", ".x/y"], &[]),
            ("***", &["", "abc"], &[]),
            ("a*", &["a", "abc"], &["", "ba"]),
            ("*a", &["a", "ba"], &["ab", ""]),
            ("*a*", &["a", "bab"], &["", "b"]),
            ("a*a", &["aa", "aba"], &["a", "ab"]),
            ("a*b*c", &["abc", "aXbXc", "abbcc"], &["ac", "acb", "abcd"]),
            ("*ab*ab*", &["abab", "xabyabz"], &["aab", "ab"]),
            ("a?c", &["abc", "a?c"], &["ac", "abbc"]),
            ("?*", &["a", "ab"], &[""]),
            ("*?x", &["ax", "xx", "abx"], &["x", "xa"]),
            ("*a?b*", &["aXb", "aaXb", "..aabb.."], &["ab", "a"]),
            ("[abc]", &["a", "b", "c"], &["d", "", "ab"]),
            ("[a-cx-z]1", &["a1", "y1"], &["d1", "-1"]),
            ("[!a-c]", &["d", "-"], &["a", ""]),
            ("[^a]", &["^", "b"], &["a"]),
            ("[]]", &["]"], &["a"]),
            ("[!]]", &["a"], &["]"]),
            ("[a-]", &["a", "-"], &["b"]),
            ("[-a]", &["a", "-"], &["b"]),
            ("[\\]x]", &["]", "x"], &["\\"]),
            ("\\*", &["*"], &["a", "\\*"]),
            ("a\\[b", &["a[b"], &["ab"]),
            (".text.*", &[".text.", ".text.main"], &[".text"]),
            ("*crtbegin?.o", &["/usr/lib/crtbeginS.o"], &["crtbegin.o"]),
        ];
        for (pattern, yes, no) in cases {
            yes.iter().for_each(|name| assert!(matches(pattern, name), "{pattern} should match {name}"));
            no.iter().for_each(|name| assert!(!matches(pattern, name), "{pattern} should not match {name}"));
        }
        assert!(Glob::new(b"[\x80-\xff]").unwrap().matches(b"\xc3"));
    }

    #[test]
    fn malformed_patterns_are_errors() {
        for pattern in ["[", "[a", "[]", "[!]", "a\\", "[z-a]", "[a-", "[\\"] {
            assert!(Glob::new(pattern.as_bytes()).is_err(), "{pattern}");
        }
    }

    #[test]
    fn literals_are_known() {
        assert_eq!(Glob::new(b"a\\*b").unwrap().literal(), Some(&b"a*b"[..]));
        assert!(Glob::new(b"").unwrap().is_literal());
        assert!(["a*", "a?", "[a]"].iter().all(|p| !Glob::new(p.as_bytes()).unwrap().is_literal()));
        assert!(Glob::new(b"**").unwrap().matches_everything());
        assert!(!Glob::new(b"*a").unwrap().matches_everything());
    }

    #[test]
    fn many_stars_take_no_exponential_time() {
        let name = "a".repeat(5000);
        assert!(!matches(&("a*".repeat(1000) + "b"), &name));
        assert!(!matches(&("*a?".repeat(100) + "*b*"), &name));
        assert!(matches(&"*a".repeat(1000), &name));
    }

    /// Every way to read the pattern, by recursion: slow, and plain enough to trust.
    fn oracle(pattern: &[u8], name: &[u8]) -> bool {
        match (pattern, name) {
            ([], _) => name.is_empty(),
            ([b'*', rest @ ..], _) => (0..=name.len()).any(|n| oracle(rest, &name[n..])),
            ([b'?', rest @ ..], [_, tail @ ..]) => oracle(rest, tail),
            ([p, rest @ ..], [n, tail @ ..]) => p == n && oracle(rest, tail),
            _ => false,
        }
    }

    fn words(alphabet: &[u8], len: usize) -> Vec<Vec<u8>> {
        let mut words = vec![Vec::new()];
        let mut start = 0;
        for _ in 0..len {
            let end = words.len();
            for i in start..end {
                words.extend(alphabet.iter().map(|b| [&words[i][..], &[*b]].concat()).collect::<Vec<_>>());
            }
            start = end;
        }
        words
    }

    #[test]
    fn all_short_patterns_agree_with_the_oracle() {
        let names = words(b"ab", 6);
        for pattern in words(b"ab*?", 5) {
            let glob = Glob::new(&pattern).unwrap();
            for name in &names {
                assert_eq!(glob.matches(name), oracle(&pattern, name), "{pattern:?} {name:?}");
            }
        }
    }

    #[test]
    fn a_set_finds_what_trying_each_pattern_finds() {
        let patterns: Vec<Vec<u8>> = words(b"ab*?", 4);
        let names = words(b"ab", 6);
        // Different subsets, so that winners come from different groups.
        for step in 1..40 {
            for winner in [Winner::First, Winner::Last] {
                let chosen: Vec<&Vec<u8>> = patterns.iter().skip(step % 7).step_by(step * 3).collect();
                let globs = chosen.iter().enumerate().map(|(i, p)| (Glob::new(p).unwrap(), i));
                let set = GlobSet::new(globs, winner);
                for name in &names {
                    let mut hits = (0..chosen.len()).filter(|i| oracle(chosen[*i], name));
                    let expected = if winner == Winner::First { hits.next() } else { hits.next_back() };
                    assert_eq!(set.find(name).copied(), expected, "{name:?} in {chosen:?}");
                }
            }
        }
        assert!(GlobSet::<()>::new([], Winner::First).is_empty());
        assert_eq!(GlobSet::<()>::new([], Winner::First).find(b"x"), None);
    }

    #[test]
    fn ten_thousand_prefixes_do_not_slow_a_lookup_down() {
        let globs = (0..10_000).map(|i| (Glob::new(format!("_ZN{i}name*").as_bytes()).unwrap(), i));
        let set = GlobSet::new(globs, Winner::First);
        // Tried in turn, this would be 2 * 10^9 comparisons, and minutes.
        for i in 0..200_000u32 {
            let name = format!("_ZN{i}name{i}");
            assert_eq!(set.find(name.as_bytes()).copied(), (i < 10_000).then_some(i));
        }
    }
}
