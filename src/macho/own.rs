//! What the linker itself defines: storage for tentative definitions, the header's names, boundaries.

use super::boundaries::{self, Boundary};
use super::definitions::Definition;
use super::files::Files;
use super::object::Piece;
use super::symbols::{Interned, Kind, Resolved, class};
use crate::args::macho::Args;
use crate::base::bitset::BitSet;
use crate::base::ids::{AtomId, NONE, SymbolId};
use crate::base::session::Session;
use std::collections::HashMap;

/// The linker's own atoms and names.
#[derive(Debug, Default)]
pub struct Own {
    /// Names that it defines, if nobody else does.
    pub names: Vec<(SymbolId, Definition)>,
    /// What [`Definition::Boundary`] counts.
    pub boundaries: Vec<Boundary>,
    /// Zero-filled atoms of file 0, which are the first of all: a tentative definition each.
    pub commons: Vec<Piece>,
}

/// Makes what is needed of it.
pub fn provide(
    files: &Files<'_>,
    interned: &Interned<'_>,
    live: &BitSet,
    resolved: &Resolved,
    args: &Args,
    cx: &Session,
) -> Own {
    let _t = cx.time.phase("linker-defined symbols");
    let (mut names, boundaries) = boundaries::provide(interned, resolved, args.kind);
    // The largest size and alignment of all files count, in the order of the files that define a name first.
    let mut sizes: HashMap<u32, usize> = HashMap::new();
    let mut commons: Vec<Piece> = Vec::new();
    let any = resolved.winners.iter().any(|winner| winner.class() == class::COMMON);
    for (file, object) in files.objects().filter(|(f, _)| any && live.contains(f.idx())) {
        let slots = interned.slots(file);
        for (index, (kind, id)) in interned.kinds[slots.clone()].iter().zip(&interned.ids[slots]).enumerate() {
            let is_common = *id != NONE && kind.class() == Kind::COMMON;
            if !is_common || resolved.winners[*id as usize].class() != class::COMMON {
                continue;
            }
            let symbol = &object.symbols[index];
            // `GET_COMM_ALIGN`: bits 8 to 11 of the description; without them, as large as the size suggests.
            let size = symbol.value.get();
            let given = (symbol.description.get() >> 8 & 0xf) as u8;
            let natural = size.next_power_of_two().trailing_zeros().min(15) as u8;
            let mut align = if given == 0 { natural } else { given };
            if given == 0
                && let Some(most) = args.max_common_align
            {
                align = align.min(most);
            }
            let atom = *sizes.entry(*id).or_insert_with(|| {
                names.push((SymbolId(*id), Definition::Atom(AtomId(commons.len() as u32), 0)));
                commons.push(Piece::default());
                commons.len() - 1
            });
            commons[atom].size = commons[atom].size.max(size);
            commons[atom].align = commons[atom].align.max(align);
        }
    }
    Own { names, boundaries, commons }
}
