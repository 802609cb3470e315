//! The library that an undefined name is in, when it was not named on the command line.
//!
//! Two kinds are looked at: those that the given shared objects need themselves (the reference must name them too, since
//! one library's needs are not its users'), and the few that everyone forgets, found where `-l` would find them.
//! Cost: a dozen files opened, once a link has failed.

use super::super::load::File;
use super::super::relocs::Context;
use super::super::script::{self, InputName, What};
use super::super::shared;
use crate::args::elf::Args;
use sinew_arena::Bump;
use sinew_mmap::input::Input;
use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Libraries of the C and C++ tool chains that must be asked for.
const FORGOTTEN: [&str; 11] =
    ["m", "pthread", "dl", "rt", "stdc++", "c++", "gcc_s", "atomic", "crypt", "util", "resolv"];

/// Scripts are followed where they name a library, and no further.
const MAX_SCRIPT_SIZE: usize = 64 << 10;

/// For each of `names`, what to do to have it.
pub(super) fn offering(c: &Context<'_, '_>, names: &[&[u8]]) -> Vec<Option<String>> {
    let wanted: HashMap<&[u8], usize> = names.iter().enumerate().map(|(i, name)| (*name, i)).collect();
    let mut found: Vec<Option<String>> = vec![None; names.len()];
    let mut known: HashSet<Vec<u8>> =
        c.files.iter().filter(|(_, f)| f.shared().is_some()).map(|(_, f)| f.soname().to_vec()).collect();

    let needing: Vec<(&File<'_>, &[u8])> = c
        .files
        .iter()
        .filter(|(f, _)| c.numbering.is_live(*f))
        .flat_map(|(_, file)| file.shared().into_iter().flat_map(move |s| s.needed.iter().map(move |n| (file, *n))))
        .collect();
    for (file, soname) in needing {
        if !known.insert(soname.to_vec()) {
            continue;
        }
        let beside = file.path.parent();
        let dirs = c.args.rpath_link.iter().chain(&c.args.library_paths).map(PathBuf::as_path).chain(beside);
        let paths = dirs.map(|dir| dir.join(OsStr::from_bytes(soname)));
        if let Some(path) = paths.into_iter().find(|path| path.is_file()) {
            let text = || format!("{} has it, which {file} needs: name it on the command line too", path.display());
            offer(&path, &wanted, &mut found, &text, 0, c.args);
        }
    }
    for name in FORGOTTEN {
        let paths = c.args.library_paths.iter().map(|dir| dir.join(format!("lib{name}.so")));
        if let Some(path) = paths.into_iter().find(|path| path.is_file()) {
            let text = || format!("{} has it: add -l{name}", path.display());
            offer(&path, &wanted, &mut found, &text, 0, c.args);
        }
    }
    found
}

/// Notes which of `wanted` the library at `path` defines. What cannot be read offers nothing.
fn offer(
    path: &Path,
    wanted: &HashMap<&[u8], usize>,
    found: &mut [Option<String>],
    text: &dyn Fn() -> String,
    depth: usize,
    args: &Args,
) {
    let Ok(input) = Input::open(path) else { return };
    let bytes = input.bytes();
    if script::is_text_script(bytes) {
        if depth > 0 || bytes.len() > MAX_SCRIPT_SIZE {
            return;
        }
        let Ok(script) = script::parse(bytes) else { return };
        for command in &script.commands {
            let What::Inputs { inputs, .. } = &command.what else { continue };
            for input in inputs {
                if let InputName::File(name) = input.name {
                    let name = named_by_script(Path::new(OsStr::from_bytes(name)), path, args);
                    offer(&name, wanted, found, text, depth + 1, args);
                }
            }
        }
        return;
    }
    let arena = Bump::new();
    let Ok(library) = shared::parse(bytes, &arena) else { return };
    for index in library.first_global..library.symbols.len() as u32 {
        if library.offers(index)
            && let Ok(name) = library.symbol_name(index)
            && let Some(at) = wanted.get(name)
        {
            found[*at].get_or_insert_with(text);
        }
    }
}

/// The file that a script at `script` means: in the sysroot when the script is, or beside it.
fn named_by_script(name: &Path, script: &Path, args: &Args) -> PathBuf {
    let in_sysroot = !args.sysroot.as_os_str().is_empty() && script.starts_with(&args.sysroot);
    if name.is_absolute() {
        return if in_sysroot { args.sysroot.join(name.strip_prefix("/").unwrap_or(name)) } else { name.to_owned() };
    }
    let dirs = script.parent().into_iter().chain(args.library_paths.iter().map(PathBuf::as_path));
    let found = dirs.map(|dir| dir.join(name)).find(|path| path.is_file());
    found.unwrap_or_else(|| name.to_owned())
}
