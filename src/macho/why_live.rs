//! `-why_live`: for each symbol that was asked for and is kept, the chain of references that keeps it.
//!
//! Marks once more what dead stripping marked, in order and with a note of who came first, so that a chain is a shortest
//! one and the same on every run. It ends at a root, below which stands what makes it one. The form is that of Apple's
//! linker; there a symbol has as many chains as references.
//! Cost: nothing unless it is asked for; then every relocation of a kept atom, on one thread.

use super::dead_strip::{Roots, each_reference, roots};
use super::definitions::{Definition, flag};
use super::exports::{self, Matcher};
use super::format::*;
use super::relocs::{Context, Target};
use super::unwind::Records;
use crate::base::diag::Reported;
use crate::base::ids::{AtomId, FileId, NONE};
use crate::base::report;
use crate::base::session::Session;
use crate::base::stdout;
use std::collections::VecDeque;
use std::fmt::Write;

/// Prints the chains of what `args.why_live` names. Atoms are as dead stripping left them.
pub fn explain(context: &Context<'_, '_>, records: &Records, exported: &Matcher, cx: &Session) -> Result<(), Reported> {
    if context.args.why_live.is_empty() {
        return Ok(());
    }
    let wanted = exports::named(&context.args.why_live, cx)?;
    let roots = roots(context, exported);
    let keepers = keepers(context, records, &roots);
    let mut text = String::new();
    for (file, object) in context.objects() {
        for (index, symbol) in object.symbols.iter().enumerate() {
            let index = index as u32;
            let Ok(name) = object.symbol_name(index) else { continue };
            if symbol.is_stab() || symbol.class() != N_SECT || !wanted.allows(name) {
                continue;
            }
            let Some((atom, _)) = object.symbol_place(index) else { continue };
            let atom = context.atoms.id(file, atom);
            if context.atoms.canonical(atom) == atom && keepers[atom.idx()] != NONE {
                let _ = writeln!(text, "{} from {}", context.spoken(name), context.files[file]);
                chain(context, atom, &keepers, &mut text);
            }
        }
    }
    stdout::print(text.as_bytes())
        .map_err(|e| cx.diag.fail(format_args!("cannot write standard output: {}", report::reason(&e))))
}

/// By atom: the one that keeps it, itself for a root, [`NONE`] for what is not kept.
fn keepers(context: &Context<'_, '_>, records: &Records, roots: &Roots) -> Vec<u32> {
    let mut keepers = vec![NONE; context.atoms.len()];
    let mut queue: VecDeque<AtomId> = VecDeque::new();
    for root in &roots.atoms {
        if context.atoms.kept.contains(root.idx()) && keepers[root.idx()] == NONE {
            keepers[root.idx()] = root.0;
            queue.push_back(*root);
        }
    }
    while !queue.is_empty() {
        while let Some(atom) = queue.pop_front() {
            each_reference(context, records, atom, |target| {
                if let Definition::Atom(to, _) = context.definition(target)
                    && context.atoms.kept.contains(to.idx())
                    && keepers[to.idx()] == NONE
                {
                    keepers[to.idx()] = atom.0;
                    queue.push_back(to);
                }
            });
        }
        // An atom of live support is kept by what it refers to.
        for atom in &roots.support {
            let mut keeper = NONE;
            each_reference(context, records, *atom, |target| {
                if let Definition::Atom(to, _) = context.definition(target)
                    && keepers[to.idx()] != NONE
                {
                    keeper = to.0;
                }
            });
            if keepers[atom.idx()] == NONE && keeper != NONE {
                keepers[atom.idx()] = keeper;
                queue.push_back(*atom);
            }
        }
    }
    keepers
}

/// Who keeps `atom`, who keeps that one, and so on.
fn chain(context: &Context<'_, '_>, mut atom: AtomId, keepers: &[u32], text: &mut String) {
    let mut indent = 2;
    while keepers[atom.idx()] != atom.0 {
        atom = AtomId(keepers[atom.idx()]);
        let (file, _) = context.atoms.local(atom);
        let name = context.spoken(context.atom_symbol(atom, 0));
        let _ = writeln!(text, "{:indent$}{name} from {}", "", context.files[file]);
        indent += 2;
    }
    let _ = writeln!(text, "{:indent$}({})", "", reason(context, atom));
}

/// What makes an atom a root.
fn reason(context: &Context<'_, '_>, atom: AtomId) -> &'static str {
    let args = context.args;
    let begins = |name: &[u8]| {
        let id = context.interned.names.find(name);
        let definition = id.map(|id| context.definition(Target::Symbol(id)));
        matches!(definition, Some(Definition::Atom(place, _)) if place == atom)
    };
    let (file, index) = context.atoms.local(atom);
    let of_section = context.files[file].object().map(|object| {
        let section = &object.sections[object.atoms[index as usize].section as usize];
        (section.flags.get() & S_ATTR_NO_DEAD_STRIP != 0, section.kind())
    });
    match of_section {
        _ if args.kind == crate::args::macho::OutputKind::Execute && begins(args.entry_symbol()) => "entry point",
        _ if args.init.as_ref().is_some_and(|name| begins(name)) => "-init command line option",
        _ if args.forced_undefined.iter().any(|name| begins(name)) => "-u command line option",
        Some((_, S_MOD_INIT_FUNC_POINTERS | S_INIT_FUNC_OFFSETS)) => "initializer",
        Some((_, S_MOD_TERM_FUNC_POINTERS)) => "terminator",
        Some((_, S_THREAD_LOCAL_INIT_FUNCTION_POINTERS)) => "thread-local initializer",
        Some((true, _)) => "section is marked no_dead_strip",
        _ if is_marked(context, file, index) => "symbol is marked no_dead_strip",
        _ => "exported",
    }
}

/// Whether a symbol of the atom forbids to drop it.
fn is_marked(context: &Context<'_, '_>, file: FileId, atom: u32) -> bool {
    let Some(object) = context.files[file].object() else { return false };
    (0..object.symbols.len() as u32).any(|index| {
        let by_name = context.interned.id(file, index);
        object.symbol_atoms[index as usize] == atom
            && (object.symbols[index as usize].has(N_NO_DEAD_STRIP)
                || by_name
                    .is_some_and(|id| context.definitions.has(id, flag::NO_DEAD_STRIP | flag::REFERENCED_DYNAMICALLY)))
    })
}
