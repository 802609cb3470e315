//! The files that take part: opens what the command line names and what objects ask for, until nothing is added.

use super::files::{Content, File, Files};
use super::format::Section;
use super::open::{self, Opener, Rounds};
use super::search::Folders;
use super::symbols::{self, Interned};
use crate::args::macho::{Arch, Args, Exports, Input, Modes, Platform, Target, Version, What};
use crate::base::bitset::BitSet;
use crate::base::diag::Reported;
use crate::base::ids::SymbolId;
use crate::base::session::Session;
use sinew_arena::Bump;
use std::collections::HashSet;
use std::path::Path;

/// What the link is made of.
#[derive(Debug)]
pub struct Loaded<'a> {
    /// Everything that was opened.
    pub files: Files<'a>,
    /// Their names.
    pub interned: Interned<'a>,
    /// Files that are in.
    pub live: BitSet,
    /// The machine.
    pub arch: Arch,
    /// Platform and versions.
    pub target: Target,
}

/// Maps, and arenas for libraries and (one a worker) for objects; they live as long as the link.
pub fn stores(cx: &Session) -> (Rounds, Bump, Vec<Bump>) {
    (Rounds::default(), Bump::new(), (0..cx.par.workers()).map(|_| Bump::new()).collect())
}

/// Opens, parses and resolves until no file is added.
pub fn closure<'a>(
    args: &'a Args,
    (rounds, arena, arenas): (&'a Rounds, &'a Bump, &'a mut Vec<Bump>),
    cx: &Session,
) -> Result<Loaded<'a>, Reported> {
    let arch = args.arch.unwrap_or(Arch::Arm64);
    let target = target(args, cx)?;
    let opener = Opener { args, folders: Folders::new(args), arch, target, rounds, arena };
    let linker = File {
        path: Path::new("<linker>"),
        member: None,
        lazy: false,
        hidden: false,
        modified: 0,
        content: Content::Linker,
    };
    let mut files = Files { list: vec![linker] };
    files.list.extend(opener.open(&args.inputs, Some(&mut arenas[..]), cx)?);
    if let Some(loader) = &args.bundle_loader {
        let loader = Input { what: What::File(loader.clone()), modes: Modes::default() };
        files.list.extend(opener.open(&[loader], None, cx)?);
    }
    let own_names = own_names(args);
    let mut asked: HashSet<Vec<u8>> = HashSet::new();
    loop {
        let interned = symbols::intern(&files, &own_names, cx)?;
        let roots: Vec<SymbolId> = own_names.iter().filter_map(|name| interned.names.find(name)).collect();
        let forced = forced(&files, args);
        let extracted = symbols::extract(&files, &interned, &roots, &forced, cx);
        let mut wanted = Vec::new();
        for (file, object) in files.objects().filter(|_| args.auto_link) {
            if extracted.live.contains(file.idx()) {
                let new = object.linker_options.iter().filter(|words| asked.insert(words.join(&0)));
                wanted.extend(open::linker_options(&new.copied().collect::<Vec<_>>()));
            }
        }
        // What is not to be found is not missed unless a symbol is.
        wanted.retain(|input| opener.exists(input));
        if wanted.is_empty() {
            return Ok(Loaded { files, interned, live: extracted.live, arch, target });
        }
        files.list.extend(opener.open(&wanted, None, cx)?);
    }
}

/// Names that the command line and the linker look for.
fn own_names(args: &Args) -> Vec<&[u8]> {
    let mut names: Vec<&[u8]> = vec![b"___dso_handle", b"dyld_stub_binder"];
    names.extend(args.forced_undefined.iter().map(|name| &name[..]));
    names.extend(args.aliases.iter().map(|alias| &alias.symbol[..]));
    if let Exports::Only(patterns) = &args.exports {
        names.extend(patterns.iter().filter(|p| !p.is_glob).map(|p| &p.text[..]));
    }
    names.extend(args.init.iter().map(|name| &name[..]));
    if args.kind == crate::args::macho::OutputKind::Execute {
        names.push(args.entry_symbol());
        names.push(b"__mh_execute_header");
    }
    names
}

/// Members that are taken although nothing asks for them.
fn forced(files: &Files<'_>, args: &Args) -> BitSet {
    let mut forced = BitSet::new(files.list.len());
    if args.objc_load {
        let objc = files.objects().filter(|(_, object)| object.sections.iter().any(defines_classes));
        objc.for_each(|(file, _)| _ = forced.insert(file.idx()));
    }
    forced
}

/// Whether a section holds what the Objective-C or Swift runtime finds without a symbol: classes, categories, types.
fn defines_classes(section: &Section) -> bool {
    let (_, name) = section.full_name();
    let lists: [&[u8]; 5] =
        [b"__objc_classlist", b"__objc_catlist", b"__objc_nlclslist", b"__objc_nlcatlist", b"__objc_catlist2"];
    lists.contains(&name) || name.starts_with(b"__swift")
}

/// Platform and versions: the command line's.
fn target(args: &Args, cx: &Session) -> Result<Target, Reported> {
    if let Some(target) = args.target {
        return Ok(target);
    }
    cx.diag.warn("no -platform_version given: linking for macOS 13.0");
    Ok(Target { platform: Platform::MACOS, min: Version::new(13, 0), sdk: Version::new(13, 0) })
}
