//! The flags: spellings, value, effect and help of each stand together in one line of a table.
//!
//! The parser looks names up here, `--help` and `docs/options.md` are printed from here, and a test asks that no
//! spelling is there twice. A group is a file. Names are written with the dashes that they are mostly seen with:
//! - one letter is a short flag (`-o FILE`, `-oFILE`); anything longer takes one dash or two, whatever stands here,
//! - except that names in `o` need two, since `-omagic` is `-o magic`,
//! - a name that ends in `*` stands for all that begin so.

mod dynamic;
mod ignored;
mod inputs;
mod output;
mod policy;
mod report;
mod sections;
mod symbols;

use super::parse::Line;
use super::values::Value;

/// One flag under all its names.
pub(super) struct Flag {
    /// Spellings; the first is the one that messages use.
    pub names: &'static [&'static str],
    /// What follows the name, and what the flag does.
    pub effect: Effect,
    /// One line of help; for what is refused, what to do instead.
    pub help: &'static str,
}

/// What a flag does to the line being parsed, and the value it takes.
pub(super) enum Effect {
    /// No value.
    Plain(fn(&mut Line)),
    /// No value; `no-NAME` is the opposite.
    Switch(fn(&mut Line, bool)),
    /// A value, joined by `=` (long), joined as it is (short), or in the next argument.
    Value(&'static str, fn(&mut Line, &Value<'_>) -> Result<(), String>),
    /// A value only when it is joined.
    Optional(&'static str, fn(&mut Line, Option<&Value<'_>>) -> Result<(), String>),
    /// Accepted without a word: it has no bearing on what this linker writes.
    Ignored(Takes),
    /// Accepted with a warning: the output is right, but less than what was asked for.
    Warned(Takes),
    /// An error: the output would not be what was asked for.
    Refused(Takes),
}

/// Whether a flag without effect has a value to skip.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// No value.
    Nothing,
    /// As [`Effect::Value`].
    Value,
    /// As [`Effect::Optional`].
    Optional,
}

/// Flags that belong together.
pub(super) struct Group {
    pub title: &'static str,
    pub flags: &'static [Flag],
}

/// All of them, in the order of the documents.
pub(super) const GROUPS: &[Group] = &[
    Group { title: "Output", flags: output::FLAGS },
    Group { title: "Inputs", flags: inputs::FLAGS },
    Group { title: "Symbols", flags: symbols::FLAGS },
    Group { title: "Undefined and duplicate symbols, warnings", flags: policy::FLAGS },
    Group { title: "Sections", flags: sections::FLAGS },
    Group { title: "Dynamic linking", flags: dynamic::FLAGS },
    Group { title: "Reports and threads", flags: report::FLAGS },
    Group { title: "Accepted, no effect", flags: ignored::FLAGS },
    Group { title: "Accepted with a warning", flags: ignored::WARNED },
    Group { title: "Not supported", flags: ignored::REFUSED },
];

const fn plain(names: &'static [&'static str], help: &'static str, run: fn(&mut Line)) -> Flag {
    Flag { names, effect: Effect::Plain(run), help }
}

const fn switch(names: &'static [&'static str], help: &'static str, run: fn(&mut Line, bool)) -> Flag {
    Flag { names, effect: Effect::Switch(run), help }
}

const fn value(
    names: &'static [&'static str],
    shape: &'static str,
    help: &'static str,
    run: fn(&mut Line, &Value<'_>) -> Result<(), String>,
) -> Flag {
    Flag { names, effect: Effect::Value(shape, run), help }
}

const fn optional(
    names: &'static [&'static str],
    shape: &'static str,
    help: &'static str,
    run: fn(&mut Line, Option<&Value<'_>>) -> Result<(), String>,
) -> Flag {
    Flag { names, effect: Effect::Optional(shape, run), help }
}

const fn ignored(names: &'static [&'static str], takes: Takes, help: &'static str) -> Flag {
    Flag { names, effect: Effect::Ignored(takes), help }
}

const fn warned(names: &'static [&'static str], takes: Takes, help: &'static str) -> Flag {
    Flag { names, effect: Effect::Warned(takes), help }
}

const fn refused(names: &'static [&'static str], takes: Takes, help: &'static str) -> Flag {
    Flag { names, effect: Effect::Refused(takes), help }
}

/// A flag found in the table.
pub(super) struct Found<'a> {
    pub flag: &'static Flag,
    /// `no-` stood before the name of a switch.
    pub negated: bool,
    /// The bytes of the argument after its dashes, up to the value.
    pub name_len: usize,
    /// The value, when it is joined.
    pub joined: Option<&'a [u8]>,
    /// A one-letter name.
    pub short: bool,
}

impl Effect {
    /// Whether there may be a value, and whether there must be.
    pub(super) fn takes(&self) -> Takes {
        match self {
            Effect::Plain(_) | Effect::Switch(_) => Takes::Nothing,
            Effect::Value(..) => Takes::Value,
            Effect::Optional(..) => Takes::Optional,
            Effect::Ignored(takes) | Effect::Warned(takes) | Effect::Refused(takes) => *takes,
        }
    }
}

/// The flag that `body` (an argument without its dashes) spells.
pub(super) fn find(body: &[u8], two_dashes: bool) -> Option<Found<'_>> {
    let long = if two_dashes || body.first() != Some(&b'o') { find_long(body) } else { None };
    if two_dashes { long } else { long.or_else(|| find_short(body)) }
}

fn find_long(body: &[u8]) -> Option<Found<'_>> {
    let (name, joined) = match memchr::memchr(b'=', body) {
        Some(at) => (&body[..at], Some(&body[at + 1..])),
        None => (body, None),
    };
    if name.len() < 2 {
        return None;
    }
    let negative = name.strip_prefix(b"no-");
    let first = [Some(name[0]), negative.and_then(|name| name.first().copied())];
    let mut prefix = None;
    for flag in all() {
        for known in flag.names.iter().map(|known| bare(known)).filter(|known| known.len() > 1) {
            // Every argument is looked up among hundreds.
            if !first.contains(&Some(known[0])) {
                continue;
            }
            let found = |negated| Found { flag, negated, name_len: name.len(), joined, short: false };
            if known == name {
                return Some(found(false));
            }
            if matches!(flag.effect, Effect::Switch(_)) && negative == Some(known) {
                return Some(found(true));
            }
            if known.strip_suffix(b"*").is_some_and(|start| name.starts_with(start)) {
                prefix = Some(found(false));
            }
        }
    }
    prefix
}

fn find_short(body: &[u8]) -> Option<Found<'_>> {
    let (&letter, rest) = body.split_first()?;
    let flag = all().find(|flag| flag.names.iter().any(|name| bare(name) == [letter]))?;
    let joined = (!rest.is_empty()).then_some(rest);
    if joined.is_some() && flag.effect.takes() == Takes::Nothing {
        return None;
    }
    Some(Found { flag, negated: false, name_len: 1, joined, short: true })
}

/// Every flag of the table.
pub(super) fn all() -> impl Iterator<Item = &'static Flag> {
    GROUPS.iter().flat_map(|group| group.flags)
}

/// A name without its dashes.
fn bare(name: &'static str) -> &'static [u8] {
    name.trim_start_matches('-').as_bytes()
}
