//! The suite: every case under `tests/elf` and `tests/macho/cases`, the damage runs, and the checks on the source tree, as named tests.
//!
//! `SINEW_CASE=word` runs the cases whose path holds the word; `SINEW_LINKER=path` links with another linker (to
//! prove the suite itself); `SINEW_NO_SKIP=1` makes a missing tool a failure. See `tests/README.md`.

mod case;
mod damage;
mod dump;
mod expect;
mod expr;
mod hostile;
mod link;
mod lint;
mod macho;
mod mutate;
mod process;
mod proof;
mod tidy;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Trial};

/// The repository's root.
pub(crate) const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn main() -> ExitCode {
    if let Some(code) = hostile::child().or_else(macho::tool::run) {
        return code;
    }
    let arguments = Arguments::from_args();
    let linker = Arc::new(link::Linker::from_environment());
    let mut trials = tidy::trials();
    let mut files = Vec::new();
    collect(&Path::new(ROOT).join("tests/elf"), "elf", &mut files);
    for (path, name) in files {
        trials.extend(link::trials(&path, &name, &linker));
    }
    trials.extend(macho::trials());
    trials.extend(damage::trials(&linker));
    trials.extend(hostile::trials(&linker));
    trials.extend(proof::trials());
    if let Ok(word) = std::env::var("SINEW_CASE") {
        trials.retain(|t| t.name().contains(&word));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Every case below `folder`: files that hold a directive, and folders called `*.case`. `also/` holds shared pieces.
fn collect(folder: &Path, name: &str, found: &mut Vec<(std::path::PathBuf, String)>) {
    for entry in case::list(folder).unwrap_or_default() {
        let (path, name) = (folder.join(&entry), format!("{name}/{entry}"));
        if path.is_dir() && !entry.ends_with(".case") {
            if entry != "also" {
                collect(&path, &name, found);
            }
        } else if !entry.starts_with('.') {
            found.push((path, name));
        }
    }
}

/// A trial that is listed as skipped when `missing` names something, unless skipping is not allowed.
pub(crate) fn trial(
    name: String,
    missing: Vec<String>,
    run: impl FnOnce() -> dump::Result<()> + Send + 'static,
) -> Trial {
    let strict = std::env::var_os("SINEW_NO_SKIP").is_some();
    let skipped = !missing.is_empty();
    let kind = if skipped { format!("no {}", missing.join(", ")) } else { String::new() };
    let fail = move || match strict && skipped {
        true => Err(format!("not installed: {}", missing.join(", ")).into()),
        false => run().map_err(Into::into),
    };
    Trial::test(name, fail).with_kind(kind).with_ignored_flag(skipped && !strict)
}
