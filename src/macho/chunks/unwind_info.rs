//! `__TEXT,__unwind_info`: from the address of an instruction to how the frame of its function is undone.
//!
//! Read at run time by libunwind, debuggers and crash reporters. Format: `mach-o/compact_unwind_encoding.h` ("Final Linked
//! Images"): a header; the encodings that are used most; places of the GOT slots of at most three personality routines; an
//! index with one entry for each second-level page and a sentinel; a sorted table from functions to their language-specific
//! data (LSDA); and the pages, in which a function reaches to the next one. A *compressed* page spends 32 bits on a
//! function: 24 of distance to the page's first function, 8 of an index into the common encodings and, behind these, the
//! page's own. A *regular* page has the whole offset and the whole encoding.
//!
//! [`plan`] decides everything and knows the size; [`write`] asks for the places that need not be known before: GOT slots
//! and LSDA. The addresses of functions must be final for [`plan`], which is no hardship: text comes before this section
//! in its segment, and nothing in text depends on this section's size.
//!
//! Cost: linear in the entries, with one hash lookup for each that does not repeat its predecessor's encoding.

use crate::base::hash::NameMap;
use crate::macho::format::{
    UNWIND_ARM64_MODE_DWARF, UNWIND_ARM64_MODE_MASK, UNWIND_HAS_LSDA, UNWIND_IS_NOT_FUNCTION_START,
    UNWIND_PERSONALITY_MASK, UNWIND_SECOND_LEVEL_COMPRESSED, UNWIND_SECOND_LEVEL_REGULAR, UNWIND_X86_64_MODE_DWARF,
    UNWIND_X86_64_MODE_STACK_IND, UnwindCompressedPage, UnwindHeader, UnwindIndex, UnwindLsda, UnwindRegularEntry,
    UnwindRegularPage,
};
use std::fmt;
use zerocopy::IntoBytes;

/// A function, or another piece of code whose frame is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Virtual address of its first byte.
    pub function: u64,
    /// Its bytes; without any, the entry says nothing and is left out.
    pub length: u32,
    /// How to undo its frame; 0 when nothing is known. The bits of personality and LSDA are not looked at.
    pub encoding: u32,
    /// The caller's name for its personality routine: equal numbers are equal routines.
    pub personality: Option<u32>,
    /// Its LSDA: the address, or whatever [`write`] is told the address of.
    pub lsda: Option<u64>,
}

/// What encodings of different architectures call the same thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Modes {
    /// "See the FDE": the other bits are its offset in `__eh_frame`.
    pub dwarf: u32,
    /// "See an instruction of the function": not the same thing for two functions with equal bits.
    pub indirect: Option<u32>,
}

/// arm64.
pub const ARM64: Modes = Modes { dwarf: UNWIND_ARM64_MODE_DWARF, indirect: None };
/// x86-64.
pub const X86_64: Modes = Modes { dwarf: UNWIND_X86_64_MODE_DWARF, indirect: Some(UNWIND_X86_64_MODE_STACK_IND) };

/// The bits of an encoding that hold its mode, on both architectures.
const MODE_MASK: u32 = UNWIND_ARM64_MODE_MASK;

impl Modes {
    /// The encoding that refers to the FDE at `offset` of `__eh_frame`. Beyond the 24 bits that there are, it is the
    /// offset 0, from which unwinders search on.
    pub fn fde(&self, offset: u32) -> u32 {
        if offset <= DELTA_MASK { self.dwarf | offset } else { self.dwarf }
    }

    /// Whether the encoding refers to an FDE.
    pub fn is_fde(&self, encoding: u32) -> bool {
        encoding & MODE_MASK == self.dwarf
    }

    /// Whether a function whose compact encoding is `compact` needs its FDE: there is none, it knows nothing, or it says
    /// so. Otherwise the FDE is left out, which is also what Apple's linker does.
    pub fn needs_fde(&self, compact: Option<u32>) -> bool {
        compact.is_none_or(|encoding| encoding & !UNWIND_IS_NOT_FUNCTION_START == 0 || self.is_fde(encoding))
    }

    /// Whether two neighbours that have it may be one.
    fn folds(&self, encoding: u32) -> bool {
        encoding & UNWIND_HAS_LSDA == 0
            && !self.is_fde(encoding)
            && (encoding == 0 || self.indirect != Some(encoding & MODE_MASK))
    }
}

/// What the format cannot hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// An encoding has two bits for the personality routine, so there can be three.
    FourthPersonality {
        /// The first entry with a fourth one.
        entry: usize,
        /// That one.
        personality: u32,
    },
    /// A function is not within 4 GiB of the image's base.
    OutOfRange {
        /// The function's entry.
        entry: usize,
    },
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refused::FourthPersonality { .. } => "an image can have three personality routines, and this is a fourth",
            Refused::OutOfRange { .. } => "a function with unwind information is not within 4 GiB of the image's base",
        })
    }
}

/// Everything about the section but the places of GOT slots and LSDA.
#[derive(Debug, Default)]
pub struct Plan {
    /// Personality routines, by the caller's names, in the order of their first use: each needs a GOT slot.
    pub personalities: Vec<u32>,
    /// Bytes of the section; 0 when there is nothing to say.
    pub size: u64,
    rows: Vec<Row>,
    /// By id.
    encodings: Vec<u32>,
    /// Ids.
    common: Vec<u32>,
    /// Offset of the function from the image's base, and the LSDA as the entry had it.
    lsdas: Vec<(u32, u64)>,
    pages: Vec<Page>,
    /// Offset of the end of the last function from the image's base.
    end: u32,
}

/// From here to the next row, one encoding.
#[derive(Debug, Clone, Copy)]
struct Row {
    /// Bytes from the image's base.
    function: u32,
    /// Id of the encoding.
    encoding: u32,
}

/// A second-level page.
#[derive(Debug)]
struct Page {
    first_row: usize,
    row_count: usize,
    /// The page's own encodings, by id; `None` for a regular page.
    own: Option<Vec<u32>>,
}

/// Shorter gaps between entries are padding, for which no function is responsible.
const GAP: u64 = 16;
/// Indices of common encodings are below.
const COMMON_MAX: usize = 127;
/// The distance of a compressed entry's function from the first of its page.
const DELTA_MASK: u32 = 0x00ff_ffff;
/// Encodings that an index of eight bits can name.
const INDEX_MAX: usize = 256;
/// Bytes of a page. Offsets in it would allow more; all known producers keep to this.
const PAGE_SIZE: usize = 4096;
/// Words of a compressed page, for entries and own encodings.
const COMPRESSED_WORDS: usize = (PAGE_SIZE - size_of::<UnwindCompressedPage>()) / 4;
/// Entries of a regular page.
const REGULAR_ROWS: usize = (PAGE_SIZE - size_of::<UnwindRegularPage>()) / size_of::<UnwindRegularEntry>();

/// Plans the section for `entries`, sorted by address, of an image that begins at `image_base`.
///
/// - A gap of [`GAP`] bytes or more between two entries, or twice as many before an entry of encoding 0, is code about
///   which nothing is known, and gets the encoding 0, so that the function before it does not cover it. Shorter pieces of
///   such code need an entry of their own.
/// - Equal neighbours become one, unless they have an LSDA or an encoding that is about one function only.
/// - Of entries with the same address (functions folded into one) the first counts.
/// - An FDE names its personality routine and LSDA itself; those of its entry are left out.
pub fn plan<'e>(entries: impl IntoIterator<Item = &'e Entry>, image_base: u64, modes: Modes) -> Result<Plan, Refused> {
    let mut plan = Plan::default();
    plan.fold(entries, image_base, modes)?;
    if plan.rows.is_empty() {
        return Ok(plan);
    }
    plan.choose_common();
    plan.paginate();
    plan.size = (plan.pages_offset() + plan.pages.iter().map(Page::size).sum::<usize>()) as u64;
    Ok(plan)
}

/// The section's bytes. `slot` gives the address of a personality routine's GOT slot, `lsda` that of an entry's LSDA.
pub fn write(plan: &Plan, image_base: u64, slot: impl Fn(u32) -> u64, lsda: impl Fn(u64) -> u64) -> Vec<u8> {
    let mut out = Vec::with_capacity(plan.size as usize);
    if plan.rows.is_empty() {
        return out;
    }
    // Layout keeps images below 4 GiB from their base to the end of what these offsets point to.
    let offset = |address: u64| address.wrapping_sub(image_base) as u32;
    let header = UnwindHeader {
        version: 1.into(),
        common_encodings_offset: (size_of::<UnwindHeader>() as u32).into(),
        common_encoding_count: (plan.common.len() as u32).into(),
        personalities_offset: (plan.personalities_offset() as u32).into(),
        personality_count: (plan.personalities.len() as u32).into(),
        index_offset: (plan.index_offset() as u32).into(),
        index_count: (plan.pages.len() as u32 + 1).into(),
    };
    out.extend(header.as_bytes());
    plan.common.iter().for_each(|id| out.extend(plan.encodings[*id as usize].to_le_bytes()));
    plan.personalities.iter().for_each(|p| out.extend(offset(slot(*p)).to_le_bytes()));
    plan.write_index(&mut out);
    for (function, key) in &plan.lsdas {
        out.extend(
            UnwindLsda { function_offset: (*function).into(), lsda_offset: offset(lsda(*key)).into() }.as_bytes(),
        );
    }
    plan.write_pages(&mut out);
    assert_eq!(out.len() as u64, plan.size, "the size of __unwind_info was planned");
    out
}

impl Plan {
    /// Makes rows of entries and numbers their encodings.
    fn fold<'e>(
        &mut self,
        entries: impl IntoIterator<Item = &'e Entry>,
        image_base: u64,
        modes: Modes,
    ) -> Result<(), Refused> {
        let mut ids = NameMap::default();
        let mut end = image_base;
        let mut previous = None;
        for (i, entry) in entries.into_iter().enumerate() {
            if entry.length == 0 || previous == Some(entry.function) {
                continue;
            }
            previous = Some(entry.function);
            let out_of_range = Refused::OutOfRange { entry: i };
            let offset = |address: u64| u32::try_from(address.wrapping_sub(image_base)).map_err(|_| out_of_range);
            let function = offset(entry.function)?;
            // What has no frame itself may begin at an alignment of its own, as stubs do: then more is padding.
            let padding = if entry.encoding == 0 { 2 * GAP } else { GAP };
            if !self.rows.is_empty() && entry.function.saturating_sub(end) >= padding {
                self.push(offset(end)?, 0, modes, &mut ids);
            }
            let encoding = self
                .encoding(entry, modes)
                .map_err(|personality| Refused::FourthPersonality { entry: i, personality })?;
            self.push(function, encoding, modes, &mut ids);
            if encoding & UNWIND_HAS_LSDA != 0 {
                self.lsdas.extend(entry.lsda.map(|lsda| (function, lsda)));
            }
            end = end.max(entry.function.saturating_add(entry.length.into()));
            self.end = offset(end)?;
        }
        Ok(())
    }

    /// The entry's encoding with the bits that say which personality it has and whether there is an LSDA; or the
    /// personality that is too many.
    fn encoding(&mut self, entry: &Entry, modes: Modes) -> Result<u32, u32> {
        let mut encoding = entry.encoding & !(UNWIND_PERSONALITY_MASK | UNWIND_HAS_LSDA);
        if modes.is_fde(encoding) {
            return Ok(encoding);
        }
        if let Some(personality) = entry.personality {
            let known = self.personalities.iter().position(|p| *p == personality);
            let index = known.unwrap_or(self.personalities.len());
            if index == 3 {
                return Err(personality);
            }
            if known.is_none() {
                self.personalities.push(personality);
            }
            encoding |= (index as u32 + 1) << UNWIND_PERSONALITY_MASK.trailing_zeros();
        }
        Ok(if entry.lsda.is_some() { encoding | UNWIND_HAS_LSDA } else { encoding })
    }

    /// Appends a row, unless the last one says the same.
    fn push(&mut self, function: u32, encoding: u32, modes: Modes, ids: &mut NameMap<u32, u32>) {
        let last = self.rows.last().map(|row| row.encoding);
        let id = match last.filter(|id| self.encodings[*id as usize] == encoding) {
            Some(_) if modes.folds(encoding) => return,
            Some(id) => id,
            None => *ids.entry(encoding).or_insert_with(|| {
                self.encodings.push(encoding);
                self.encodings.len() as u32 - 1
            }),
        };
        self.rows.push(Row { function, encoding: id });
    }

    /// Encodings that several rows have, most used first, then by number of first use. One that is used once costs as
    /// much in its page as here.
    fn choose_common(&mut self) {
        let mut uses = vec![0u32; self.encodings.len()];
        self.rows.iter().for_each(|row| uses[row.encoding as usize] += 1);
        self.common = (0..uses.len() as u32).filter(|id| uses[*id as usize] > 1).collect();
        self.common.sort_by_key(|id| std::cmp::Reverse(uses[*id as usize]));
        self.common.truncate(COMMON_MAX);
    }

    /// Cuts the rows into pages.
    fn paginate(&mut self) {
        // By id: the page that has the encoding, counted from 1; `u32::MAX` for common ones, which every page has.
        let mut known_in = vec![0u32; self.encodings.len()];
        self.common.iter().for_each(|id| known_in[*id as usize] = u32::MAX);
        let mut first_row = 0;
        while first_row < self.rows.len() {
            let rest = &self.rows[first_row..];
            let (row_count, own) = self.compressed(rest, self.pages.len() as u32 + 1, &mut known_in);
            let compressed = Page { first_row, row_count, own: Some(own) };
            let regular = Page { first_row, row_count: rest.len().min(REGULAR_ROWS), own: None };
            // Far apart functions, or many encodings, may end a compressed page early: whichever costs less for a row.
            let cost = |page: &Page, rows: usize| (page.size() + size_of::<UnwindIndex>()) * rows;
            let is_regular = cost(&regular, compressed.row_count) < cost(&compressed, regular.row_count);
            let page = if is_regular { regular } else { compressed };
            first_row += page.row_count;
            self.pages.push(page);
        }
    }

    /// How many of `rows` the compressed page `number` holds, and the encodings that it needs of its own.
    fn compressed(&self, rows: &[Row], number: u32, known_in: &mut [u32]) -> (usize, Vec<u32>) {
        let mut own = Vec::new();
        let mut words = COMPRESSED_WORDS;
        let mut fits = |row: &Row| {
            let known = &mut known_in[row.encoding as usize];
            let is_new = *known != u32::MAX && *known != number;
            let needed = 1 + usize::from(is_new);
            if row.function - rows[0].function > DELTA_MASK
                || words < needed
                || is_new && self.common.len() + own.len() == INDEX_MAX
            {
                return false;
            }
            words -= needed;
            if is_new {
                *known = number;
                own.push(row.encoding);
            }
            true
        };
        (rows.iter().position(|row| !fits(row)).unwrap_or(rows.len()), own)
    }

    fn personalities_offset(&self) -> usize {
        size_of::<UnwindHeader>() + self.common.len() * 4
    }

    fn index_offset(&self) -> usize {
        self.personalities_offset() + self.personalities.len() * 4
    }

    fn lsdas_offset(&self) -> usize {
        self.index_offset() + (self.pages.len() + 1) * size_of::<UnwindIndex>()
    }

    fn pages_offset(&self) -> usize {
        self.lsdas_offset() + self.lsdas.len() * size_of::<UnwindLsda>()
    }

    fn write_index(&self, out: &mut Vec<u8>) {
        let mut page_offset = self.pages_offset();
        let mut lsda = 0;
        let mut index = |function: u32, page: usize, lsda: usize| {
            let entry = UnwindIndex {
                function_offset: function.into(),
                second_level_offset: (page as u32).into(),
                lsda_offset: ((self.lsdas_offset() + lsda * size_of::<UnwindLsda>()) as u32).into(),
            };
            out.extend(entry.as_bytes());
        };
        for page in &self.pages {
            let function = self.rows[page.first_row].function;
            // A page's LSDA are those up to where the next page's begin.
            lsda += self.lsdas[lsda..].partition_point(|l| l.0 < function);
            index(function, page_offset, lsda);
            page_offset += page.size();
        }
        // The sentinel: what ends the last function and the last page's LSDA.
        index(self.end, 0, self.lsdas.len());
    }

    fn write_pages(&self, out: &mut Vec<u8>) {
        // By id, for the page at hand; what an earlier page left is set anew before it is used.
        let mut index = vec![0u8; self.encodings.len()];
        self.common.iter().zip(0..).for_each(|(id, i)| index[*id as usize] = i);
        for page in &self.pages {
            let rows = &self.rows[page.first_row..page.first_row + page.row_count];
            let count = rows.len() as u16;
            let Some(own) = &page.own else {
                let entries_offset = (size_of::<UnwindRegularPage>() as u16).into();
                let kind = UNWIND_SECOND_LEVEL_REGULAR.into();
                out.extend(UnwindRegularPage { kind, entries_offset, entry_count: count.into() }.as_bytes());
                for row in rows {
                    let encoding = self.encodings[row.encoding as usize].into();
                    out.extend(UnwindRegularEntry { function_offset: row.function.into(), encoding }.as_bytes());
                }
                continue;
            };
            own.iter().zip(self.common.len()..).for_each(|(id, i)| index[*id as usize] = i as u8);
            let entries_offset = size_of::<UnwindCompressedPage>() as u16;
            let header = UnwindCompressedPage {
                kind: UNWIND_SECOND_LEVEL_COMPRESSED.into(),
                entries_offset: entries_offset.into(),
                entry_count: count.into(),
                encodings_offset: (entries_offset + 4 * count).into(),
                encoding_count: (own.len() as u16).into(),
            };
            out.extend(header.as_bytes());
            for row in rows {
                let delta = row.function - rows[0].function;
                out.extend((u32::from(index[row.encoding as usize]) << 24 | delta).to_le_bytes());
            }
            own.iter().for_each(|id| out.extend(self.encodings[*id as usize].to_le_bytes()));
        }
    }
}

impl Page {
    /// Bytes.
    fn size(&self) -> usize {
        match &self.own {
            Some(own) => size_of::<UnwindCompressedPage>() + 4 * (self.row_count + own.len()),
            None => size_of::<UnwindRegularPage>() + size_of::<UnwindRegularEntry>() * self.row_count,
        }
    }
}

#[cfg(test)]
mod peers;
#[cfg(test)]
mod tests;
