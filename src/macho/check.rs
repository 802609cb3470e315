//! What is wrong with what the user gave: names defined twice, names that nobody defines, an entry that is not there.

use super::definitions::Definition;
use super::files::Files;
use super::load::{listed_exports, listed_reexports};
use super::open::Rounds;
use super::relocs::{Context, Needs, need};
use super::symbols::{Interned, Kind, Resolved};
use crate::args::macho::{Arch, Args, Commons, OutputKind, Undefined};
use crate::base::bitset::BitSet;
use crate::base::demangle::demangle;
use crate::base::diag::Reported;
use crate::base::ids::{AtomId, NONE, SymbolId};
use crate::base::session::Session;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Refuses what there is no back-end for.
pub fn supported(args: &Args, cx: &Session) -> Result<(), Reported> {
    if args.arch == Some(Arch::X86_64) {
        return Err(cx.diag.fail("-arch x86_64 is not built yet; link it with Apple's ld or ld64.lld"));
    }
    let without_effect = [
        ("-allow_dead_duplicates", args.allow_dead_duplicates),
        ("-keep_dwarf_unwind", args.keep_dwarf_unwind == Some(true)),
        ("-order_file_statistics", args.order_file_statistics),
        ("--print-dylib-search", args.print_dylib_search),
        ("-warn_compact_unwind", args.warn_compact_unwind),
        ("-why_live", !args.why_live.is_empty()),
    ];
    for (option, _) in without_effect.iter().filter(|(_, given)| *given) {
        cx.diag.warn(format_args!("{option} has no effect yet"));
    }
    Ok(())
}

/// A name as messages show it (`-demangle`).
fn spoken(name: &[u8], args: &Args) -> String {
    let plain = || String::from_utf8_lossy(name).into_owned();
    // Of the two underscores of a mangled name the first is what all names have.
    let mangled = name.strip_prefix(b"_").filter(|_| args.demangle);
    mangled.and_then(demangle).unwrap_or_else(plain)
}

/// Refuses an output whose inputs changed under it.
pub fn unchanged(rounds: &Rounds, cx: &Session) -> Result<(), Reported> {
    for map in rounds.all().filter(|map| !map.unchanged()) {
        cx.diag.error(format_args!("{}: the file changed while it was being linked", map.path().display()));
    }
    cx.diag.checkpoint()
}

/// Reports names that two files define, neither weakly.
pub fn duplicates(
    files: &Files<'_>,
    interned: &Interned<'_>,
    live: &BitSet,
    resolved: &Resolved,
    args: &Args,
    cx: &Session,
) -> Result<(), Reported> {
    if resolved.said.iter().all(|said| said & Resolved::DUPLICATE == 0) {
        return Ok(());
    }
    for (file, _) in files.objects().filter(|(f, _)| live.contains(f.idx())) {
        let slots = interned.slots(file);
        for (index, (kind, id)) in interned.kinds[slots.clone()].iter().zip(&interned.ids[slots]).enumerate() {
            if kind.class() != Kind::STRONG || *id == NONE {
                continue;
            }
            let winner = resolved.winners[*id as usize];
            if (winner.file(), winner.index()) != (file, index as u32)
                && winner.class() == super::symbols::class::STRONG
            {
                let name = spoken(interned.names.name(SymbolId(*id)), args);
                let (first, second) = (&files[winner.file()], &files[file]);
                cx.diag.error_at(
                    u64::from(file.0) << 32,
                    format_args!("duplicate symbol '{name}' in:\n    {first}\n    {second}"),
                );
            }
        }
    }
    cx.diag.checkpoint()
}

/// Tells of tentative definitions that a dylib defines as well (`-warn_commons`, `-commons error`).
pub fn commons(
    files: &Files<'_>,
    interned: &Interned<'_>,
    resolved: &Resolved,
    args: &Args,
    cx: &Session,
) -> Result<(), Reported> {
    let is_error = args.commons == Commons::Error;
    if !is_error && !args.warn_commons {
        return Ok(());
    }
    for (file, dylib) in files.iter().filter(|(_, file)| file.library().is_some()) {
        for id in interned.ids[interned.slots(file)].iter().filter(|id| **id != NONE) {
            let winner = resolved.winners[*id as usize];
            if winner.class() != super::symbols::class::COMMON {
                continue;
            }
            let (name, object) = (String::from_utf8_lossy(interned.names.name(SymbolId(*id))), &files[winner.file()]);
            let order = u64::from(winner.file().0) << 32;
            if is_error {
                cx.diag.error_at(order, format_args!("common symbol '{name}' from {object} conflicts with {dylib}"));
            } else {
                let ignoring = format_args!("and ignoring definition from {dylib}");
                cx.diag.warn_at(order, format_args!("using common symbol '{name}' from {object} {ignoring}"));
            }
        }
    }
    cx.diag.checkpoint()
}

/// References to one name that are shown; the rest is counted.
const SHOWN: usize = 3;

/// Reports names that kept atoms refer to and nobody defines.
pub fn undefined(context: &Context<'_, '_>, needs: &Needs, cx: &Session) -> Result<(), Reported> {
    let mut by_name: BTreeMap<&[u8], Vec<AtomId>> = BTreeMap::new();
    for (id, atom, _) in &needs.undefined {
        by_name.entry(context.interned.names.name(*id)).or_default().push(*atom);
    }
    let args = context.args;
    let forced = args.forced_undefined.iter().map(|name| (&name[..], "-u command line option"));
    let init = args.init.iter().map(|name| (&name[..], "-init command line option"));
    let asked = listed_exports(args).map(|name| (name, "-exported_symbol[s_list] command line option"));
    let again = listed_reexports(args).map(|name| (name, "-reexported_symbols_list command line option"));
    let mut asked: Vec<(&[u8], &str)> = asked.chain(again).chain(forced).chain(init).collect();
    asked.retain(|(name, _)| {
        let id = context.interned.names.find(name);
        id.is_none_or(|id| context.definitions.place(id) == Definition::Undefined)
    });
    asked.iter().for_each(|(name, _)| _ = by_name.entry(name).or_default());
    if by_name.is_empty() {
        return cx.diag.checkpoint();
    }
    let mut text = String::from("Undefined symbols for architecture arm64:\n");
    for (name, mut atoms) in by_name {
        atoms.dedup();
        let _ = writeln!(text, "  \"{}\", referenced from:", spoken(name, args));
        for (_, by) in asked.iter().filter(|(asked, _)| *asked == name) {
            let _ = writeln!(text, "      {by}");
        }
        for atom in atoms.iter().take(SHOWN) {
            let _ = writeln!(text, "      {}", context.atom_name(*atom).replacen(" of ", " in ", 1));
        }
        if atoms.len() > SHOWN {
            let _ = writeln!(text, "      and {} more", atoms.len() - SHOWN);
        }
    }
    text.push_str("symbol(s) not found for architecture arm64");
    match context.args.undefined {
        Undefined::Error => cx.diag.error(text),
        _ => cx.diag.warn(text),
    }
    cx.diag.checkpoint()
}

/// Where the program starts. The name must be defined, by this image or by a library.
/// That of a library is reached through a stub.
pub fn entry(context: &Context<'_, '_>, needs: &mut Needs, cx: &Session) -> Result<Option<SymbolId>, Reported> {
    if context.args.kind != OutputKind::Execute {
        return Ok(None);
    }
    let definitions = context.definitions;
    let name = context.args.entry_symbol();
    let id = context.interned.names.find(name).filter(|id| definitions.place(*id) != Definition::Undefined);
    if let Some(id) = id.filter(|id| definitions.needs_binding(*id)) {
        needs.symbols[id.idx()] |= need::STUB;
    }
    id.map(Some).ok_or_else(|| {
        let name = String::from_utf8_lossy(name);
        cx.diag.fail(format_args!(
            "Undefined symbols for architecture arm64:\n  \"{name}\", referenced from:\n      <initial-undefines>"
        ))
    })
}
