//! Which symbols the relocations of what is kept name.
//!
//! An object file must have a symbol for each of them, whatever `-x` says of it and however little its name means. An
//! undefined name that none of them names is left out, or the final link would miss what nobody needs; unless no
//! relocation of its object did: then it stands there for its own sake (`.reference`).
//! Cost: every relocation of the kept atoms once, in parallel; those of the others too in objects that lost some.

use super::super::format::*;
use super::super::object::{Object, Role};
use super::super::relocs::Context;
use super::unwind::{FileTables, Tables};
use crate::base::bitset::{AtomicBitSet, BitSet};
use crate::base::diag::Reported;
use crate::base::ids::{AtomId, FileId};
use crate::base::session::Session;
use crate::base::view::Malformed;

/// The symbols that are named.
#[derive(Debug)]
pub struct Named {
    /// By file, by number in its symbol table; empty for files that are not in.
    pub symbols: Vec<BitSet>,
    /// By symbol id.
    pub names: BitSet,
}

/// Finds them. Relocations that make no sense are reported here.
pub fn mark(context: &Context<'_, '_>, tables: &Tables, cx: &Session) -> Result<Named, Reported> {
    let _t = cx.time.phase("mark references");
    let names = AtomicBitSet::new(context.interned.names.len());
    let groups = context.groups(1 << 20);
    let marked = cx.par.map(groups.len(), context.weight(), |g| {
        let of_file = |file: FileId| {
            let object = context.files[file].object().filter(|_| context.live.contains(file.idx()))?;
            let marked = of_object(context, (file, object), tables.of(file), &names);
            marked.map_err(|error| context.files.malformed(file, &error, cx)).ok()
        };
        let files = groups[g].clone().map(|f| FileId(f as u32));
        files.map(|file| of_file(file).unwrap_or_else(|| BitSet::new(0))).collect::<Vec<_>>()
    });
    cx.diag.checkpoint()?;
    Ok(Named { symbols: marked.into_iter().flatten().collect(), names: names.into_set() })
}

fn of_object(
    context: &Context<'_, '_>,
    (file, object): (FileId, &Object<'_>),
    tables: &FileTables,
    names: &AtomicBitSet,
) -> Result<BitSet, Malformed> {
    let mut named = BitSet::new(object.symbols.len());
    let first = context.atoms.of(file).start;
    let mut has_all = true;
    for (local, piece) in object.atoms.iter().enumerate() {
        if !context.atoms.kept.contains(AtomId(first + local as u32).idx()) {
            has_all = false;
            continue;
        }
        context.each_reloc(file, object, piece, |_| Ok(()))?;
        let list = object.atom_relocations(piece);
        if let Some(other) = list.iter().find(|r| r.kind() >= ARM64_RELOC_AUTHENTICATED_POINTER) {
            return Err(object.bad_relocation(piece.section, other, "is for arm64e, which is another machine"));
        }
        each_symbol(list, |symbol| _ = named.insert(symbol as usize));
    }
    tables.each_symbol(|symbol| _ = named.insert(symbol as usize));
    let mut mentioned = BitSet::new(object.symbols.len());
    if !has_all {
        let is_there = |symbol: u32| (symbol as usize) < object.symbols.len();
        for (list, _) in object.relocations.iter().zip(object.roles).filter(|(_, role)| **role != Role::Debug) {
            each_symbol(list, |symbol| _ = is_there(symbol) && mentioned.insert(symbol as usize));
        }
    }
    for (index, symbol) in object.symbols.iter().enumerate() {
        let Some(id) = context.interned.id(file, index as u32) else { continue };
        let stands_alone = symbol.class() == N_UNDF && !mentioned.contains(index);
        if named.contains(index) || stands_alone {
            names.insert(id.idx());
        }
    }
    Ok(named)
}

fn each_symbol(list: &[Relocation], f: impl FnMut(u32)) {
    let named = list.iter().filter(|r| r.kind() != ARM64_RELOC_ADDEND && r.is_external());
    named.map(Relocation::symbol).for_each(f);
}
