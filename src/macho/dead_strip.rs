//! Marks the atoms that the output keeps (`-dead_strip`).
//!
//! A root is the entry point, an exported symbol of what others load, a symbol or section that forbids to be dropped, an
//! initialiser or terminator. What a root reaches through relocations stays, and so do the language-specific data and
//! personality routines of the functions that stay. A section of live support (`S_ATTR_LIVE_SUPPORT`) is the other way
//! round: an atom of it stays when something that it refers to does.
//! Cost: every relocation of a kept atom once, in rounds that are parallel; atoms of live support once a round more.

use super::definitions::{Definition, flag};
use super::exports::Matcher;
use super::format::*;
use super::relocs::{Context, Target};
use super::unwind::Records;
use crate::args::macho::{Exports, OutputKind};
use crate::base::bitset::{AtomicBitSet, BitSet};
use crate::base::ids::{AtomId, SymbolId};
use crate::base::session::Session;

/// The atoms to keep, of those that `context.atoms` kept so far.
pub fn mark(context: &Context<'_, '_>, records: &Records, exported: &Matcher, cx: &Session) -> BitSet {
    let _t = cx.time.phase("dead strip");
    let marked = AtomicBitSet::new(context.atoms.len());
    let is_new = |atom: AtomId| context.atoms.kept.contains(atom.idx()) && marked.insert(atom.idx());
    let Roots { atoms: roots, support } = roots(context, exported);
    let visit = |atom: &AtomId, found: &mut Vec<AtomId>| {
        each_reference(context, records, *atom, |target| {
            if let Definition::Atom(target, _) = context.definition(target)
                && is_new(target)
            {
                found.push(target);
            }
        });
    };
    let mut frontier: Vec<AtomId> = roots.into_iter().filter(|atom| is_new(*atom)).collect();
    while !frontier.is_empty() {
        cx.par.traverse(frontier, context.atoms.len() as u64 * 64, visit);
        let lives = |atom: &AtomId| {
            let mut lives = false;
            each_reference(context, records, *atom, |target| {
                if let Definition::Atom(target, _) = context.definition(target) {
                    lives |= marked.contains(target.idx());
                }
            });
            lives
        };
        let waiting = support.iter().copied().filter(|atom| !marked.contains(atom.idx()));
        let now: Vec<AtomId> = waiting.filter(lives).collect();
        frontier = now.into_iter().filter(|atom| is_new(*atom)).collect();
    }
    marked.into_set()
}

/// Calls `f` for everything that an atom refers to. A broken relocation refers to nothing: the scan will report it.
pub fn each_reference(context: &Context<'_, '_>, records: &Records, atom: AtomId, mut f: impl FnMut(Target)) {
    let (file, _) = context.atoms.local(atom);
    if file.0 == 0 {
        return;
    }
    let (object, piece) = context.atoms.piece(context.files, atom);
    let _ = context.each_reloc(file, object, piece, |reloc| {
        f(reloc.target);
        reloc.minus.into_iter().for_each(&mut f);
        Ok(())
    });
    for record in records.of(atom) {
        record.personality.into_iter().chain(record.lsda).for_each(&mut f);
    }
}

/// What marking starts from.
pub struct Roots {
    /// Atoms that are kept in any case.
    pub atoms: Vec<AtomId>,
    /// Atoms of live support.
    pub support: Vec<AtomId>,
}

/// Roots, and atoms of live support.
pub fn roots(context: &Context<'_, '_>, exported: &Matcher) -> Roots {
    let args = context.args;
    let (mut roots, mut support) = (Vec::new(), Vec::new());
    // Everybody may use what a library exports; of a program, what the command line says.
    let exports_are_roots =
        args.kind != OutputKind::Execute || args.export_dynamic || matches!(args.exports, Exports::Only(_));
    let named = [args.entry_symbol()].into_iter().chain(args.init.iter().map(|name| &name[..]));
    let named = named.chain(args.forced_undefined.iter().map(|name| &name[..]));
    let named: Vec<SymbolId> = named.filter_map(|name| context.interned.names.find(name)).collect();
    let definitions = context.definitions;
    let always = flag::NO_DEAD_STRIP | flag::REFERENCED_DYNAMICALLY;
    let kept = (0..definitions.places.len() as u32).map(SymbolId).filter(|id| {
        definitions.has(*id, always)
            || exports_are_roots
                && definitions.has(*id, flag::EXPORTED)
                && exported.allows(context.interned.names.name(*id))
    });
    for id in named.into_iter().chain(kept) {
        if let Definition::Atom(atom, _) = context.definition(Target::Symbol(id)) {
            roots.push(atom);
        }
    }
    for (file, object) in context.objects() {
        let first = context.atoms.of(file).start;
        for (index, section) in object.sections.iter().enumerate() {
            let atoms = object.atoms_of(index as u32).map(|local| AtomId(first + local));
            let kind = section.kind();
            let stays = section.flags.get() & S_ATTR_NO_DEAD_STRIP != 0
                || matches!(kind, S_MOD_INIT_FUNC_POINTERS | S_MOD_TERM_FUNC_POINTERS | S_INIT_FUNC_OFFSETS)
                || kind == S_THREAD_LOCAL_INIT_FUNCTION_POINTERS;
            if stays {
                roots.extend(atoms.map(|atom| context.atoms.canonical(atom)));
            } else if section.flags.get() & S_ATTR_LIVE_SUPPORT != 0 {
                support.extend(atoms);
            }
        }
        // Symbols of this file alone that say so.
        for (index, symbol) in object.symbols.iter().enumerate() {
            let stays = !symbol.is_stab() && symbol.class() == N_SECT && symbol.has(N_NO_DEAD_STRIP);
            if stays && let Some((atom, _)) = object.symbol_place(index as u32) {
                roots.push(context.atoms.canonical(AtomId(first + atom)));
            }
        }
    }
    Roots { atoms: roots, support }
}
