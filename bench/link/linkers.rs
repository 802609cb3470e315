//! The linkers that take part, by format.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;
use crate::cases::Format;

/// A linker of one format, and how its threads are limited.
#[derive(Debug)]
pub(crate) struct Linker {
    pub(crate) name: String,
    pub(crate) format: Format,
    path: PathBuf,
    /// The first line of `--version`.
    pub(crate) version: String,
    flags: Flags,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flags {
    /// Links both formats, and is told which; otherwise as [`Flags::ThreadsNoFork`].
    Sinew,
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
        if self.flags == Flags::Sinew {
            let flavor = if self.format == Format::Elf { "gnu" } else { "darwin" };
            command.extend(["-flavor", flavor].map(str::to_owned));
        }
        if self.flags != Flags::None {
            command.push(format!("--threads={threads}"));
        }
        if matches!(self.flags, Flags::Sinew | Flags::ThreadsNoFork | Flags::ThreadsNoForkNoGc) {
            command.push("--no-fork".to_owned());
        }
        if self.flags == Flags::ThreadsNoForkNoGc {
            command.push("--no-gc-sections".to_owned());
        }
        command
    }

    /// Whether it is the linker that this is about: it answers to options of its own.
    pub(crate) fn is_sinew(&self) -> bool {
        self.name == "sinew"
    }
}

/// Name, format, what the program may be called, flags.
const PEERS: &[(&str, Format, &[&str], Flags)] = &[
    ("lld", Format::Elf, &["ld.lld", "ld.lld-19"], Flags::Threads),
    ("lld", Format::MachO, &["ld64.lld", "ld64.lld-19"], Flags::Threads),
    ("mold", Format::Elf, &["ld.mold", "mold"], Flags::ThreadsNoFork),
    ("wild", Format::Elf, &["ld.wild", "wild"], Flags::ThreadsNoForkNoGc),
    ("bfd", Format::Elf, &["ld.bfd"], Flags::None),
];

/// The wanted linkers that are there. One that is not is said so; only a path that was given must exist.
pub(crate) fn find(wanted: &[String]) -> Result<Vec<Linker>, Failure> {
    let mut found = Vec::new();
    let mut add = |name: &str, format: Format, path: &Path, flags: Flags| {
        found.push(Linker { name: name.to_owned(), format, version: version(path), path: path.to_owned(), flags });
    };
    for name in wanted {
        let own = match name.split_once('=') {
            Some((name, path)) => Some((name, PathBuf::from(path).canonicalize()?)),
            None if name == "sinew" => Some(("sinew", PathBuf::from(env!("CARGO_BIN_EXE_sinew")))),
            None => None,
        };
        if let Some((name, path)) = own {
            [Format::Elf, Format::MachO].into_iter().for_each(|format| add(name, format, &path, Flags::Sinew));
            continue;
        }
        let peers: Vec<_> = PEERS.iter().filter(|(peer, ..)| peer == name).collect();
        if peers.is_empty() {
            return Err(format!("no linker is called {name}").into());
        }
        for &&(name, format, programs, flags) in &peers {
            match installed(programs) {
                Some(path) => add(name, format, &path, flags),
                None => println!("{name} for {} is not installed ({}).", format.name(), programs.join(", ")),
            }
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
