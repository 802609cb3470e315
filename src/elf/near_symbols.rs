//! Which symbols stay at a fixed distance from whatever refers to them: one bit for each symbol of each object.
//!
//! Most relocations are relative to their own place, and to such a symbol; they need nothing at run time, and the scan
//! need not look at the symbol itself. The tables are read here once, in order, instead of symbol by symbol in the order
//! of relocations. Cost: one walk over all symbols in a parallel region; a file's bits stay in the cache.

use super::format::*;
use super::object::{Object, Place};
use super::relocs::Context;
use crate::base::carve;
use crate::base::ids::FileId;
use crate::base::session::Session;
use crate::base::view::Malformed;

const BITS: u32 = u64::BITS;

/// Bits by file and symbol.
#[derive(Debug)]
pub struct NearSymbols {
    /// First word of each file, and one past the last.
    base: Vec<u64>,
    words: Vec<u64>,
}

/// The bits of one file.
#[derive(Debug, Clone, Copy)]
pub struct OfFile<'n>(&'n [u64]);

impl OfFile<'_> {
    /// Whether symbol `index` is near: false for one that does not exist.
    #[inline]
    pub fn contains(&self, index: u32) -> bool {
        self.0.get((index / BITS) as usize).is_some_and(|word| word >> (index % BITS) & 1 != 0)
    }
}

impl NearSymbols {
    /// Looks at every symbol of the objects that take part. Local symbols are checked to be local.
    pub fn find(c: &Context<'_, '_>, cx: &Session) -> NearSymbols {
        let base = c.numbering.row(c.files, |object| object.symbols.len().div_ceil(BITS as usize));
        let mut words = vec![0; base[base.len() - 1] as usize];
        let cuts = carve::cuts(&base, 512);
        let weight = words.len() as u64 * u64::from(BITS) * 24;
        let parts = carve::carve(&mut words, cuts.iter().map(|range| range.len()));
        let jobs: Vec<_> = cuts.into_iter().zip(parts).collect();
        cx.par.consume(jobs, weight, |(range, mut words)| {
            for (f, of_file) in carve::pieces(&base, range) {
                let mine = words.split_off_mut(..of_file.len()).unwrap_or_default();
                let Some(object) = c.files[f].object() else { continue };
                if let Err(error) = fill(c, f, object, of_file.start * BITS, mine) {
                    c.files.malformed(f, &error, cx);
                }
            }
        });
        NearSymbols { base, words }
    }

    /// Those of one file.
    #[inline]
    pub fn of(&self, f: FileId) -> OfFile<'_> {
        OfFile(&self.words[self.base[f.idx()] as usize..self.base[f.idx() + 1] as usize])
    }
}

/// Fills in the bits of symbols from `first` on, which is a multiple of 64.
///
/// The table has local symbols first (gABI, "Symbol Table"); what it says of the others was checked with their names.
fn fill(c: &Context<'_, '_>, f: FileId, object: &Object<'_>, first: u32, words: &mut [u64]) -> Result<(), Malformed> {
    let end = object.symbols.len().min(first as usize + words.len() * BITS as usize) as u32;
    let locals = first..end.min(object.first_global);
    for (i, symbol) in locals.zip(&object.symbols[first as usize..]) {
        if symbol.bind() != STB_LOCAL {
            return Err(object.bad_symbol(i, "is among the local ones and is not local"));
        }
        let is_place = matches!(object.place(i, symbol), Ok(Place::Section(_)));
        let is_near = is_place && !matches!(symbol.kind(), STT_GNU_IFUNC | STT_TLS);
        words[((i - first) / BITS) as usize] |= u64::from(is_near) << (i % BITS);
    }
    let globals = first.max(object.first_global)..end;
    let ids = &c.interned.ids[c.interned.slots(f).start..];
    for i in globals {
        let attr = c.definitions.attr.get(ids[(i - object.first_global) as usize] as usize);
        words[((i - first) / BITS) as usize] |= u64::from(attr.is_some_and(|attr| attr.is_near())) << (i % BITS);
    }
    Ok(())
}
