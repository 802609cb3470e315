//! The library that an undefined name is in, when it was not named on the command line.
//!
//! Looked at are the folders in which `-l` and `-framework` look: stubs, dylibs and archives. A file is parsed only if it
//! has the bytes of a name somewhere. Of several the one with the shortest option is named. A dylib of the command line
//! that has the name and does not export it is said to hide it.
//! Cost: every byte of the libraries of the SDK once, in one parallel region, once a link has failed.

use super::super::dylib::{self, Dylib};
use super::super::fat;
use super::super::load::Loaded;
use super::super::relocs::Context;
use super::super::tbd;
use crate::base::archive;
use crate::base::session::Session;
use memchr::memmem::Finder;
use sinew_arena::Bump;
use sinew_mmap::input::Input;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Names that are looked for.
const MOST_NAMES: usize = 16;

/// Libraries that are looked at: some SDKs have a thousand.
const MOST_FILES: usize = 5000;

/// A library that nobody named, and the option that would.
struct Candidate {
    path: PathBuf,
    option: String,
}

/// For each of `names`, what to do to have it, or why one cannot.
pub(super) fn offering(
    loaded: &Loaded<'_>,
    context: &Context<'_, '_>,
    names: &[&[u8]],
    cx: &Session,
) -> Vec<Option<String>> {
    let sought = &names[..names.len().min(MOST_NAMES)];
    let finders: Vec<Finder<'_>> = sought.iter().map(|name| Finder::new(stem(name))).collect();
    let mut found = vec![None; names.len()];
    for (_, file) in context.files.iter().filter(|(_, file)| file.library().is_some_and(|l| !l.load.implicit)) {
        for i in hiding(loaded, file.path, &finders, sought) {
            found[i].get_or_insert_with(|| format!("symbol is hidden in {}", file.path.display()));
        }
    }
    let mut candidates = candidates(context);
    candidates.truncate(MOST_FILES);
    let offers = cx.par.map(candidates.len(), candidates.len() as u64 * (64 << 10), |c| {
        exporting(loaded, &candidates[c].path, &finders, sought)
    });
    for (candidate, offers) in candidates.iter().zip(offers) {
        for i in offers {
            let Candidate { path, option } = candidate;
            found[i].get_or_insert_with(|| format!("{} has it: add {option}", path.display()));
        }
    }
    found
}

/// The part of a name that a text stub has: classes and their variables are in lists of their own there.
fn stem(name: &[u8]) -> &[u8] {
    let starts: [&[u8]; 4] = [b"_OBJC_CLASS_$_", b"_OBJC_METACLASS_$_", b"_OBJC_EHTYPE_$_", b"_OBJC_IVAR_$_"];
    starts.iter().find_map(|start| name.strip_prefix(*start)).unwrap_or(name)
}

/// What `-l` and `-framework` can find, shortest option first, each file once.
fn candidates(context: &Context<'_, '_>) -> Vec<Candidate> {
    let args = context.args;
    let is_folder = |path: &Path| path.is_dir();
    let entries = |folder: PathBuf| std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut found = Vec::new();
    for path in args.library_folders(is_folder).into_iter().flat_map(entries) {
        let is_library = ["tbd", "dylib", "a"].iter().any(|e| path.extension() == Some(OsStr::new(e)));
        let name = path.file_stem().and_then(|stem| stem.as_bytes().strip_prefix(b"lib"));
        if let Some(name) = name.filter(|_| is_library) {
            let option = format!("-l{}", String::from_utf8_lossy(name));
            found.push(Candidate { path, option });
        }
    }
    for folder in args.framework_folders(is_folder).into_iter().flat_map(entries) {
        let Some(name) = folder.file_stem().filter(|_| folder.extension() == Some(OsStr::new("framework"))) else {
            continue;
        };
        let binary = folder.join(name);
        let stub = folder.join([name, OsStr::new(".tbd")].join(OsStr::new("")));
        let option = format!("-framework {}", name.to_string_lossy());
        found.push(Candidate { path: if stub.is_file() { stub } else { binary }, option });
    }
    found.sort_by_cached_key(|c| (c.option.len(), c.option.clone(), c.path.clone()));
    found
}

/// Which of `names` the library or archive at `path` offers. What cannot be read offers nothing.
fn exporting(loaded: &Loaded<'_>, path: &Path, finders: &[Finder<'_>], names: &[&[u8]]) -> Vec<usize> {
    let Ok(input) = Input::open(path) else { return Vec::new() };
    let Some(bytes) = slice_of(loaded, input.bytes()) else { return Vec::new() };
    let mut there: Vec<usize> = (0..names.len()).filter(|i| finders[*i].find(bytes).is_some()).collect();
    if there.is_empty() {
        return there;
    }
    if archive::is_archive(bytes) {
        let index = archive::index(bytes).ok().flatten().unwrap_or_default();
        there.retain(|i| index.iter().any(|(name, _)| name == &names[*i]));
        return there;
    }
    let arena = Bump::new();
    let dylib = match tbd::is_tbd(bytes) {
        true => tbd::parse(bytes, loaded.arch, loaded.target, &arena),
        false => dylib::parse(bytes, loaded.arch, &arena),
    };
    let Ok(Some(dylib)) = dylib else { return Vec::new() };
    let has = |dylib: &Dylib<'_>, name: &[u8]| dylib.exports.iter().any(|export| export.name == name);
    there.retain(|i| has(&dylib, names[*i]) || dylib.inner.iter().any(|inner| has(inner, names[*i])));
    there
}

/// Which of `names` the dylib at `path` has among its symbols for itself.
fn hiding(loaded: &Loaded<'_>, path: &Path, finders: &[Finder<'_>], names: &[&[u8]]) -> Vec<usize> {
    let Ok(input) = Input::open(path) else { return Vec::new() };
    let Some(bytes) = slice_of(loaded, input.bytes()).filter(|bytes| !tbd::is_tbd(bytes)) else { return Vec::new() };
    let mut there: Vec<usize> = (0..names.len()).filter(|i| finders[*i].find(bytes).is_some()).collect();
    if !there.is_empty() {
        let own = dylib::own_symbols(bytes).unwrap_or_default();
        there.retain(|i| own.contains(&names[*i]));
    }
    there
}

/// The slice of a universal file that is for the machine, or the file.
fn slice_of<'b>(loaded: &Loaded<'_>, bytes: &'b [u8]) -> Option<&'b [u8]> {
    match fat::is_universal(bytes) {
        true => fat::select(bytes, loaded.arch).ok().flatten().map(|slice| slice.bytes),
        false => Some(bytes),
    }
}
