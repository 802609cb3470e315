//! Checks between the passes: what a user can have got wrong, said once everything about it is known.

use super::atoms::{Atoms, Numbering};
use super::comdat;
use super::definitions::{Attr, Definitions, Export};
use super::dynsym::plain_name;
use super::format::*;
use super::image::Image;
use super::load::{File, Files};
use super::object::Place;
use super::open::Opened;
use super::relocs::{Context, Needs, Site, display_name};
use super::source::Sources;
use super::symbols::{Interned, Kind, Resolved, class, seen};
use super::texts::Rules;
use super::version_script::Verdict;
use super::write::address_of;
use crate::args::elf::{Args, Compress, OutputKind};
use crate::base::bitset::BitSet;
use crate::base::diag::Reported;
use crate::base::glob::Glob;
use crate::base::ids::{AtomId, FileId, SymbolId};
use crate::base::session::Session;
use std::collections::HashSet;
use std::fmt::Write;

/// Names that the command line and scripts need, but for patterns.
pub fn root_names<'x>(args: &'x Args, rules: &'x Rules<'_>) -> Vec<&'x [u8]> {
    let mut names: Vec<&[u8]> = rules.roots.clone();
    names.extend(args.undefined.iter().chain(&args.require_defined).map(|s| s.as_bytes()));
    names.push(args.entry.as_deref().unwrap_or("_start").as_bytes());
    names.extend([args.init.as_bytes(), args.fini.as_bytes()]);
    for a in rules.assigned.iter().filter(|a| !a.provide) {
        names.extend(a.expr.symbols());
    }
    names
}

/// `names` and what patterns for them match: they extract members and are kept.
pub fn roots(args: &Args, interned: &Interned<'_>, names: &[&[u8]]) -> Vec<SymbolId> {
    let mut roots: Vec<SymbolId> = names.iter().filter_map(|n| interned.names.find(n)).collect();
    if !args.undefined_globs.is_empty() {
        let globs: Vec<Glob> = args.undefined_globs.iter().filter_map(|g| Glob::new(g.as_bytes()).ok()).collect();
        let ids = (0..interned.names.len() as u32).map(SymbolId);
        roots.extend(ids.filter(|id| {
            let name = interned.names.name(*id);
            !name.is_empty() && globs.iter().any(|g| g.matches(name))
        }));
    }
    roots
}

/// Objects that hold only a compiler's intermediate code cannot be linked without that compiler.
pub fn intermediate_code(
    files: &Files<'_>,
    interned: &Interned<'_>,
    live: &BitSet,
    cx: &Session,
) -> Result<(), Reported> {
    for file in interned.slim_lto.iter().filter(|f| live.contains(f.idx())) {
        cx.diag.error_at(
            u64::from(file.0) << 32,
            format_args!(
                "{}: the object holds only GCC's intermediate code (-flto); compile it with -fno-lto or -ffat-lto-objects",
                files[*file]
            ),
        );
    }
    cx.diag.checkpoint()
}

/// Names that are told in detail; what comes after them is rarely read.
const MOST_DUPLICATES: usize = 500;

/// Two strong definitions of one name.
pub fn duplicates(
    files: &Files<'_>,
    interned: &Interned<'_>,
    numbering: &Numbering,
    resolved: &Resolved,
    is_dropped: &dyn Fn(FileId, u32) -> bool,
    args: &Args,
    cx: &Session,
) -> Result<(), Reported> {
    if resolved.duplicates.is_empty() || args.allow_multiple_definition {
        return Ok(());
    }
    let twice: HashSet<SymbolId> = resolved.duplicates.iter().copied().collect();
    let mut places: std::collections::BTreeMap<SymbolId, Vec<String>> = Default::default();
    let mut sources = Sources::new(files, args);
    // What links well does not get here, so that the names of sections are read only now.
    let linkonce = comdat::linkonce(files, numbering, is_dropped, comdat::find_linkonce(files, numbering));
    let is_dropped = |f, section| is_dropped(f, section) || linkonce.binary_search(&numbering.atom(f, section)).is_ok();
    for (f, object) in numbering.objects(files) {
        for (i, slot) in interned.slots(f).enumerate() {
            let id = SymbolId(interned.ids[slot]);
            if interned.kinds[slot].class() != Kind::STRONG || !twice.contains(&id) {
                continue;
            }
            let index = object.first_global + i as u32;
            let symbol = &object.symbols[index as usize];
            let place = match object.place(index, symbol) {
                Ok(Place::Section(section)) if is_dropped(f, section) => continue,
                Ok(Place::Section(section)) if places.len() <= MOST_DUPLICATES => {
                    sources.definition(f, section, symbol.value.get())
                }
                _ => files[f].to_string(),
            };
            places.entry(id).or_default().push(place);
        }
    }
    for (id, places) in places.into_iter().filter(|(_, places)| places.len() > 1) {
        let mut text = format!("duplicate symbol: {}", display_name(interned.names.name(id), args));
        for place in places {
            let _ = write!(text, "\n>>> defined at {place}");
        }
        cx.diag.error_at(resolved.winners[id.idx()].0, text);
    }
    cx.diag.checkpoint()
}

/// `--warn-common`: tentative definitions that meet, or give way to a definition.
pub fn commons(
    files: &Files<'_>,
    interned: &Interned<'_>,
    numbering: &Numbering,
    resolved: &Resolved,
    args: &Args,
    cx: &Session,
) {
    if !args.warn_common {
        return;
    }
    for (f, object) in numbering.objects(files) {
        for (i, slot) in interned.slots(f).enumerate() {
            let id = SymbolId(interned.ids[slot]);
            if interned.kinds[slot].class() != Kind::COMMON {
                continue;
            }
            let winner = resolved.winners[id.idx()];
            if winner.file() == f && winner.index() == object.first_global + i as u32 {
                continue;
            }
            let what = if winner.class() == class::COMMON { "is common" } else { "is defined" };
            let name = display_name(interned.names.name(id), args);
            let text = format!("{}: common symbol '{name}' {what} in {} too", files[f], files[winner.file()]);
            cx.diag.warn_at(u64::from(f.0) << 32 | i as u64, text);
        }
    }
}

/// Sections that this kind of output cannot have.
pub fn sections(
    files: &Files<'_>,
    numbering: &Numbering,
    atoms: &Atoms<'_>,
    args: &Args,
    cx: &Session,
) -> Result<(), Reported> {
    let preinit = atoms.sections.iter().position(|s| s.kind == SHT_PREINIT_ARRAY && s.flags & SHF_ALLOC != 0);
    if args.kind == OutputKind::Shared
        && let Some(section) = preinit
    {
        let is_it = |part: &u16| atoms.parts.get(usize::from(*part)).is_some_and(|p| p.section as usize == section);
        let first = atoms.part.iter().position(is_it).map(|atom| numbering.file_of(AtomId(atom as u32)));
        let file = first.map(|f| format!("{}: ", files[f])).unwrap_or_default();
        let what =
            "section .preinit_array is not allowed in a shared object: only a program can run before its libraries";
        cx.diag.error(format_args!("{file}{what}"));
    }
    cx.diag.checkpoint()
}

/// `--exclude-libs`: symbols from these archives are not exported.
pub fn is_excluded(file: &File<'_>, args: &Args) -> bool {
    let Some(name) = file.path.file_name().and_then(|n| n.to_str()).filter(|_| !args.exclude_libs.is_empty()) else {
        return false;
    };
    args.exclude_libs.iter().any(|l| l == "ALL" || l == name)
}

/// `--no-undefined-version`, and names given to two versions.
pub fn versions(
    export: &Export<'_>,
    files: &Files<'_>,
    interned: &Interned<'_>,
    d: &Definitions<'_>,
    args: &Args,
    cx: &Session,
) -> Result<(), Reported> {
    undefined_versions(export, files, interned, d, args, cx);
    let Some(matcher) = export.versions else { return cx.diag.checkpoint() };
    for duplicate in matcher.duplicates() {
        if duplicate.first == Verdict::Local || duplicate.second == Verdict::Local {
            continue;
        }
        // Definitions that bring their version along (`foo@@V2`, beside `foo@V1`) are in both nodes with good reason.
        let id = interned.names.find(duplicate.name).filter(|id| d.attr[id.idx()].has(Attr::DEFINED));
        if id.is_none_or(|id| interned.written(files, d.winners[id.idx()]).is_some()) {
            continue;
        }
        let name = String::from_utf8_lossy(duplicate.name);
        cx.diag.warn(format_args!("version script gives symbol {name} two versions; the first one counts"));
    }
    if !args.undefined_version {
        for (name, verdict) in matcher.unmatched() {
            if verdict != Verdict::Local {
                let name = String::from_utf8_lossy(name);
                cx.diag.error(format_args!("version script names symbol '{name}', which is not defined"));
            }
        }
    }
    cx.diag.checkpoint()
}

/// Definitions like `foo@@V` in a library whose version script has no V.
fn undefined_versions(
    export: &Export<'_>,
    files: &Files<'_>,
    interned: &Interned<'_>,
    d: &Definitions<'_>,
    args: &Args,
    cx: &Session,
) {
    // A program may define `foo@V` only to take the place of a library's.
    if interned.written_versions.is_empty() || args.kind != OutputKind::Shared {
        return;
    }
    for (id, winner) in d.winners.iter().enumerate() {
        if d.seen[id] & seen::HIDDEN != 0 || !d.attr[id].has(Attr::DEFINED) {
            continue;
        }
        let Some(written) = interned.written(files, *winner) else { continue };
        if export.nodes.node(written.version).is_none() {
            let name = display_name(plain_name(interned.names.name(SymbolId(id as u32))), args);
            let signs = if written.is_default { "@@" } else { "@" };
            let version = String::from_utf8_lossy(written.version);
            let file = &files[winner.file()];
            let text =
                format!("{file}: symbol {name}{signs}{version} has version {version}, which no version script defines");
            cx.diag.error_at(winner.0, text);
        }
    }
}

/// The id of `name` if something of the output defines it.
pub fn defined(interned: &Interned<'_>, definitions: &Definitions<'_>, name: &str) -> Option<SymbolId> {
    interned.names.find(name.as_bytes()).filter(|id| definitions.attr[id.idx()].has(Attr::DEFINED))
}

/// What the command line asks for and cannot have: symbols (`--require-defined`), and what nobody here can do.
pub fn required(args: &Args, interned: &Interned<'_>, d: &Definitions<'_>, cx: &Session) -> Result<(), Reported> {
    unsupported(args, cx);
    for name in &args.require_defined {
        if defined(interned, d, name).is_none() {
            cx.diag.error(format_args!("required symbol '{name}' is not defined"));
        }
    }
    cx.diag.checkpoint()
}

/// `.gnu.warning.SYMBOL`: its text is printed when something refers to the symbol.
pub fn warnings(c: &Context<'_, '_>, cx: &Session) {
    for atom in &c.atoms.warnings {
        let (file, section) = c.numbering.section_of(*atom);
        let Some(object) = c.files[file].object() else { continue };
        let (Ok(name), Ok(text)) = (object.section_name(section), object.section_bytes(section)) else { continue };
        let symbol = name.strip_prefix(b".gnu.warning.").unwrap_or(b"");
        let Some(id) = c.interned.names.find(symbol) else { continue };
        let text = String::from_utf8_lossy(text.strip_suffix(b"\0").unwrap_or(text)).into_owned();
        for (f, other) in c.numbering.objects(c.files).filter(|(f, _)| *f != file) {
            let uses = c.interned.slots(f).find(|s| c.interned.ids[*s] == id.0 && c.interned.kinds[*s].is_undefined());
            if uses.is_some() {
                cx.diag.warn_at(u64::from(f.0) << 32, format_args!("{}: {text}", first_use(c, f, other, id)));
                break;
            }
        }
    }
}

/// Where `file` first refers to `id`.
fn first_use(c: &Context<'_, '_>, file: FileId, object: &super::object::Object<'_>, id: SymbolId) -> String {
    for section in 1..object.sections.len() as u32 {
        let relocations = object.relocations(section).unwrap_or(&[]);
        let found = relocations.iter().find(|r| {
            r.symbol() >= object.first_global
                && (r.symbol() as usize) < object.symbols.len()
                && c.interned.id(file, r.symbol(), object.first_global) == id
        });
        if let Some(r) = found {
            let name = String::from_utf8_lossy(object.section_name(section).unwrap_or(b"?")).into_owned();
            return format!("{}:({name}+0x{:x})", c.files[file], r.offset);
        }
    }
    c.files[file].to_string()
}

/// What the relocation scan found (`--warn-textrel`), and what nobody will define. Reports every error so far.
pub fn references(c: &Context<'_, '_>, needs: &Needs, cx: &Session) -> Result<(), Reported> {
    if needs.text_relocations && c.args.warn_textrel {
        cx.diag.warn("read-only sections have dynamic relocations (DT_TEXTREL); compile everything with -fPIC");
    }
    shared_undefined(c, cx)
}

/// Undefined symbols of shared objects: an executable must provide them, since nobody comes after it.
fn shared_undefined(c: &Context<'_, '_>, cx: &Session) -> Result<(), Reported> {
    let allowed = c.args.allow_shlib_undefined.unwrap_or(c.args.kind == OutputKind::Shared);
    if allowed || !c.linking.dynamic {
        return cx.diag.checkpoint();
    }
    // Libraries that are not needed do not end up in the output, but the libraries that need them bring them along.
    let mut elsewhere: Option<BitSet> = None;
    let defined_elsewhere = |id: usize| {
        let ids = elsewhere.get_or_insert_with(|| {
            let mut ids = BitSet::new(c.interned.names.len());
            for (f, _) in c.files.iter().filter(|(f, file)| file.shared().is_some() && !c.numbering.is_live(*f)) {
                for slot in c.interned.slots(f).filter(|s| c.interned.kinds[*s].is_definition()) {
                    ids.insert(c.interned.ids[slot] as usize);
                }
            }
            ids
        });
        ids.contains(id)
    };
    let mut defined_elsewhere = defined_elsewhere;
    let known: HashSet<&[u8]> = c.files.iter().filter(|(_, f)| f.shared().is_some()).map(|(_, f)| f.soname()).collect();
    for (f, file) in c.files.iter().filter(|(f, _)| c.numbering.is_live(*f)) {
        let Some(shared) = file.shared() else { continue };
        // A library whose own libraries are not all here may find its symbols in those.
        if !shared.needed.iter().all(|n| known.contains(n)) {
            continue;
        }
        for (i, slot) in c.interned.slots(f).enumerate().take(shared.symbols.len() - shared.first_global as usize) {
            if c.interned.kinds[slot].class() != Kind::UNDEFINED {
                continue;
            }
            let id = c.interned.ids[slot] as usize;
            let attr = c.definitions.attr[id];
            let nobody = !attr.has(Attr::DEFINED | Attr::SHARED)
                || attr.has(Attr::LOCAL) && c.definitions.seen[id] & seen::DEFINED_BY_SHARED == 0;
            if nobody && !defined_elsewhere(id) {
                let name = shared.symbol_name(shared.first_global + i as u32).unwrap_or(b"?");
                let name = display_name(name, c.args);
                let what = match attr.has(Attr::LOCAL) {
                    true => format!(
                        "{name} of {} is not exported, but {file} refers to it",
                        c.files[c.definitions.winners[id].file()]
                    ),
                    false => format!("undefined reference in {file}: {name}"),
                };
                let order = u64::from(f.0) << 32;
                cx.diag.error_at(order, format_args!("{what} (--allow-shlib-undefined permits it)"));
            }
        }
    }
    cx.diag.checkpoint()
}

/// An error with a way out.
fn unsupported(args: &Args, cx: &Session) {
    if args.compress_debug == Compress::Zstd {
        cx.diag.error(
            "--compress-debug-sections=zstd is not supported; use zlib, or run objcopy --compress-debug-sections=zstd \
             on the output",
        );
    }
}

/// Whether the stack is executable. An input that asks for it (nested functions in C do) would crash without.
pub fn executable_stack(files: &Files<'_>, atoms: &Atoms<'_>, args: &Args, cx: &Session) -> bool {
    if let Some(decided) = args.z.exec_stack {
        return decided;
    }
    for f in &atoms.exec_stack {
        cx.diag.warn_at(
            u64::from(f.0) << 32,
            format_args!("{}: asks for an executable stack, and gets it; -z noexecstack refuses it", files[*f]),
        );
    }
    !atoms.exec_stack.is_empty()
}

/// The entry point: a symbol, a number, or the start of the code with a warning.
pub fn entry(image: &Image<'_, '_>, args: &Args, from_script: Option<&[u8]>, cx: &Session) -> u64 {
    let name = args.entry.as_deref().map(str::as_bytes).or(from_script);
    let wanted = name.unwrap_or(b"_start");
    if let Some(addr) = address_of(image, wanted) {
        return addr;
    }
    if args.kind == OutputKind::Shared && name.is_none() {
        return 0;
    }
    let text = String::from_utf8_lossy(wanted);
    let digits = text.strip_prefix("0x").map(|h| u64::from_str_radix(h, 16)).unwrap_or_else(|| text.parse());
    if let Ok(addr) = digits {
        return addr;
    }
    let code = image.layout.sections.iter().find(|s| *s.name == *b".text").map_or(0, |s| s.addr);
    cx.diag.warn(format_args!("cannot find entry symbol {text}; the entry point is 0x{code:x}"));
    code
}

/// Inputs must not change while they are read.
pub fn unchanged(opened: &Opened, cx: &Session) -> Result<(), Reported> {
    for map in opened.maps.iter().filter(|m| !m.unchanged()) {
        cx.diag.error(format_args!("{}: the file changed while it was being linked", map.path().display()));
    }
    cx.diag.checkpoint()
}

/// A site for a symbol table entry, where no relocation is meant.
pub fn symbol_site<'x, 'a>(file: FileId, object: &'x super::object::Object<'a>) -> Site<'x, 'a> {
    Site { file, object, section: 0 }
}
