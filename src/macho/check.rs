//! What is wrong with what the user gave: names defined twice, names that nobody defines, an entry that is not there.

use super::definitions::{Definition, Definitions};
use super::files::Files;
use super::relocs::{Context, Needs};
use super::symbols::{Interned, Kind, Resolved};
use crate::args::macho::{Exports, OutputKind, Undefined};
use crate::base::bitset::BitSet;
use crate::base::diag::Reported;
use crate::base::ids::{AtomId, NONE, SymbolId};
use crate::base::session::Session;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Reports names that two files define, neither weakly.
pub fn duplicates(
    files: &Files<'_>,
    interned: &Interned<'_>,
    live: &BitSet,
    resolved: &Resolved,
    cx: &Session,
) -> Result<(), Reported> {
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
                let name = String::from_utf8_lossy(interned.names.name(SymbolId(*id)));
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

/// Reports names that the command line exports or asks for, and that nobody defines.
pub fn asked(context: &Context<'_, '_>, cx: &Session) -> Result<(), Reported> {
    let exported = match &context.args.exports {
        Exports::Only(patterns) => &patterns[..],
        _ => &[],
    };
    let exported =
        exported.iter().filter(|p| !p.is_glob).map(|p| (&p.text, "-exported_symbol[s_list] command line option"));
    let forced = context.args.forced_undefined.iter().map(|name| (name, "-u command line option"));
    for (name, by) in exported.chain(forced).filter(|_| context.args.undefined == Undefined::Error) {
        let place = context.interned.names.find(name).map_or(Definition::Undefined, |id| context.definitions.place(id));
        if place == Definition::Undefined {
            cx.diag.error(format_args!(
                "Undefined symbols for architecture arm64:\n  \"{name}\", referenced from:\n      {by}"
            ));
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
    if by_name.is_empty() {
        return cx.diag.checkpoint();
    }
    let mut text = String::from("Undefined symbols for architecture arm64:\n");
    for (name, mut atoms) in by_name {
        atoms.dedup();
        let _ = writeln!(text, "  \"{}\", referenced from:", String::from_utf8_lossy(name));
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
pub fn entry(context: &Context<'_, '_>, definitions: &Definitions, cx: &Session) -> Result<Option<SymbolId>, Reported> {
    if context.args.kind != OutputKind::Execute {
        return Ok(None);
    }
    let name = context.args.entry_symbol();
    let id = context.interned.names.find(name).filter(|id| definitions.place(*id) != Definition::Undefined);
    id.map(Some).ok_or_else(|| {
        let name = String::from_utf8_lossy(name);
        cx.diag.fail(format_args!(
            "Undefined symbols for architecture arm64:\n  \"{name}\", referenced from:\n      <initial-undefines>"
        ))
    })
}
