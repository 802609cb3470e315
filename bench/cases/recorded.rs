//! Links that were recorded elsewhere: `SINEW_BENCH_RSP` names their files, separated as in `PATH`.
//!
//! A file is either a response file, with all arguments of a link but the output, or a list of inputs, one a line. What
//! a list of Mach-O inputs lacks to be a link is added: a target, and that what nobody defines is looked up at run
//! time. `NAME=FILE` names the case; otherwise it is named by the file and the folder that it is in.

use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use sinew::args::response;

use super::{Case, Failure, Format, Recipe};

/// One case for each file; none is a case that says how to have one.
pub(crate) fn all() -> Vec<Recipe> {
    let Some(value) = std::env::var_os("SINEW_BENCH_RSP") else {
        let unnamed = |_: &Path| Err("SINEW_BENCH_RSP names no recorded link".into());
        return vec![Recipe::new("large_link", 7, unnamed)];
    };
    let files: Vec<PathBuf> = std::env::split_paths(&value).collect();
    let is_single = files.len() == 1;
    files
        .into_iter()
        .map(|file| {
            let (name, file) = named(file);
            let default = if is_single { "large_link".to_owned() } else { default_name(&file) };
            Recipe::new(&name.unwrap_or(default), 7, move |folder| case(&file, folder))
        })
        .collect()
}

fn named(file: PathBuf) -> (Option<String>, PathBuf) {
    match file.to_str().and_then(|text| text.split_once('=')) {
        Some((name, path)) if !name.contains('/') => (Some(name.to_owned()), path.into()),
        _ => (None, file),
    }
}

fn default_name(file: &Path) -> String {
    let text = |part: Option<&OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    format!("{}-{}", text(file.parent().and_then(Path::file_name)), text(file.file_stem()))
}

fn case(file: &Path, folder: &Path) -> Result<Case, Failure> {
    let file = file.canonicalize().map_err(|error| format!("{}: {error}", file.display()))?;
    let beside = file.parent().unwrap_or(Path::new("/")).to_owned();
    let text = fs::read_to_string(&file)?;
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let is_list = !lines.is_empty() && lines.iter().all(|line| beside.join(line).is_file());
    let words: Vec<String> = if is_list {
        lines.iter().map(|line| beside.join(line).display().to_string()).collect()
    } else {
        let words = response::expand(vec![format!("@{}", file.display()).into()])?;
        words.into_iter().map(|word| word.to_string_lossy().into_owned()).collect()
    };
    let format = format(&words, &beside).ok_or("it is not clear whether this is a link of ELF or of Mach-O")?;
    if !is_list {
        return Ok(Case { format, args: vec![format!("@{}", file.display())], folder: beside, is_started: false });
    }
    // Paths may hold what a response file would take for a separator.
    let response = folder.join("link.rsp");
    fs::write(&response, words.iter().map(|word| format!("\"{word}\"\n")).collect::<String>())?;
    let added = match format {
        Format::Elf => "",
        Format::MachO => "-arch arm64 -platform_version macos 13.0 13.0 -dylib -undefined dynamic_lookup",
    };
    let mut args: Vec<String> = added.split_whitespace().map(str::to_owned).collect();
    args.push(format!("@{}", response.display()));
    Ok(Case { format, args, folder: beside, is_started: false })
}

/// What the first input is that tells; an archive tells by what is at the beginning of it.
fn format(words: &[String], beside: &Path) -> Option<Format> {
    if words.iter().any(|word| word == "-platform_version" || word == "-arch") {
        return Some(Format::MachO);
    }
    words.iter().filter(|word| !word.starts_with('-')).find_map(|word| {
        let mut start = Vec::new();
        fs::File::open(beside.join(word)).ok()?.take(1 << 20).read_to_end(&mut start).ok()?;
        let is = |format: Format| {
            let magic = format.magic();
            start.starts_with(magic) || start.starts_with(b"!<arch>\n") && memchr::memmem::find(&start, magic).is_some()
        };
        [Format::Elf, Format::MachO].into_iter().find(|format| is(*format))
    })
}
