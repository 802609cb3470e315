//! What `-help`, `-v` and `-version_details` print, from the table.

use super::Args;
use super::flags::{Effect, Flag, GROUPS};
use crate::args::help_line;
use std::fmt::Write;
use std::path::Path;

/// What `-v` prints, on standard error. CMake and meson know Apple's linker by `@(#)PROGRAM:ld`, `PROJECT:ld` and the
/// version after the first hyphen; LLVM's build takes the first number.
pub const VERSION: &str =
    concat!("@(#)PROGRAM:ld PROJECT:ldsinew-", env!("CARGO_PKG_VERSION"), "\nconfigured to support archs: arm64");

/// What `--version` prints.
pub(super) const SHORT_VERSION: &str = concat!("sinew ", env!("CARGO_PKG_VERSION"), " (compatible with Apple's ld)");

/// What `-version_details` prints: Xcode's build service and Homebrew read `version` to learn which options there are,
/// and take a low one for a linker that knows none of the newer.
pub(super) const DETAILS: &str = concat!(
    "{\n\t\"version\": \"",
    env!("CARGO_PKG_VERSION"),
    "\",\n\t\"architectures\": [\n\t\t\"arm64\"\n\t],\n\t\"program\": \"sinew\"\n}"
);

/// The text of `-help`.
pub fn help() -> String {
    let mut text = format!("{SHORT_VERSION}\n\nusage: ld64.sinew [OPTION | FILE]...\n");
    text += "\nOptions with one dash have their values in the next arguments; those with two also after =.\n";
    for group in GROUPS {
        let _ = write!(text, "\n{}:\n", group.title);
        for flag in group.flags.iter().filter(|flag| !flag.help.is_empty()) {
            let names = spellings(flag).join(", ");
            help_line(&mut text, &names, flag.help);
        }
    }
    text
}

/// The spellings of an option with its values, as help and documents show them.
pub(super) fn spellings(flag: &Flag) -> Vec<String> {
    let values = flag.effect.shape().map_or_else(|| vec!["VALUE"; flag.effect.values()].join(" "), str::to_owned);
    let with_values = |name: &&str| match (&flag.effect, name.strip_suffix('*')) {
        (Effect::Joined(..), Some(start)) => format!("{start}{values}"),
        (Effect::Optional(..), _) => format!("{name}[={values}]"),
        (Effect::Switch(_), _) => match name.strip_prefix("--") {
            Some(bare) => format!("--[no-]{bare}"),
            None => format!("-[no_]{}", name.trim_start_matches('-')),
        },
        (_, Some(_)) => (*name).to_owned(),
        _ if values.is_empty() => (*name).to_owned(),
        _ if name.starts_with("--") => format!("{name}={values}"),
        _ => format!("{name} {values}"),
    };
    flag.names.iter().map(with_values).collect()
}

impl Args {
    /// The search paths as `-v` prints them after the version; CMake reads them. `is_folder` says whether a path is one.
    pub fn search_report(&self, is_folder: impl Fn(&Path) -> bool) -> String {
        let mut text = String::from("Library search paths:\n");
        for folder in self.library_folders(&is_folder) {
            let _ = writeln!(text, "\t{}", folder.display());
        }
        text += "Framework search paths:\n";
        for folder in self.framework_folders(&is_folder) {
            let _ = writeln!(text, "\t{}", folder.display());
        }
        text
    }
}
