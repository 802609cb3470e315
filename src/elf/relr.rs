//! `.relr.dyn`: relative relocations as addresses and bitmaps (gABI, "Relative Relocation Table"). The dynamic linker
//! adds the load address to each listed word, whose addend lies in place.
//!
//! An even entry is the address of one word; an odd one is a bitmap of the 63 words that follow the last word covered.
//! Places that are not multiples of 8 stay in `.rela.dyn`. How many entries there are depends on addresses, and the table
//! lies before what it describes: layout runs again until the table fits. Its size never shrinks in between, so that it
//! ends; what is too much is filled with empty bitmaps.
//! Cost: nothing unless asked for; then one sort of the places a round, of which there are two or three.

use super::format::*;
use super::image::Image;
use super::layout::{self, Chunk, Inputs, Layout, OutSection, Sizes};
use super::relocs::{Context, Needs};
use super::slots::{self, Slots};
use crate::args::elf::{Args, Relr};
use crate::base::diag::Reported;
use crate::base::ids::AtomId;
use crate::base::session::Session;
use std::sync::Arc;

/// Words that one bitmap covers.
const COVERED: u64 = 63;
const WORD: u64 = 8;
/// A bitmap without a bit.
const EMPTY: u64 = 1;

/// A word that the dynamic linker relocates.
#[derive(Debug, Clone, Copy)]
pub struct Word {
    /// Where it is.
    pub atom: AtomId,
    /// Bytes from the start of the atom's input.
    pub offset: u32,
}

/// Whether a relative relocation at `offset` of a section with this header goes to `.relr.dyn`. The scan and the write
/// pass ask the same question.
#[inline]
pub fn is_packed(args: &Args, header: &Shdr, offset: u64) -> bool {
    args.relr != Relr::None
        && header.flags.get() & SHF_WRITE != 0
        && header.align.get() >= WORD
        && offset.is_multiple_of(WORD)
        && u32::try_from(offset).is_ok()
}

/// Relocated words of the output, by what they are counted from.
#[derive(Debug, Default)]
pub struct Words {
    /// In the order of atoms; offsets are those in the output.
    atoms: Vec<Word>,
    /// Slots of `.got`.
    got: Vec<u32>,
}

impl Words {
    /// Gathers the places of the scan and of the GOT.
    pub fn new(c: &Context<'_, '_>, needs: &mut Needs, slots: &Slots) -> Self {
        if c.args.relr == Relr::None {
            return Words::default();
        }
        let mut atoms = std::mem::take(&mut needs.packed);
        for word in &mut atoms {
            word.offset = mirrored(c, *word);
        }
        let is_packed = |e: &&slots::GotEntry| slots::got_relocations(e, slots, c.linking).0 > 0;
        Words { atoms, got: slots.got.iter().filter(is_packed).map(|e| e.slot).collect() }
    }

    /// Whether there is a table at all.
    pub fn is_empty(&self) -> bool {
        self.atoms.is_empty() && self.got.is_empty()
    }

    /// The addresses, ascending.
    fn addresses(&self, c: &Context<'_, '_>, layout: &Layout<'_>) -> Vec<u64> {
        let got = layout.chunk_addr(Chunk::Got);
        let mut places: Vec<u64> = Vec::with_capacity(self.atoms.len() + self.got.len());
        places.extend(self.atoms.iter().map(|w| {
            let part = layout.parts[usize::from(c.atoms.part[w.atom.idx()])].0;
            part.wrapping_add(layout.sizes.offset[w.atom.idx()]).wrapping_add(u64::from(w.offset))
        }));
        places.extend(self.got.iter().map(|slot| got + u64::from(*slot) * WORD));
        places.sort_unstable();
        // Two relocations of one word would be added twice; the last one wrote the addend.
        places.dedup();
        places
    }
}

/// Where the word of an input is in the output: old-style constructor tables are turned round.
fn mirrored(c: &Context<'_, '_>, word: Word) -> u32 {
    if !super::write::sections_reversed(c, word.atom) {
        return word.offset;
    }
    let (file, section) = c.numbering.section_of(word.atom);
    let size = c.files[file].object().map_or(0, |o| o.sections[section as usize].size.get()) / WORD * WORD;
    size.checked_sub(u64::from(word.offset) + WORD).map_or(word.offset, |offset| offset as u32)
}

/// Places all sections as [`layout::place`] does, with a `.relr.dyn` that is large enough. Returns the table as well.
pub fn place<'a>(
    words: &Words,
    c: &Context<'_, 'a>,
    inputs: &Inputs<'_, 'a>,
    (sizes, list): (Arc<Sizes>, Vec<OutSection<'a>>),
    cx: &Session,
) -> Result<(Layout<'a>, Vec<u64>), Reported> {
    let mut layout = layout::place(inputs, sizes, list, cx)?;
    if words.is_empty() {
        return Ok((layout, Vec::new()));
    }
    loop {
        let mut table = encode(&words.addresses(c, &layout));
        let room = (layout.chunk(Chunk::Relr).map_or(0, |s| s.size) / WORD) as usize;
        if table.len() <= room {
            table.resize(room, EMPTY);
            return Ok((layout, table));
        }
        layout::resize(&mut layout.sections, Chunk::Relr, table.len() as u64 * WORD);
        layout = layout::place(inputs, layout.sizes, layout.sections, cx)?;
    }
}

/// The entries for ascending multiples of 8.
fn encode(places: &[u64]) -> Vec<u64> {
    let mut table = Vec::new();
    let mut rest = places.iter().copied().peekable();
    while let Some(place) = rest.next() {
        table.push(place);
        let mut base = place.wrapping_add(WORD);
        loop {
            let mut bits = 0u64;
            while let Some(distance) = rest.peek().map(|p| p.wrapping_sub(base) / WORD).filter(|d| *d < COVERED) {
                bits |= 1 << distance;
                rest.next();
            }
            if bits == 0 {
                break;
            }
            table.push(bits << 1 | 1);
            base = base.wrapping_add(COVERED * WORD);
        }
    }
    table
}

/// The bytes of `.relr.dyn`.
pub fn write(table: &[u64], out: &mut [u8]) {
    for (entry, out) in table.iter().zip(out.chunks_exact_mut(8)) {
        out.copy_from_slice(&entry.to_le_bytes());
    }
}

/// Whether the GOT's relative relocations are in `.relr.dyn`.
pub fn packs_got(image: &Image<'_, '_>) -> bool {
    image.c.args.relr != Relr::None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the dynamic linker does.
    fn decode(table: &[u64]) -> Vec<u64> {
        let (mut places, mut next) = (Vec::new(), 0u64);
        for entry in table {
            if entry & 1 == 0 {
                places.push(*entry);
                next = entry + WORD;
            } else {
                places.extend((0..COVERED).filter(|bit| entry >> (bit + 1) & 1 != 0).map(|bit| next + bit * WORD));
                next += COVERED * WORD;
            }
        }
        places
    }

    #[test]
    fn every_place_comes_back_once() {
        let dense: Vec<u64> = (0..500).map(|i| 0x1000 + i * 8).collect();
        assert_eq!(encode(&dense).len(), 1 + 499usize.div_ceil(63));
        let mut state = 7u64;
        let mut mixed: Vec<u64> = Vec::new();
        let mut at = 0x2000;
        for _ in 0..2000 {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            at += 8 * (1 + (state >> 60) * (state >> 58 & 15));
            mixed.push(at);
        }
        for places in [dense, mixed, vec![], vec![8], vec![0x10, 0x10 + 8 * 63, 0x10 + 8 * 64]] {
            let mut table = encode(&places);
            assert_eq!(decode(&table), places);
            // Filling up adds nothing.
            table.extend([EMPTY; 3]);
            assert_eq!(decode(&table), places);
        }
    }
}
