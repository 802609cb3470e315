//! Names with their text from `names.txt`, and what attackers would write.

use super::*;

const NAMES: &str = include_str!("names.txt");

/// The names of `names.txt`, and their text.
fn samples() -> impl Iterator<Item = (&'static str, &'static str)> {
    NAMES.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| line.split_once(' ').unwrap())
}

/// A sequence that is the same in every run (Marsaglia's xorshift).
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

#[test]
fn names_have_their_text() {
    let wrong: Vec<_> = samples()
        .map(|(name, text)| (name, text, demangle(name.as_bytes())))
        .filter(|s| s.2.as_deref() != Some(s.1))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(samples().count() > 150);
}

#[test]
fn rust_is_not_cxx() {
    assert_eq!(demangle_cxx(b"_RNvC1a1b"), None);
    assert_eq!(demangle_cxx(b"_ZN1a1bE").as_deref(), Some("a::b"));
    // A legacy Rust name read as C++ keeps its hash.
    assert_eq!(demangle_cxx(b"_ZN1a17h0123456789abcdefE").as_deref(), Some("a::h0123456789abcdef"));
    // Too few different digits for a hash.
    assert_eq!(demangle(b"_ZN1a17h0000111122223333E").as_deref(), Some("a::h0000111122223333"));
}

#[test]
fn other_names_are_left_alone() {
    let names = [
        "",
        "_",
        "_Z",
        "_ZN",
        "_ZNE",
        "_ZE",
        "_R",
        "_RC",
        "_R1C1a",
        "_GLOBAL_",
        "_GLOBAL__sub_I_main",
        "main",
        "Z1fv",
        "_Z1f\0v",
        "_Z9f",
        "_Z1fi-",
        "_Z1fS_",
        "_Z1fT_",
        "_Z1fIiEvT0_",
        "_ZN1aS_E",
        "_ZTX",
        "_Z99999999999999999999f",
        "_RNvC1a1b1",
        "_RB_",
        "_RINvC1a1bB9_E",
        "_RNvC1au3ab-",
        "_RNvC1a1b@",
        "_RIC1aL0_E",
        "_Z1fILi1",
    ];
    for name in names {
        assert_eq!(demangle(name.as_bytes()), None, "{name}");
    }
}

#[test]
fn no_cut_and_no_change_of_a_name_is_fatal() {
    let names: Vec<&[u8]> = samples().map(|(name, _)| name.as_bytes()).collect();
    for name in &names {
        for len in 0..name.len() {
            demangle(&name[..len]);
            demangle(&name[len..]);
        }
    }
    let mut sequence = Sequence(0x9e37_79b9_7f4a_7c15);
    for _ in 0..40_000 {
        let mut name = names[sequence.below(names.len())].to_vec();
        for _ in 0..=sequence.below(4) {
            let at = 2 + sequence.below(name.len() - 1);
            let other = names[sequence.below(names.len())];
            let start = sequence.below(other.len());
            let end = other.len().min(start + sequence.below(12));
            let removed = name.len().min(at + sequence.below(4));
            match sequence.below(8) {
                0 => drop(name.splice(at..at, [sequence.below(256) as u8])),
                _ => drop(name.splice(at.min(removed)..removed, other[start..end].iter().copied())),
            }
        }
        demangle(&name);
        demangle_cxx(&name);
    }
}

/// Nested as deep as a name can be: no more stack than a thread has, and an answer in time.
#[test]
fn deep_names_end() {
    let mut names = Vec::new();
    for count in [100, 295, 495, 590, 995, 15_000] {
        for (before, part, inner, after) in [
            ("_Z1f", "P", "i", ""),
            ("_Z1f", "1aI", "i", "E"),
            ("_Z1f", "FvP", "i", "E"),
            ("_Z1f", "PFiA_", "i", "E"),
            ("_Z1f", "M1aFvP", "i", "E"),
            ("_Z1f", "N1aIK", "i", "EE"),
            ("_Z1f", "NUlP", "i", "E_E"),
            ("_Z1f", "UlTt", "Ty", "EE_"),
            ("_Z1f", "1fIXLZ", "1x", "EEE"),
            ("_Z1f", "T_I", "i", "E"),
            ("_Z", "cvT_I", "i", "E"),
            ("_Z", "NcvT_I", "i", "EEv"),
            ("_Z", "Z1fI", "iEv", "E1yIiEv"),
            ("_ZN", "1a", "1bE", ""),
            ("_Z1fIiEvDT", "nt", "fp_E", ""),
            ("_Z1fIiEvDT", "pl1x", "1yE", ""),
            ("_Z1fIJiiEEv", "Dp", "T_", ""),
            ("_Z1fIiEv", "1aIR", "T_", "E"),
            ("_R", "YC1a", "C1b", ""),
            ("_R", "NvNv", "C1a", "1b1c"),
            ("_RINvC1a1b", "R", "lE", ""),
            ("_RINvC1a1b", "T", "lE", "E"),
            ("_RINvC1a1b", "INtC1a1b", "lE", "E"),
            ("_RIC1aK", "VC1bT", "h1_E", "E"),
            ("_RIC1a", "FG_", "u", "Eu"),
        ] {
            names.push([before, &part.repeat(count), inner, &after.repeat(count)].concat());
        }
    }
    let all = std::thread::Builder::new()
        .stack_size(1 << 20)
        .spawn(move || names.iter().filter(|name| demangle(name.as_bytes()).is_some()).count());
    let demangled = all.unwrap().join().unwrap();
    assert!(demangled > 30, "only {demangled} of these names are shallow enough");
}

/// A few bytes that repeat what was before, again and again.
#[test]
fn exploding_names_are_given_up() {
    let cxx = |count: usize| {
        let mut name = String::from("_Z1f1AIiiE");
        for i in 0..count {
            let last = if i == 0 { String::from("0") } else { base_36(2 * i) };
            name.push_str(&format!("1BIS{last}_S{last}_E"));
        }
        demangle(name.as_bytes())
    };
    assert!(cxx(4).is_some_and(|text| text.len() > 300 && text.contains("B<B<B<A<int, int>, A<int, int> >,")));
    assert_eq!(cxx(40), None);
    // A tuple of back-references to a tuple of back-references to a tuple of units.
    let rust = |count: usize| {
        let units = format!("T{}E", "u".repeat(count));
        let first = format!("T{}E", "B3_".repeat(count));
        let second = format!("T{}E", format!("B{}_", base_62(4 + units.len() - 1)).repeat(count));
        demangle(format!("_RIC1a{units}{first}{second}E").as_bytes())
    };
    assert_eq!(
        rust(2).as_deref(),
        Some("a::<((), ()), (((), ()), ((), ())), ((((), ()), ((), ())), (((), ()), ((), ())))>")
    );
    assert_eq!(rust(800), None);
}

fn base_36(number: usize) -> String {
    digits(number, b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
}

fn base_62(number: usize) -> String {
    digits(number, b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
}

fn digits(mut number: usize, alphabet: &[u8]) -> String {
    let mut text = String::new();
    loop {
        text.insert(0, alphabet[number % alphabet.len()].into());
        number /= alphabet.len();
        if number == 0 {
            return text;
        }
    }
}
