//! `.gdb_index`: from names and addresses to compilation units, so that gdb need not read all of `.debug_info` first.
//!
//! Made from tables that compilers write: `.debug_gnu_pubnames` and `.debug_gnu_pubtypes` (`-ggnu-pubnames`) for names,
//! `.debug_aranges` for addresses (or, where a compiler writes none, the entries of units), unit headers of
//! `.debug_info`. They are read as they will be in the output, relocated.
//! Source: the gdb manual, "Index Section Format", version 7.
//! Cost: nothing unless asked for; then those sections in memory and one serial walk over their names.

use super::format::*;
use super::image::Image;
use super::layout::{Chunk, Content};
use super::tail::Late;
use super::write::{self, Plan};
use crate::args::elf::Args;
use crate::base::dwarf_ranges::{Ranges, Sections};
use crate::base::dwarf_reader::Reader;
use crate::base::session::Session;
use std::collections::HashMap;

const VERSION: u32 = 7;
const HEADER_SIZE: usize = 24;
/// DW_UT_type and DW_UT_split_type (DWARF 5, 7.5.1).
const TYPE_UNITS: [u8; 2] = [2, 6];

/// The index, when the output has a section for it.
pub fn build(image: &Image<'_, '_>, plan: &Plan<'_>, args: &Args, cx: &Session) -> Option<Late> {
    let holds = |s: &super::layout::OutSection<'_>| s.regions[0].content == Content::Chunk(Chunk::GdbIndex);
    let section = image.layout.sections.iter().position(holds)?;
    let _t = cx.time.phase("gdb index");
    let bytes = |name: &[u8]| match image.layout.by_name(name) {
        Some((_, s)) if s.kind != SHT_NOBITS => write::render(image, plan, args, cx, s),
        _ => Vec::new(),
    };
    let mut index = Index::default();
    let info = bytes(b".debug_info");
    let mut complete = index.units(&info).is_some();
    complete &= index.ranges(&bytes(b".debug_aranges")).is_some();
    if index.has_ranges.contains(&false) {
        let names: [&[u8]; 4] = [b".debug_abbrev", b".debug_addr", b".debug_ranges", b".debug_rnglists"];
        let [abbrev, addr, ranges, rnglists] = names.map(bytes);
        let sections = Sections { info: &info, abbrev: &abbrev, addr: &addr, ranges: &ranges, rnglists: &rnglists };
        complete &= index.ranges_of_units(Ranges::new(sections)).is_some();
    }
    for name in [&b".debug_gnu_pubnames"[..], b".debug_gnu_pubtypes"] {
        complete &= index.names(&bytes(name)).is_some();
    }
    if !complete {
        cx.diag.warn("--gdb-index: some debug information is malformed and not indexed");
    }
    Some(Late { section, pieces: vec![index.finish()], compressed: false })
}

#[derive(Default)]
struct Index {
    /// Offset and length of each unit in `.debug_info`, ascending.
    units: Vec<(u64, u64)>,
    /// Offset, offset of the type in the unit, signature.
    types: Vec<[u64; 3]>,
    /// Whether a unit says which addresses are its own.
    has_ranges: Vec<bool>,
    /// Low, high, number of the unit.
    addresses: Vec<(u64, u64, u32)>,
    /// Names in order of first use, and what each is where.
    symbols: Vec<(Vec<u8>, Vec<u32>)>,
    by_name: HashMap<Vec<u8>, usize>,
}

impl Index {
    fn units(&mut self, info: &[u8]) -> Option<()> {
        let mut rest = Reader::new(info, 0);
        while !rest.is_at_end() {
            let start = rest.at as u64;
            let (mut unit, wide) = rest.unit()?;
            let length = rest.at as u64 - start;
            let version = unit.uint(2)?;
            let kind = if version >= 5 { unit.uint(1)? as u8 } else { 1 };
            if TYPE_UNITS.contains(&kind) {
                let offset_size = if wide { 8 } else { 4 };
                // Size of an address, then the place of the abbreviations.
                unit.uint(1)?;
                unit.uint(offset_size)?;
                let signature = unit.uint(8)?;
                self.types.push([start, unit.uint(offset_size)?, signature]);
            } else {
                self.units.push((start, length));
                self.has_ranges.push(false);
            }
        }
        Some(())
    }

    fn unit_at(&self, offset: u64) -> Option<usize> {
        self.units.binary_search_by_key(&offset, |u| u.0).ok()
    }

    /// DWARF 5, 6.1.2.
    fn ranges(&mut self, aranges: &[u8]) -> Option<()> {
        let mut rest = Reader::new(aranges, 0);
        while !rest.is_at_end() {
            let (mut set, wide) = rest.unit()?;
            let _version = set.uint(2)?;
            let offset = set.uint(if wide { 8 } else { 4 })?;
            let (address_size, _) = (set.uint(1)?, set.uint(1)?);
            if address_size != 8 {
                return None;
            }
            // Pairs are aligned to their size, counted from the start of the set; the length field is not in `set`.
            let before = if wide { 12 } else { 4 };
            set.at = (set.at + before).next_multiple_of(16) - before;
            let Some(unit) = self.unit_at(offset) else { continue };
            self.has_ranges[unit] = true;
            // A function that was dropped is at zero, which may look like the end: the length of the set decides.
            while let (Some(low), Some(size)) = (set.uint(8), set.uint(8)) {
                if low != 0 && size != 0 {
                    self.addresses.push((low, low.wrapping_add(size), unit as u32));
                }
            }
        }
        Some(())
    }

    /// Addresses of units that `.debug_aranges` does not have: clang writes none.
    fn ranges_of_units(&mut self, mut ranges: Ranges<'_>) -> Option<()> {
        let mut complete = Some(());
        for (unit, (offset, _)) in self.units.iter().enumerate().filter(|(u, _)| !self.has_ranges[*u]) {
            match ranges.of_unit(*offset) {
                // What was dropped is at 0 or 1, where no code is.
                Some(list) => self.addresses.extend(
                    list.iter()
                        .filter(|(low, high)| *low > 1 && low < high)
                        .map(|(low, high)| (*low, *high, unit as u32)),
                ),
                None => complete = None,
            }
        }
        complete
    }

    /// gdb: the tables of DWARF 4, 6.1.1, with one byte more for what each name is.
    fn names(&mut self, table: &[u8]) -> Option<()> {
        let mut rest = Reader::new(table, 0);
        while !rest.is_at_end() {
            let (mut set, wide) = rest.unit()?;
            let offset_size = if wide { 8 } else { 4 };
            let _version = set.uint(2)?;
            let offset = set.uint(offset_size)?;
            let _length = set.uint(offset_size)?;
            let Some(unit) = self.unit_at(offset) else { continue };
            while set.uint(offset_size)? != 0 {
                let what = set.uint(1)? as u32;
                let name = set.string()?;
                let value = what << 24 | unit as u32 & 0xff_ffff;
                let number = match self.by_name.get(name) {
                    Some(number) => *number,
                    None => {
                        self.by_name.insert(name.to_vec(), self.symbols.len());
                        self.symbols.push((name.to_vec(), Vec::new()));
                        self.symbols.len() - 1
                    }
                };
                // Uses of a name come by unit, so that equal ones are neighbours.
                let uses = &mut self.symbols[number].1;
                if uses.last() != Some(&value) {
                    uses.push(value);
                }
            }
        }
        Some(())
    }

    fn finish(mut self) -> Vec<u8> {
        self.addresses.sort_unstable();
        let mut pool: Vec<u8> = Vec::new();
        let mut entries: Vec<[u32; 2]> = Vec::with_capacity(self.symbols.len());
        for (_, uses) in &self.symbols {
            entries.push([0, pool.len() as u32]);
            pool.extend((uses.len() as u32).to_le_bytes());
            pool.extend(uses.iter().flat_map(|u| u.to_le_bytes()));
        }
        for (entry, (name, _)) in entries.iter_mut().zip(&self.symbols) {
            entry[0] = pool.len() as u32;
            pool.extend_from_slice(name);
            pool.push(0);
        }
        // Three quarters full at most; a power of two.
        let slots = (self.symbols.len() * 4 / 3 + 1).next_power_of_two();
        let mut table = vec![[0u32; 2]; slots];
        for (entry, (name, _)) in entries.iter().zip(&self.symbols) {
            let hash = hash(name);
            let step = (hash.wrapping_mul(17) as usize & (slots - 1)) | 1;
            let mut at = hash as usize & (slots - 1);
            while table[at] != [0, 0] {
                at = (at + step) & (slots - 1);
            }
            table[at] = *entry;
        }
        let mut out = vec![0; HEADER_SIZE];
        let mut offsets = vec![VERSION, HEADER_SIZE as u32];
        out.extend(self.units.iter().flat_map(|(at, len)| [at.to_le_bytes(), len.to_le_bytes()]).flatten());
        offsets.push(out.len() as u32);
        out.extend(self.types.iter().flatten().flat_map(|v| v.to_le_bytes()));
        offsets.push(out.len() as u32);
        for (low, high, unit) in &self.addresses {
            out.extend(low.to_le_bytes());
            out.extend(high.to_le_bytes());
            out.extend(unit.to_le_bytes());
        }
        offsets.push(out.len() as u32);
        out.extend(table.iter().flatten().flat_map(|v| v.to_le_bytes()));
        offsets.push(out.len() as u32);
        out.extend(pool);
        for (out, offset) in out.chunks_exact_mut(4).zip(offsets) {
            out.copy_from_slice(&offset.to_le_bytes());
        }
        out
    }
}

/// gdb's hash of a name, which makes no difference between upper and lower case.
fn hash(name: &[u8]) -> u32 {
    name.iter().fold(0u32, |h, c| h.wrapping_mul(67).wrapping_add(u32::from(c.to_ascii_lowercase())).wrapping_sub(113))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hash_as_gdb_does() {
        // mapped_index_string_hash of version 5 and later.
        assert_eq!(hash(b""), 0);
        assert_eq!(hash(b"main"), hash(b"MAIN"));
        assert_eq!(hash(b"a"), 97u32.wrapping_sub(113));
    }

    #[test]
    fn tables_cut_short_do_not_panic() {
        let info = [8, 0, 0, 0, 4, 0, 0, 0, 0, 0, 8, 0];
        let names = [20, 0, 0, 0, 2, 0, 0, 0, 0, 0, 12, 0, 0, 0, 5, 0, 0, 0, 0x30, b'f', 0, 0, 0, 0, 0];
        for cut in 0..names.len() {
            let mut index = Index::default();
            assert!(index.units(&info).is_some());
            let _ = (index.names(&names[..cut]), index.ranges(&names[..cut]), index.units(&names[..cut]));
            index.finish();
        }
        let mut index = Index::default();
        let _ = (index.units(&info), index.names(&[&[21u8][..], &names[1..]].concat()));
        assert_eq!(index.symbols.len(), 1);
        assert_eq!(index.symbols[0], (b"f".to_vec(), vec![0x3000_0000]));
    }
}
