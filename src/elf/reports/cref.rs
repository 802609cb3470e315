//! `--cref`: which file defines each global name, and which refer to it.
//!
//! Sorted by name, as people look things up; the definer comes first. Cost: every global symbol of the files that are
//! in once, and a sort of the names.

use super::super::definitions::Attr;
use super::super::load::Content;
use super::super::relocs::{Context, display_name};
use crate::base::ids::{FileId, NONE, SymbolId};
use std::io::Write;

/// Names start where GNU ld has them.
const FILE_COLUMN: usize = 50;

/// A name and the files that know it.
type Row<'x, 'a> = (&'a [u8], SymbolId, &'x [(u32, FileId)]);

/// The whole table.
pub(super) fn text(c: &Context<'_, '_>) -> Vec<u8> {
    let mut uses: Vec<(u32, FileId)> = Vec::new();
    for (f, file) in c.files.iter().filter(|(f, _)| c.numbering.is_live(*f)) {
        let count = match &file.content {
            Content::Linker => continue,
            Content::Object(o) => o.symbols.len() - o.first_global as usize,
            Content::Shared(s) => s.symbols.len() - s.first_global as usize,
        };
        for slot in c.interned.slots(f).take(count).filter(|slot| c.interned.ids[*slot] != NONE) {
            uses.push((c.interned.ids[slot], f));
        }
    }
    uses.sort_unstable();
    uses.dedup();
    let mut symbols: Vec<Row<'_, '_>> = (uses.chunk_by(|a, b| a.0 == b.0))
        .map(|uses| (c.interned.names.name(SymbolId(uses[0].0)), SymbolId(uses[0].0), uses))
        // What only shared objects know says nothing about this link.
        .filter(|(_, _, uses)| uses.iter().any(|(_, f)| c.files[*f].object().is_some()))
        .collect();
    symbols.sort_unstable();
    let mut text = Vec::new();
    let _ = writeln!(text, "\nCross Reference Table\n\n{:FILE_COLUMN$}File", "Symbol");
    for (name, id, uses) in symbols {
        let attr = c.definitions.attr[id.idx()];
        let definer = Some(c.definitions.winners[id.idx()].file());
        let definer = definer.filter(|f| attr.has(Attr::DEFINED | Attr::SHARED) && f.0 != 0);
        let mut column = display_name(name, c.args);
        let others = uses.iter().map(|(_, f)| *f).filter(|f| Some(*f) != definer);
        for f in definer.into_iter().chain(others) {
            // A name that is too long has its files beside it all the same, after one space.
            let width = FILE_COLUMN - 1;
            let _ = writeln!(text, "{column:width$} {}", c.files[f]);
            column.clear();
        }
    }
    text
}
