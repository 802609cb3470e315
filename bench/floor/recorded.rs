//! A recorded link: the arguments of a linker in a response file, and the files that they name.
//!
//! This knows as little of a linker's command line as it takes to find the inputs. `-l` is looked up in the folders
//! of all `-L`, and of a text file in place of a library (`libc.so`) the paths in it are taken.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sinew_mmap::input::Input;

/// Options whose value is the next argument. Others have none, or have it after `=`.
const WITH_VALUE: &[&str] = &[
    "-m",
    "-o",
    "-z",
    "-h",
    "-e",
    "-u",
    "-I",
    "-T",
    "-y",
    "-a",
    "-A",
    "-b",
    "-F",
    "-f",
    "-G",
    "-R",
    "-Y",
    "-soname",
    "-dynamic-linker",
    "--dynamic-linker",
    "-rpath",
    "--rpath",
    "-rpath-link",
    "--rpath-link",
    "--hash-style",
    "--version-script",
    "-plugin",
    "--plugin",
    "--entry",
    "--undefined",
    "-Map",
    "--sysroot",
    "--dynamic-list",
];

/// What the inputs are asked of.
pub(crate) struct Recorded {
    folder: PathBuf,
    inputs: Vec<Wanted>,
    folders: Vec<PathBuf>,
}

enum Wanted {
    File(PathBuf),
    Library { name: String, only_static: bool },
}

impl Recorded {
    /// Reads a response file. Relative paths in it are relative to its folder.
    pub(crate) fn read(path: &Path) -> io::Result<Recorded> {
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let (mut inputs, mut folders, mut only_static) = (Vec::new(), Vec::new(), false);
        let mut args = words(&fs::read_to_string(path)?).into_iter();
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "-static" | "-Bstatic" | "-dn" | "-non_shared" => only_static = true,
                "-Bdynamic" | "-dy" | "-call_shared" => only_static = false,
                "-arch" | "-platform_version" => {
                    return Err(io::Error::new(io::ErrorKind::Unsupported, "left out: a link of Mach-O"));
                }
                "-L" | "-l" => {
                    let value = args.next().unwrap_or_default();
                    match arg.as_str() {
                        "-L" => folders.push(folder.join(value)),
                        _ => inputs.push(Wanted::Library { name: value, only_static }),
                    }
                }
                option if WITH_VALUE.contains(&option) => drop(args.next()),
                option if option.starts_with('-') => {
                    if let Some(value) = option.strip_prefix("-L") {
                        folders.push(folder.join(value));
                    } else if let Some(name) = option.strip_prefix("-l") {
                        inputs.push(Wanted::Library { name: name.to_owned(), only_static });
                    }
                }
                file => inputs.push(Wanted::File(folder.join(file))),
            }
        }
        Ok(Recorded { folder, inputs, folders })
    }

    /// Opens and maps every file once, in the order of the command line.
    pub(crate) fn open(&self) -> io::Result<Vec<Input>> {
        let (mut opened, mut seen) = (Vec::new(), HashSet::new());
        for wanted in &self.inputs {
            let input = match wanted {
                Wanted::File(path) => open(path)?,
                Wanted::Library { name, only_static } => self.open_library(name, *only_static)?,
            };
            self.add(input, &mut opened, &mut seen)?;
        }
        Ok(opened)
    }

    fn add(&self, input: Input, opened: &mut Vec<Input>, seen: &mut HashSet<(u64, u64)>) -> io::Result<()> {
        if input.identity().is_some_and(|identity| !seen.insert(identity)) {
            return Ok(());
        }
        if input.bytes().starts_with(b"\x7fELF") || sinew::base::archive::is_archive(input.bytes()) {
            opened.push(input);
            return Ok(());
        }
        let text = String::from_utf8_lossy(input.bytes()).into_owned();
        for word in text.split(|c: char| c.is_whitespace() || "(),".contains(c)) {
            // The words of a script that are files: comments and formats name none that exists.
            if word.starts_with('/') && Path::new(word).is_file() {
                self.add(open(Path::new(word))?, opened, seen)?;
            }
        }
        Ok(())
    }

    fn open_library(&self, name: &str, only_static: bool) -> io::Result<Input> {
        for folder in &self.folders {
            let candidates = match name.strip_prefix(':') {
                Some(exact) => vec![exact.to_owned()],
                None if only_static => vec![format!("lib{name}.a")],
                None => vec![format!("lib{name}.so"), format!("lib{name}.a")],
            };
            for candidate in candidates {
                match Input::open(&folder.join(candidate)) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    result => return result,
                }
            }
        }
        let what = format!("no library {name} for {}", self.folder.display());
        Err(io::Error::new(io::ErrorKind::NotFound, what))
    }
}

fn open(path: &Path) -> io::Result<Input> {
    Input::open(path).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

/// The words of a response file: separated by white space, quoted with `'` or `"`, escaped with `\`.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quote, mut begun) = (Vec::new(), String::new(), None, false);
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\\', _) => {
                word.extend(chars.next());
                begun = true;
            }
            (c, Some(open)) if c == open => quote = None,
            ('\'' | '"', None) => (quote, begun) = (Some(c), true),
            (c, None) if c.is_whitespace() => {
                if std::mem::take(&mut begun) {
                    words.push(std::mem::take(&mut word));
                }
            }
            _ => {
                word.push(c);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}
