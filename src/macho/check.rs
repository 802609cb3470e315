//! What is wrong with what the user gave: names defined twice, inputs that changed. Names that nobody defines have a
//! module of their own, `undefined`.

use super::files::Files;
use super::open::Rounds;
use super::relocs::{Context, Needs, Target, need};
use super::symbols::{Interned, Kind, Resolved, class};
use super::undefined::spoken;
use crate::args::macho::{Arch, Args, Commons, Input, OutputKind, What};
use crate::base::bitset::BitSet;
use crate::base::diag::Reported;
use crate::base::ids::{FileId, NONE, SymbolId};
use crate::base::rank::Rank;
use crate::base::session::Session;
use std::collections::HashMap;
use std::fmt::Write;

/// Refuses what there is no back-end for.
pub fn supported(args: &Args, cx: &Session) -> Result<(), Reported> {
    if args.arch == Some(Arch::X86_64) {
        return Err(cx.diag.fail("-arch x86_64 is not built yet; link it with Apple's ld or ld64.lld"));
    }
    if !args.why_live.is_empty() && !args.dead_strip {
        cx.diag.warn("-why_live has no effect without -dead_strip: everything is kept");
    }
    if args.warn_duplicate_libraries {
        named_twice(args, cx);
    }
    Ok(())
}

/// Tells of libraries that are named twice, in the words of Apple's linker (`-warn_duplicate_libraries`).
fn named_twice(args: &Args, cx: &Session) {
    let name = |input: &Input| match &input.what {
        What::Library(name) => Some(format!("'-l{}'", name.to_string_lossy())),
        What::Framework { name, .. } => Some(format!("'-framework {}'", name.to_string_lossy())),
        What::File(_) => None,
    };
    let names: Vec<String> = args.inputs.iter().filter_map(name).collect();
    let mut again: Vec<&str> = Vec::new();
    for (i, name) in names.iter().enumerate() {
        if names[..i].contains(name) && !again.contains(&name.as_str()) {
            again.push(name);
        }
    }
    if !again.is_empty() {
        cx.diag.warn(format_args!("ignoring duplicate libraries: {}", again.join(", ")));
    }
}

/// Refuses an output whose inputs changed under it.
pub fn unchanged(rounds: &Rounds, cx: &Session) -> Result<(), Reported> {
    let maps: Vec<_> = rounds.all().collect();
    // Asking costs as much as opening.
    let unchanged = cx.par.map(maps.len(), maps.len() as u64 * 4096, |i| maps[i].unchanged());
    for (map, _) in maps.iter().zip(unchanged).filter(|(_, unchanged)| !unchanged) {
        cx.diag.error(format_args!("{}: the file changed while it was being linked", map.path().display()));
    }
    cx.diag.checkpoint()
}

/// Reports names that two files define, neither weakly; with `-allow_dead_duplicates`, [`live_duplicates`] does.
pub fn duplicates(
    files: &Files<'_>,
    interned: &Interned<'_>,
    live: &BitSet,
    resolved: &Resolved,
    args: &Args,
    cx: &Session,
) -> Result<(), Reported> {
    let later = args.allow_dead_duplicates && args.dead_strip;
    if later || resolved.said.iter().all(|said| said & Resolved::DUPLICATE == 0) {
        return Ok(());
    }
    report_duplicates((files, interned, live), &resolved.winners, |_, _, _| true, args, cx)
}

/// Of names that two files define, reports those of which one definition is kept (`-allow_dead_duplicates`).
pub fn live_duplicates(context: &Context<'_, '_>, cx: &Session) -> Result<(), Reported> {
    let Context { args, files, interned, live, definitions, .. } = *context;
    if !args.allow_dead_duplicates {
        return Ok(());
    }
    let is_kept = |id: u32, file: FileId, index: u32| {
        let winner = context.definition(Target::Symbol(SymbolId(id)));
        let own = files[file].object().and_then(|object| object.symbol_place(index));
        let own = own.map(|(atom, offset)| context.definition(Target::Atom(context.atoms.id(file, atom), offset)));
        context.is_kept(winner) || own.is_some_and(|own| context.is_kept(own))
    };
    report_duplicates((files, interned, live), &definitions.winners, is_kept, args, cx)
}

/// Reports second definitions for which `counts` holds: name, file, and the symbol's number there.
fn report_duplicates(
    (files, interned, live): (&Files<'_>, &Interned<'_>, &BitSet),
    winners: &[Rank],
    counts: impl Fn(u32, FileId, u32) -> bool,
    args: &Args,
    cx: &Session,
) -> Result<(), Reported> {
    let (mut names, mut others): (Vec<u32>, HashMap<u32, Vec<FileId>>) = (Vec::new(), HashMap::new());
    for (file, _) in files.objects().filter(|(f, _)| live.contains(f.idx())) {
        let slots = interned.slots(file);
        for (index, (kind, id)) in interned.kinds[slots.clone()].iter().zip(&interned.ids[slots]).enumerate() {
            if kind.class() != Kind::STRONG || *id == NONE {
                continue;
            }
            let (winner, index) = (winners[*id as usize], index as u32);
            let is_second = winner.class() == class::STRONG && (winner.file(), winner.index()) != (file, index);
            if is_second && counts(*id, file, index) {
                let files = others.entry(*id).or_insert_with(|| {
                    names.push(*id);
                    vec![winner.file()]
                });
                files.push(file);
            }
        }
    }
    let mut block = String::new();
    for id in &names {
        let name = spoken(interned.names.name(SymbolId(*id)), args.demangle);
        let _ = writeln!(block, "duplicate symbol '{name}' in:");
        others[id].iter().for_each(|file| _ = writeln!(block, "    {}", files[*file]));
    }
    if !names.is_empty() {
        let (count, plural) = (names.len(), if names.len() == 1 { "" } else { "s" });
        cx.diag.error_below(block, format_args!("{count} duplicate symbol{plural} for architecture arm64"));
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
            if winner.class() != class::COMMON {
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

/// Where the program starts. The name is defined, by this image or by a library; that of a library is reached through a
/// stub.
pub fn entry(context: &Context<'_, '_>, needs: &mut Needs) -> Option<SymbolId> {
    if context.args.kind != OutputKind::Execute {
        return None;
    }
    let id = context.interned.names.find(context.args.entry_symbol())?;
    if context.definitions.needs_binding(id) {
        needs.symbols[id.idx()] |= need::STUB;
    }
    Some(id)
}
