//! The Mach-O half of the suite: every case under `tests/macho/cases`, linked by sinew and by lld.
//!
//! `SINEW_MACHO_LINKER=path` links with another linker (to prove the suite itself); `SINEW_MACHO_SDK=folder` names the
//! SDK, `target/macos-sdk` otherwise (`tests/macho/sdk/make.sh` makes one); `SINEW_MACHO_LOADER=path` a loader that is built.

mod check;
mod code;
mod compare;
mod dump;
mod expect;
mod fixups;
mod hostile;
mod names;
mod proof;
mod registers;
mod relocations;
mod run;
mod signature;
mod symbols;
mod tables;
pub(crate) mod tool;
mod trie;
mod unwind;

pub(crate) use hostile::HOSTILE;

use std::path::Path;
use std::sync::Arc;

use libtest_mimic::Trial;

/// One trial a case.
pub(crate) fn trials() -> Vec<Trial> {
    let tools = Arc::new(run::Tools::find());
    let mut files = Vec::new();
    crate::collect(&Path::new(crate::ROOT).join("tests/macho/cases"), "macho", &mut files);
    let mut trials: Vec<Trial> = files.iter().map(|(path, name)| run::trial(path, name, &tools)).collect();
    trials.extend(proof::trials(&tools));
    trials
}
