//! One value for each symbol of each object that takes part, made in one go.
//!
//! A relocation names a symbol of its own file. What a pass wants to know about that takes a symbol's 24 bytes, a name's
//! number and its definition, each of them elsewhere in memory; looked up beforehand, it takes one load from an array
//! that is small and hot while a file's relocations are read. Cost: one walk over all symbols in a parallel region.

use super::atoms::Numbering;
use super::load::Files;
use super::object::Object;
use crate::base::carve;
use crate::base::ids::FileId;
use crate::base::par::Par;

/// Values by file and symbol.
#[derive(Debug, Default)]
pub struct PerSymbol<T> {
    /// First value of each file, and one past the last.
    base: Vec<usize>,
    values: Vec<T>,
}

impl<T: Copy + Default + Send> PerSymbol<T> {
    /// `f` fills in the values of one object, one for each of its symbols.
    pub fn new(
        files: &Files<'_>,
        numbering: &Numbering,
        par: Par,
        f: impl Fn(FileId, &Object<'_>, &mut [T]) + Sync,
    ) -> PerSymbol<T> {
        let mut base = vec![0];
        for (id, file) in files.iter() {
            let object = file.object().filter(|_| numbering.is_live(id));
            base.push(base[id.idx()] + object.map_or(0, |o| o.symbols.len()));
        }
        let count = base[base.len() - 1];
        let mut values = vec![T::default(); count];
        let groups = carve::fair_groups(base.windows(2).map(|w| (w[1] - w[0]) as u64), 32 << 10);
        let parts = carve::carve(&mut values, groups.iter().map(|g| base[g.end] - base[g.start]));
        let jobs: Vec<_> = groups.iter().cloned().zip(parts).collect();
        par.consume(jobs, count as u64 * 32, |(group, mut values)| {
            for id in group.map(|f| FileId(f as u32)) {
                let (mine, rest) = values.split_at_mut(base[id.idx() + 1] - base[id.idx()]);
                values = rest;
                if let Some(object) = files[id].object().filter(|_| !mine.is_empty()) {
                    f(id, object, mine);
                }
            }
        });
        PerSymbol { base, values }
    }

    /// Those of one file, by symbol index.
    #[inline]
    pub fn of(&self, f: FileId) -> &[T] {
        &self.values[self.base[f.idx()]..self.base[f.idx() + 1]]
    }
}
