//! What `--help`, `--version` and `-V` print, from the tables.

use super::flags::{Effect, Flag, GROUPS, Takes};
use crate::args::help_line;
use std::fmt::Write;

/// The version line. libtool and meson look for "GNU" in it, configure scripts for "GNU ld": without, they take the
/// linker for one that knows no shared libraries.
pub const VERSION: &str = concat!("sinew ", env!("CARGO_PKG_VERSION"), " (compatible with GNU ld)");

/// What `-V` adds.
pub fn emulations() -> &'static str {
    "  Supported emulations:\n   elf_x86_64\n"
}

/// The text of `--help`. CMake looks for `--push-state` in it, libtool for supported targets and emulations.
pub fn help() -> String {
    let mut text = format!("{VERSION}\n\nusage: sinew [FLAG | FILE]...\n       sinew run -- COMMAND [ARGUMENT]...\n");
    text += "\nLong flags take one dash or two. A value follows = or stands in the next argument.\n";
    for group in GROUPS {
        let _ = write!(text, "\n{}:\n", group.title);
        for flag in group.flags.iter().filter(|flag| !flag.help.is_empty()) {
            let names = spellings(flag).join(", ");
            help_line(&mut text, &names, flag.help);
        }
    }
    text += "\nKeywords of -z:\n";
    for keyword in super::z::KEYWORDS {
        let _ = writeln!(text, "  {:30}{}", keyword.name, keyword.help);
    }
    text += "\nsinew: supported targets: elf64-x86-64 elf64-little\n";
    text + "sinew: supported emulations: elf_x86_64\n"
}

/// The spellings of a flag with its value, as help and documents show them.
pub(super) fn spellings(flag: &Flag) -> Vec<String> {
    let shape = match flag.effect {
        Effect::Value(shape, _) | Effect::Optional(shape, _) => shape,
        _ => "VALUE",
    };
    let with_value = |name: &&str| {
        let short = name.len() == 2;
        match flag.effect.takes() {
            Takes::Value if short => format!("{name} {shape}"),
            Takes::Value => format!("{name}={shape}"),
            Takes::Optional if name.ends_with('*') => (*name).to_owned(),
            Takes::Optional if short => format!("{name}[{shape}]"),
            Takes::Optional => format!("{name}[={shape}]"),
            Takes::Nothing if short || !matches!(flag.effect, Effect::Switch(_)) => (*name).to_owned(),
            Takes::Nothing => format!("--[no-]{}", name.trim_start_matches('-')),
        }
    };
    flag.names.iter().map(with_value).collect()
}
