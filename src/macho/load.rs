//! The files that take part: opens what the command line names and what objects ask for, until nothing is added.

use super::atoms::Atoms;
use super::definitions::Definitions;
use super::files::{Content, File, Files};
use super::format::*;
use super::objc;
use super::object;
use super::open::{self, Opener, Rounds};
use super::relocs::Context;
use super::slots::BINDER;
use super::symbols::{self, Extracted, Interned};
use crate::args::macho::{Arch, Args, Exports, Input, Modes, OutputKind, Platform, Target, Version, What};
use crate::base::bitset::BitSet;
use crate::base::diag::Reported;
use crate::base::ids::{FileId, SymbolId};
use crate::base::session::Session;
use crate::base::view::view_one;
use sinew_arena::Bump;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// What the link is made of.
#[derive(Debug)]
pub struct Loaded<'a> {
    /// Everything that was opened.
    pub files: Files<'a>,
    /// Their names.
    pub interned: Interned<'a>,
    /// Files that are in.
    pub live: BitSet,
    /// For each member that was extracted, the name that first asked for it, and the file that did.
    pub reasons: Vec<(FileId, SymbolId, FileId)>,
    /// Paths where a library was looked for and is not, if a report wants them.
    pub missing: Vec<PathBuf>,
    /// The machine.
    pub arch: Arch,
    /// Platform and versions.
    pub target: Target,
}

impl<'a> Loaded<'a> {
    /// What passes after resolution read, with atoms as they are by now.
    pub fn context<'x>(&'x self, args: &'x Args, definitions: &'x Definitions, atoms: &'x Atoms) -> Context<'x, 'a> {
        let Loaded { files, interned, live, .. } = self;
        Context { args, files, live, interned, definitions, atoms }
    }
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
    let opener = Opener::new(args, arch, target, rounds, arena);
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
        // An object file passes on what its parts ask for.
        let follows = args.auto_link && args.kind != OutputKind::Relocatable;
        for (file, object) in files.objects().filter(|_| follows) {
            if extracted.live.contains(file.idx()) {
                let new = object.linker_options.iter().filter(|words| asked.insert(words.join(&0)));
                wanted.extend(open::linker_options(&new.copied().collect::<Vec<_>>(), args));
            }
        }
        // What is not to be found is not missed unless a symbol is.
        if !args.strict_auto_link {
            wanted.retain(|input| opener.exists(input));
        }
        // With -r the names stay undefined: the final link makes the stubs.
        let stubs = match args.kind {
            OutputKind::Relocatable => None,
            _ => objc::stubs::make(&interned, &extracted.live, args.objc_stubs, arena),
        };
        if wanted.is_empty() && stubs.is_none() {
            let Extracted { live, reasons } = extracted;
            platforms(&files, &live, target, args, cx);
            let missing = opener.folders.into_missing();
            return Ok(Loaded { files, interned, live, reasons, missing, arch, target });
        }
        files.list.extend(opener.open(&wanted, None, cx)?);
        files.list.extend(stubs);
    }
}

/// Names that the command line and the linker look for.
fn own_names(args: &Args) -> Vec<&[u8]> {
    let mut names: Vec<&[u8]> = vec![b"___dso_handle", BINDER];
    names.extend(args.forced_undefined.iter().map(|name| &name[..]));
    names.extend(args.aliases.iter().flat_map(|alias| [&alias.symbol[..], &alias.alias[..]]));
    // What is to be exported is needed, wherever it is.
    names.extend(listed_exports(args));
    names.extend(listed_reexports(args));
    names.extend(args.init.iter().map(|name| &name[..]));
    if args.kind == OutputKind::Execute {
        names.push(args.entry_symbol());
        names.push(b"__mh_execute_header");
    }
    names
}

/// Names that `-exported_symbol` and its list spell out.
pub fn listed_exports(args: &Args) -> impl Iterator<Item = &[u8]> {
    let patterns = match &args.exports {
        Exports::Only(patterns) => &patterns[..],
        _ => &[],
    };
    patterns.iter().filter(|pattern| !pattern.is_glob).map(|pattern| &pattern.text[..])
}

/// Names that `-reexported_symbols_list` spells out. What its patterns match is known to [`super::exports`] alone.
pub fn listed_reexports(args: &Args) -> impl Iterator<Item = &[u8]> {
    args.reexported_symbols.iter().filter(|pattern| !pattern.is_glob).map(|pattern| &pattern.text[..])
}

/// Tells of objects that were built for a newer system or for another one.
fn platforms(files: &Files<'_>, live: &BitSet, mut target: Target, args: &Args, cx: &Session) {
    if args.kind == OutputKind::Relocatable && args.target.is_none() {
        // Nothing is built for a system yet; but the parts must agree on which.
        let of = files.objects().filter(|(f, _)| live.contains(f.idx())).find_map(|(_, object)| object.platform);
        target.platform = of.map_or(target.platform, |(platform, ..)| Platform(platform));
        target.min = Version(u32::MAX);
    }
    for (file, object) in files.objects().filter(|(f, _)| live.contains(f.idx())) {
        let Some((platform, min, _)) = object.platform else { continue };
        let variant = args.target_variant.is_some_and(|variant| variant.platform == Platform(platform));
        let (path, order) = (&files[file], u64::from(file.0) << 32);
        if Platform(platform) != target.platform && !variant {
            let (ours, theirs) = (target.platform.name(), Platform(platform).name());
            let text = format_args!("building for '{ours}', but linking in object file ({path}) built for '{theirs}'");
            cx.diag.error_at(order, text);
        } else if !variant && Version(min) > target.min {
            let (name, min, linked) = (target.platform.name(), Version(min), target.min);
            let than = format_args!("version ({min}) than being linked ({linked})");
            cx.diag.warn_at(order, format_args!("object file ({path}) was built for newer '{name}' {than}"));
        }
    }
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

/// Platform and versions: the command line's, or those of the first object that it names.
fn target(args: &Args, cx: &Session) -> Result<Target, Reported> {
    if let Some(target) = args.target {
        return Ok(target);
    }
    let of_object = args.inputs.iter().find_map(|input| match &input.what {
        What::File(path) => platform_of_object(&std::fs::read(path).ok()?),
        _ => None,
    });
    if let Some(target) = of_object {
        return Ok(target);
    }
    if args.kind != OutputKind::Relocatable {
        cx.diag.warn("no -platform_version given: linking for macOS 13.0");
    }
    Ok(Target { platform: Platform::MACOS, min: Version::new(13, 0), sdk: Version::new(13, 0) })
}

/// What an object says that it was built for.
fn platform_of_object(bytes: &[u8]) -> Option<Target> {
    let header: &Header = view_one(bytes, 0, "the header").ok()?;
    if (header.magic.get(), header.file_type.get()) != (MH_MAGIC_64, MH_OBJECT) {
        return None;
    }
    object::load_commands(bytes, header).map_while(Result::ok).find_map(|(at, kind)| {
        let (platform, min, sdk) = object::platform_of(bytes, at, kind).ok()??;
        Some(Target { platform: Platform(platform), min: Version(min), sdk: Version(sdk) })
    })
}
