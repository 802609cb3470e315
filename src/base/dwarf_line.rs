//! Finds the source line of an address in `.debug_line` (DWARF 2 to 5, section 6.2).
//!
//! Only error messages ask, so nothing is indexed: each question runs the line programs until one covers the address.
//! Every turn of a loop consumes input, so damaged tables end early and cost no more than their size.

use super::dwarf_reader::Reader;

/// The sections that hold the table; strings may be empty.
#[derive(Debug, Clone, Copy)]
pub struct Sections<'b> {
    /// `.debug_line`.
    pub line: &'b [u8],
    /// `.debug_line_str` (DWARF 5).
    pub line_str: &'b [u8],
    /// `.debug_str`.
    pub str: &'b [u8],
}

/// A line of a source file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// As the compiler was given it, below the folder where it ran.
    pub path: Vec<u8>,
    /// Counts from 1.
    pub number: u64,
}

/// The line that the code at `address` was compiled from.
pub fn find(sections: &Sections<'_>, address: u64) -> Option<Line> {
    let mut reader = Reader { bytes: sections.line, at: 0 };
    while reader.at < reader.bytes.len() {
        let (unit, wide) = reader.unit()?;
        // A unit that is damaged, or of a version that nobody has written yet, says nothing about the next.
        if let Some(line) = Unit::parse(unit, wide).and_then(|unit| unit.find(sections, address)) {
            return Some(line);
        }
    }
    None
}

/// A line number program and its header (6.2.4).
struct Unit<'b> {
    version: u16,
    wide: bool,
    instruction_size: u8,
    line_base: i8,
    line_range: u8,
    opcode_lengths: &'b [u8],
    /// Stands before the tables of folders and files.
    tables: Reader<'b>,
    program: Reader<'b>,
}

// Standard and extended opcodes (7.22).
const EXTENDED: u8 = 0;
const COPY: u8 = 1;
const ADVANCE_PC: u8 = 2;
const ADVANCE_LINE: u8 = 3;
const SET_FILE: u8 = 4;
const CONST_ADD_PC: u8 = 8;
const FIXED_ADVANCE_PC: u8 = 9;
const END_SEQUENCE: u8 = 1;
const SET_ADDRESS: u8 = 2;

/// Registers of the state machine (6.2.2) that matter here.
#[derive(Clone, Copy)]
struct State {
    address: u64,
    file: u64,
    line: u64,
}

const INITIAL: State = State { address: 0, file: 1, line: 1 };

impl<'b> Unit<'b> {
    fn parse(mut r: Reader<'b>, wide: bool) -> Option<Unit<'b>> {
        let version = r.uint(2)? as u16;
        if !(2..=5).contains(&version) {
            return None;
        }
        if version == 5 {
            r.take(2)?; // Sizes of addresses and of segment selectors.
        }
        let header_size = r.uint(if wide { 8 } else { 4 })?;
        let mut program = r;
        program.take(header_size)?;
        let instruction_size = r.byte()?;
        if version >= 4 {
            r.byte()?; // Operations in an instruction: 1 but for VLIW machines.
        }
        r.byte()?; // Whether a row is a statement at first.
        let line_base = r.byte()? as i8;
        let line_range = r.byte()?;
        let opcode_base = r.byte()?;
        let opcode_lengths = r.take(u64::from(opcode_base.checked_sub(1)?))?;
        if line_range == 0 {
            return None;
        }
        Some(Unit { version, wide, instruction_size, line_base, line_range, opcode_lengths, tables: r, program })
    }

    fn find(&self, sections: &Sections<'_>, address: u64) -> Option<Line> {
        let state = self.run(address)?;
        let path = self.path(sections, state.file)?;
        (state.line != 0).then_some(Line { path, number: state.line })
    }

    /// Runs the program up to the row that covers `address`.
    fn run(&self, address: u64) -> Option<State> {
        let mut r = self.program;
        let mut state = INITIAL;
        // A row holds from its address up to the next row's, within one sequence.
        let mut previous: Option<State> = None;
        let opcode_base = self.opcode_lengths.len() as u8 + 1;
        while r.at < r.bytes.len() {
            let opcode = r.byte()?;
            let mut emit = false;
            let mut end = false;
            if opcode >= opcode_base {
                let adjusted = opcode - opcode_base;
                self.advance(&mut state, u64::from(adjusted / self.line_range));
                let lines = i64::from(self.line_base) + i64::from(adjusted % self.line_range);
                state.line = state.line.wrapping_add_signed(lines);
                emit = true;
            } else {
                match opcode {
                    EXTENDED => {
                        let size = r.uleb()?;
                        let mut body = Reader { bytes: r.take(size)?, at: 0 };
                        match body.byte() {
                            Some(END_SEQUENCE) => (emit, end) = (true, true),
                            Some(SET_ADDRESS) => state.address = body.uint(size - 1)?,
                            _ => {}
                        }
                    }
                    COPY => emit = true,
                    ADVANCE_PC => self.advance(&mut state, r.uleb()?),
                    ADVANCE_LINE => state.line = state.line.wrapping_add_signed(r.sleb()?),
                    SET_FILE => state.file = r.uleb()?,
                    CONST_ADD_PC => self.advance(&mut state, u64::from((255 - opcode_base) / self.line_range)),
                    FIXED_ADVANCE_PC => state.address = state.address.wrapping_add(r.uint(2)?),
                    _ => {
                        for _ in 0..self.opcode_lengths[usize::from(opcode) - 1] {
                            r.uleb()?;
                        }
                    }
                }
            }
            if emit {
                if let Some(row) = previous.filter(|row| row.address <= address && address < state.address) {
                    return Some(row);
                }
                previous = Some(state);
            }
            if end {
                (state, previous) = (INITIAL, None);
            }
        }
        None
    }

    fn advance(&self, state: &mut State, instructions: u64) {
        state.address = state.address.wrapping_add(instructions.wrapping_mul(self.instruction_size.into()));
    }

    fn path(&self, sections: &Sections<'_>, file: u64) -> Option<Vec<u8>> {
        let (folder, name) = if self.version == 5 { self.path_5(sections, file)? } else { self.path_2(file)? };
        Some(match folder {
            Some(folder) if !name.starts_with(b"/") && !folder.is_empty() => [folder, b"/", name].concat(),
            _ => name.to_vec(),
        })
    }

    /// Folder and name up to DWARF 4: folders and files count from 1, folder 0 is where the compiler ran.
    fn path_2(&self, file: u64) -> Option<(Option<&'b [u8]>, &'b [u8])> {
        let mut r = self.tables;
        let mut folders = Vec::new();
        loop {
            match r.string()? {
                b"" => break,
                folder => folders.push(folder),
            }
        }
        let mut number = 1;
        loop {
            let name = r.string().filter(|name| !name.is_empty())?;
            let folder = r.uleb()?;
            let (_time, _size) = (r.uleb()?, r.uleb()?);
            if number == file {
                let folder = folder.checked_sub(1).and_then(|i| folders.get(usize::try_from(i).ok()?));
                return Some((folder.copied(), name));
            }
            number += 1;
        }
    }

    /// Folder and name in DWARF 5: both count from 0, folder 0 is where the compiler ran.
    fn path_5<'s>(&self, sections: &Sections<'s>, file: u64) -> Option<(Option<&'s [u8]>, &'s [u8])>
    where
        'b: 's,
    {
        let mut r = self.tables;
        let folders = self.entries(&mut r, sections, u64::MAX)?;
        let files = self.entries(&mut r, sections, file)?;
        let (name, folder) = *files.get(usize::try_from(file).ok()?)?;
        let folder = Some(folder).filter(|f| *f != 0).and_then(|f| folders.get(usize::try_from(f).ok()?));
        Some((folder.map(|f| f.0), name))
    }

    /// A table of (path, folder) in the form that it describes itself (6.2.4.1), up to entry `last`.
    fn entries<'s>(&self, r: &mut Reader<'b>, sections: &Sections<'s>, last: u64) -> Option<Vec<(&'s [u8], u64)>>
    where
        'b: 's,
    {
        const PATH: u64 = 1;
        const FOLDER: u64 = 2;
        let formats: Option<Vec<(u64, u64)>> = (0..r.byte()?).map(|_| Some((r.uleb()?, r.uleb()?))).collect();
        let formats = formats?;
        let count = r.uleb()?;
        let mut entries: Vec<(&[u8], u64)> = Vec::new();
        if formats.is_empty() {
            return (count == 0).then_some(entries);
        }
        // Every form takes a byte at least, so the count is bounded by the bytes that are there.
        for _ in 0..count.min(last.saturating_add(1)) {
            let mut entry: (&[u8], u64) = (b"", 0);
            for (content, form) in &formats {
                match (self.value(r, *form, sections)?, *content) {
                    (Value::Text(text), PATH) => entry.0 = text,
                    (Value::Number(number), FOLDER) => entry.1 = number,
                    _ => {}
                }
            }
            entries.push(entry);
        }
        Some(entries)
    }

    fn value<'s>(&self, r: &mut Reader<'b>, form: u64, sections: &Sections<'s>) -> Option<Value<'s>>
    where
        'b: 's,
    {
        let at = |table: &'s [u8], offset: u64| {
            let mut r = Reader { bytes: table, at: usize::try_from(offset).ok()? };
            r.string().map(Value::Text)
        };
        let offset_size = if self.wide { 8 } else { 4 };
        // DW_FORM_* (7.5.6).
        match form {
            0x08 => r.string().map(Value::Text),
            0x0e => at(sections.str, r.uint(offset_size)?),
            0x1f => at(sections.line_str, r.uint(offset_size)?),
            0x0b => r.uint(1).map(Value::Number),
            0x05 => r.uint(2).map(Value::Number),
            0x06 => r.uint(4).map(Value::Number),
            0x07 => r.uint(8).map(Value::Number),
            0x0f => r.uleb().map(Value::Number),
            0x1e => r.take(16).map(|_| Value::Other),
            0x09 => {
                let size = r.uleb()?;
                r.take(size).map(|_| Value::Other)
            }
            _ => None,
        }
    }
}

enum Value<'s> {
    Text(&'s [u8]),
    Number(u64),
    Other,
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRINGS: &[u8] = b"/work\0main.c\0inc\0";

    /// A unit of `version` with two rows: `main.c:7` at 0x1000 and `inc/h.h:9` at 0x1004, up to 0x1010.
    fn unit(version: u16) -> Vec<u8> {
        let mut header = vec![1];
        if version >= 4 {
            header.push(1);
        }
        header.extend([1, 0xfb, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1]);
        if version == 5 {
            header.extend([1, 1, 0x1f, 2]); // Folders: one form, a path in .debug_line_str; two of them.
            header.extend([0, 0, 0, 0, 13, 0, 0, 0]);
            header.extend([3, 1, 0x08, 2, 0x0b, 5, 0x1e, 3]); // Files: path, folder, MD5; three of them.
            for (name, folder) in [("main.c", 0), ("main.c", 0), ("h.h", 1)] {
                header.extend(name.bytes());
                header.extend([0, folder]);
                header.extend([0xee; 16]);
            }
        } else {
            header.extend(b"inc\0\0main.c\0\0\0\0h.h\0\x01\0\0\0");
        }
        let mut program = vec![0, 9, 2];
        program.extend(0x1000u64.to_le_bytes());
        program.extend([3, 6, 1]); // Line 7, a row.
        program.extend([4, 2, 2, 4, 3, 2, 1]); // File 2, four bytes on, line 9, a row.
        program.extend([2, 12, 0, 1, 1]); // Twelve bytes on, the end.
        let mut body = version.to_le_bytes().to_vec();
        if version == 5 {
            body.extend([8, 0]);
        }
        body.extend((header.len() as u32).to_le_bytes());
        body.extend(header);
        body.extend(program);
        [&(body.len() as u32).to_le_bytes()[..], &body].concat()
    }

    fn line(table: &[u8], address: u64) -> Option<(String, u64)> {
        let sections = Sections { line: table, line_str: STRINGS, str: b"" };
        find(&sections, address).map(|l| (String::from_utf8_lossy(&l.path).into_owned(), l.number))
    }

    #[test]
    fn each_version_finds_its_lines() {
        for version in 2..=5 {
            let table = unit(version);
            assert_eq!(line(&table, 0x1003), Some(("main.c".into(), 7)), "version {version}");
            assert_eq!(line(&table, 0x1004), Some(("inc/h.h".into(), 9)), "version {version}");
            assert_eq!(line(&table, 0x100f), Some(("inc/h.h".into(), 9)), "version {version}");
            assert_eq!(line(&table, 0x1010), None, "version {version}");
            assert_eq!(line(&table, 0xfff), None, "version {version}");
        }
    }

    #[test]
    fn later_units_are_found_behind_unknown_ones() {
        let mut unknown = unit(4);
        unknown[4] = 9;
        let table = [unknown, unit(3)].concat();
        assert_eq!(line(&table, 0x1000), Some(("main.c".into(), 7)));
    }

    #[test]
    fn damage_ends_in_no_answer_or_a_wrong_one() {
        for version in 2..=5 {
            let whole = unit(version);
            for len in 0..whole.len() {
                assert_eq!(line(&whole[..len], 0x1004), None);
            }
            for at in 0..whole.len() {
                for value in [0, 1, 0x7f, 0x80, 0xff] {
                    let mut damaged = whole.clone();
                    damaged[at] = value;
                    let _ = line(&damaged, 0x1004);
                }
            }
        }
    }
}
