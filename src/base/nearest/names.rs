//! The defined name that an undefined one was probably meant to be.
//!
//! A slip of the keyboard; another case; a C function declared without `extern "C"`, or a C++ function declared with
//! it; a C++ function of other parameters.
//! Cost: one look at the length and letters of every defined name for each undefined one, in one parallel region.

use super::distance;
use crate::base::demangle::demangle_cxx;
use crate::base::par::Par;
use memchr::memmem::Finder;

/// A name that was probably meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Near<'n> {
    /// The name.
    pub name: &'n [u8],
    /// Whether the two agree about the language.
    pub linkage: Linkage,
}

/// How a wanted name and the one that was found are declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linkage {
    /// Both in C, or both in C++.
    Same,
    /// A C name was wanted, and a C++ function is called so.
    Cxx,
    /// A C++ function was wanted, and there is one in C.
    C,
}

/// An undefined name, prepared.
struct Wanted<'n> {
    name: &'n [u8],
    letters: u64,
    limit: usize,
    /// What the mangled name of a C++ function of this name holds, and how its readable name begins.
    function: Option<(Finder<'static>, String)>,
}

/// How well a defined name fits, best first: edits (a different case is none), then the name.
type Fit<'n> = (usize, &'n [u8]);

/// For each of `names`, the best of all defined ones. There are `count` names; `defined` says the one of a number, without
/// what a format puts before all names, if it is defined.
pub fn find<'n>(
    names: &[&[u8]],
    count: usize,
    defined: impl Fn(usize) -> Option<&'n [u8]> + Sync,
    par: &Par,
) -> Vec<Option<Near<'n>>> {
    const BLOCK: usize = 4096;
    let wanted: Vec<Wanted<'_>> = names.iter().map(|name| Wanted::new(name)).collect();
    let blocks = par.map(count.div_ceil(BLOCK), count as u64 * names.len() as u64 * 4, |b| {
        let mut best: Vec<Option<Fit<'_>>> = vec![None; wanted.len()];
        for name in (b * BLOCK..count.min((b + 1) * BLOCK)).filter_map(&defined) {
            let letters = letters(name);
            for (wanted, best) in wanted.iter().zip(&mut best) {
                if let Some(edits) = wanted.fit(name, letters)
                    && best.is_none_or(|best| (edits, name) < best)
                {
                    *best = Some((edits, name));
                }
            }
        }
        best
    });
    let best = |i: usize| blocks.iter().filter_map(|block| block[i]).min().map(|fit| fit.1);
    (0..names.len()).map(|i| best(i).map(|name| Near { name, linkage: linkage(names[i], name) })).collect()
}

fn linkage(wanted: &[u8], name: &[u8]) -> Linkage {
    let called = || is_function_called(&demangle_cxx(name).unwrap_or_default(), &String::from_utf8_lossy(wanted));
    match (wanted.starts_with(b"_Z"), name.starts_with(b"_Z")) {
        (false, true) if called() => Linkage::Cxx,
        (true, false) => Linkage::C,
        _ => Linkage::Same,
    }
}

/// Which letters and digits a name has: names that are few edits apart differ in few of them.
fn letters(name: &[u8]) -> u64 {
    name.iter().fold(0, |set, c| set | 1 << (c.to_ascii_lowercase() & 63))
}

/// The readable name of a function up to its parameters, and the identifier at the end of that.
fn function_base(readable: &str) -> Option<(&str, &str)> {
    let base = &readable[..readable.find('(')?];
    let identifier = base.rsplit("::").next()?;
    let plain = identifier.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_');
    (plain && identifier.len() > 1).then_some((base, identifier))
}

fn is_function_called(readable: &str, base: &str) -> bool {
    readable.strip_prefix(base).is_some_and(|rest| rest.starts_with('('))
}

impl<'n> Wanted<'n> {
    fn new(name: &'n [u8]) -> Self {
        let readable = demangle_cxx(name);
        let base = match (&readable, std::str::from_utf8(name)) {
            (Some(readable), _) => function_base(readable).map(|(base, id)| (base.to_owned(), id.to_owned())),
            (None, Ok(plain)) if plain.len() > 1 => Some((plain.to_owned(), plain.to_owned())),
            _ => None,
        };
        // `foo` is `3foo` in a mangled name (Itanium C++ ABI, "source-name").
        let function = base
            .map(|(base, identifier)| (Finder::new(&format!("{}{identifier}", identifier.len())).into_owned(), base));
        // One slip in a short name, three in a long one; a name of two letters is near to everything.
        let limit = if name.len() < 3 { 0 } else { (1 + name.len() / 8).min(3) };
        Wanted { name, letters: letters(name), limit, function }
    }

    /// Edits to `name`, if it may be what was meant.
    fn fit(&self, name: &[u8], letters: u64) -> Option<usize> {
        if let Some((mangled, base)) = &self.function {
            if name.starts_with(b"_Z") {
                if mangled.find(name).is_some()
                    && demangle_cxx(name).is_some_and(|readable| is_function_called(&readable, base))
                {
                    return Some(0);
                }
            } else if self.name.starts_with(b"_Z") && name == base.as_bytes() {
                return Some(0);
            }
        }
        if name.len().abs_diff(self.name.len()) > self.limit
            || (letters ^ self.letters).count_ones() as usize > 2 * self.limit
        {
            return None;
        }
        if name.eq_ignore_ascii_case(self.name) {
            return Some(0);
        }
        distance(self.name, name, self.limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(wanted: &str, name: &str) -> Option<usize> {
        Wanted::new(wanted.as_bytes()).fit(name.as_bytes(), letters(name.as_bytes()))
    }

    #[test]
    fn what_is_meant_fits() {
        assert_eq!(fit("parse_haeder", "parse_header"), Some(1));
        assert_eq!(fit("ParseHeader", "parseheader"), Some(0));
        assert_eq!(fit("parse", "_Z5parsei"), Some(0), "C that was compiled as C++");
        assert_eq!(fit("_Z5parsei", "parse"), Some(0), "C++ that meant C");
        assert_eq!(fit("_ZN2ns5parseEi", "_ZN2ns5parseElllll"), Some(0), "other parameters");
        assert_eq!(fit("_ZN2ns5parseEi", "_ZN5other5parseElllll"), None);
        assert_eq!(fit("ab", "ac"), None);
        assert_eq!(fit("read_all", "close"), None);
    }
}
