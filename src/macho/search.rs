//! Where libraries and frameworks are: `-l`, `-framework`, and the install names of re-exported libraries.
//!
//! Reports may ask where was looked: then every path that was tried is noted (`-dependency_info`), or printed at once, so
//! that it is there when a library is not found (`--print-dylib-search`).

use crate::args::macho::Args;
use crate::base::stdout;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The folders of one link.
#[derive(Debug)]
pub struct Folders<'x> {
    args: &'x Args,
    libraries: Vec<PathBuf>,
    frameworks: Vec<PathBuf>,
    /// Paths that were tried and where no file is; only if a report wants them.
    missing: Option<Mutex<Vec<PathBuf>>>,
}

impl<'x> Folders<'x> {
    /// The folders that the command line and the SDK give.
    pub fn new(args: &'x Args) -> Folders<'x> {
        let libraries = args.library_folders(|path| path.is_dir());
        let frameworks = args.framework_folders(|path| path.is_dir());
        let missing = args.dependency_info.is_some().then(Mutex::default);
        Folders { args, libraries, frameworks, missing }
    }

    /// Whether somebody wants to know where was looked: then it must be in order.
    pub fn is_noting(&self) -> bool {
        self.missing.is_some() || self.args.print_dylib_search
    }

    /// The paths that were tried and where no file is.
    pub fn into_missing(self) -> Vec<PathBuf> {
        self.missing.map_or_else(Vec::new, |missing| missing.into_inner().unwrap_or_else(|e| e.into_inner()))
    }

    /// Whether a file is at `path`.
    pub fn is_file(&self, path: &Path) -> bool {
        let there = path.is_file();
        if self.args.print_dylib_search {
            let answer = if there { "found" } else { "not found" };
            // Whoever asked for it and closed the pipe has seen enough.
            let _ = stdout::print(format!("searched {}, {answer}\n", path.display()).as_bytes());
        }
        if let Some(missing) = self.missing.as_ref().filter(|_| !there) {
            missing.lock().unwrap_or_else(|e| e.into_inner()).push(path.to_owned());
        }
        there
    }

    /// The file that `-lNAME` means: in each folder in turn a stub, a dylib, an archive; or dylibs of all folders first.
    pub fn library(&self, name: &OsStr) -> Option<PathBuf> {
        if name.as_bytes().ends_with(b".o") {
            return self.libraries.iter().map(|folder| folder.join(name)).find(|path| self.is_file(path));
        }
        let file = |folder: &Path, suffix: &OsStr, extension: &str| {
            let mut file = OsString::from("lib");
            file.push(name);
            file.push(suffix);
            file.push(extension);
            Some(folder.join(file)).filter(|path| self.is_file(path))
        };
        let suffixes = self.suffixes();
        let find = |folder: &Path, extensions: &[&str]| {
            let tried = suffixes.iter().flat_map(|s| extensions.iter().map(move |e| (*s, *e)));
            tried.into_iter().find_map(|(suffix, extension)| file(folder, suffix, extension))
        };
        if self.args.search_dylibs_first {
            let dylibs = self.libraries.iter().find_map(|folder| find(folder, &[".tbd", ".dylib"]));
            return dylibs.or_else(|| self.libraries.iter().find_map(|folder| find(folder, &[".a"])));
        }
        self.libraries.iter().find_map(|folder| find(folder, &[".tbd", ".dylib", ".a"]))
    }

    /// The file that `-framework NAME[,SUFFIX]` means.
    pub fn framework(&self, name: &OsStr, suffix: Option<&OsStr>) -> Option<PathBuf> {
        let find = |folder: &Path, suffix: &OsStr| {
            let mut bundle = name.to_owned();
            bundle.push(".framework");
            let mut file = name.to_owned();
            file.push(suffix);
            let binary = folder.join(bundle).join(file);
            self.stub_or(binary)
        };
        let wanted = suffix.into_iter().chain(self.suffixes());
        let wanted: Vec<&OsStr> = wanted.collect();
        self.frameworks.iter().find_map(|folder| wanted.iter().find_map(|suffix| find(folder, suffix)))
    }

    fn suffixes(&self) -> Vec<&OsStr> {
        self.args.image_suffix.iter().map(OsString::as_os_str).chain([OsStr::new("")]).collect()
    }

    /// The file of the library that others call `install_name`. `loader` is the library that names it, with its own
    /// `rpaths`: what `@loader_path` and `@rpath` stand for.
    pub fn install_name(&self, install_name: &[u8], loader: &Path, rpaths: &[&[u8]]) -> Option<PathBuf> {
        let named = self.args.dylib_files.iter().find(|(name, _)| name[..] == *install_name);
        if let Some((_, path)) = named {
            return Some(path.clone());
        }
        let beside = |rest: &[u8]| loader.parent().unwrap_or(Path::new("")).join(OsStr::from_bytes(rest));
        let path = if let Some(rest) = install_name.strip_prefix(b"@loader_path/") {
            beside(rest)
        } else if let Some(rest) = install_name.strip_prefix(b"@executable_path/") {
            let program = self.args.executable_path.as_deref().unwrap_or(&self.args.output);
            program.parent().unwrap_or(Path::new("")).join(OsStr::from_bytes(rest))
        } else if let Some(rest) = install_name.strip_prefix(b"@rpath/") {
            let own = self.args.rpaths.iter().map(|r| &r[..]);
            let all = rpaths.iter().copied().chain(own).map(|rpath| match rpath.strip_prefix(b"@loader_path/") {
                Some(folder) => beside(folder).join(OsStr::from_bytes(rest)),
                None => Path::new(OsStr::from_bytes(rpath)).join(OsStr::from_bytes(rest)),
            });
            // Last, next to the one that asks: where a build leaves its products.
            let candidates = all.chain([beside(rest)]);
            return candidates.into_iter().find_map(|path| self.existing(&path)).or_else(|| self.by_folder(rest));
        } else {
            PathBuf::from(OsStr::from_bytes(install_name))
        };
        self.existing(&path).or_else(|| self.by_folder(install_name))
    }

    /// A path, under each `-syslibroot` first, as a stub first.
    fn existing(&self, path: &Path) -> Option<PathBuf> {
        let candidates = self.args.rooted(path).chain([path.to_owned()]);
        candidates.into_iter().find_map(|path| self.stub_or(path))
    }

    /// The text stub that stands for the binary at `path`, or the binary.
    fn stub_or(&self, path: PathBuf) -> Option<PathBuf> {
        let stub = stub_of(&path).filter(|stub| self.is_file(stub));
        stub.or_else(|| self.is_file(&path).then_some(path))
    }

    /// The last part of an install name in the folders of `-L`, as ld64 does for libraries that are not installed yet.
    fn by_folder(&self, install_name: &[u8]) -> Option<PathBuf> {
        let leaf = Path::new(OsStr::from_bytes(install_name)).file_name()?;
        self.libraries.iter().find_map(|folder| self.stub_or(folder.join(leaf)))
    }
}

/// The text stub that stands for a binary: `libX.dylib` has `libX.tbd`, `X` has `X.tbd`.
fn stub_of(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.as_bytes();
    let stem = name.strip_suffix(b".dylib").unwrap_or(name);
    let mut stub = OsStr::from_bytes(stem).to_owned();
    stub.push(".tbd");
    Some(path.with_file_name(stub))
}
