//! Merges equal strings and constants (SHF_MERGE, SHF_STRINGS; gABI "Section Attribute Flags").
//!
//! Sections of one output section, entry size and alignment form a class. Each piece is split off once and hashed once,
//! then the global interner dedupes by shard, without locks; a piece's place depends on the order of inputs alone.
//! Takes kept atoms, yields for each class the pieces in output order and for each merged atom where its pieces went.
//! Cost: two reads of the merged bytes; two parallel regions a class.

use super::atoms::{Atoms, Fate, Numbering};
use super::format::*;
use super::load::Files;
use crate::base::bitset::BitSet;
use crate::base::carve;
use crate::base::hash::hash_name;
use crate::base::ids::{AtomId, NONE};
use crate::base::intern::{Bins, Names, shard_count};
use crate::base::session::Session;
use std::collections::BTreeMap;

/// One class of merged sections: a contiguous region of an output section.
#[derive(Debug)]
pub struct Class<'a> {
    /// Index in [`Atoms::sections`].
    pub section: u32,
    /// Bytes of one entry, or of one character of a string.
    pub entsize: usize,
    /// NUL-terminated strings, or else constants of `entsize` bytes.
    pub strings: bool,
    /// Alignment of each piece in bytes.
    pub align: u64,
    /// Bytes of the whole region.
    pub size: u64,
    /// First byte of each shard of pieces within the region, and the end.
    pub shard_starts: Vec<u64>,
    pieces: Names<'a>,
    /// Offset of each piece within the region, by piece id.
    offsets: Vec<u32>,
    /// Offset within the region of each occurrence's piece.
    places: Vec<u32>,
    /// Where pieces start in each atom, for strings; constants are `entsize` apart.
    starts: Vec<Starts>,
}

/// Which of 64 characters of an input section start a string. Relocations ask for every string, in no order: this way
/// the answer is two loads away, whatever the number of strings.
#[derive(Debug, Clone, Copy, Default)]
struct Starts {
    bits: u64,
    /// How many strings of the atom start before these characters.
    before: u32,
}

/// A merged atom.
#[derive(Debug, Clone, Copy)]
struct MergedAtom {
    class: u32,
    /// Its first occurrence among the class's.
    first: u32,
    /// Its first entry among the class's [`Starts`].
    starts: u32,
    count: u32,
    /// Bytes in the input.
    size: u32,
}

/// All merged sections.
#[derive(Debug, Default)]
pub struct Merged<'a> {
    /// Classes in a fixed order.
    pub classes: Vec<Class<'a>>,
    atoms: Vec<MergedAtom>,
    /// Index in `atoms` by atom; empty when nothing is merged.
    index: Vec<u32>,
}

impl<'a> Merged<'a> {
    /// The class that byte `offset` of `atom` went to, and its place there; `None` when the atom has no such byte.
    pub fn place(&self, atom: AtomId, offset: u64) -> Option<(usize, u64)> {
        let merged = self.atoms.get(*self.index.get(atom.idx())? as usize)?;
        let class = &self.classes[merged.class as usize];
        // A symbol may stand at the end of its section, and no farther: what would be there is another section's.
        if offset > u64::from(merged.size) || merged.count == 0 {
            return None;
        }
        let (piece, start) = if class.strings {
            class.string_at(merged.starts as usize, offset as usize)
        } else {
            let piece = (offset as usize / class.entsize).min(merged.count as usize - 1);
            (piece, piece * class.entsize)
        };
        let place = u64::from(class.places[merged.first as usize + piece]);
        Some((merged.class as usize, place + (offset - start as u64)))
    }
}

impl Class<'_> {
    /// Number and start of the string that holds byte `offset` of the atom whose [`Starts`] begin at `first`.
    #[inline]
    fn string_at(&self, first: usize, offset: usize) -> (usize, usize) {
        let unit = if self.entsize == 1 { offset } else { offset / self.entsize };
        let mut block = unit / 64;
        let starts = &self.starts[first + block];
        let mut bits = starts.bits & (u64::MAX >> (63 - unit % 64));
        let piece = (starts.before + bits.count_ones()) as usize - 1;
        // The first character of an atom starts a string, so that this ends there at the latest.
        while bits == 0 {
            block -= 1;
            bits = self.starts[first + block].bits;
        }
        (piece, (block * 64 + bits.ilog2() as usize) * self.entsize)
    }

    /// How many jobs [`Class::write`] can be split into.
    pub fn shard_count(&self) -> usize {
        self.shard_starts.len() - 1
    }

    /// Fills `out` with the pieces of `shard`; its bytes start as zeros.
    pub fn write(&self, shard: usize, out: &mut [u8]) {
        let base = self.shard_starts[shard];
        for (id, piece) in self.pieces.shard(shard) {
            let at = (u64::from(self.offsets[id.idx()]) - base) as usize;
            out[at..at + piece.len()].copy_from_slice(piece);
        }
    }
}

/// A piece that the linker adds to the strings of an output section (its name in `.comment`).
pub struct Extra<'a> {
    /// Name of the output section.
    pub section: &'a [u8],
    /// The string, without its NUL.
    pub text: &'a [u8],
}

/// Output section, entry size, whether strings, alignment.
type ClassKey = (u32, usize, bool, u64);

/// Splits and dedupes every kept merged atom.
pub fn merge<'a>(
    files: &Files<'a>,
    numbering: &Numbering,
    atoms: &'a Atoms<'a>,
    kept: &BitSet,
    extra: &Extra<'a>,
    cx: &Session,
) -> Merged<'a> {
    let _t = cx.time.phase("merge strings");
    let mut classes: BTreeMap<ClassKey, Vec<(AtomId, &'a [u8])>> = BTreeMap::new();
    for (f, object) in numbering.objects(files) {
        let first = numbering.base[f.idx()] as usize;
        for (section, fate) in atoms.fate[first..first + object.sections.len()].iter().enumerate() {
            if *fate != Fate::Merged || !kept.contains(first + section) {
                continue;
            }
            let header = &object.sections[section];
            let atom = numbering.atom(f, section as u32);
            let part = atoms.parts[usize::from(atoms.part[atom.idx()])];
            let strings = header.flags.get() & SHF_STRINGS != 0;
            let (bytes, align) = match atoms.inflated.get(&atom) {
                Some(inflated) => (&inflated.bytes[..], inflated.align),
                // Checked when the section was assigned.
                None => (object.section_bytes(section as u32).unwrap_or(&[]), header.align.get()),
            };
            let key = (part.section, header.entsize.get() as usize, strings, align.max(1));
            classes.entry(key).or_default().push((atom, bytes));
        }
    }
    let mut merged = Merged::default();
    if classes.is_empty() {
        return merged;
    }
    merged.index = vec![NONE; atoms.fate.len()];
    for ((section, entsize, strings, align), inputs) in classes {
        let kind = Kind { section, entsize, strings, align };
        let extra =
            (atoms.sections[section as usize].name == extra.section && strings && entsize == 1).then_some(extra.text);
        let number = merged.classes.len() as u32;
        let (class, splits) = kind.merge(&inputs, extra, cx);
        for ((atom, _), split) in inputs.iter().zip(splits) {
            merged.index[atom.idx()] = merged.atoms.len() as u32;
            merged.atoms.push(MergedAtom { class: number, ..split });
        }
        merged.classes.push(class);
    }
    merged
}

#[derive(Clone, Copy)]
struct Kind {
    section: u32,
    entsize: usize,
    strings: bool,
    align: u64,
}

impl Kind {
    fn merge<'a>(
        self,
        inputs: &[(AtomId, &'a [u8])],
        extra: Option<&'a [u8]>,
        cx: &Session,
    ) -> (Class<'a>, Vec<MergedAtom>) {
        let bytes: u64 = inputs.iter().map(|(_, b)| b.len() as u64).sum();
        let groups = carve::groups(inputs.iter().map(|(_, b)| b.len() as u64), 512 << 10);
        // Shards are cut by bytes, since the pieces are not counted yet; strings are some 30 bytes long.
        let shards = shard_count(bytes as usize / if self.strings { 32 } else { self.entsize });
        let split = cx.par.map(groups.len(), bytes, |g| {
            let range = groups[g].clone();
            let expected = inputs[range.clone()].iter().map(|(_, b)| b.len()).sum::<usize>();
            let mut bins = Bins::new(shards, expected / if self.strings { 24 } else { self.entsize });
            let mut next = 0u32;
            let mut starts: Vec<Starts> = Vec::with_capacity(expected / 60);
            let atoms: Vec<MergedAtom> = inputs[range]
                .iter()
                .map(|(_, bytes)| {
                    let (first, first_starts) = (next, starts.len());
                    self.pieces(bytes, |start, piece| {
                        if self.strings {
                            mark(&mut starts, first_starts, start / self.entsize, next - first);
                        }
                        bins.push(piece, hash_name(piece), next);
                        next += 1;
                    });
                    if self.strings {
                        // A symbol may stand at the end.
                        extend(&mut starts, first_starts + bytes.len() / self.entsize / 64, next - first);
                    }
                    let (starts, count, size) = (first_starts as u32, next - first, bytes.len() as u32);
                    MergedAtom { class: 0, first, starts, count, size }
                })
                .collect();
            (bins.sort(), atoms, starts, next)
        });
        let count: u64 = split.iter().map(|(.., count)| u64::from(*count)).sum();
        let split = if count < u64::from(NONE) {
            split
        } else {
            cx.diag.error(format_args!("{count} strings and constants to merge; at most {} can be", NONE - 1));
            Vec::new()
        };
        let mut all_bins = Vec::with_capacity(split.len());
        let mut atoms = Vec::with_capacity(inputs.len());
        let mut starts = Vec::with_capacity(split.iter().map(|(.., s, _)| s.len()).sum());
        let mut total = 0u32;
        for (mut bins, list, marked, count) in split {
            bins.rebase(total);
            let base = starts.len() as u32;
            atoms.extend(list.into_iter().map(|a| MergedAtom { first: a.first + total, starts: a.starts + base, ..a }));
            starts.extend_from_slice(&marked);
            all_bins.push(bins);
            total += count;
        }
        if let Some(text) = extra {
            let mut bins = Bins::new(shards, 1);
            bins.push(text, hash_name(text), total);
            all_bins.push(bins.sort());
            total += 1;
        }
        let (pieces, mut places) = Names::fill(&all_bins, total as usize, cx.par);
        let terminator = if self.strings { self.entsize } else { 0 };
        let mut offsets = vec![0u32; pieces.len()];
        let mut at = 0u64;
        let mut shard_starts = vec![0];
        for shard in 0..pieces.shard_count() {
            for (id, piece) in pieces.shard(shard) {
                at = at.next_multiple_of(self.align);
                offsets[id.idx()] = at as u32;
                at += (piece.len() + terminator) as u64;
            }
            at = at.next_multiple_of(self.align);
            shard_starts.push(at);
        }
        if at > u64::from(u32::MAX) {
            cx.diag
                .error(format_args!("merged strings and constants of one kind take {at} bytes; at most 4 GiB can be"));
        }
        // From ids to offsets, so that a relocation needs one load less.
        const BLOCK: usize = 64 << 10;
        let blocks: Vec<_> = places.chunks_mut(BLOCK).collect();
        cx.par.consume(blocks, u64::from(total) * 8, |block| block.iter_mut().for_each(|p| *p = offsets[*p as usize]));
        let class = Class {
            section: self.section,
            entsize: self.entsize,
            strings: self.strings,
            align: self.align,
            size: at,
            shard_starts,
            pieces,
            offsets,
            places,
            starts,
        };
        (class, atoms)
    }

    /// Calls `f` with the offset and the bytes (without terminator) of each piece. The section ends with a terminator
    /// and is a multiple of the entry size: that was checked before it was called mergeable.
    fn pieces<'a>(self, bytes: &'a [u8], mut f: impl FnMut(usize, &'a [u8])) {
        if !self.strings {
            for (i, piece) in bytes.chunks_exact(self.entsize).enumerate() {
                f(i * self.entsize, piece);
            }
            return;
        }
        let mut start = 0;
        if self.entsize == 1 {
            for end in memchr::memchr_iter(0, bytes) {
                f(start, &bytes[start..end]);
                start = end + 1;
            }
            return;
        }
        for (i, unit) in bytes.chunks_exact(self.entsize).enumerate() {
            if unit.iter().all(|b| *b == 0) {
                let end = i * self.entsize;
                f(start, &bytes[start..end]);
                start = end + self.entsize;
            }
        }
    }
}

/// Notes that string number `before` of the atom whose list begins at `first` starts at character `unit`.
#[inline]
fn mark(starts: &mut Vec<Starts>, first: usize, unit: usize, before: u32) {
    extend(starts, first + unit / 64, before);
    starts[first + unit / 64].bits |= 1 << (unit % 64);
}

/// Makes `last` the last of the list, at least; `before` strings start before those that are added.
#[inline]
fn extend(starts: &mut Vec<Starts>, last: usize, before: u32) {
    while starts.len() <= last {
        starts.push(Starts { bits: 0, before });
    }
}
