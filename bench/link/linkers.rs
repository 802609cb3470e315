//! The linkers that take part.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;

/// A linker, and how its threads are limited.
#[derive(Debug)]
pub(crate) struct Linker {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    /// The first line of `--version`.
    pub(crate) version: String,
    flags: Flags,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flags {
    /// Does all its work in the process that is started.
    Threads,
    /// Leaves its clean-up to a second process, unless told not to: its costs would not be seen.
    ThreadsNoFork,
    /// That, and drops unreferenced sections unless told to keep them, as no other linker does. A `--gc-sections`
    /// among the arguments comes later and wins.
    ThreadsNoForkNoGc,
    /// Has one thread.
    None,
}

impl Linker {
    /// The command for a link with `threads` threads, less inputs and output.
    pub(crate) fn command(&self, threads: usize) -> Vec<String> {
        let mut command = vec![self.path.display().to_string()];
        if self.flags != Flags::None {
            command.push(format!("--threads={threads}"));
        }
        if matches!(self.flags, Flags::ThreadsNoFork | Flags::ThreadsNoForkNoGc) {
            command.push("--no-fork".to_owned());
        }
        if self.flags == Flags::ThreadsNoForkNoGc {
            command.push("--no-gc-sections".to_owned());
        }
        command
    }
}

/// The wanted linkers that are there. One that is not is said so; only a path that was given must exist.
pub(crate) fn find(wanted: &[String]) -> Result<Vec<Linker>, Failure> {
    let mut found = Vec::new();
    for name in wanted {
        let (name, path, flags) = match name.split_once('=') {
            Some((name, path)) => (name, Some(PathBuf::from(path).canonicalize()?), Flags::ThreadsNoFork),
            None => match name.as_str() {
                "sinew" => ("sinew", Some(PathBuf::from(env!("CARGO_BIN_EXE_sinew"))), Flags::ThreadsNoFork),
                "lld" => ("lld", installed(&["ld.lld"]), Flags::Threads),
                "mold" => ("mold", installed(&["ld.mold", "mold"]), Flags::ThreadsNoFork),
                "wild" => ("wild", installed(&["ld.wild", "wild"]), Flags::ThreadsNoForkNoGc),
                "bfd" => ("bfd", installed(&["ld.bfd"]), Flags::None),
                other => return Err(format!("no linker is called {other}").into()),
            },
        };
        match path {
            Some(path) => found.push(Linker { name: name.to_owned(), version: version(&path), path, flags }),
            None => println!("{name} is not installed."),
        }
    }
    Ok(found)
}

fn installed(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders =
        std::env::var_os("SINEW_BENCH_PEERS").map(PathBuf::from).into_iter().chain(std::env::split_paths(&path));
    // Not made canonical: a program may be several linkers, by the name that it is called.
    folders.flat_map(|folder| names.iter().map(move |name| folder.join(name))).find(|path| path.is_file())
}

fn version(path: &Path) -> String {
    let output = Command::new(path).arg("--version").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.lines().next().unwrap_or("says no version").to_owned()
}
