//! The addresses of a compilation unit, from its own entry in `.debug_info` (DWARF 2 to 5).
//!
//! Only the first entry of a unit is read: `DW_AT_low_pc` with `DW_AT_high_pc`, or a list in `.debug_ranges` or
//! `.debug_rnglists` (2.17), where addresses may be indices in `.debug_addr`. Damaged tables end early; lists that
//! many units share, and abbreviations that none finds, are paid for from one budget, so that no input takes longer
//! than in proportion to its size.

use super::dwarf_reader::Reader;

/// The sections that tell; those that are not there are empty.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sections<'b> {
    /// `.debug_info`.
    pub info: &'b [u8],
    /// `.debug_abbrev`.
    pub abbrev: &'b [u8],
    /// `.debug_addr` (DWARF 5, and GNU's split DWARF 4).
    pub addr: &'b [u8],
    /// `.debug_ranges` (up to DWARF 4).
    pub ranges: &'b [u8],
    /// `.debug_rnglists` (DWARF 5).
    pub rnglists: &'b [u8],
}

/// Answers for one unit after the other.
#[derive(Debug)]
pub struct Ranges<'b> {
    sections: Sections<'b>,
    /// Steps that are left.
    budget: u64,
}

// Unit types of DWARF 5 (7.5.1) whose headers are longer.
const UT_SKELETON: u8 = 4;
const UT_SPLIT_COMPILE: u8 = 5;

// Attributes (7.5.4).
const AT_LOW_PC: u64 = 0x11;
const AT_HIGH_PC: u64 = 0x12;
const AT_RANGES: u64 = 0x55;
const AT_ADDR_BASE: u64 = 0x73;
const AT_RNGLISTS_BASE: u64 = 0x74;
const AT_GNU_ADDR_BASE: u64 = 0x2133;

/// A value, as far as addresses need it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Value {
    Address(u64),
    /// Index in `.debug_addr`.
    AddressIndex(u64),
    /// Index in the table of offsets that `.debug_rnglists` begins with.
    ListIndex(u64),
    Number(u64),
    Other,
}

/// What the entry of a unit says.
#[derive(Debug, Default)]
struct Entry {
    version: u64,
    /// Bytes of an offset.
    offset_size: u64,
    low: Option<Value>,
    high: Option<Value>,
    ranges: Option<Value>,
    addr_base: u64,
    rnglists_base: u64,
}

impl<'b> Ranges<'b> {
    /// Answers from these sections.
    pub fn new(sections: Sections<'b>) -> Self {
        let bytes = [sections.info, sections.abbrev, sections.addr, sections.ranges, sections.rnglists];
        Ranges { sections, budget: 1024 + 8 * bytes.map(|b| b.len() as u64).iter().sum::<u64>() }
    }

    /// First and last address (exclusive) of each piece of the unit at `offset` of `.debug_info`; none for a unit
    /// without code. `None` when that cannot be read.
    pub fn of_unit(&mut self, offset: u64) -> Option<Vec<(u64, u64)>> {
        let entry = self.entry(offset)?;
        let low = match entry.low {
            Some(value) => Some(self.address(&entry, value)?),
            None => None,
        };
        if let Some(ranges) = entry.ranges {
            return self.list(&entry, ranges, low.unwrap_or(0));
        }
        match (low, entry.high) {
            (Some(low), Some(Value::Number(size))) => Some(vec![(low, low.wrapping_add(size))]),
            (Some(low), Some(high)) => Some(vec![(low, self.address(&entry, high)?)]),
            _ => Some(Vec::new()),
        }
    }

    fn spend(&mut self) -> Option<()> {
        self.budget = self.budget.checked_sub(1)?;
        Some(())
    }

    /// Reads the header (7.5.1) and the first entry of a unit.
    fn entry(&mut self, offset: u64) -> Option<Entry> {
        let (mut unit, wide) = Reader::new(self.sections.info, offset).unit()?;
        let offset_size = if wide { 8 } else { 4 };
        let version = unit.uint(2)?;
        let abbrev = match version {
            2..=4 => {
                let abbrev = unit.uint(offset_size)?;
                (unit.byte()? == 8).then_some(abbrev)?
            }
            5 => {
                let kind = unit.byte()?;
                (unit.byte()? == 8).then_some(())?;
                let abbrev = unit.uint(offset_size)?;
                unit.take(if matches!(kind, UT_SKELETON | UT_SPLIT_COMPILE) { 8 } else { 0 })?;
                abbrev
            }
            _ => return None,
        };
        // Without an attribute that says so, tables begin behind the header of their section.
        let (addr_base, rnglists_base) = match (version, wide) {
            (5, true) => (16, 20),
            (5, false) => (8, 12),
            _ => (0, 0),
        };
        let mut entry = Entry { version, offset_size, addr_base, rnglists_base, ..Entry::default() };
        let code = unit.uleb()?;
        let mut declaration = self.declaration(abbrev, code)?;
        loop {
            self.spend()?;
            let (attribute, form) = (declaration.uleb()?, declaration.uleb()?);
            if form == FORM_IMPLICIT_CONST {
                declaration.sleb()?;
            }
            if (attribute, form) == (0, 0) {
                return Some(entry);
            }
            let value = value(&mut unit, form, &entry)?;
            match (attribute, value) {
                (AT_LOW_PC, value) => entry.low = Some(value),
                (AT_HIGH_PC, value) => entry.high = Some(value),
                (AT_RANGES, value) => entry.ranges = Some(value),
                (AT_ADDR_BASE | AT_GNU_ADDR_BASE, Value::Number(base)) => entry.addr_base = base,
                (AT_RNGLISTS_BASE, Value::Number(base)) => entry.rnglists_base = base,
                _ => {}
            }
        }
    }

    /// The attributes of abbreviation `code` in the table at `offset` (7.5.3).
    fn declaration(&mut self, offset: u64, code: u64) -> Option<Reader<'b>> {
        let mut table = Reader::new(self.sections.abbrev, offset);
        loop {
            let found = table.uleb()?;
            if found == 0 {
                return None;
            }
            let _tag = table.uleb()?;
            let _has_children = table.byte()?;
            if found == code {
                return Some(table);
            }
            loop {
                self.spend()?;
                let (attribute, form) = (table.uleb()?, table.uleb()?);
                if form == FORM_IMPLICIT_CONST {
                    table.sleb()?;
                }
                if (attribute, form) == (0, 0) {
                    break;
                }
            }
        }
    }

    fn address(&self, entry: &Entry, value: Value) -> Option<u64> {
        match value {
            Value::Address(address) => Some(address),
            Value::AddressIndex(index) => {
                let offset = index.checked_mul(8)?.checked_add(entry.addr_base)?;
                Reader::new(self.sections.addr, offset).uint(8)
            }
            _ => None,
        }
    }

    fn list(&mut self, entry: &Entry, place: Value, base: u64) -> Option<Vec<(u64, u64)>> {
        let offset = match place {
            Value::Number(offset) => offset,
            Value::ListIndex(index) => {
                let slot = index.checked_mul(entry.offset_size)?.checked_add(entry.rnglists_base)?;
                let distance = Reader::new(self.sections.rnglists, slot).uint(entry.offset_size)?;
                distance.checked_add(entry.rnglists_base)?
            }
            _ => return None,
        };
        match entry.version {
            5 => self.list_5(entry, offset, base),
            _ => self.list_4(offset, base),
        }
    }

    /// DWARF 4, 2.17.3: pairs of addresses counted from a base, which a pair that begins with -1 sets.
    fn list_4(&mut self, offset: u64, mut base: u64) -> Option<Vec<(u64, u64)>> {
        let mut table = Reader::new(self.sections.ranges, offset);
        let mut list = Vec::new();
        loop {
            self.spend()?;
            match (table.uint(8)?, table.uint(8)?) {
                (0, 0) => return Some(list),
                (u64::MAX, new_base) => base = new_base,
                (low, high) => list.push((base.wrapping_add(low), base.wrapping_add(high))),
            }
        }
    }

    /// DWARF 5, 2.17.3 and 7.25: entries of several kinds.
    fn list_5(&mut self, entry: &Entry, offset: u64, mut base: u64) -> Option<Vec<(u64, u64)>> {
        let mut table = Reader::new(self.sections.rnglists, offset);
        let mut list = Vec::new();
        loop {
            self.spend()?;
            let kind = table.byte()?;
            let indexed = |ranges: &Self, index: u64| ranges.address(entry, Value::AddressIndex(index));
            let (low, high) = match kind {
                0 => return Some(list),
                1 => {
                    base = indexed(self, table.uleb()?)?;
                    continue;
                }
                2 => (indexed(self, table.uleb()?)?, indexed(self, table.uleb()?)?),
                3 => {
                    let low = indexed(self, table.uleb()?)?;
                    (low, low.wrapping_add(table.uleb()?))
                }
                4 => (base.wrapping_add(table.uleb()?), base.wrapping_add(table.uleb()?)),
                5 => {
                    base = table.uint(8)?;
                    continue;
                }
                6 => (table.uint(8)?, table.uint(8)?),
                7 => {
                    let low = table.uint(8)?;
                    (low, low.wrapping_add(table.uleb()?))
                }
                _ => return None,
            };
            list.push((low, high));
        }
    }
}

/// The value lies in the abbreviation.
const FORM_IMPLICIT_CONST: u64 = 0x21;

/// Reads a value (7.5.6, 7.5.5; forms of GNU's split DWARF 4 and of `dwz` have no other source than binutils).
fn value(unit: &mut Reader<'_>, form: u64, entry: &Entry) -> Option<Value> {
    let size = match form {
        0x01 => return Some(Value::Address(unit.uint(8)?)),
        // Blocks, by the size of their length.
        0x0a => unit.uint(1)?,
        0x03 => unit.uint(2)?,
        0x04 => unit.uint(4)?,
        0x09 | 0x18 => unit.uleb()?,
        // Numbers, in the unit or in another section.
        0x05 => return unit.uint(2).map(Value::Number),
        0x06 => return unit.uint(4).map(Value::Number),
        0x07 => return unit.uint(8).map(Value::Number),
        0x0b => return unit.uint(1).map(Value::Number),
        0x0f => return unit.uleb().map(Value::Number),
        0x0d => return unit.sleb().map(|n| Value::Number(n as u64)),
        0x17 => return unit.uint(entry.offset_size).map(Value::Number),
        // Indices.
        0x1b | 0x1f01 => return unit.uleb().map(Value::AddressIndex),
        0x29..=0x2c => return unit.uint(form - 0x28).map(Value::AddressIndex),
        0x23 => return unit.uleb().map(Value::ListIndex),
        // What says nothing of addresses, by size.
        0x08 => return unit.string().map(|_| Value::Other),
        0x15 | 0x1a | 0x22 | 0x1f02 => return unit.uleb().map(|_| Value::Other),
        0x19 | FORM_IMPLICIT_CONST => 0,
        0x0c | 0x11 | 0x25 => 1,
        0x12 | 0x26 => 2,
        0x27 => 3,
        0x13 | 0x1c | 0x28 => 4,
        0x14 | 0x20 | 0x24 => 8,
        0x1e => 16,
        // The size of an address until DWARF 2.
        0x10 if entry.version == 2 => 8,
        0x0e | 0x10 | 0x1d | 0x1f | 0x1f20 | 0x1f21 => entry.offset_size,
        _ => return None,
    };
    unit.take(size).map(|_| Value::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Abbreviation 1 has name and language; abbreviation 2 what the test asks for.
    fn abbrev(attributes: &[u8]) -> Vec<u8> {
        [&[1, 0x11, 0, 0x03, 0x08, 0x13, 0x21, 12, 0, 0, 2, 0x11, 0][..], attributes, &[0, 0, 0]].concat()
    }

    fn unit(version: u8, body: &[u8]) -> Vec<u8> {
        let header: &[u8] = if version == 5 { &[5, 0, 1, 8, 0, 0, 0, 0, 2] } else { &[4, 0, 0, 0, 0, 0, 8, 2] };
        let version = [version];
        let unit = [&version[..], &header[1..], body].concat();
        [&(unit.len() as u32).to_le_bytes()[..], &unit].concat()
    }

    #[test]
    fn low_and_high() {
        let abbrev = abbrev(&[0x03, 0x08, 0x13, 0x21, 0x1d, 0x11, 0x01, 0x12, 0x06]);
        let info = unit(4, &[b"a.c\0".as_slice(), &0x1000u64.to_le_bytes(), &[0x20, 0, 0, 0]].concat());
        let sections = Sections { info: &info, abbrev: &abbrev, ..Sections::default() };
        assert_eq!(Ranges::new(sections).of_unit(0), Some(vec![(0x1000, 0x1020)]));
    }

    #[test]
    fn indices_and_lists_of_version_5() {
        let abbrev = abbrev(&[0x11, 0x1b, 0x55, 0x23, 0x73, 0x17, 0x74, 0x17]);
        let info = unit(5, &[0, 0, 8, 0, 0, 0, 12, 0, 0, 0]);
        let addr: Vec<u8> = [0u64, 0x1000, 0x2000].iter().flat_map(|a| a.to_le_bytes()).collect();
        let entries = [&[4, 0, 0, 0][..], &[1, 0, 4, 0x10, 0x20, 3, 1, 5, 0]].concat();
        let rnglists = [&[0; 12][..], &entries].concat();
        let sections =
            Sections { info: &info, abbrev: &abbrev, addr: &addr, rnglists: &rnglists, ..Sections::default() };
        assert_eq!(Ranges::new(sections).of_unit(0), Some(vec![(0x1010, 0x1020), (0x2000, 0x2005)]));
    }

    #[test]
    fn lists_of_version_4() {
        let abbrev = abbrev(&[0x11, 0x01, 0x55, 0x17]);
        let info = unit(4, &[&0u64.to_le_bytes()[..], &[0, 0, 0, 0]].concat());
        let words = [0x1000u64, 0x1010, u64::MAX, 0x2000, 1, 2, 0, 0];
        let ranges: Vec<u8> = words.iter().flat_map(|w| w.to_le_bytes()).collect();
        let sections = Sections { info: &info, abbrev: &abbrev, ranges: &ranges, ..Sections::default() };
        assert_eq!(Ranges::new(sections).of_unit(0), Some(vec![(0x1000, 0x1010), (0x2001, 0x2002)]));
    }

    #[test]
    fn damage_ends_in_no_answer_or_a_wrong_one() {
        let abbrev = abbrev(&[0x11, 0x1b, 0x55, 0x23, 0x73, 0x17, 0x74, 0x17]);
        let info = unit(5, &[0, 0, 8, 0, 0, 0, 12, 0, 0, 0]);
        for cut in 0..info.len() {
            for byte in 0..=255 {
                let mut info = info.clone();
                info[cut] = byte;
                let sections = Sections { info: &info, abbrev: &abbrev, addr: &info, rnglists: &info, ranges: &info };
                let _ = Ranges::new(sections).of_unit(0);
                let sections = Sections { info: &info[..cut], abbrev: &abbrev[..cut.min(abbrev.len())], ..sections };
                let _ = Ranges::new(sections).of_unit(0);
            }
        }
    }

    #[test]
    fn a_list_that_every_unit_has_is_not_read_for_ever() {
        let abbrev = abbrev(&[0x55, 0x17]);
        let info: Vec<u8> = (0..1000).flat_map(|_| unit(4, &[0, 0, 0, 0])).collect();
        let ranges: Vec<u8> = (0..2000u64).flat_map(|i| (i + 1).to_le_bytes()).chain([0; 16]).collect();
        let sections = Sections { info: &info, abbrev: &abbrev, ranges: &ranges, ..Sections::default() };
        let mut all = Ranges::new(sections);
        let offsets: Vec<u64> = (0..1000).map(|i| i * 16).collect();
        assert_eq!(all.of_unit(0).map(|list| list.len()), Some(1000));
        assert!(offsets.iter().any(|offset| all.of_unit(*offset).is_none()));
    }
}
