//! The options: spellings, values, effect and help of each stand together in one line of a table.
//!
//! The parser looks names up here, `--help` and `docs/options-macho.md` are printed from here, and a test asks that no
//! spelling is there twice. A group is a file. Names are written as they are mostly seen:
//! - Apple's have one dash, and their values are the next arguments;
//! - those of other linkers and our own have two, and a value follows `=` or is the next argument;
//! - a name of more than one letter is understood with one dash and with two, whatever stands here;
//! - a name that ends in `*` stands for all that begin so, with just these dashes. Exact names come before such
//!   beginnings, so that `-lto_library` is not the library `to_library`, and long beginnings before short ones.

mod ignored;
mod inputs;
mod linkedit;
mod output;
mod report;
mod sections;
mod symbols;

use super::parse::Line;
use super::values::Value;

/// One option under all its names.
pub(super) struct Flag {
    /// Spellings; the first is the one that messages use.
    pub names: &'static [&'static str],
    /// What follows the name, and what the option does.
    pub effect: Effect,
    /// One line of help; for what is refused, what to do instead.
    pub help: &'static str,
}

/// What an option does to the line being parsed, and the values it takes.
pub(super) enum Effect {
    /// No value.
    Plain(fn(&mut Line)),
    /// No value; `-no_NAME` (`--no-NAME` of those with two dashes) is the opposite.
    Switch(fn(&mut Line, bool)),
    /// One value.
    Value(&'static str, fn(&mut Line, &Value<'_>) -> Result<(), String>),
    /// As many values as the string has words, each the next argument.
    Values(&'static str, fn(&mut Line, &[Value<'_>]) -> Result<(), String>),
    /// A value only after `=`.
    Optional(&'static str, fn(&mut Line, Option<&Value<'_>>) -> Result<(), String>),
    /// What follows the beginning; the next argument where nothing does.
    Joined(&'static str, fn(&mut Line, &Value<'_>) -> Result<(), String>),
    /// Accepted with so many values, without a word: it has no bearing on what this linker writes.
    Ignored(usize),
    /// Accepted with so many values and a warning: the output is right, but less than what was asked for.
    Warned(usize),
    /// An error: the output would not be what was asked for.
    Refused(usize),
}

/// Options that belong together.
pub(super) struct Group {
    pub title: &'static str,
    pub flags: &'static [Flag],
}

/// All of them, in the order of the documents.
pub(super) const GROUPS: &[Group] = &[
    Group { title: "Output", flags: output::FLAGS },
    Group { title: "Target", flags: output::TARGET },
    Group { title: "Libraries and frameworks", flags: inputs::FLAGS },
    Group { title: "Dylibs: names, versions, search paths", flags: inputs::IDENTITY },
    Group { title: "Symbols and exports", flags: symbols::FLAGS },
    Group { title: "Dead stripping, folding, order", flags: symbols::LIVENESS },
    Group { title: "Sections and segments", flags: sections::FLAGS },
    Group { title: "Fixups, unwinding, Objective-C", flags: linkedit::FLAGS },
    Group { title: "Signature, UUID, debug map", flags: linkedit::IDENTITY },
    Group { title: "Reports, warnings and threads", flags: report::FLAGS },
    Group { title: "Accepted, no effect", flags: ignored::FLAGS },
    Group { title: "Obsolete, no effect", flags: ignored::OBSOLETE },
    Group { title: "Accepted with a warning", flags: ignored::WARNED },
    Group { title: "Not supported", flags: ignored::REFUSED },
];

const fn plain(names: &'static [&'static str], help: &'static str, run: fn(&mut Line)) -> Flag {
    Flag { names, effect: Effect::Plain(run), help }
}

const fn switch(names: &'static [&'static str], help: &'static str, run: fn(&mut Line, bool)) -> Flag {
    Flag { names, effect: Effect::Switch(run), help }
}

type Run = fn(&mut Line, &Value<'_>) -> Result<(), String>;

const fn value(names: &'static [&'static str], shape: &'static str, help: &'static str, run: Run) -> Flag {
    Flag { names, effect: Effect::Value(shape, run), help }
}

const fn joined(names: &'static [&'static str], shape: &'static str, help: &'static str, run: Run) -> Flag {
    Flag { names, effect: Effect::Joined(shape, run), help }
}

const fn values(
    names: &'static [&'static str],
    shape: &'static str,
    help: &'static str,
    run: fn(&mut Line, &[Value<'_>]) -> Result<(), String>,
) -> Flag {
    Flag { names, effect: Effect::Values(shape, run), help }
}

const fn optional(
    names: &'static [&'static str],
    shape: &'static str,
    help: &'static str,
    run: fn(&mut Line, Option<&Value<'_>>) -> Result<(), String>,
) -> Flag {
    Flag { names, effect: Effect::Optional(shape, run), help }
}

const fn ignored(names: &'static [&'static str], values: usize, help: &'static str) -> Flag {
    Flag { names, effect: Effect::Ignored(values), help }
}

const fn warned(names: &'static [&'static str], values: usize, help: &'static str) -> Flag {
    Flag { names, effect: Effect::Warned(values), help }
}

const fn refused(names: &'static [&'static str], values: usize, help: &'static str) -> Flag {
    Flag { names, effect: Effect::Refused(values), help }
}

/// An option found in the table.
pub(super) struct Found<'a> {
    pub flag: &'static Flag,
    /// `no_` stood before the name of a switch.
    pub negated: bool,
    /// The bytes of the argument up to the value, dashes included.
    pub name_len: usize,
    /// The value, when it is joined.
    pub joined: Option<&'a [u8]>,
    /// Found by a beginning that ends in `*`.
    pub by_prefix: bool,
}

impl Effect {
    /// What the values look like, where they have an effect.
    pub(super) fn shape(&self) -> Option<&'static str> {
        match self {
            Effect::Value(shape, _) | Effect::Values(shape, _) | Effect::Joined(shape, _) => Some(shape),
            Effect::Optional(shape, _) => Some(shape),
            _ => None,
        }
    }

    /// How many values there must be.
    pub(super) fn values(&self) -> usize {
        match self {
            Effect::Plain(_) | Effect::Switch(_) | Effect::Optional(..) => 0,
            Effect::Value(..) | Effect::Joined(..) => 1,
            Effect::Values(shape, _) => shape.split(' ').count(),
            Effect::Ignored(values) | Effect::Warned(values) | Effect::Refused(values) => *values,
        }
    }

    /// Whether `=` may join a value to a name with two dashes.
    fn takes_joined(&self) -> bool {
        !matches!(self, Effect::Plain(_) | Effect::Switch(_) | Effect::Values(..))
    }
}

/// The option that `arg`, which starts with a dash, spells.
pub(super) fn find(arg: &[u8]) -> Option<Found<'_>> {
    find_exact(arg).or_else(|| find_prefix(arg))
}

fn find_exact(arg: &[u8]) -> Option<Found<'_>> {
    let dashes = arg.iter().take(2).take_while(|byte| **byte == b'-').count();
    let body = &arg[dashes..];
    let (before, after) = match memchr::memchr(b'=', body) {
        Some(at) => (&body[..at], Some(&body[at + 1..])),
        None => (body, None),
    };
    for flag in all() {
        let found = |negated, name_len: usize, joined| Found {
            flag,
            negated,
            name_len: dashes + name_len,
            joined,
            by_prefix: false,
        };
        for name in flag.names {
            let known = bare(name);
            if known.len() < 2 && dashes != 1 {
                continue;
            }
            if known == body {
                return Some(found(false, body.len(), None));
            }
            let two_dashes = name.starts_with("--");
            if two_dashes && after.is_some() && known == before && flag.effect.takes_joined() {
                return Some(found(false, before.len(), after));
            }
            let negative = body.strip_prefix(if two_dashes { b"no-" } else { b"no_" });
            if matches!(flag.effect, Effect::Switch(_)) && negative == Some(known) {
                return Some(found(true, body.len(), None));
            }
        }
    }
    None
}

fn find_prefix(arg: &[u8]) -> Option<Found<'_>> {
    let names = all().flat_map(|flag| flag.names.iter().map(move |name| (flag, name)));
    let starts = names.filter_map(|(flag, name)| Some((flag, name.strip_suffix('*')?)));
    let (flag, start) = starts.filter(|(_, start)| arg.starts_with(start.as_bytes())).max_by_key(|(_, s)| s.len())?;
    let rest = &arg[start.len()..];
    let joined = (!rest.is_empty()).then_some(rest);
    Some(Found { flag, negated: false, name_len: start.len(), joined, by_prefix: true })
}

/// Every option of the table.
pub(super) fn all() -> impl Iterator<Item = &'static Flag> {
    GROUPS.iter().flat_map(|group| group.flags)
}

/// A name without its dashes.
fn bare(name: &'static str) -> &'static [u8] {
    name.trim_start_matches('-').as_bytes()
}
