//! Finds what a unit of `.debug_info` was compiled from: the name and the folder of its first entry (DWARF 2 to 5, 3.1.1).
//!
//! Nothing else of DWARF is read: one entry is decoded by its abbreviation. Every turn of a loop consumes input, so damaged
//! sections end early.

use super::dwarf_reader::Reader;

/// The sections that the entry and its strings are in; those that are absent are empty.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sections<'b> {
    /// `.debug_info`.
    pub info: &'b [u8],
    /// `.debug_abbrev`.
    pub abbrev: &'b [u8],
    /// `.debug_str`.
    pub str: &'b [u8],
    /// `.debug_line_str` (DWARF 5).
    pub line_str: &'b [u8],
    /// `.debug_str_offsets` (DWARF 5).
    pub str_offsets: &'b [u8],
}

/// What a unit was compiled from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit<'b> {
    /// `DW_AT_name`: the source file as the compiler was given it.
    pub name: &'b [u8],
    /// `DW_AT_comp_dir`: where the compiler ran; may be empty.
    pub folder: &'b [u8],
}

// DW_UT_* (7.5.1).
const COMPILE: u64 = 1;
const TYPE: u64 = 2;
const SKELETON: u64 = 4;
const SPLIT_COMPILE: u64 = 5;
const SPLIT_TYPE: u64 = 6;

// DW_AT_* (7.5.4).
const NAME: u64 = 0x03;
const COMP_DIR: u64 = 0x1b;
const STR_OFFSETS_BASE: u64 = 0x72;

/// The first unit that is no type's alone; `None` if it does not say its name.
pub fn first<'b>(sections: &Sections<'b>) -> Option<Unit<'b>> {
    let mut reader = Reader::new(sections.info, 0);
    loop {
        let (mut unit, wide) = reader.unit()?;
        let header = Header::read(&mut unit, if wide { 8 } else { 4 })?;
        if !matches!(header.kind, TYPE | SPLIT_TYPE) {
            return entry(sections, unit, header);
        }
    }
}

/// What the header of a unit says (7.5.1).
#[derive(Clone, Copy)]
struct Header {
    version: u64,
    kind: u64,
    /// Bytes of an offset into another section.
    offset_size: u64,
    address_size: u64,
    /// Where its abbreviations are.
    abbrev: u64,
}

impl Header {
    fn read(r: &mut Reader<'_>, offset_size: u64) -> Option<Header> {
        let version = r.uint(2)?;
        match version {
            2..=4 => {
                let abbrev = r.uint(offset_size)?;
                Some(Header { version, kind: COMPILE, offset_size, address_size: r.uint(1)?, abbrev })
            }
            5 => {
                let (kind, address_size, abbrev) = (r.uint(1)?, r.uint(1)?, r.uint(offset_size)?);
                if matches!(kind, SKELETON | SPLIT_COMPILE) {
                    r.take(8)?; // The id that both halves have.
                }
                Some(Header { version, kind, offset_size, address_size, abbrev })
            }
            _ => None,
        }
    }
}

fn entry<'b>(sections: &Sections<'b>, mut r: Reader<'b>, header: Header) -> Option<Unit<'b>> {
    let code = r.uleb()?;
    let mut attributes = abbreviation(sections.abbrev, header.abbrev, code)?;
    let (mut name, mut folder) = (Value::Other, Value::Other);
    // Without an attribute, the unit's strings begin behind the header of the table (7.26).
    let mut base = header.offset_size * 2;
    loop {
        let (attribute, form) = (attributes.uleb()?, attributes.uleb()?);
        if (attribute, form) == (0, 0) {
            break;
        }
        if form == IMPLICIT_CONST {
            attributes.sleb()?;
            continue;
        }
        match (attribute, value(&mut r, form, header)?) {
            (NAME, value) => name = value,
            (COMP_DIR, value) => folder = value,
            (STR_OFFSETS_BASE, Value::Offset(offset)) => base = offset,
            _ => {}
        }
    }
    let text = |value: Value<'b>| match value {
        Value::Text(text) => Some(text),
        Value::Str(at) => string(sections.str, at),
        Value::LineStr(at) => string(sections.line_str, at),
        Value::Index(index) => {
            let at = index.checked_mul(header.offset_size)?.checked_add(base)?;
            string(sections.str, Reader::new(sections.str_offsets, at).uint(header.offset_size)?)
        }
        Value::Offset(_) | Value::Other => None,
    };
    Some(Unit { name: text(name)?, folder: text(folder).unwrap_or_default() })
}

fn string(table: &[u8], offset: u64) -> Option<&[u8]> {
    Reader::new(table, offset).string()
}

/// The attributes of abbreviation `code` in the table at `offset` (7.5.3).
fn abbreviation(table: &[u8], offset: u64, code: u64) -> Option<Reader<'_>> {
    let mut r = Reader::new(table, offset);
    loop {
        let here = r.uleb()?;
        if here == 0 {
            return None;
        }
        let (_tag, _has_children) = (r.uleb()?, r.uint(1)?);
        if here == code {
            return Some(r);
        }
        loop {
            let (attribute, form) = (r.uleb()?, r.uleb()?);
            if form == IMPLICIT_CONST {
                r.sleb()?;
            } else if (attribute, form) == (0, 0) {
                break;
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Value<'b> {
    Text(&'b [u8]),
    /// At an offset of `.debug_str`.
    Str(u64),
    /// At an offset of `.debug_line_str`.
    LineStr(u64),
    /// By its number in `.debug_str_offsets`.
    Index(u64),
    /// Into a section that the attribute means.
    Offset(u64),
    Other,
}

const INDIRECT: u64 = 0x16;
const IMPLICIT_CONST: u64 = 0x21;

/// Reads a value of form `DW_FORM_*` (7.5.6).
fn value<'b>(r: &mut Reader<'b>, form: u64, header: Header) -> Option<Value<'b>> {
    let form = if form == INDIRECT { r.uleb()? } else { form };
    let size = match form {
        0x08 => return r.string().map(Value::Text),
        0x0e => return r.uint(header.offset_size).map(Value::Str),
        0x1f => return r.uint(header.offset_size).map(Value::LineStr),
        0x17 => return r.uint(header.offset_size).map(Value::Offset),
        0x1a => return r.uleb().map(Value::Index),
        0x25..=0x28 => return r.uint(form - 0x24).map(Value::Index),
        // Numbers of variable size.
        0x0d | 0x0f | 0x15 | 0x1b | 0x22 | 0x23 => {
            r.sleb()?;
            return Some(Value::Other);
        }
        0x01 => header.address_size,
        0x0a => r.uint(1)?,
        0x03 => r.uint(2)?,
        0x04 => r.uint(4)?,
        0x09 | 0x18 => r.uleb()?,
        0x0b | 0x0c | 0x11 | 0x29 => 1,
        0x05 | 0x12 | 0x2a => 2,
        0x2b => 3,
        0x06 | 0x13 | 0x1c | 0x2c => 4,
        0x07 | 0x14 | 0x20 | 0x24 => 8,
        0x10 if header.version == 2 => header.address_size,
        0x10 | 0x1d => header.offset_size,
        0x1e => 16,
        0x19 => 0,
        _ => return None,
    };
    r.take(size).map(|_| Value::Other)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A unit that says its name inline, its folder by offset, and more around them.
    fn version_4() -> (Vec<u8>, Vec<u8>) {
        let abbrev = vec![1, 0x2e, 0, 0x03, 0x08, 0, 0, 2, 0x11, 1, 0x25, 0x0e, 0x03, 0x08, 0x1b, 0x0e, 0, 0, 0];
        let mut body = vec![4, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0, 0];
        body.extend(b"a.c\0\x05\0\0\0");
        ([&(body.len() as u32).to_le_bytes()[..], &body].concat(), abbrev)
    }

    /// The same with indices, an implicit constant, and the base of the strings behind the name.
    fn version_5() -> (Vec<u8>, Vec<u8>) {
        let abbrev = vec![1, 0x11, 1, 0x13, 0x21, 0x7f, 0x03, 0x25, 0x72, 0x17, 0x1b, 0x25, 0, 0, 0];
        let body = vec![5, 0, 1, 8, 0, 0, 0, 0, 1, 1, 8, 0, 0, 0, 0];
        ([&(body.len() as u32).to_le_bytes()[..], &body].concat(), abbrev)
    }

    const STRINGS: &[u8] = b"cc\0\0\0/src\0a.c\0";
    const OFFSETS: &[u8] = &[0, 0, 0, 0, 5, 0, 0, 0, 5, 0, 0, 0, 10, 0, 0, 0];

    fn unit<'b>(info: &'b [u8], abbrev: &'b [u8]) -> Option<Unit<'b>> {
        first(&Sections { info, abbrev, str: STRINGS, line_str: b"", str_offsets: OFFSETS })
    }

    #[test]
    fn names_are_found_inline_by_offset_and_by_index() {
        for (info, abbrev) in [version_4(), version_5()] {
            assert_eq!(unit(&info, &abbrev), Some(Unit { name: b"a.c", folder: b"/src" }));
        }
    }

    #[test]
    fn damage_ends_in_no_answer_or_a_wrong_one() {
        for (info, abbrev) in [version_4(), version_5()] {
            for len in 0..info.len() {
                assert_eq!(unit(&info[..len], &abbrev), None);
            }
            for at in 0..info.len() {
                for value in [0, 1, 0x7f, 0x80, 0xff] {
                    let mut damaged = info.clone();
                    damaged[at] = value;
                    let _ = unit(&damaged, &abbrev);
                }
            }
            for at in 0..abbrev.len() {
                for value in [0, 1, 0x16, 0x7f, 0x80, 0xff] {
                    let mut damaged = abbrev.clone();
                    damaged[at] = value;
                    let _ = unit(&info, &damaged);
                }
            }
        }
    }
}
