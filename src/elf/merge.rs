//! Merges equal strings and constants (SHF_MERGE, SHF_STRINGS; gABI "Section Attribute Flags").
//!
//! Sections of one output section, entry size and alignment form a class. Their bytes are cut into chunks, also where a
//! section is larger than one. Each piece of a chunk is split off once and hashed once, then the interner dedupes by
//! shard, without locks. The first of equal pieces, in the order of inputs, is the one that is written, and they are
//! written in that order: a chunk's share of the output is copied from the chunk, front to back.
//! Takes kept atoms, yields for each class what is written and for each merged atom where its pieces went.
//! Cost: two reads of the merged bytes, and one of each duplicate and its original as they are compared.

use super::atoms::{Atoms, Fate, Numbering};
use super::format::*;
use super::load::Files;
use crate::base::bitset::{AtomicBitSet, BitSet};
use crate::base::carve;
use crate::base::hash::hash_name;
use crate::base::ids::{AtomId, NONE};
use crate::base::intern::{Bins, Names, Sorted, shard_count};
use crate::base::session::Session;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

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
    /// First byte within the region of what each chunk writes, and the end.
    pub chunk_starts: Vec<u64>,
    chunks: Vec<Chunk<'a>>,
    /// Occurrences that are the first of their bytes.
    is_first: BitSet,
    /// Offset within the region of each occurrence's piece.
    places: Vec<u32>,
    /// Offset of each occurrence in its input section, for strings; constants are `entsize` apart.
    starts: Vec<u32>,
    /// For strings: which occurrence of its atom holds byte 0, [`BLOCK`], 2 * [`BLOCK`]… of each input section.
    blocks: Vec<u32>,
}

/// Relocations ask for every string of a section, in no order. From the entry of its block a few starts lead to it.
const BLOCK: usize = 128;

/// Whole pieces of one input section that are next to each other.
#[derive(Debug, Clone)]
struct Chunk<'a> {
    bytes: &'a [u8],
    /// Offset of the first byte in the section.
    offset: usize,
    /// The pieces among the class's occurrences.
    occurrences: Range<usize>,
}

/// A merged atom.
#[derive(Debug, Clone, Copy, Default)]
struct MergedAtom {
    class: u32,
    /// Its first occurrence among the class's.
    first: u32,
    /// Its first entry among the class's `blocks`.
    blocks: u32,
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

impl Merged<'_> {
    /// The class that byte `offset` of `atom` went to, and its place there; `None` when the atom has no such byte.
    pub fn place(&self, atom: AtomId, offset: u64) -> Option<(usize, u64)> {
        let merged = self.atoms.get(*self.index.get(atom.idx())? as usize)?;
        let class = &self.classes[merged.class as usize];
        // A symbol may stand at the end of its section, and no farther: what would be there is another section's.
        if offset > u64::from(merged.size) || merged.count == 0 {
            return None;
        }
        let (piece, start) = if class.strings {
            class.string_at(merged, offset as u32)
        } else {
            let piece = (offset as usize / class.entsize).min(merged.count as usize - 1);
            (piece, piece * class.entsize)
        };
        let place = u64::from(class.places[merged.first as usize + piece]);
        Some((merged.class as usize, place + (offset - start as u64)))
    }
}

impl Class<'_> {
    /// Number and start of the string that holds byte `offset` of an atom, or that ends there if it is the last.
    #[inline]
    fn string_at(&self, atom: &MergedAtom, offset: u32) -> (usize, usize) {
        let starts = &self.starts[atom.first as usize..][..atom.count as usize];
        let block = offset.min(atom.size - 1) as usize / BLOCK;
        let mut piece = self.blocks[atom.blocks as usize + block] as usize;
        while starts.get(piece + 1).is_some_and(|next| *next <= offset) {
            piece += 1;
        }
        (piece, starts[piece] as usize)
    }

    /// The bytes of occurrence `i`, which belongs to `chunk`, terminator included.
    #[inline]
    fn piece<'c>(&self, chunk: &Chunk<'c>, i: usize) -> &'c [u8] {
        piece(chunk, i, &self.starts, self.entsize)
    }

    /// Fills `out` with what chunk number `chunk` writes; its bytes start as zeros.
    pub fn write(&self, chunk: usize, out: &mut [u8]) {
        let base = self.chunk_starts[chunk];
        let chunk = &self.chunks[chunk];
        for i in chunk.occurrences.clone().filter(|i| self.is_first.contains(*i)) {
            let (at, piece) = ((u64::from(self.places[i]) - base) as usize, self.piece(chunk, i));
            out[at..at + piece.len()].copy_from_slice(piece);
        }
    }
}

#[inline]
fn piece<'c>(chunk: &Chunk<'c>, i: usize, starts: &[u32], entsize: usize) -> &'c [u8] {
    if starts.is_empty() {
        return &chunk.bytes[(i - chunk.occurrences.start) * entsize..][..entsize];
    }
    let end = if i + 1 < chunk.occurrences.end { starts[i + 1] as usize - chunk.offset } else { chunk.bytes.len() };
    &chunk.bytes[starts[i] as usize - chunk.offset..end]
}

/// A piece that the linker adds to the strings of an output section (its name in `.comment`).
pub struct Extra<'a> {
    /// Name of the output section.
    pub section: &'a [u8],
    /// The string, with its NUL.
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

/// Bytes of input that make one chunk.
const CHUNK_SIZE: usize = 512 << 10;

/// What the pieces of some chunks came to.
struct Split<'a> {
    occurrences: Sorted<'a>,
    /// For each chunk.
    counts: Vec<usize>,
    starts: Vec<u32>,
    blocks: Vec<u32>,
}

impl Kind {
    fn merge<'a>(
        self,
        inputs: &[(AtomId, &'a [u8])],
        extra: Option<&'a [u8]>,
        cx: &Session,
    ) -> (Class<'a>, Vec<MergedAtom>) {
        let inputs: Vec<&[u8]> = inputs.iter().map(|(_, bytes)| *bytes).chain(extra).collect();
        let bytes: u64 = inputs.iter().map(|b| b.len() as u64).sum();
        let mut chunks = Vec::with_capacity(inputs.len());
        let mut ends = Vec::with_capacity(inputs.len());
        for input in &inputs {
            self.cut(input, &mut chunks);
            ends.push(chunks.len());
        }
        let groups = carve::groups(chunks.iter().map(|c| c.bytes.len() as u64), CHUNK_SIZE as u64);
        // Shards are cut by bytes, since the pieces are not counted yet; strings are some 30 bytes long.
        let shards = shard_count(bytes as usize / if self.strings { 32 } else { self.entsize });
        let mut split = cx.par.map(groups.len(), bytes, |g| self.split(&chunks[groups[g].clone()], shards));
        let total: usize = split.iter().flat_map(|s| &s.counts).sum();
        if total >= NONE as usize {
            cx.diag.error(format_args!("{total} strings and constants to merge; at most {} can be", NONE - 1));
            (split, chunks, ends) = Default::default();
        }
        let mut next = 0;
        for (chunk, count) in chunks.iter_mut().zip(split.iter().flat_map(|s| &s.counts)) {
            chunk.occurrences = next..next + count;
            next += count;
        }
        for (group, split) in groups.iter().zip(&mut split) {
            split.occurrences.rebase(chunks[group.start].occurrences.start as u32);
        }
        let (atoms, starts, blocks) = self.index(&inputs, &chunks, &ends, &split);
        let occurrences: Vec<Sorted<'_>> = split.into_iter().map(|s| s.occurrences).collect();
        let is_first = AtomicBitSet::new(next);
        let note = |slot: u32| _ = is_first.insert(slot as usize);
        let (names, ids) = Names::fill_noting(&occurrences, next, cx.par, note);
        drop(occurrences);
        let Kind { section, entsize, strings, align } = self;
        let is_first = is_first.into_set();
        let mut class = Class {
            section,
            entsize,
            strings,
            align,
            size: 0,
            chunk_starts: vec![0],
            chunks,
            is_first,
            places: Vec::new(),
            starts,
            blocks,
        };
        class.lay_out(ids, names.len(), cx);
        (class, atoms)
    }

    /// Cuts an input into chunks, where pieces end.
    fn cut<'a>(self, input: &'a [u8], chunks: &mut Vec<Chunk<'a>>) {
        let mut start = 0;
        while start < input.len() {
            let end = self.end_of_piece(input, (start + CHUNK_SIZE).next_multiple_of(self.entsize));
            chunks.push(Chunk { bytes: &input[start..end], offset: start, occurrences: 0..0 });
            start = end;
        }
    }

    /// Where the piece ends that has the entry or character before `at`; the end of the input where that is not as long.
    fn end_of_piece(self, input: &[u8], at: usize) -> usize {
        let Some(from) = input.get(at - self.entsize..).filter(|_| at < input.len()) else { return input.len() };
        let rest = match (self.strings, self.entsize) {
            (false, _) => Some(0),
            (true, 1) => memchr::memchr(0, from),
            (true, entsize) => from.chunks_exact(entsize).position(is_zero).map(|n| n * entsize),
        };
        rest.map_or(input.len(), |n| at + n)
    }

    fn split<'a>(self, chunks: &[Chunk<'a>], shards: usize) -> Split<'a> {
        let size: usize = chunks.iter().map(|c| c.bytes.len()).sum();
        let mut bins = Bins::new(shards, size / if self.strings { 24 } else { self.entsize });
        let (mut starts, mut blocks) = (Vec::new(), Vec::new());
        if self.strings {
            starts.reserve(size / 32);
            blocks.reserve(size / BLOCK + chunks.len());
        }
        let mut next = 0;
        let mut count = |chunk: &Chunk<'a>| {
            let first = next;
            let mut block = chunk.offset.next_multiple_of(BLOCK);
            self.pieces(chunk.bytes, |start, piece| {
                if self.strings {
                    let start = chunk.offset + start;
                    starts.push(start as u32);
                    while block < start + piece.len() + self.entsize {
                        blocks.push(next - first);
                        block += BLOCK;
                    }
                }
                bins.push(piece, hash_name(piece), next);
                next += 1;
            });
            (next - first) as usize
        };
        let counts = chunks.iter().map(&mut count).collect();
        Split { occurrences: bins.sort(), counts, starts, blocks }
    }

    /// Puts together where the pieces of each input are.
    fn index(
        self,
        inputs: &[&[u8]],
        chunks: &[Chunk<'_>],
        ends: &[usize],
        split: &[Split<'_>],
    ) -> (Vec<MergedAtom>, Vec<u32>, Vec<u32>) {
        let mut starts = Vec::with_capacity(split.iter().map(|s| s.starts.len()).sum());
        let mut blocks = Vec::with_capacity(split.iter().map(|s| s.blocks.len()).sum());
        split.iter().for_each(|s| starts.extend_from_slice(&s.starts));
        let mut of_chunks = split.iter().flat_map(|s| &s.blocks);
        let mut atoms = Vec::with_capacity(inputs.len());
        let mut begin = 0;
        for (input, end) in inputs.iter().zip(ends) {
            let chunks = &chunks[begin..*end];
            begin = *end;
            let first = chunks.first().map_or(0, |c| c.occurrences.start);
            let last = chunks.last().map_or(0, |c| c.occurrences.end);
            let (first_block, count, size) = (blocks.len() as u32, (last - first) as u32, input.len() as u32);
            atoms.push(MergedAtom { class: 0, first: first as u32, blocks: first_block, count, size });
            for chunk in chunks.iter().filter(|_| self.strings) {
                let count = (chunk.offset + chunk.bytes.len()).div_ceil(BLOCK) - chunk.offset.div_ceil(BLOCK);
                let before = (chunk.occurrences.start - first) as u32;
                blocks.extend(of_chunks.by_ref().take(count).map(|piece| piece + before));
            }
        }
        (atoms, starts, blocks)
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
        for (i, _) in bytes.chunks_exact(self.entsize).enumerate().filter(|(_, unit)| is_zero(unit)) {
            let end = i * self.entsize;
            f(start, &bytes[start..end]);
            start = end + self.entsize;
        }
    }
}

/// Alignments are powers of two: that was checked as well.
#[inline]
fn round_up(at: u64, align: u64) -> u64 {
    (at + align - 1) & !(align - 1)
}

fn is_zero(unit: &[u8]) -> bool {
    unit.iter().all(|b| *b == 0)
}

impl Class<'_> {
    /// Gives each piece its place, in the order in which the pieces come for the first time. `ids` has one of the
    /// `id_count` ids for each occurrence.
    fn lay_out(&mut self, ids: Vec<u32>, id_count: usize, cx: &Session) {
        let weight = ids.len() as u64 * 16;
        // The end of what chunk `k` writes if that begins at `at`.
        let each = |k: usize, mut at: u64, f: &mut dyn FnMut(usize, u64)| {
            let chunk = &self.chunks[k];
            for i in chunk.occurrences.clone().filter(|i| self.is_first.contains(*i)) {
                at = round_up(at, self.align);
                f(i, at);
                at += self.piece(chunk, i).len() as u64;
            }
            round_up(at, self.align)
        };
        let sizes = cx.par.map(self.chunks.len(), weight, |k| each(k, 0, &mut |_, _| {}));
        let mut starts = vec![0];
        for size in sizes {
            starts.push(starts[starts.len() - 1] + size);
        }
        let size = starts[starts.len() - 1];
        if size > u64::from(u32::MAX) {
            let what = "merged strings and constants of one kind take";
            cx.diag.error(format_args!("{what} {size} bytes; at most 4 GiB can be"));
        }
        let places: Vec<AtomicU32> = (0..id_count).map(|_| AtomicU32::new(0)).collect();
        cx.par.map(self.chunks.len(), weight, |k| {
            each(k, starts[k], &mut |i, at| places[ids[i] as usize].store(at as u32, Relaxed));
        });
        // From ids to places, so that a relocation needs one load less.
        const BLOCK: usize = 64 << 10;
        let mut ids = ids;
        let blocks: Vec<_> = ids.chunks_mut(BLOCK).collect();
        let look_up = |id: &mut u32| *id = places[*id as usize].load(Relaxed);
        cx.par.consume(blocks, weight, |block| block.iter_mut().for_each(look_up));
        (self.size, self.chunk_starts, self.places) = (size, starts, ids);
    }
}
