//! Checks on the source tree that a reader should not have to make: who may know whom, where `unsafe` may stand,
//! which dependencies there are, that every module says what it is for.

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::Trial;

use crate::dump::Result;

/// Gives one line a breach.
type Rule = fn(&[Source]) -> Vec<String>;

/// One trial a rule.
pub(crate) fn trials() -> Vec<Trial> {
    let rules: [(&str, Rule); 5] = [
        ("imports go down only", imports),
        ("unsafe stays in arena, mmap and the SIMD files", unsafe_places),
        ("every module says what it is for", headers),
        ("libc is named in mmap only", libc_places),
        ("the only dependencies are libc, zerocopy and memchr", |_| dependencies()),
    ];
    let trial = |(name, rule): (&str, Rule)| {
        crate::trial(format!("tidy/{name}"), Vec::new(), move || {
            let problems = rule(&sources()?);
            if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
        })
    };
    rules.into_iter().map(trial).collect()
}

/// A source file of the linker, by its path from the root.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// Numbered lines without comments and without what stands between quotes.
    fn code(&self) -> impl Iterator<Item = (usize, String)> {
        let bare = |line: &str| {
            let code = line.split("//").next().unwrap_or_default().replace("\\\"", "");
            code.split('"').step_by(2).collect::<Vec<_>>().join("\"\"")
        };
        self.text.lines().enumerate().map(move |(i, line)| (i + 1, bare(line)))
    }
}

fn sources() -> Result<Vec<Source>> {
    let mut found = Vec::new();
    for top in ["src", "arena/src", "mmap/src"] {
        walk(&Path::new(crate::ROOT).join(top), &mut found);
    }
    found.sort();
    let read = |path: &PathBuf| {
        let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let path = path.strip_prefix(crate::ROOT).unwrap_or(path).to_string_lossy().into_owned();
        Ok(Source { path, text })
    };
    found.iter().map(read).collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().filter_map(|e| e.ok()) {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// Whether `word` stands in `code` as a whole identifier.
fn names(code: &str, word: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word)
        .any(|(at, _)| !code[..at].ends_with(inside) && !code[at + word.len()..].starts_with(inside))
}

/// STYLE 3.11: `elf` and `macho` do not know each other, `base` knows neither, nor `args`; `arena` does not know `mmap`;
/// `arch` knows numbers, not files.
fn imports(sources: &[Source]) -> Vec<String> {
    let rules: &[(&str, &[&str])] = &[
        ("src/elf/arch", &["crate::args", "crate::macho", "super::super::symbols", "crate::elf::symbols"]),
        ("src/elf", &["crate::macho"]),
        ("src/macho", &["crate::elf"]),
        ("src/args/elf", &["crate::macho"]),
        ("src/args/macho", &["crate::elf"]),
        ("src/base", &["crate::elf", "crate::macho", "crate::args"]),
        ("arena/src", &["sinew_mmap", "libc"]),
        ("mmap/src", &["sinew_arena"]),
    ];
    let mut problems = Vec::new();
    for source in sources {
        for (_, unwanted) in rules.iter().filter(|(folder, _)| source.path.starts_with(folder)) {
            for (line, code) in source.code() {
                for word in unwanted.iter().filter(|w| names(&code, w)) {
                    problems.push(format!("{}:{line}: {word}", source.path));
                }
            }
        }
        // `use crate::{elf::…}` hides the name behind a brace.
        if source.path.starts_with("src/base") {
            for (line, code) in source.code().filter(|(_, c)| c.contains("crate::{")) {
                if ["elf", "macho", "args"].iter().any(|w| names(&code, w)) {
                    problems.push(format!("{}:{line}: {}", source.path, code.trim()));
                }
            }
        }
    }
    problems
}

/// STYLE 3.6.
fn unsafe_places(sources: &[Source]) -> Vec<String> {
    let allowed = ["arena/src/", "mmap/src/", "src/base/sha256/x86.rs", "src/base/sha256/aarch64.rs"];
    let mut problems = Vec::new();
    for source in sources.iter().filter(|s| !allowed.iter().any(|a| s.path.starts_with(a))) {
        for (line, code) in source.code() {
            let lint = code.contains("allow(unsafe_code)") && source.path != "src/base/sha256/mod.rs";
            if names(&code, "unsafe") || lint {
                problems.push(format!("{}:{line}: {}", source.path, code.trim()));
            }
        }
    }
    problems
}

/// STYLE 3.4: a module opens with `//!`.
fn headers(sources: &[Source]) -> Vec<String> {
    let bare = |s: &&Source| !s.text.starts_with("//!");
    sources.iter().filter(bare).map(|s| format!("{} does not open with //!", s.path)).collect()
}

/// STYLE 3.6: `libc` is the operating system's name, and `mmap/` is the operating-system crate.
fn libc_places(sources: &[Source]) -> Vec<String> {
    let mut problems = Vec::new();
    for source in sources.iter().filter(|s| !s.path.starts_with("mmap/")) {
        for (line, code) in source.code() {
            if code.contains("libc::") || names(&code, "use libc") || names(&code, "extern crate libc") {
                problems.push(format!("{}:{line}: {}", source.path, code.trim()));
            }
        }
    }
    problems
}

/// Names under `[dependencies]` (also target-specific ones) of the three manifests.
fn dependencies() -> Vec<String> {
    let allowed = ["libc", "zerocopy", "memchr", "sinew-arena", "sinew-mmap"];
    let mut problems = Vec::new();
    for manifest in ["Cargo.toml", "arena/Cargo.toml", "mmap/Cargo.toml"] {
        let Ok(text) = fs::read_to_string(Path::new(crate::ROOT).join(manifest)) else { continue };
        let mut section = String::new();
        for line in text.lines() {
            let line = line.trim();
            if let Some(name) = line.strip_prefix('[') {
                section = name.trim_end_matches(']').to_string();
                // `[dependencies.name]` is the long form.
                if let Some((_, name)) = section.split_once("dependencies.").filter(|(p, _)| !p.contains("dev-"))
                    && !allowed.contains(&name)
                {
                    problems.push(format!("{manifest}: {name}"));
                }
                continue;
            }
            let runtime = section.ends_with("dependencies") && !section.ends_with("dev-dependencies");
            if let Some((name, _)) = line.split_once(['=', '.']).filter(|_| runtime && !line.starts_with('#'))
                && !allowed.contains(&name.trim())
            {
                problems.push(format!("{manifest}: {}", name.trim()));
            }
        }
    }
    problems
}
