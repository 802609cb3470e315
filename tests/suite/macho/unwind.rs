//! `__TEXT,__unwind_info`, decoded the way libunwind looks a function up (`<mach-o/compact_unwind_encoding.h>`).

use super::dump::MachO;
use crate::dump::{Result, slice, uint};

/// One function, or a range of functions that unwind alike.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Address at which it begins.
    pub(crate) addr: u64,
    pub(crate) encoding: u32,
    /// Address of the language-specific data.
    pub(crate) lsda: Option<u64>,
    /// What kind of second-level page it stands in: 2 regular, 3 compressed.
    pub(crate) page: u32,
}

impl Entry {
    /// `frameless`, `dwarf`, `frame`, `none`.
    pub(crate) fn mode(&self) -> &'static str {
        match self.encoding >> 24 & 0xf {
            0 => "none",
            2 => "frameless",
            3 => "dwarf",
            4 => "frame",
            _ => "?",
        }
    }

    /// One-based; 0 is none.
    pub(crate) fn personality(&self) -> usize {
        (self.encoding >> 28 & 3) as usize
    }

    pub(crate) fn has_lsda(&self) -> bool {
        self.encoding & 0x4000_0000 != 0
    }
}

/// The whole table.
#[derive(Debug, Clone)]
pub(crate) struct Unwind {
    /// Address of each personality's GOT slot.
    pub(crate) personalities: Vec<u64>,
    pub(crate) entries: Vec<Entry>,
    /// Where the last function ends.
    pub(crate) end: u64,
    pub(crate) pages: usize,
    pub(crate) common: usize,
}

impl Unwind {
    /// The entry that a lookup of `addr` finds.
    pub(crate) fn of(&self, addr: u64) -> Option<&Entry> {
        self.entries.iter().rev().find(|e| e.addr <= addr).filter(|_| addr < self.end)
    }
}

/// The table of `file`; an error when it does not hold together.
pub(crate) fn read(file: &MachO) -> Result<Option<Unwind>> {
    let Some(section) = file.section("__TEXT,__unwind_info") else { return Ok(None) };
    let reader = Reader { data: file.data(section)?, base: file.base() };
    reader.table().map(Some).map_err(|e| format!("__unwind_info: {e}"))
}

struct Reader<'a> {
    data: &'a [u8],
    base: u64,
}

impl Reader<'_> {
    fn word(&self, at: u64) -> Result<u64> {
        uint(self.data, at, 4)
    }

    fn words(&self, at: u64, count: u64, what: &str) -> Result<Vec<u32>> {
        let bytes = slice(self.data, at, count * 4, what)?;
        bytes.chunks_exact(4).map(|w| uint(w, 0, 4).map(|v| v as u32)).collect()
    }

    fn table(&self) -> Result<Unwind> {
        if self.word(0)? != 1 {
            return Err("its version is not 1".to_string());
        }
        let common = self.words(self.word(4)?, self.word(8)?, "common encodings")?;
        let personalities = self.words(self.word(12)?, self.word(16)?, "personalities")?;
        let (index_at, index_count) = (self.word(20)?, self.word(24)?);
        let mut table = Unwind {
            personalities: personalities.iter().map(|p| self.base + u64::from(*p)).collect(),
            entries: Vec::new(),
            end: 0,
            pages: index_count.saturating_sub(1) as usize,
            common: common.len(),
        };
        let index: Vec<[u64; 3]> = (0..index_count)
            .map(|i| {
                let at = index_at + i * 12;
                Ok([self.word(at)?, self.word(at + 4)?, self.word(at + 8)?])
            })
            .collect::<Result<_>>()?;
        let last = index.last().ok_or("no index")?;
        if last[1] != 0 {
            return Err("the last index entry is no sentinel".to_string());
        }
        table.end = self.base + last[0];
        for pair in index.windows(2) {
            let [function, page, lsdas] = pair[0];
            let (next, lsda_end) = (pair[1][0], pair[1][2]);
            if function > next || lsdas > lsda_end {
                return Err(format!("the index is not sorted at {function:#x}"));
            }
            let before = table.entries.len();
            self.page(page, function, &common, &mut table.entries)?;
            if table.entries.get(before).is_some_and(|e| e.addr != self.base + function) {
                return Err(format!("the page of {function:#x} begins elsewhere"));
            }
            self.lsdas(lsdas, lsda_end, &mut table.entries[before..])?;
        }
        Ok(table)
    }

    fn page(&self, at: u64, first: u64, common: &[u32], entries: &mut Vec<Entry>) -> Result<()> {
        let kind = self.word(at)? as u32;
        let half = |offset| uint(self.data, at + offset, 2);
        let (list, count) = (at + half(4)?, half(6)?);
        let mut add = |offset: u64, encoding| {
            entries.push(Entry { addr: self.base + offset, encoding, lsda: None, page: kind });
        };
        match kind {
            2 => {
                for i in 0..count {
                    add(self.word(list + i * 8)?, self.word(list + i * 8 + 4)? as u32);
                }
            }
            3 => {
                let own = self.words(at + half(8)?, half(10)?, "page encodings")?;
                for i in 0..count {
                    let word = self.word(list + i * 4)?;
                    let number = (word >> 24) as usize;
                    let encoding = common.get(number).or_else(|| own.get(number.wrapping_sub(common.len())));
                    let encoding = *encoding.ok_or_else(|| format!("no encoding {number}"))?;
                    add(first + (word & 0xff_ffff), encoding);
                }
            }
            _ => return Err(format!("a second-level page of kind {kind}")),
        }
        Ok(())
    }

    fn lsdas(&self, from: u64, to: u64, entries: &mut [Entry]) -> Result<()> {
        let mut last = 0;
        for at in (from..to).step_by(8) {
            let (function, lsda) = (self.base + self.word(at)?, self.base + self.word(at + 4)?);
            if function <= last {
                return Err(format!("the LSDA index is not sorted at {function:#x}"));
            }
            last = function;
            let entry = entries.iter_mut().find(|e| e.addr == function && e.has_lsda());
            entry.ok_or_else(|| format!("the LSDA of {function:#x} belongs to no entry"))?.lsda = Some(lsda);
        }
        match entries.iter().find(|e| e.has_lsda() && e.lsda.is_none()) {
            Some(entry) => Err(format!("no LSDA for {:#x}", entry.addr)),
            None => Ok(()),
        }
    }
}
