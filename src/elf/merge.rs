//! Merges equal strings and constants (SHF_MERGE, SHF_STRINGS; gABI "Section Attribute Flags").
//!
//! Sections of one output section, entry size and alignment form a class. Their bytes are cut into chunks, also where a
//! section is larger than one. Each piece of a chunk is split off once, hashed once, and looked up while the chunk is in
//! the cache. The first of equal pieces, in the order of inputs, is the one that is written, and they are written in that
//! order: a chunk's share of the output is copied from the chunk, front to back.
//! Takes kept atoms, yields for each class what is written and for each merged atom where its pieces went.
//! Cost: a read of all bytes as they are split, of what is in the pool as it is compared, of what is written.

use super::atoms::{Atoms, Fate, Numbering};
use super::format::*;
use super::layout::round_up;
use super::load::Files;
use crate::base::bitset::{AtomicBitSet, BitSet};
use crate::base::carve;
use crate::base::hash::hash_name;
use crate::base::ids::{AtomId, NONE};
use crate::base::intern::{Bins, Pool, Sorted, shard_count};
use crate::base::session::Session;
use crate::base::zeroed::zeroed;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use zerocopy::FromZeros;

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
    /// Each occurrence of a piece, in order of inputs.
    pieces: Vec<Piece>,
    /// Occurrences that are the first of their bytes.
    is_first: BitSet,
    /// For strings: which occurrence of its atom holds byte 0, [`BLOCK`], 2 * [`BLOCK`]… of each input section.
    blocks: Vec<u32>,
}

/// Relocations ask for every string of a section, in no order. From the entry of its block a few starts lead to it.
const BLOCK: usize = 128;

/// An occurrence of a piece.
#[derive(Debug, Clone, Copy, FromZeros)]
struct Piece {
    /// Offset in its input section.
    start: u32,
    /// Offset of its bytes within the region; until all are found, what the pool calls them.
    place: u32,
}

/// Whole pieces of one input section that are next to each other.
#[derive(Debug, Clone)]
struct Chunk<'a> {
    /// Which input of the class it was cut from.
    input: usize,
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
    /// Where the bytes of a merged atom went.
    #[inline]
    pub fn view(&self, atom: AtomId) -> Option<View<'_>> {
        let merged = self.atoms.get(*self.index.get(atom.idx())? as usize)?;
        let class = &self.classes[merged.class as usize];
        Some(View {
            class: merged.class as usize,
            size: merged.size,
            entsize: class.entsize as u32,
            pieces: &class.pieces[merged.first as usize..][..merged.count as usize],
            blocks: class.blocks.get(merged.blocks as usize..).filter(|_| class.strings),
        })
    }

    /// The class that byte `offset` of `atom` went to, and its place there; `None` when the atom has no such byte.
    pub fn place(&self, atom: AtomId, offset: u64) -> Option<(usize, u64)> {
        let view = self.view(atom)?;
        Some((view.class, view.place(offset)?))
    }
}

/// What is known of one merged atom: for who asks for one byte of it after the other.
#[derive(Debug, Clone, Copy)]
pub struct View<'m> {
    /// Index of its class.
    pub class: usize,
    size: u32,
    entsize: u32,
    pieces: &'m [Piece],
    /// For strings, and from its own on.
    blocks: Option<&'m [u32]>,
}

impl View<'_> {
    /// The place within the class's region of byte `offset`, if there is such a byte.
    #[inline]
    pub fn place(&self, offset: u64) -> Option<u64> {
        // A symbol may stand at the end of its section, and no farther: what would be there is another section's.
        let offset = u32::try_from(offset).ok().filter(|offset| *offset <= self.size && !self.pieces.is_empty())?;
        let byte = offset.min(self.size - 1);
        let piece = match self.blocks {
            None => &self.pieces[(byte / self.entsize) as usize],
            Some(blocks) => {
                let mut piece = blocks[byte as usize / BLOCK] as usize;
                while self.pieces.get(piece + 1).is_some_and(|next| next.start <= byte) {
                    piece += 1;
                }
                &self.pieces[piece]
            }
        };
        Some(u64::from(piece.place) + u64::from(offset - piece.start))
    }
}

impl Class<'_> {
    /// The bytes of occurrence `i`, which belongs to `chunk`, terminator included.
    #[inline]
    fn piece<'c>(&self, chunk: &Chunk<'c>, i: usize) -> &'c [u8] {
        let next = self.pieces.get(i + 1).filter(|_| i + 1 < chunk.occurrences.end);
        let end = next.map_or(chunk.bytes.len(), |next| next.start as usize - chunk.offset);
        &chunk.bytes[self.pieces[i].start as usize - chunk.offset..end]
    }

    /// Fills `out` with what the chunks write; its bytes start as zeros.
    pub fn write(&self, chunks: Range<usize>, out: &mut [u8]) {
        let base = self.chunk_starts[chunks.start];
        for chunk in &self.chunks[chunks] {
            for i in chunk.occurrences.clone().filter(|i| self.is_first.contains(*i)) {
                let (at, piece) = ((u64::from(self.pieces[i].place) - base) as usize, self.piece(chunk, i));
                out[at..at + piece.len()].copy_from_slice(piece);
            }
        }
    }
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
    let cuts = numbering.cuts(16_384);
    let found = cx.par.map(cuts.len(), atoms.fate.len() as u64 * 4, |j| {
        let mut found = Vec::new();
        for (file, sections) in numbering.pieces(cuts[j].clone()) {
            let Some(object) = files[file].object() else { continue };
            let first = numbering.base[file.idx()] as usize;
            let fates = &atoms.fate[first..][..object.sections.len()];
            let is_merged = |s: &usize| fates[*s] == Fate::Merged && kept.contains(first + s);
            for section in (sections.start as usize..sections.end as usize).filter(is_merged) {
                let header = &object.sections[section];
                let atom = numbering.atom(file, section as u32);
                let part = atoms.parts[usize::from(atoms.part[atom.idx()])];
                let strings = header.flags.get() & SHF_STRINGS != 0;
                let (bytes, align) = match atoms.inflated.get(&atom) {
                    Some(inflated) => (&inflated.bytes[..], inflated.align),
                    // Checked when the section was assigned.
                    None => (object.section_bytes(section as u32).unwrap_or(&[]), header.align.get()),
                };
                let key: ClassKey = (part.section, header.entsize.get() as usize, strings, align.max(1));
                found.push((key, (atom, bytes)));
            }
        }
        found
    });
    let mut classes: BTreeMap<ClassKey, Vec<(AtomId, &'a [u8])>> = BTreeMap::new();
    for (key, input) in found.into_iter().flatten() {
        classes.entry(key).or_default().push(input);
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

/// Bytes of input that make one chunk, at most.
const CHUNK_SIZE: u64 = 512 << 10;
const MIN_CHUNK_SIZE: u64 = 64 << 10;

/// What the pieces of some chunks came to.
struct Split {
    /// For each chunk.
    counts: Vec<usize>,
    pieces: Vec<Piece>,
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
        // Some 16 of them where there is little: what a thread takes for one should be in its cache.
        let chunk_size = (bytes / 16).clamp(MIN_CHUNK_SIZE, CHUNK_SIZE);
        let mut chunks = Vec::with_capacity(inputs.len());
        inputs.iter().enumerate().for_each(|(i, input)| self.cut(i, input, chunk_size as usize, &mut chunks));
        let groups = carve::groups(chunks.iter().map(|c| c.bytes.len() as u64), chunk_size);
        // Shards are cut by bytes, since the pieces are not counted yet; strings are some 30 bytes long.
        let shards = shard_count(bytes as usize / if self.strings { 32 } else { self.entsize });
        let pool = Pool::new(shards, (bytes / 256) as usize);
        let mut split = cx.par.map(groups.len(), bytes, |g| {
            let (mut split, strings) = self.split(&chunks[groups[g].clone()], shards);
            pool.add(g as u32, &strings, |slot, id| split.pieces[slot as usize].place = id);
            split
        });
        let total: usize = split.iter().flat_map(|s| &s.counts).sum();
        if total >= NONE as usize {
            cx.diag.error(format_args!("{total} strings and constants to merge; at most {} can be", NONE - 1));
            (split, chunks) = Default::default();
        }
        let mut next = 0;
        for (chunk, count) in chunks.iter_mut().zip(split.iter().flat_map(|s| &s.counts)) {
            chunk.occurrences = next..next + count;
            next += count;
        }
        let is_first = AtomicBitSet::new(next);
        let starts: Vec<usize> = groups.iter().filter_map(|g| Some(chunks.get(g.start)?.occurrences.start)).collect();
        let id_count = pool.finish(&cx.par, |group, slot| {
            if let Some(start) = starts.get(group as usize) {
                is_first.insert(start + slot as usize);
            }
        });
        let is_first = is_first.into_set();
        let atoms = self.atoms(&inputs, &chunks);
        let (pieces, blocks) = self.index(&atoms, &chunks, &groups, split, cx);
        let Kind { section, entsize, strings, align } = self;
        let mut class = Class {
            section,
            entsize,
            strings,
            align,
            size: 0,
            chunk_starts: vec![0],
            chunks,
            pieces,
            is_first,
            blocks,
        };
        class.lay_out(id_count, cx);
        (class, atoms)
    }

    /// Cuts an input into chunks, where pieces end.
    fn cut<'a>(self, input: usize, bytes: &'a [u8], chunk_size: usize, chunks: &mut Vec<Chunk<'a>>) {
        let mut start = 0;
        while start < bytes.len() {
            let end = self.end_of_piece(bytes, (start + chunk_size).next_multiple_of(self.entsize));
            chunks.push(Chunk { input, bytes: &bytes[start..end], offset: start, occurrences: 0..0 });
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

    fn split<'a>(self, chunks: &[Chunk<'a>], shards: usize) -> (Split, Sorted<'a>) {
        let size: usize = chunks.iter().map(|c| c.bytes.len()).sum();
        // Some compilers' strings are shorter than 24 bytes on average, few are shorter than 16.
        let expected = size / if self.strings { 16 } else { self.entsize };
        let (mut bins, mut pieces) = (Bins::new(shards, expected), Vec::with_capacity(expected));
        let count = |chunk: &Chunk<'a>| {
            let before = pieces.len();
            self.pieces(chunk.bytes, |start, piece| {
                bins.push(piece, hash_name(piece), pieces.len() as u32);
                pieces.push(Piece { start: (chunk.offset + start) as u32, place: NONE });
            });
            pieces.len() - before
        };
        let counts = chunks.iter().map(count).collect();
        // These stay while many more chunks are split.
        pieces.shrink_to_fit();
        (Split { counts, pieces }, bins.sort())
    }

    /// Where the pieces of each input are.
    fn atoms(self, inputs: &[&[u8]], chunks: &[Chunk<'_>]) -> Vec<MergedAtom> {
        let mut chunks = chunks.iter().peekable();
        let (mut first, mut blocks) = (0, 0);
        let atom = |(i, input): (usize, &&[u8])| {
            let mut atom = MergedAtom { class: 0, first, blocks, count: 0, size: input.len() as u32 };
            while let Some(chunk) = chunks.next_if(|chunk| chunk.input == i) {
                atom.count += chunk.occurrences.len() as u32;
                blocks += self.blocks(chunk) as u32;
            }
            first += atom.count;
            atom
        };
        inputs.iter().enumerate().map(atom).collect()
    }

    /// How many blocks begin in a chunk.
    fn blocks(self, chunk: &Chunk<'_>) -> usize {
        let end = chunk.offset + chunk.bytes.len();
        if self.strings { end.div_ceil(BLOCK) - chunk.offset.div_ceil(BLOCK) } else { 0 }
    }

    /// Puts together the pieces of all groups, and finds out which of them holds the first byte of each block.
    fn index(
        self,
        atoms: &[MergedAtom],
        chunks: &[Chunk<'_>],
        groups: &[Range<usize>],
        split: Vec<Split>,
        cx: &Session,
    ) -> (Vec<Piece>, Vec<u32>) {
        let mut pieces = zeroed(split.iter().map(|s| s.pieces.len()).sum());
        let mut blocks = vec![0; chunks.iter().map(|chunk| self.blocks(chunk)).sum()];
        let of_group = |group: &Range<usize>| chunks[group.clone()].iter().map(|chunk| self.blocks(chunk)).sum();
        let parts = carve::carve(&mut pieces, split.iter().map(|s| s.pieces.len()));
        let block_parts = carve::carve(&mut blocks, groups.iter().take(split.len()).map(of_group));
        let weight = split.iter().map(|s| s.pieces.len() as u64 * 16).sum();
        let jobs: Vec<_> = groups.iter().zip(split).zip(parts).zip(block_parts).collect();
        cx.par.consume(jobs, weight, |(((group, split), part), blocks)| {
            part.copy_from_slice(&split.pieces);
            let (mut rest, mut blocks) = (&split.pieces[..], blocks.iter_mut());
            for chunk in chunks[group.clone()].iter().filter(|_| self.strings) {
                let (pieces, after) = rest.split_at(chunk.occurrences.len());
                rest = after;
                let before = chunk.occurrences.start as u32 - atoms[chunk.input].first;
                let ends = pieces.iter().skip(1).map(|piece| piece.start as usize);
                let mut block = chunk.offset.next_multiple_of(BLOCK);
                for (i, end) in ends.chain([chunk.offset + chunk.bytes.len()]).enumerate() {
                    while block < end {
                        // There are as many as `blocks` said.
                        blocks.next().into_iter().for_each(|entry| *entry = before + i as u32);
                        block += BLOCK;
                    }
                }
            }
        });
        (pieces, blocks)
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

fn is_zero(unit: &[u8]) -> bool {
    unit.iter().all(|b| *b == 0)
}

impl Class<'_> {
    /// Gives each piece its place, in the order in which the pieces come for the first time. What the pool calls them is
    /// below `id_count`.
    fn lay_out(&mut self, id_count: usize, cx: &Session) {
        let weight = self.pieces.len() as u64 * 16;
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
        let places: Vec<AtomicU32> = zeroed(id_count);
        cx.par.map(self.chunks.len(), weight, |k| {
            each(k, starts[k], &mut |i, at| places[self.pieces[i].place as usize].store(at as u32, Relaxed));
        });
        const BLOCK: usize = 64 << 10;
        let blocks: Vec<_> = self.pieces.chunks_mut(BLOCK).collect();
        let look_up = |piece: &mut Piece| piece.place = places[piece.place as usize].load(Relaxed);
        cx.par.consume(blocks, weight, |block| block.iter_mut().for_each(look_up));
        (self.size, self.chunk_starts) = (size, starts);
    }
}
