//! What a project forbids its programs: weak exports, weak imports, mismatching references, static initialisers.
//!
//! Each is an option that few pass, and costs a look at every name or object only then. The words are those of Apple's
//! linker.

use super::definitions::{Definition, flag};
use super::format::{S_INIT_FUNC_OFFSETS, S_MOD_INIT_FUNC_POINTERS};
use super::relocs::{Context, Needs};
use super::symbols::Kind;
use crate::args::macho::WeakMismatch;
use crate::base::diag::Reported;
use crate::base::ids::{NONE, SymbolId};
use crate::base::session::Session;

/// Reports what is against an option. `needs` are those of the relocations that are kept.
pub fn check(context: &Context<'_, '_>, needs: &Needs, cx: &Session) -> Result<(), Reported> {
    let args = context.args;
    let name = |id: SymbolId| context.spoken(context.interned.names.name(id));
    let ids = || (0..needs.symbols.len() as u32).map(SymbolId);
    if args.no_weak_exports || args.warn_weak_exports {
        let weak = flag::EXPORTED | flag::WEAK;
        let is_weak = |id: &SymbolId| context.definitions.flags[id.idx()] & weak == weak;
        let is_here = |id: &SymbolId| !matches!(context.definitions.place(*id), Definition::Import(_));
        for id in ids().filter(is_weak).filter(is_here).filter(|id| context.is_kept(context.definitions.place(*id))) {
            let text = format!("weak external symbol: {}", name(id));
            if args.no_weak_exports { cx.diag.error(text) } else { cx.diag.warn(text) }
        }
    }
    if args.no_weak_imports {
        let used = ids().filter(|id| needs.symbols[id.idx()] != 0);
        for id in used.filter(|id| context.definitions.has(*id, flag::WEAK_IMPORT)) {
            let why = "not supported because of option: -no_weak_imports";
            cx.diag.error(format_args!("weak import of symbol '{}' {why}", name(id)));
        }
    }
    if args.weak_mismatch == WeakMismatch::Error {
        mismatches(context, cx);
    }
    if args.no_inits {
        let is_list = |kind: u32| matches!(kind, S_MOD_INIT_FUNC_POINTERS | S_INIT_FUNC_OFFSETS);
        for (file, object) in context.objects() {
            if object.sections.iter().any(|section| is_list(section.kind()) && section.size.get() > 0) {
                let (order, path) = (u64::from(file.0) << 32, &context.files[file]);
                cx.diag.error_at(order, format_args!("static initializer found in '{path}'"));
            }
        }
    }
    cx.diag.checkpoint()
}

/// Imports that some files refer to weakly and others do not.
fn mismatches(context: &Context<'_, '_>, cx: &Session) {
    let interned = context.interned;
    let mut said = vec![0u8; interned.names.len()];
    for (file, _) in context.objects() {
        let slots = interned.slots(file);
        for (kind, id) in interned.kinds[slots.clone()].iter().zip(&interned.ids[slots]).filter(|(_, id)| **id != NONE)
        {
            said[*id as usize] |= match kind.class() {
                Kind::UNDEFINED => 1,
                Kind::UNDEFINED_WEAK => 2,
                _ => 0,
            };
        }
    }
    for id in (0..said.len() as u32).map(SymbolId).filter(|id| said[id.idx()] == 3) {
        if matches!(context.definitions.place(id), Definition::Import(_)) {
            let name = context.spoken(interned.names.name(id));
            cx.diag.error(format_args!("mismatching weak references for symbol: {name}"));
        }
    }
}
