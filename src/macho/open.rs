//! From the command line to parsed files: finds libraries, splits archives and universal files, follows re-exports.
//!
//! Files are opened and parsed by jobs; what a library re-exports and what objects ask for (`LC_LINKER_OPTION`) is opened
//! in later rounds, behind everything that was there before. Maps are kept in a list that grows while parsed views of
//! its earlier parts are in use.

use super::dylib::{self, Dylib};
use super::fat;
use super::files::{Content, File, Library, Load};
use super::format::*;
use super::objc::method_lists;
use super::object;
use super::search::Folders;
use super::tbd;
use crate::args::macho::{Arch, Args, Input as InputArg, Modes, OutputKind, Platform, Target, What};
use crate::base::archive::{self, MemberData};
use crate::base::carve;
use crate::base::diag::Reported;
use crate::base::report;
use crate::base::session::Session;
use crate::base::view::{Malformed, view_one};
use sinew_arena::Bump;
use sinew_mmap::input::Input;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// One round and those after it.
#[derive(Debug, Default)]
pub struct Rounds {
    maps: OnceLock<Vec<Input>>,
    next: OnceLock<Box<Rounds>>,
}

impl Rounds {
    /// Keeps `maps`, and lends them for as long as all are kept.
    fn keep(&self, maps: Vec<Input>) -> &[Input] {
        let mut round = self;
        let mut maps = Some(maps);
        loop {
            if round.maps.get().is_none() {
                return round.maps.get_or_init(|| maps.take().expect("kept once"));
            }
            round = round.next.get_or_init(Box::default);
        }
    }

    /// All maps, in order.
    pub fn all(&self) -> impl Iterator<Item = &Input> {
        let mut round = Some(self);
        std::iter::from_fn(move || {
            let here = round?;
            round = here.next.get().map(|b| &**b);
            Some(here.maps.get().map_or(&[][..], |maps| maps))
        })
        .flatten()
    }
}

/// What every step of opening reads.
pub struct Opener<'x, 'a> {
    /// The command line.
    pub args: &'x Args,
    /// Where libraries are.
    pub folders: Folders<'x>,
    /// The machine.
    pub arch: Arch,
    /// Platform and versions.
    pub target: Target,
    /// Owner of all maps.
    pub rounds: &'a Rounds,
    /// Where libraries are parsed to.
    pub arena: &'a Bump,
    /// Where the program is that a bundle is loaded by.
    bundle_loader: Option<PathBuf>,
    /// Archives and libraries that were opened, by device and inode: whoever names one again adds nothing.
    known: RefCell<HashSet<(u64, u64)>>,
    /// Re-exported libraries by path: several may re-export the same one.
    reexported: RefCell<HashMap<PathBuf, Option<Dylib<'a>>>>,
}

/// A file to be parsed: its bytes, and how it was named.
struct Found<'a> {
    path: &'a Path,
    member: Option<&'a [u8]>,
    bytes: &'a [u8],
    modes: Modes,
    lazy: bool,
    modified: u64,
}

impl Found<'_> {
    /// What messages call it.
    fn name(&self) -> String {
        let member = self.member.map(|m| format!("({})", String::from_utf8_lossy(m))).unwrap_or_default();
        format!("{}{member}", self.path.display())
    }
}

impl<'x, 'a> Opener<'x, 'a> {
    /// One that has opened nothing yet.
    pub fn new(args: &'x Args, arch: Arch, target: Target, rounds: &'a Rounds, arena: &'a Bump) -> Opener<'x, 'a> {
        let (known, reexported) = (RefCell::default(), RefCell::default());
        let bundle_loader = args.bundle_loader.as_deref().map(|path| rooted(path, args));
        Opener { args, folders: Folders::new(args), arch, target, rounds, arena, bundle_loader, known, reexported }
    }

    /// Opens `inputs` and parses them, in order.
    pub fn open(
        &self,
        inputs: &[InputArg],
        arenas: Option<&'a mut [Bump]>,
        cx: &Session,
    ) -> Result<Vec<File<'a>>, Reported> {
        let _t = cx.time.phase("open files");
        let (args, folders) = (self.args, &self.folders);
        // A report of what was looked for has it in order.
        let noted = inputs.iter().filter(|_| folders.is_noting());
        let known: Vec<_> = noted.map(|input| path_of(input, args, folders)).collect();
        let opened = cx.par.map(inputs.len(), inputs.len() as u64 * 4096, |i| {
            let path = known.get(i).cloned().unwrap_or_else(|| path_of(&inputs[i], args, folders))?;
            let input = Input::open(&path).map_err(|e| cannot_open(&path, &e))?;
            // The first look at a file costs a page fault, which is better had here than in the loop below.
            let is_universal = fat::is_universal(input.bytes());
            Ok::<_, String>((input, (inputs[i].modes, is_universal)))
        });
        let (mut maps, mut named) = (Vec::new(), Vec::new());
        for (order, result) in opened.into_iter().enumerate() {
            match result {
                Ok((map, name)) => {
                    maps.push(map);
                    named.push(name);
                }
                Err(error) => cx.diag.error_at(order as u64, error),
            }
        }
        cx.diag.checkpoint()?;
        let maps = self.rounds.keep(maps);
        let mut found = Vec::new();
        // An archive that is named twice counts once, and as a whole if one of the two says so.
        let whole = |map: &Input, modes: &Modes| map.identity().filter(|_| modes.force_load);
        let whole: HashSet<_> = maps.iter().zip(&named).filter_map(|(map, (modes, _))| whole(map, modes)).collect();
        for (map, (mut modes, is_universal)) in maps.iter().zip(named) {
            modes.force_load |= map.identity().is_some_and(|identity| whole.contains(&identity));
            if let Err(error) = self.split((map, is_universal), modes, &mut found, cx) {
                cx.diag.error_at(found.len() as u64, format_args!("{}: {error}", map.path().display()));
            }
        }
        cx.diag.checkpoint()?;
        self.parse(found, arenas, cx)
    }

    /// Whether the file that an input means is there.
    pub fn exists(&self, input: &InputArg) -> bool {
        path_of(input, self.args, &self.folders).is_ok_and(|path| path.is_file())
    }

    /// The files in a map: the slice of a universal file, the members of an archive.
    fn split(
        &self,
        (map, is_universal): (&'a Input, bool),
        modes: Modes,
        found: &mut Vec<Found<'a>>,
        cx: &Session,
    ) -> Result<(), Malformed> {
        let mut bytes = map.bytes();
        if is_universal {
            match fat::select(bytes, self.arch)? {
                Some(slice) => bytes = slice.bytes,
                None => {
                    let (path, modified) = (map.path(), map.modified());
                    let whole = Found { path, member: None, bytes, modes, lazy: false, modified };
                    self.other_machine(&whole, cx);
                    return Ok(());
                }
            }
        }
        let is_object = is_object(bytes, fat::cpu_type(self.arch));
        if !is_object && map.identity().is_some_and(|identity| !self.known.borrow_mut().insert(identity)) {
            return Ok(());
        }
        let (path, modified) = (map.path(), map.modified());
        if !archive::is_archive(bytes) {
            found.push(Found { path, member: None, bytes, modes, lazy: false, modified });
            return Ok(());
        }
        let lazy = !modes.force_load && !self.args.all_load;
        for member in archive::members(bytes)? {
            let (bytes, modified) = match member.data {
                MemberData::Bytes { bytes, .. } => (bytes, member.modified),
                MemberData::External { path: file, nested } => {
                    let external = self.external(path, file, nested.is_some());
                    let external = external.map_err(|why| Malformed::new(member.header_offset, why))?;
                    (external.bytes(), external.modified())
                }
            };
            found.push(Found { path, member: Some(member.name), bytes, modes, lazy, modified });
        }
        Ok(())
    }

    /// A member of a thin archive, which is a file of its own, named from the archive's folder.
    fn external(&self, archive: &Path, file: &[u8], is_nested: bool) -> Result<&'a Input, String> {
        let path = archive.parent().unwrap_or(Path::new("")).join(OsStr::from_bytes(file));
        if is_nested {
            return Err(format!("a thin archive in a thin archive: {}", path.display()));
        }
        let input = Input::open(&path).map_err(|e| format!("cannot open its member {}: {e}", path.display()))?;
        Ok(&self.rounds.keep(vec![input])[0])
    }

    /// Passes over a file that is for other machines, in the words of Apple's linker.
    fn other_machine(&self, found: &Found<'a>, cx: &Session) {
        let (path, ours) = (found.name(), fat::name(fat::cpu_type(self.arch)));
        let list = |machines: Vec<Cow<'static, str>>| machines.join(",");
        let text = match fat::slices(found.bytes) {
            Ok(slices) if fat::is_universal(found.bytes) => {
                let theirs = list(slices.iter().map(|slice| fat::name(slice.cpu_type)).collect());
                format!("ignoring file '{path}': fat file missing arch '{ours}', file has '{theirs}'")
            }
            _ if tbd::is_tbd(found.bytes) => {
                format!("ignoring file '{path}': text stub has no target for {ours} {}", self.target.platform.name())
            }
            _ => {
                let header = view_one::<Header>(found.bytes, 0, "").ok();
                let theirs = header.filter(|h| h.magic.get() == MH_MAGIC_64).map(|h| fat::name(h.cpu_type.get()));
                let theirs = theirs.map(|theirs| format!("found architecture '{theirs}', ")).unwrap_or_default();
                format!("ignoring file '{path}': {theirs}required architecture '{ours}'")
            }
        };
        if self.args.arch_errors_fatal {
            cx.diag.error(text);
        } else if !self.args.no_arch_warnings {
            cx.diag.warn(text);
        }
    }

    /// Parses objects in parallel, if there are arenas to do so; libraries, which are few, as they come.
    fn parse(
        &self,
        found: Vec<Found<'a>>,
        arenas: Option<&'a mut [Bump]>,
        cx: &Session,
    ) -> Result<Vec<File<'a>>, Reported> {
        let groups = carve::groups(found.iter().map(|f| f.bytes.len() as u64), 1 << 20);
        let weight = found.iter().map(|f| f.bytes.len() as u64).sum();
        let machine = fat::cpu_type(self.arch);
        let relative = self.args.relative_method_lists(self.target);
        let parse = |bytes: &'a [u8], arena: &'a Bump| {
            let object = object::parse(bytes, arena)?;
            let lists = if relative { method_lists::relative(&object, arena) } else { None };
            Ok(lists.unwrap_or(object))
        };
        let objects = |arena: &'a Bump, g: usize| {
            let files = found[groups[g].clone()].iter();
            files.map(|f| is_object(f.bytes, machine).then(|| parse(f.bytes, arena))).collect::<Vec<_>>()
        };
        let objects: Vec<_> = match arenas {
            Some(arenas) => cx.par.map_in(arenas, groups.len(), weight, objects),
            None => (0..groups.len()).map(|g| objects(self.arena, g)).collect(),
        };
        let mut files = Vec::with_capacity(found.len());
        for (order, (found, object)) in found.iter().zip(objects.into_iter().flatten()).enumerate() {
            let mut brought = Vec::new();
            let content = match object {
                Some(object) => object.map(|o| Some(Content::Object(o))),
                None => self.content(found, &mut brought, cx),
            };
            match content {
                Ok(Some(content)) => files.push(File {
                    path: found.path,
                    member: found.member,
                    lazy: found.lazy && matches!(content, Content::Object(_)),
                    hidden: found.modes.hidden,
                    modified: found.modified,
                    content,
                }),
                Ok(None) => {}
                Err(error) => {
                    cx.diag.error_at((order as u64) << 32, format_args!("{}: {error}", found.name()));
                }
            }
            files.extend(brought.into_iter().map(|library| File {
                path: found.path,
                member: None,
                lazy: false,
                hidden: false,
                modified: 0,
                content: Content::Dylib(library),
            }));
        }
        cx.diag.checkpoint()?;
        Ok(files)
    }

    /// What a file is that is no object for this machine; libraries that it brings with it go into `brought`.
    fn content(
        &self,
        found: &Found<'a>,
        brought: &mut Vec<Library<'a>>,
        cx: &Session,
    ) -> Result<Option<Content<'a>>, Malformed> {
        let bytes = found.bytes;
        if self.args.kind == OutputKind::Relocatable && is_library(bytes) {
            return Ok(None); // What an object file needs of libraries is asked for when it is linked.
        }
        let mut library = |dylib: Option<Dylib<'a>>, bundle_loader: bool| match dylib {
            Some(dylib) => {
                let (main, others) = self.library(found, dylib, bundle_loader, cx);
                brought.extend(others);
                Ok(Some(Content::Dylib(main)))
            }
            None => {
                self.other_machine(found, cx);
                Ok(None)
            }
        };
        if tbd::is_tbd(bytes) {
            return library(tbd::parse(bytes, self.arch, self.target, self.arena)?, false);
        }
        let nothing = "neither a Mach-O file nor a text stub nor an archive";
        let Ok(header) = view_one::<Header>(bytes, 0, "the file's header") else {
            return Err(Malformed::new(0, if bytes.is_empty() { "the file is empty" } else { nothing }));
        };
        match (header.magic.get(), header.file_type.get()) {
            (MH_MAGIC_64, _) if header.cpu_type.get() != fat::cpu_type(self.arch) => {
                self.other_machine(found, cx);
                Ok(None)
            }
            (MH_MAGIC_64, MH_DYLIB | MH_DYLIB_STUB) => library(dylib::parse(bytes, self.arch, self.arena)?, false),
            (MH_MAGIC_64, MH_EXECUTE | MH_BUNDLE) if self.bundle_loader.as_deref() == Some(found.path) => {
                library(dylib::parse(bytes, self.arch, self.arena)?, true)
            }
            (MH_MAGIC_64, MH_EXECUTE | MH_BUNDLE) => Err(Malformed::new(
                0,
                "a program or a bundle, which nothing can be linked against; -bundle_loader is for the program that loads a bundle",
            )),
            _ if bytes.starts_with(b"BC\xc0\xde") || bytes.starts_with(&[0xde, 0xc0, 0x17, 0x0b]) => {
                Err(Malformed::new(
                    0,
                    "LLVM bitcode: compile it without -flto, or run llc on it first; this linker has no code generator",
                ))
            }
            _ => Err(Malformed::new(0, nothing)),
        }
    }

    /// A library with what it re-exports, and libraries that it brings with it: those that it re-exports and that anybody
    /// may link against (they are bound to by their own names), and those that had its symbols on older systems.
    fn library(
        &self,
        found: &Found<'a>,
        dylib: Dylib<'a>,
        is_bundle_loader: bool,
        cx: &Session,
    ) -> (Library<'a>, Vec<Library<'a>>) {
        let modes = found.modes;
        let dylib = dylib::apply_directives(&dylib, self.target, true, self.arena);
        self.check_client(found.path, &dylib, cx);
        // Of a stub only what is for the platform was read, and stubs know exceptions.
        if !tbd::is_tbd(found.bytes) && !is_bundle_loader {
            self.check_platform(found.path, &dylib, cx);
        }
        let load = Load {
            weak: modes.weak,
            needed: modes.needed,
            reexport: modes.reexport || self.is_sub_library(dylib.install_name),
            upward: modes.upward,
            implicit: false,
        };
        let brought = Load { implicit: true, weak: modes.weak, ..Load::default() };
        let mut main = as_library(&dylib, load);
        main.is_bundle_loader = is_bundle_loader;
        let mut others: Vec<Library<'a>> =
            dylib.previous.iter().map(|previous| as_library(previous, brought)).collect();
        let hidden: HashSet<&[u8]> = dylib.hidden.iter().copied().collect();
        let mut seen: HashSet<&'a [u8]> = HashSet::from([dylib.install_name]);
        let mut wanted: Vec<(&'a [u8], Dylib<'a>)> = dylib.reexports.iter().map(|name| (*name, dylib)).collect();
        while let Some((name, by)) = wanted.pop() {
            if !seen.insert(name) {
                continue;
            }
            let inner = by.inner.iter().chain(dylib.inner).find(|inner| inner.install_name == name).copied();
            let Some(inner) = inner.or_else(|| self.reexported(name, found.path, by.rpaths, cx)) else { continue };
            wanted.extend(inner.reexports.iter().map(|name| (*name, inner)));
            let exports = inner.exports.iter().filter(|export| !hidden.contains(export.name));
            if is_public(name) && !self.args.no_implicit_dylibs && !modes.reexport {
                others.push(Library { exports: exports.copied().collect(), ..as_library(&inner, brought) });
            } else {
                main.exports.extend(exports);
            }
        }
        (main, others)
    }

    /// Whether `-sub_library` or `-sub_umbrella` names this library: by its leaf, for libraries up to the first dot.
    fn is_sub_library(&self, install_name: &[u8]) -> bool {
        let leaf = install_name.rsplit(|byte| *byte == b'/').next().unwrap_or(install_name);
        let stem = leaf.split(|byte| *byte == b'.').next().unwrap_or(leaf);
        self.args.sub_libraries.iter().any(|name| **name == *stem)
            || self.args.sub_umbrellas.iter().any(|name| **name == *leaf)
    }

    /// Tells of a library that does not run where the output will, in the words of Apple's linker.
    fn check_platform(&self, path: &Path, dylib: &Dylib<'a>, cx: &Session) {
        let path = path.display();
        let Some((theirs, _)) = dylib.platforms.first() else { return };
        let ours = self.target.platform;
        if let Some((_, min)) = dylib.platforms.iter().find(|(platform, _)| *platform == ours) {
            if *min > self.target.min {
                let (name, linked) = (ours.name(), self.target.min);
                let than = format_args!("version ({min}) than being linked ({linked})");
                cx.diag.warn(format_args!("dylib ({path}) was built for newer '{name}' {than}"));
            }
            return;
        }
        let (ours_name, theirs_name) = (ours.name(), theirs.name());
        let text = format!("building for '{ours_name}', but linking in dylib ({path}) built for '{theirs_name}'");
        let on_mac = |platform: Platform| matches!(platform, Platform::MACOS | Platform::MAC_CATALYST);
        // Much of macOS is there for its Catalyst programs too, whatever a library says.
        if on_mac(ours) && dylib.platforms.iter().any(|(platform, _)| on_mac(*platform)) {
            cx.diag.warn(text);
        } else {
            cx.diag.error(text);
        }
    }

    /// Some libraries say who may link against them, and not all may be used by app extensions.
    fn check_client(&self, path: &Path, dylib: &Dylib<'a>, cx: &Session) {
        let args = self.args;
        if args.application_extension && !dylib.app_extension_safe {
            let text = "linking against a dylib which is not safe for use in application extensions";
            cx.diag.warn(format_args!("{text}: {}", path.display()));
        }
        let umbrella = dylib.parent_umbrella;
        if umbrella.is_none() && dylib.allowable_clients.is_empty() {
            return;
        }
        let own = args.install_name();
        let leaf = own.rsplit(|byte| *byte == b'/').next().unwrap_or(&own);
        let stem = leaf.split(|byte| *byte == b'.').next().unwrap_or(leaf);
        let stem = stem.strip_prefix(b"lib").unwrap_or(stem);
        let us = [args.client_name.as_deref().unwrap_or(stem), args.umbrella.as_deref().unwrap_or(leaf), leaf];
        let allowed = |name: &[u8]| us.contains(&name);
        if !umbrella.is_some_and(allowed) && !dylib.allowable_clients.iter().any(|name| allowed(name)) {
            let path = path.display();
            cx.diag.error(format_args!(
                "cannot link directly with '{path}': product being built is not an allowed client of it"
            ));
        }
    }

    /// The library that another one calls `name`; a warning if it is not there.
    fn reexported(&self, name: &[u8], loader: &Path, rpaths: &[&[u8]], cx: &Session) -> Option<Dylib<'a>> {
        let missing = |why: String| {
            let name = String::from_utf8_lossy(name);
            cx.diag.warn(format_args!("cannot find {name}, which {} re-exports{why}", loader.display()));
        };
        let Some(path) = self.folders.install_name(name, loader, rpaths) else {
            missing(String::new());
            return None;
        };
        if let Some(known) = self.reexported.borrow().get(&path) {
            return *known;
        }
        let dylib = self.open_reexported(&path, &missing, cx);
        self.reexported.borrow_mut().insert(path, dylib);
        dylib
    }

    fn open_reexported(&self, path: &Path, missing: &dyn Fn(String), cx: &Session) -> Option<Dylib<'a>> {
        let input = match Input::open(path) {
            Ok(input) => input,
            Err(error) => {
                missing(format!(": {error}"));
                return None;
            }
        };
        let map = &self.rounds.keep(vec![input])[0];
        let bytes = match fat::is_universal(map.bytes()) {
            true => fat::select(map.bytes(), self.arch).ok().flatten()?.bytes,
            false => map.bytes(),
        };
        let parsed = match tbd::is_tbd(bytes) {
            true => tbd::parse(bytes, self.arch, self.target, self.arena),
            false => dylib::parse(bytes, self.arch, self.arena),
        };
        match parsed {
            Ok(dylib) => dylib.map(|dylib| dylib::apply_directives(&dylib, self.target, true, self.arena)),
            Err(error) => {
                cx.diag.error(format_args!("{}: {error}", path.display()));
                None
            }
        }
    }
}

/// A library with its own exports.
fn as_library<'a>(dylib: &Dylib<'a>, load: Load) -> Library<'a> {
    Library {
        install_name: dylib.install_name,
        current_version: dylib.current_version.0,
        compatibility_version: dylib.compatibility_version.0,
        exports: dylib.exports.to_vec(),
        load,
        droppable: dylib.dead_strippable,
        is_bundle_loader: false,
        app_extension_safe: dylib.app_extension_safe,
    }
}

/// Whether anybody may link against a library, by where it is installed: right in `/usr/lib`, or a framework of the
/// system that is not within another one.
fn is_public(install_name: &[u8]) -> bool {
    if let Some(leaf) = install_name.strip_prefix(b"/usr/lib/") {
        return !leaf.contains(&b'/');
    }
    let Some(rest) = install_name.strip_prefix(b"/System/Library/Frameworks/") else { return false };
    let name = rest.split(|byte| *byte == b'.').next().unwrap_or(rest);
    let leaf = rest.rsplit(|byte| *byte == b'/').next().unwrap_or(rest);
    rest[name.len()..].starts_with(b".framework/") && leaf == name
}

/// A path under the first `-syslibroot` that has it, else the path itself.
fn rooted(path: &Path, args: &Args) -> PathBuf {
    args.rooted(path).find(|path| path.is_file()).unwrap_or_else(|| path.to_owned())
}

/// Why the file at `path` is not read, in the words that Apple's linker has where it is not there.
fn cannot_open(path: &Path, error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => format!("file not found: {}", path.display()),
        _ => format!("cannot open {}: {}", path.display(), report::reason(error)),
    }
}

/// Where an input is.
fn path_of(input: &InputArg, args: &Args, folders: &Folders<'_>) -> Result<PathBuf, String> {
    match &input.what {
        What::File(path) => Ok(rooted(path, args)),
        What::Library(name) => {
            let found = folders.library(name);
            found.ok_or_else(|| format!("library '{}' not found", name.to_string_lossy()))
        }
        What::Framework { name, suffix } => {
            let found = folders.framework(name, suffix.as_deref());
            found.ok_or_else(|| format!("framework '{}' not found", name.to_string_lossy()))
        }
    }
}

/// Whether it is an object for the machine.
fn is_object(bytes: &[u8], machine: u32) -> bool {
    view_one::<Header>(bytes, 0, "").is_ok_and(|header| {
        (header.magic.get(), header.file_type.get(), header.cpu_type.get()) == (MH_MAGIC_64, MH_OBJECT, machine)
    })
}

/// Whether it is a dynamic library or a text stub of one.
fn is_library(bytes: &[u8]) -> bool {
    let is_dylib = |header: &Header| matches!(header.file_type.get(), MH_DYLIB | MH_DYLIB_STUB);
    tbd::is_tbd(bytes) || view_one::<Header>(bytes, 0, "").is_ok_and(|h| h.magic.get() == MH_MAGIC_64 && is_dylib(h))
}

/// The inputs that the `LC_LINKER_OPTION`s of an object ask for, but for those that the command line forbids.
pub fn linker_options(options: &[&[&[u8]]], args: &Args) -> Vec<InputArg> {
    let allowed = |option: &&&[&[u8]]| !args.ignored_auto_links.iter().any(|ignored| ignored[..] == option.join(&b' '));
    let modes_of = |name: &[u8]| Modes {
        force_load: args.force_load_swift_libs && name.starts_with(b"swift"),
        ..Modes::default()
    };
    let modes = Modes::default();
    let text = |bytes: &[u8]| OsStr::from_bytes(bytes).to_owned();
    let input = |option: &&[&[u8]]| match **option {
        [single] if single.starts_with(b"-l") => {
            Some(InputArg { what: What::Library(text(&single[2..])), modes: modes_of(&single[2..]) })
        }
        [b"-framework", name] => Some(InputArg { what: What::Framework { name: text(name), suffix: None }, modes }),
        _ => None,
    };
    options.iter().filter(allowed).filter_map(input).collect()
}
