//! One value for each symbol of each object that takes part, made in one go.
//!
//! A relocation names a symbol of its own file. What a pass wants to know about that takes a symbol's 24 bytes, a name's
//! number and its definition, each of them elsewhere in memory; looked up beforehand, it takes one load from an array
//! that is small and hot while a file's relocations are read. Cost: one walk over all symbols in a parallel region.

use super::atoms::Numbering;
use super::format::Sym;
use super::load::Files;
use super::object::Object;
use super::symbols::Interned;
use crate::base::carve;
use crate::base::ids::{FileId, SymbolId};
use crate::base::par::Par;

/// Values by file and symbol.
#[derive(Debug, Default)]
pub struct PerSymbol<T> {
    /// First value of each file, and one past the last.
    base: Vec<u64>,
    values: Vec<T>,
}

impl<T: Copy + Default + Send> PerSymbol<T> {
    /// The values that `local` yields for the local symbols, each with its index, and `global` for the ids of the others.
    pub fn new(
        (files, numbering, interned): (&Files<'_>, &Numbering, &Interned<'_>),
        par: &Par,
        local: impl Fn(FileId, &Object<'_>, u32, &Sym) -> T + Sync,
        global: impl Fn(SymbolId) -> T + Sync,
    ) -> PerSymbol<T> {
        let base = numbering.row(files, |object| object.symbols.len());
        let count = base[base.len() - 1];
        let mut values = vec![T::default(); count as usize];
        let cuts = carve::cuts(&base, 32 << 10);
        let parts = carve::carve(&mut values, cuts.iter().map(|range| range.len()));
        let jobs: Vec<_> = cuts.into_iter().zip(parts).collect();
        par.consume(jobs, count * 32, |(range, mut values)| {
            for (f, symbols) in carve::pieces(&base, range) {
                let mut mine = values.split_off_mut(..symbols.len()).unwrap_or_default();
                let Some(object) = files[f].object() else { continue };
                let locals = symbols.start..symbols.end.min(object.first_global);
                let of_locals = mine.split_off_mut(..locals.len()).unwrap_or_default();
                for (i, value) in locals.zip(of_locals) {
                    *value = local(f, object, i, &object.symbols[i as usize]);
                }
                let first = interned.slots(f).start + symbols.start.saturating_sub(object.first_global) as usize;
                for (id, value) in interned.ids[first..].iter().zip(mine) {
                    *value = global(SymbolId(*id));
                }
            }
        });
        PerSymbol { base, values }
    }

    /// Those of one file, by symbol index.
    #[inline]
    pub fn of(&self, f: FileId) -> &[T] {
        &self.values[self.base[f.idx()] as usize..self.base[f.idx() + 1] as usize]
    }
}
