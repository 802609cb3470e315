//! From the command line to mapped files: finds libraries, follows text scripts. Archives of which every member is linked
//! are taken apart, and thin ones, since their members are files of their own.
//!
//! Every argument is opened by its own job: open, fstat, map, close are the only system calls an input costs. What a
//! script (`libc.so`) names is opened by the job that read the script.

use super::embed;
use super::format::*;
use super::members::Candidate;
use super::script::{self, InputName as ScriptName, Script, What};
use crate::args::elf::{Args, InputArg, InputName, Positional};
use crate::base::archive::{self, MemberData};
use crate::base::diag::Reported;
use crate::base::session::Session;
use sinew_mmap::input::Input;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::ops::Range;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Everything that was read: maps, the files in them, and what scripts say beside naming inputs.
#[derive(Debug)]
pub struct Opened {
    /// The mapped files.
    pub maps: Vec<Input>,
    /// Objects, shared objects and archives in command-line order.
    pub files: Vec<OpenFile>,
    /// Text scripts in order: indices of maps.
    pub scripts: Vec<usize>,
    /// Every path that was read, in order (`--trace`, `--dependency-file`).
    pub paths: Vec<PathBuf>,
}

impl Opened {
    /// Bytes of all files that were mapped.
    pub fn size(&self) -> u64 {
        self.maps.iter().map(|m| m.bytes().len() as u64).sum()
    }
}

/// One object, member or shared object.
#[derive(Debug)]
pub struct OpenFile {
    /// Path as given or found.
    pub path: PathBuf,
    /// Name inside the archive.
    pub member: Option<Vec<u8>>,
    /// Index of its map.
    map: usize,
    /// Its bytes in the map.
    range: Range<usize>,
    /// The object that stands for it (`-b binary`).
    made: Option<Vec<u8>>,
    /// Flags that held at its place.
    pub state: Positional,
    /// Linked only when needed.
    pub lazy: bool,
    /// Found by `-l`: without DT_SONAME others call it by its name alone.
    pub searched: bool,
    /// What it is.
    pub kind: Kind,
}

/// What a file is, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// ET_REL.
    Object,
    /// ET_DYN.
    Shared,
    /// Any ELF file whose symbols are taken as plain numbers (`--just-symbols`).
    JustSymbols,
    /// An archive, to be taken apart when it is known what is wanted.
    Archive,
}

impl OpenFile {
    /// The bytes of the file or member.
    pub fn bytes<'a>(&'a self, opened: &'a Opened) -> &'a [u8] {
        match &self.made {
            Some(bytes) => bytes,
            None => &opened.maps[self.map].bytes()[self.range.clone()],
        }
    }

    /// The file as one that may be linked.
    pub fn candidate<'a>(&'a self, opened: &'a Opened) -> Candidate<'a> {
        Candidate {
            path: &self.path,
            member: self.member.as_deref(),
            bytes: self.bytes(opened),
            state: self.state,
            lazy: self.lazy,
            searched: self.searched,
            kind: self.kind,
        }
    }
}

/// Scripts may name scripts; real ones do so once.
const MAX_SCRIPT_DEPTH: usize = 16;

/// Sixteen scripts that each name the next one a hundred times would be read for ever.
const MAX_SCRIPTS: usize = 4096;

/// What one argument turned out to be.
#[derive(Default)]
struct Found {
    maps: Vec<Input>,
    files: Vec<OpenFile>,
    scripts: Vec<usize>,
    search_dirs: Vec<PathBuf>,
}

/// Opens every input.
pub fn all(args: &Args, cx: &Session) -> Result<Opened, Reported> {
    let _t = cx.time.phase("open files");
    let search = Search { args };
    let mut inputs = without_repeated_libraries(&args.inputs);
    let script = |path: &PathBuf| InputArg { what: InputName::File(path.clone()), state: Positional::default() };
    inputs.splice(0..0, args.scripts.iter().map(script));
    // The kernel opens and maps a file in a few microseconds, for one thread at a time: few files are no work for two.
    let weight = inputs.len() as u64 * 4096;
    let mut found = cx.par.map(inputs.len(), weight, |i| search.open(&inputs[i], &[]));
    // SEARCH_DIR holds for the whole line, wherever its script stands.
    let dirs: Vec<PathBuf> = found.iter().flatten().flat_map(|f| f.search_dirs.clone()).collect();
    if !dirs.is_empty() {
        for (input, found) in inputs.iter().zip(&mut found).filter(|(_, f)| f.is_err()) {
            *found = search.open(input, &dirs);
        }
    }

    let mut opened = Opened { maps: Vec::new(), files: Vec::new(), scripts: Vec::new(), paths: Vec::new() };
    // An archive named again offers nothing new: its members are already there, earlier.
    let mut archives: HashMap<(Option<(u64, u64)>, bool), ()> = HashMap::new();
    for (order, found) in found.into_iter().enumerate() {
        let found = match found {
            Ok(found) => found,
            Err(text) => {
                cx.diag.error_at((order as u64) << 32, text);
                continue;
            }
        };
        let base = opened.maps.len();
        opened.paths.extend(found.maps.iter().map(|m| m.path().to_owned()));
        let repeated: Vec<bool> = (found.maps.iter())
            .map(|map| {
                let whole = inputs[order].state.whole_archive;
                archive::is_archive(map.bytes()) && archives.insert((map.identity(), whole), ()).is_some() && !whole
            })
            .collect();
        let is_part = |f: &OpenFile| f.member.is_some() || f.kind == Kind::Archive;
        let fresh = found.files.into_iter().filter(|f| !(f.lazy && is_part(f) && repeated[f.map]));
        opened.files.extend(fresh.map(|f| OpenFile { map: f.map + base, ..f }));
        opened.maps.extend(found.maps);
        opened.scripts.extend(found.scripts.into_iter().map(|map| map + base));
    }
    cx.diag.checkpoint()?;
    if opened.files.is_empty() {
        return Err(cx.diag.fail("no input files"));
    }
    spare_inputs(args, &opened, cx)?;
    Ok(opened)
}

/// The inputs but for each `-lNAME` that stands on the line before, with the same flags: the same file would be found, and
/// offer nothing new. Compilers name their own libraries again and again.
fn without_repeated_libraries(inputs: &[InputArg]) -> Vec<InputArg> {
    let mut seen: HashMap<&str, Vec<Positional>> = HashMap::new();
    let mut left = Vec::with_capacity(inputs.len());
    for input in inputs {
        if let InputName::Library(name) = &input.what
            && !(name.starts_with(':') || input.state.whole_archive || input.state.binary)
        {
            let seen = seen.entry(name).or_default();
            if seen.contains(&input.state) {
                continue;
            }
            seen.push(input.state);
        }
        left.push(input.clone());
    }
    left
}

/// Refuses an output that is one of the inputs: what it was made of would be gone.
fn spare_inputs(args: &Args, opened: &Opened, cx: &Session) -> Result<(), Reported> {
    let output = std::fs::metadata(&args.output).ok().map(|meta| (meta.dev(), meta.ino()));
    match opened.maps.iter().find(|map| output.is_some() && map.identity() == output) {
        Some(map) => {
            Err(cx.diag.fail(format_args!("{} is an input, and would be replaced by the output", map.path().display())))
        }
        None => Ok(()),
    }
}

struct Search<'a> {
    args: &'a Args,
}

impl Search<'_> {
    fn open(&self, arg: &InputArg, more: &[PathBuf]) -> Result<Found, String> {
        let mut found = Found::default();
        match &arg.what {
            InputName::File(path) => self.file(path, arg.state, (false, 0), &mut found)?,
            InputName::Library(name) => {
                let path = self.library(name, arg.state, more).ok_or_else(|| self.missing(name, arg.state))?;
                self.file(&path, arg.state, (true, 0), &mut found)?;
            }
        }
        Ok(found)
    }

    /// `-lNAME`: `libNAME.so` then `libNAME.a` in each directory; `-l:FILE` looks for the literal name.
    fn library(&self, name: &str, state: Positional, more: &[PathBuf]) -> Option<PathBuf> {
        let names = match name.strip_prefix(':') {
            Some(file) => vec![file.to_string()],
            None if state.prefer_static => vec![format!("lib{name}.a")],
            None => vec![format!("lib{name}.so"), format!("lib{name}.a")],
        };
        let dirs = self.args.library_paths.iter().chain(more);
        dirs.flat_map(|dir| names.iter().map(move |n| dir.join(n))).find(|path| path.is_file())
    }

    fn missing(&self, name: &str, state: Positional) -> String {
        let mut text = format!("cannot find -l{name}");
        let plain = name.strip_prefix(':').unwrap_or(name);
        if state.prefer_static && !name.starts_with(':') {
            let shared = Positional { prefer_static: false, ..state };
            if let Some(path) = self.library(name, shared, &[]) {
                text += &format!(" (only archives are searched under -static; there is {})", path.display());
            }
        }
        if self.args.library_paths.is_empty() {
            text += ": no search directory was given; add -L DIR";
        } else {
            let dirs: Vec<_> = self.args.library_paths.iter().map(|d| d.display().to_string()).collect();
            let _ = plain;
            text += &format!("\n>>> searched {}", dirs.join(", "));
        }
        text
    }

    fn file(
        &self,
        path: &Path,
        state: Positional,
        (searched, depth): (bool, usize),
        found: &mut Found,
    ) -> Result<(), String> {
        let input = Input::open(path).map_err(|e| format!("cannot open {}: {}", path.display(), reason(&e)))?;
        let map = found.maps.len();
        found.maps.push(input);
        let bytes = found.maps[map].bytes();
        let whole = 0..bytes.len();
        if state.binary {
            let made = Some(embed::object(path, bytes));
            let (path, kind) = (path.to_owned(), Kind::Object);
            found.files.push(OpenFile {
                path,
                member: None,
                map,
                range: whole,
                made,
                state,
                lazy: state.lazy,
                searched: false,
                kind,
            });
            return Ok(());
        }
        if archive::is_archive(bytes) && (state.whole_archive || archive::is_thin(bytes)) {
            return self.archive(path, map, state, found);
        }
        if archive::is_archive(bytes) {
            found.files.push(OpenFile {
                path: path.to_owned(),
                member: None,
                map,
                range: whole,
                made: None,
                state,
                lazy: true,
                searched,
                kind: Kind::Archive,
            });
            return Ok(());
        }
        if state.just_symbols {
            if !bytes.starts_with(&ELFMAG) {
                return Err(format!("{}: --just-symbols wants an ELF file", path.display()));
            }
            let kind = Kind::JustSymbols;
            let path = path.to_owned();
            found.files.push(OpenFile {
                path,
                member: None,
                map,
                range: whole,
                made: None,
                state,
                lazy: false,
                searched,
                kind,
            });
            return Ok(());
        }
        match kind(bytes) {
            Ok(Some(kind)) => {
                if kind == Kind::Shared && state.prefer_static && !state.just_symbols {
                    return Err(format!(
                        "{}: a shared object after -static or -Bstatic; put -Bdynamic before it, or link the archive",
                        path.display()
                    ));
                }
                let lazy = if kind == Kind::Shared { state.as_needed } else { state.lazy };
                let path = path.to_owned();
                found.files.push(OpenFile {
                    path,
                    member: None,
                    map,
                    range: whole,
                    made: None,
                    state,
                    lazy,
                    searched,
                    kind,
                });
                Ok(())
            }
            Ok(None) if bytes.is_empty() => Err(format!("{}: the file is empty", path.display())),
            Ok(None) if script::is_text_script(bytes) => {
                // The script's own inputs are added to `found`, which its text is a part of.
                let text = bytes.to_vec();
                let script = script::parse(&text).map_err(|e| format!("{}: {e}", path.display()))?;
                found.scripts.push(map);
                self.script(path, &script, state, found, depth)
            }
            Ok(None) => Err(format!("{}: unknown file type: not ELF, an archive, or a linker script", path.display())),
            Err(what) => Err(format!("{}: {what}", path.display())),
        }
    }

    fn archive(&self, path: &Path, map: usize, state: Positional, found: &mut Found) -> Result<(), String> {
        let at = |e| format!("{}: {e}", path.display());
        let start = found.maps[map].bytes().as_ptr() as usize;
        let mut files = Vec::new();
        let mut maps: Vec<Input> = Vec::new();
        // Files that a thin archive refers to, by path; one that is an archive itself with where its members are.
        let mut known: HashMap<PathBuf, (usize, HashMap<u64, Range<usize>>)> = HashMap::new();
        for member in archive::members(found.maps[map].bytes()).map_err(|e| at(e.to_string()))? {
            let (map, range, bytes) = match member.data {
                MemberData::Bytes { offset, bytes } => {
                    debug_assert_eq!(start + offset as usize, bytes.as_ptr() as usize);
                    (map, offset as usize..offset as usize + bytes.len(), bytes)
                }
                MemberData::External { path: name, nested } => {
                    let folder = path.parent().unwrap_or(Path::new(""));
                    let file = folder.join(OsStr::from_bytes(name));
                    if !known.contains_key(&file) {
                        let input = Input::open(&file)
                            .map_err(|e| at(format!("cannot open its member {}: {}", file.display(), reason(&e))))?;
                        let inner = match nested {
                            None => Vec::new(),
                            Some(_) => archive::members(input.bytes())
                                .map_err(|e| at(format!("its member {}: {e}", file.display())))?,
                        };
                        let inner = inner.into_iter().filter_map(|m| match m.data {
                            MemberData::Bytes { offset, bytes } => {
                                Some((m.header_offset, offset as usize..offset as usize + bytes.len()))
                            }
                            MemberData::External { .. } => None,
                        });
                        let inner = inner.collect();
                        known.insert(file.clone(), (maps.len(), inner));
                        maps.push(input);
                    }
                    let (number, inner) = &known[&file];
                    let bytes = maps[*number].bytes();
                    let range = match nested {
                        None => 0..bytes.len(),
                        Some(header) => inner
                            .get(&header)
                            .cloned()
                            .ok_or_else(|| at(format!("{} has no member at {header}", file.display())))?,
                    };
                    (found.maps.len() + number, range.clone(), &bytes[range])
                }
            };
            let name = String::from_utf8_lossy(member.name).into_owned();
            match kind(bytes) {
                Ok(Some(kind)) => files.push(OpenFile {
                    path: path.to_owned(),
                    member: Some(member.name.to_vec()),
                    map,
                    range,
                    made: None,
                    state,
                    lazy: if kind == Kind::Shared { state.as_needed } else { !state.whole_archive },
                    searched: false,
                    kind,
                }),
                // Metadata of compilers (Rust's `lib.rmeta`), notes of packagers: not for the linker.
                Ok(None) => {}
                Err(what) => return Err(at(format!("({name}) {what}"))),
            }
        }
        found.maps.extend(maps);
        found.files.extend(files);
        Ok(())
    }

    fn script(
        &self,
        path: &Path,
        script: &Script<'_>,
        state: Positional,
        found: &mut Found,
        depth: usize,
    ) -> Result<(), String> {
        if found.scripts.len() > MAX_SCRIPTS {
            return Err(format!("{}: scripts name each other more than {MAX_SCRIPTS} times", path.display()));
        }
        if depth == MAX_SCRIPT_DEPTH {
            return Err(format!("{}: scripts name each other {MAX_SCRIPT_DEPTH} deep", path.display()));
        }
        let dirs = script.commands.iter().filter_map(|c| match c.what {
            What::SearchDir(dir) => Some(self.in_sysroot(dir, path)),
            _ => None,
        });
        let dirs: Vec<PathBuf> = dirs.collect();
        found.search_dirs.extend(dirs.iter().cloned());
        let named = |text: String| format!("{text}\n>>> named by the script {}", path.display());
        for command in &script.commands {
            match &command.what {
                What::Inputs { inputs, .. } => {
                    for input in inputs {
                        let state = Positional { as_needed: state.as_needed || input.as_needed, ..state };
                        let searched = matches!(input.name, ScriptName::Library(_));
                        let target = match input.name {
                            ScriptName::Library(name) => {
                                let name = String::from_utf8_lossy(name);
                                let target = self.library(&name, state, &dirs);
                                target.ok_or_else(|| named(self.missing(&name, state)))?
                            }
                            ScriptName::File(name) => self.named_by_script(name, path, &dirs),
                        };
                        self.file(&target, state, (searched, depth + 1), found).map_err(named)?;
                    }
                }
                What::Include(name) => {
                    let target = self.named_by_script(name, path, &dirs);
                    self.file(&target, state, (false, depth + 1), found).map_err(named)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// An absolute path in a script that lies in the sysroot means inside the sysroot, as does a leading `=`.
    fn in_sysroot(&self, name: &[u8], script: &Path) -> PathBuf {
        let sysroot = &self.args.sysroot;
        let inside = !sysroot.as_os_str().is_empty() && script.starts_with(sysroot);
        match name.strip_prefix(b"=").or(name.strip_prefix(b"$SYSROOT")) {
            Some(rest) => sysroot.join(OsStr::from_bytes(rest.strip_prefix(b"/").unwrap_or(rest))),
            None if name.starts_with(b"/") && inside => sysroot.join(OsStr::from_bytes(&name[1..])),
            None => PathBuf::from(std::ffi::OsString::from_vec(name.to_vec())),
        }
    }

    /// A relative name is looked for here, beside the script, then in the library directories.
    fn named_by_script(&self, name: &[u8], script: &Path, more: &[PathBuf]) -> PathBuf {
        let path = self.in_sysroot(name, script);
        if path.is_absolute() || path.is_file() {
            return path;
        }
        let beside = script.parent().map(|folder| folder.join(&path));
        let dirs = self.args.library_paths.iter().chain(more).map(|dir| dir.join(&path));
        beside.into_iter().chain(dirs).find(|p| p.is_file()).unwrap_or(path)
    }
}

/// The words of an operating-system error without Rust's "(os error 2)".
fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    text.chars().next().map_or(String::new(), |c| c.to_lowercase().chain(text.chars().skip(1)).collect())
}

/// What the bytes are; `None` when they are no object file.
pub fn kind(bytes: &[u8]) -> Result<Option<Kind>, String> {
    if bytes.starts_with(b"BC\xc0\xde") || bytes.starts_with(b"\xde\xc0\x17\x0b") {
        return Err(
            "the file holds LLVM bitcode (-flto); compile without -flto, or link with clang's own linker ld.lld"
                .to_string(),
        );
    }
    if !bytes.starts_with(&ELFMAG) {
        return Ok(None);
    }
    match bytes.get(16..18).map(|k| u16::from_le_bytes([k[0], k[1]])) {
        Some(ET_REL) => Ok(Some(Kind::Object)),
        Some(ET_DYN) => Ok(Some(Kind::Shared)),
        Some(ET_EXEC) => Err("an executable cannot be linked again".to_string()),
        Some(kind) => Err(format!("ELF file of type {kind}, neither an object nor a shared object")),
        None => Err("an ELF header that ends after its magic".to_string()),
    }
}
