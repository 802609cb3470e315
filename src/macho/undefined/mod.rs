//! Reports names that nobody defines, in the words of Apple's linker: who uses each, and what was probably meant.
//!
//! One block lists all names, and one line below it says what that means: Xcode and others find the names between the
//! two. The first few are looked into: the nearest name that there is, the library that has it, a symbol that only its own
//! file sees. All work here is for people who have to read it, once a link has failed.

mod library;

use super::definitions::Definition;
use super::format::N_SECT;
use super::load::{Loaded, listed_exports, listed_reexports};
use super::relocs::{Context, Needs};
use super::source;
use crate::args::macho::{OutputKind, Undefined};
use crate::base::demangle::demangle;
use crate::base::diag::Reported;
use crate::base::ids::{AtomId, FileId, SymbolId};
use crate::base::nearest::{self, Linkage, Near};
use crate::base::session::Session;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

/// Uses of one name that are listed.
const SHOWN_USES: usize = 5;

/// Names that are looked into.
const MOST_EXPLAINED: usize = 50;

/// Who asks for a name.
#[derive(Default)]
struct Uses {
    /// Atoms, with the first place in each.
    atoms: Vec<(AtomId, u32)>,
    /// What the command line says.
    options: Vec<&'static str>,
}

/// Reports names that kept atoms or the command line ask for, and nobody defines. `-undefined warning` has them told of.
pub fn report(loaded: &Loaded<'_>, context: &Context<'_, '_>, needs: &Needs, cx: &Session) -> Result<(), Reported> {
    let mut uses: BTreeMap<&[u8], Uses> = BTreeMap::new();
    for (id, atom, offset) in &needs.undefined {
        let atoms = &mut uses.entry(context.interned.names.name(*id)).or_default().atoms;
        match atoms.last_mut() {
            Some((last, first)) if last == atom => *first = (*first).min(*offset),
            _ => atoms.push((*atom, *offset)),
        }
    }
    for (name, option) in asked_for(context) {
        let place = context.interned.names.find(name).map_or(Definition::Undefined, |id| context.definitions.place(id));
        let told = context.args.undefined == Undefined::Warning && place == Definition::Import(FileId(0));
        if place == Definition::Undefined || told {
            uses.entry(name).or_default().options.push(option);
        }
    }
    if uses.is_empty() {
        return cx.diag.checkpoint();
    }
    let names: Vec<&[u8]> = uses.keys().copied().take(MOST_EXPLAINED).collect();
    let hints = hints(loaded, context, &names, cx);
    let mut block = String::new();
    for (i, (name, uses)) in uses.iter().enumerate() {
        let _ = writeln!(block, "  \"{}\", referenced from:", context.spoken(name));
        for (atom, offset) in uses.atoms.iter().take(SHOWN_USES) {
            let _ = writeln!(block, "      {}", user(context, *atom, *offset, i < MOST_EXPLAINED));
        }
        if uses.atoms.len() > SHOWN_USES {
            block += "      ...\n";
        }
        uses.options.iter().for_each(|option| _ = writeln!(block, "     {option}"));
        block += hints.get(i).map_or("", String::as_str);
    }
    match context.args.undefined {
        Undefined::Error => cx.diag.error_below(
            format!("Undefined symbols for architecture arm64:\n{block}"),
            "symbol(s) not found for architecture arm64",
        ),
        // Under a capital letter at the start of a line these would be taken for errors.
        _ => cx.diag.warn(format_args!("undefined symbols for architecture arm64:\n{}", block.trim_end())),
    }
    cx.diag.checkpoint()
}

/// Names that the command line asks for, and how.
fn asked_for<'x>(context: &Context<'x, '_>) -> impl Iterator<Item = (&'x [u8], &'static str)> {
    let args = context.args;
    let entry = (args.kind == OutputKind::Execute).then(|| args.entry_symbol()).into_iter();
    let entry = entry.map(|name| (name, "implicit entry/start for main executable"));
    let init = args.init.iter().map(|name| (&name[..], "-init command line option"));
    let forced = args.forced_undefined.iter().map(|name| (&name[..], "-u command line option"));
    let exports = listed_exports(args).map(|name| (name, "-exported_symbol[s_list] command line option"));
    let again = listed_reexports(args).map(|name| (name, "-reexported_symbols_list command line option"));
    entry.chain(init).chain(exports).chain(again).chain(forced)
}

/// `_main in main.o`, and the source line if it is wanted and known.
fn user(context: &Context<'_, '_>, atom: AtomId, offset: u32, with_line: bool) -> String {
    let (file, index) = context.atoms.local(atom);
    let name = context.spoken(context.atom_symbol(atom, offset.into()));
    let mut text = format!("{name} in {}", context.files[file].leaf());
    if let Some(object) = context.files[file].object().filter(|_| with_line) {
        let piece = &object.atoms[index as usize];
        if let Some(line) = source::line(object, piece.section, piece.offset + u64::from(offset)) {
            let _ = write!(text, " ({line})");
        }
    }
    text
}

/// Lines that say why each of `names` may be undefined, and what to do.
fn hints(loaded: &Loaded<'_>, context: &Context<'_, '_>, names: &[&[u8]], cx: &Session) -> Vec<String> {
    let libraries = library::offering(loaded, context, names, cx);
    let locals = locals(context, names);
    let near = near(context, names, cx);
    let mut hints = Vec::with_capacity(names.len());
    for (i, name) in names.iter().enumerate() {
        let mut text = String::new();
        if let Some(file) = locals[i] {
            let file = &context.files[file];
            let _ = writeln!(text, "  NOTE: {file} has a local symbol of that name, which no other file sees");
        } else if let Some(library) = &libraries[i] {
            let _ = writeln!(text, "  NOTE: {library}");
        } else if let Some(near) = near[i] {
            let meant = context.spoken(&[b"_", near.name].concat());
            let _ = writeln!(text, "     (maybe you meant: {meant})");
            match near.linkage {
                Linkage::Cxx => text += "  NOTE: that one is not declared extern \"C\" where it is defined\n",
                Linkage::C => text += "  NOTE: that one is a C function: declare it extern \"C\" where it is used\n",
                Linkage::Same => {}
            }
        }
        if name.starts_with(b"__ZTV") {
            text += "  NOTE: a missing vtable usually means the first non-inline virtual member function has no definition.\n";
        }
        hints.push(text);
    }
    hints
}

/// For each name, the nearest one that is defined, without the underscore that all have.
fn near<'a>(context: &Context<'_, 'a>, names: &[&[u8]], cx: &Session) -> Vec<Option<Near<'a>>> {
    let bare: Vec<&[u8]> = names.iter().map(|name| name.strip_prefix(b"_").unwrap_or(name)).collect();
    let defined = |id: usize| {
        let id = SymbolId(id as u32);
        // `dyld_stub_binder` and such are nobody's to mean.
        let name = context.interned.names.name(id).strip_prefix(b"_")?;
        (context.definitions.place(id) != Definition::Undefined
            && !matches!(context.definitions.place(id), Definition::Import(FileId(0))))
        .then_some(name)
    };
    nearest::find(&bare, context.interned.names.len(), defined, &cx.par)
}

/// For each name, an object that has a local symbol called so.
fn locals(context: &Context<'_, '_>, names: &[&[u8]]) -> Vec<Option<FileId>> {
    let wanted: HashMap<&[u8], usize> = names.iter().enumerate().map(|(i, name)| (*name, i)).collect();
    let mut found = vec![None; names.len()];
    for (file, object) in context.objects() {
        for (index, symbol) in object.symbols.iter().enumerate() {
            if !symbol.is_stab()
                && symbol.class() == N_SECT
                && !symbol.is_external()
                && let Ok(name) = object.symbol_name(index as u32)
                && let Some(at) = wanted.get(name)
            {
                found[*at].get_or_insert(file);
            }
        }
    }
    found
}

impl Context<'_, '_> {
    /// A name as messages show it (`-demangle`).
    #[cold]
    pub fn spoken(&self, name: &[u8]) -> String {
        spoken(name, self.args.demangle)
    }
}

/// A name as messages show it.
pub fn spoken(name: &[u8], readable: bool) -> String {
    // Of the two underscores of a mangled name the first is what all names have.
    let mangled = name.strip_prefix(b"_").filter(|_| readable);
    mangled.and_then(demangle).unwrap_or_else(|| String::from_utf8_lossy(name).into_owned())
}
