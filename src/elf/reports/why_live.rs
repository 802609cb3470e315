//! `--why-live`: for each symbol that was asked for, the chain of sections from it to what the output cannot do without.

use super::super::gc::{self, Marking, Reason};
use crate::args::elf::Args;
use crate::base::bitset::BitSet;
use crate::base::glob::Glob;
use crate::base::ids::{AtomId, NONE, SymbolId};
use crate::base::session::Session;
use std::io::Write;

/// One paragraph for each name that matches and that an object in the output defines.
pub(super) fn text(m: &Marking<'_, '_>, kept: &BitSet, args: &Args, cx: &Session) -> Vec<u8> {
    let globs: Vec<Glob> = args.why_live.iter().filter_map(|g| Glob::new(g.as_bytes()).ok()).collect();
    let reasons = if args.gc_sections { gc::reasons(m, args, cx) } else { Default::default() };
    let mut text = Vec::new();
    for id in (0..m.definitions.attr.len() as u32).map(SymbolId) {
        let (name, atom) = (m.interned.names.name(id), m.definitions.atom[id.idx()]);
        if atom == NONE || !kept.contains(AtomId(atom).idx()) || !globs.iter().any(|g| g.matches(name)) {
            continue;
        }
        let _ = writeln!(text, "live symbol: {}", symbol(m, id));
        let mut atom = AtomId(atom);
        let _ = writeln!(text, ">>> in live section: {}", section(m, atom));
        while let Some(Reason::Atom(by)) = reasons.get(&atom) {
            atom = *by;
            let _ = writeln!(text, ">>> kept by: {}", section(m, atom));
        }
        let _ = match reasons.get(&atom) {
            Some(Reason::Named(root)) => writeln!(text, ">>> which has a root: {}", symbol(m, *root)),
            Some(Reason::Exported(root)) => writeln!(text, ">>> which has an exported symbol: {}", symbol(m, *root)),
            Some(_) => writeln!(text, ">>> which is never dropped"),
            None => writeln!(text, ">>> and nothing is dropped without --gc-sections"),
        };
    }
    text
}

fn symbol(m: &Marking<'_, '_>, id: SymbolId) -> String {
    let name = String::from_utf8_lossy(m.interned.names.name(id));
    format!("{}:({name})", m.files[m.definitions.winners[id.idx()].file()])
}

fn section(m: &Marking<'_, '_>, atom: AtomId) -> String {
    let (f, section) = m.numbering.section_of(atom);
    let name = m.files[f].object().and_then(|o| o.section_name(section).ok()).unwrap_or(b"?");
    format!("{}:({})", m.files[f], String::from_utf8_lossy(name))
}
