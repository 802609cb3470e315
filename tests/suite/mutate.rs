//! One damaged copy of a file for each seed.
//!
//! Random bytes rarely get past the magic, so the mutations know where an ELF file, a Mach-O file, an archive and a text keep what
//! everything else depends on: headers, symbols, relocations, group words, lengths. Numbers become those that parsers
//! get wrong: the edges of their width, a little off, or what another entry of the same table holds.

use std::ops::Range;

/// A small generator with a full period: the variants are the same on every machine.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// A table of equal entries in a file, and the fields of an entry as (offset, width).
#[derive(Debug, Clone)]
struct Table {
    bytes: Range<usize>,
    entry: usize,
    fields: &'static [(usize, usize)],
}

/// A file, and where its numbers are.
pub(crate) struct Sound {
    bytes: Vec<u8>,
    tables: Vec<Table>,
    text: bool,
}

const FILE_HEADER: &[(usize, usize)] = &[
    (4, 1),
    (5, 1),
    (16, 2),
    (18, 2),
    (24, 8),
    (32, 8),
    (40, 8),
    (48, 4),
    (52, 2),
    (54, 2),
    (56, 2),
    (58, 2),
    (60, 2),
    (62, 2),
];
const SECTION_HEADER: &[(usize, usize)] =
    &[(0, 4), (4, 4), (8, 8), (16, 8), (24, 8), (32, 8), (32, 8), (40, 4), (44, 4), (48, 8), (56, 8)];
const SYMBOL: &[(usize, usize)] = &[(0, 4), (4, 1), (5, 1), (6, 2), (6, 2), (8, 8), (16, 8)];
const RELOCATION: &[(usize, usize)] = &[(0, 8), (8, 4), (8, 1), (12, 4), (16, 8)];
const WORD: &[(usize, usize)] = &[(0, 4), (0, 1), (0, 2)];
const DYNAMIC: &[(usize, usize)] = &[(0, 8), (8, 8)];
const HALF: &[(usize, usize)] = &[(0, 2)];
const SEGMENT: &[(usize, usize)] = &[(0, 4), (4, 4), (8, 8), (16, 8), (24, 8), (32, 8), (40, 8), (48, 8)];
const MACH_SECTION: &[(usize, usize)] =
    &[(0, 8), (16, 8), (32, 8), (40, 8), (48, 4), (52, 4), (56, 4), (60, 4), (64, 1), (64, 4), (68, 4), (72, 4)];
const MACH_SYMBOL: &[(usize, usize)] = &[(0, 4), (4, 1), (4, 1), (5, 1), (6, 2), (8, 8)];
const MACH_RELOCATION: &[(usize, usize)] = &[(0, 4), (4, 4), (4, 2), (7, 1), (7, 1)];
const BYTE: &[(usize, usize)] = &[(0, 1)];

fn number(bytes: &[u8], at: usize, width: usize) -> u64 {
    let field = at.checked_add(width).and_then(|end| bytes.get(at..end));
    field.map_or(0, |f| f.iter().rev().fold(0, |v, b| v << 8 | u64::from(*b)))
}

impl Sound {
    pub(crate) fn new(bytes: Vec<u8>) -> Sound {
        let starts: Vec<usize> =
            bytes.windows(4).enumerate().filter(|(_, w)| w == b"\x7fELF").map(|(i, _)| i).collect();
        let mut tables = Vec::new();
        for start in &starts {
            elf_tables(&bytes, *start, &mut tables);
        }
        let mach: Vec<usize> =
            bytes.windows(4).enumerate().filter(|(_, w)| w == b"\xcf\xfa\xed\xfe").map(|(i, _)| i).collect();
        for start in &mach {
            mach_tables(&bytes, *start, &mut tables);
        }
        if bytes.starts_with(b"\xca\xfe\xba\xbe") {
            tables.push(Table { bytes: 0..48.min(bytes.len()), entry: 4, fields: WORD });
        }
        let starts = if starts.is_empty() { mach } else { starts };
        if bytes.starts_with(b"!<arch>\n") || bytes.starts_with(b"!<thin>\n") {
            // Member headers are the text before each image; the first also has the symbol index and the long names.
            let headers = starts.iter().map(|s| s.saturating_sub(60)..*s);
            tables.extend(headers.map(|bytes| Table { bytes, entry: 1, fields: BYTE }));
            let head = 8..starts.first().map_or(bytes.len(), |s| s.saturating_sub(60));
            tables.push(Table { bytes: head.clone(), entry: 1, fields: BYTE });
            tables.push(Table { bytes: head, entry: 4, fields: WORD });
        }
        let text = starts.is_empty() && bytes.is_ascii();
        Sound { bytes, tables, text }
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(crate) fn cut(&self, keep: usize) -> Vec<u8> {
        self.bytes[..keep].to_vec()
    }

    /// The copy number `seed`.
    pub(crate) fn mutate(&self, seed: u64) -> Vec<u8> {
        let mut random = Random(seed);
        let mut bytes = self.bytes.clone();
        for _ in 0..1 + random.below(3) {
            match random.below(16) {
                0 => flip(&mut bytes, &mut random),
                1 => {
                    let keep = random.below(bytes.len());
                    bytes.truncate(keep);
                }
                2 => splice(&mut bytes, &mut random),
                3 => anywhere(&mut bytes, &mut random),
                _ if self.text => edit(&mut bytes, &mut random),
                _ if self.tables.is_empty() => anywhere(&mut bytes, &mut random),
                4 => self.copy_entry(&mut bytes, &mut random),
                _ => self.field(&mut bytes, &mut random),
            }
        }
        bytes
    }

    /// One field of one entry of some table: every table is as likely as another, however long it is.
    fn field(&self, bytes: &mut [u8], random: &mut Random) {
        let table = &self.tables[random.below(self.tables.len())];
        let entries = table.bytes.len() / table.entry;
        let (at, width) = random.pick(table.fields);
        let here = table.bytes.start + random.below(entries) * table.entry + at;
        let neighbour = table.bytes.start + random.below(entries) * table.entry + at;
        let other = number(bytes, neighbour, width);
        put(bytes, here, width, other, random);
    }

    /// One entry becomes another one, or two change places.
    fn copy_entry(&self, bytes: &mut [u8], random: &mut Random) {
        let table = &self.tables[random.below(self.tables.len())];
        let entries = table.bytes.len() / table.entry;
        let (a, b) = (random.below(entries), random.below(entries));
        let swap = random.below(2) == 0;
        for i in 0..table.entry {
            let (a, b) = (table.bytes.start + a * table.entry + i, table.bytes.start + b * table.entry + i);
            if a.max(b) >= bytes.len() {
                return;
            }
            if swap { bytes.swap(a, b) } else { bytes[a] = bytes[b] }
        }
    }
}

/// The tables of the ELF image at `start`.
fn elf_tables(bytes: &[u8], start: usize, tables: &mut Vec<Table>) {
    let mut add = |offset: u64, size: u64, entry: usize, fields: &'static [(usize, usize)]| {
        let begin = start.saturating_add(offset as usize).min(bytes.len());
        let end = begin.saturating_add(size as usize).min(bytes.len());
        if end - begin >= entry {
            tables.push(Table { bytes: begin..end, entry, fields });
        }
    };
    let at = |offset: u64, width: usize| number(bytes, start.saturating_add(offset as usize), width);
    add(0, 64, 64, FILE_HEADER);
    let (headers, count) = (at(40, 8), at(60, 2));
    // Twice, since most goes wrong here.
    add(headers, count * 64, 64, SECTION_HEADER);
    add(headers, count * 64, 64, SECTION_HEADER);
    add(at(32, 8), at(56, 2) * 56, 56, SEGMENT);
    for i in 0..count {
        let header = headers + i * 64;
        let (kind, offset, size) = (at(header + 4, 4), at(header + 24, 8), at(header + 32, 8));
        match kind {
            0 | 8 => {}
            2 | 11 => add(offset, size, 24, SYMBOL),
            4 => add(offset, size, 24, RELOCATION),
            6 => add(offset, size, 16, DYNAMIC),
            0x6fff_ffff => add(offset, size, 2, HALF),
            3 => add(offset, size, 1, BYTE),
            _ => add(offset, size, 4, WORD),
        }
    }
}

/// The tables of the Mach-O image at `start`: each load command's words, symbols, relocations, and what __LINKEDIT holds.
fn mach_tables(bytes: &[u8], start: usize, tables: &mut Vec<Table>) {
    let mut add = |offset: u64, size: u64, entry: usize, fields: &'static [(usize, usize)]| {
        let begin = start.saturating_add(offset as usize).min(bytes.len());
        let end = begin.saturating_add(size as usize).min(bytes.len());
        if end - begin >= entry {
            tables.push(Table { bytes: begin..end, entry, fields });
        }
    };
    let at = |offset: u64, width: usize| number(bytes, start.saturating_add(offset as usize), width);
    add(0, 32, 4, WORD);
    let mut command = 32;
    for _ in 0..at(16, 4).min(100) {
        let (kind, size) = (at(command, 4), at(command + 4, 4));
        add(command, size, 4, WORD);
        match kind {
            0x19 => {
                let sections = at(command + 64, 4);
                add(command + 72, sections * 80, 80, MACH_SECTION);
                for i in 0..sections {
                    let section = command + 72 + i * 80;
                    add(at(section + 56, 4), at(section + 60, 4) * 8, 8, MACH_RELOCATION);
                    if at(section + 64, 1) != 1 {
                        add(at(section + 48, 4), at(section + 40, 8), 4, WORD);
                    }
                }
            }
            0x2 => {
                add(at(command + 8, 4), at(command + 12, 4) * 16, 16, MACH_SYMBOL);
                add(at(command + 16, 4), at(command + 20, 4), 1, BYTE);
            }
            // Blobs of __LINKEDIT: two words say where.
            0x26 | 0x29 | 0x2e | 0x8000_0033 | 0x8000_0034 => add(at(command + 8, 4), at(command + 12, 4), 1, BYTE),
            0x8000_0022 => (0..5).for_each(|i| add(at(command + 8 + i * 8, 4), at(command + 12 + i * 8, 4), 1, BYTE)),
            _ => {}
        }
        command += size.max(8);
    }
}

fn flip(bytes: &mut [u8], random: &mut Random) {
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1 << random.below(8);
        }
    }
}

/// Bytes of one place at another, of the same length or pushed in between.
fn splice(bytes: &mut Vec<u8>, random: &mut Random) {
    let (from, to, size) = (random.below(bytes.len()), random.below(bytes.len()), random.below(100));
    let piece = bytes[from..(from + size).min(bytes.len())].to_vec();
    let end = if random.below(2) == 0 { to } else { (to + size).min(bytes.len()) };
    bytes.splice(to..end, piece);
}

/// A number that parsers get wrong: an edge, a little off, or far away.
fn interesting(old: u64, other: u64, len: usize, random: &mut Random) -> u64 {
    let choices = [
        0,
        1,
        2,
        old.wrapping_add(1),
        old.wrapping_sub(1),
        old << 8,
        old ^ 1 << random.below(64),
        other,
        other,
        other.wrapping_add(1),
        len as u64,
        len as u64 - 1,
        len as u64 + 1,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_ffff,
        0xffff,
        0xff00,
        0xfff2,
        u64::MAX,
        u64::MAX - 7,
        1 << 63,
        1 << 62,
        1 << 46,
        1 << 32,
        1 << random.below(64),
        random.next() % 64,
        random.next() % 64,
    ];
    random.pick(&choices)
}

fn put(bytes: &mut [u8], at: usize, width: usize, other: u64, random: &mut Random) {
    let len = bytes.len();
    let Some(field) = bytes.get_mut(at..at + width) else { return };
    let old = field.iter().rev().fold(0, |v, b| v << 8 | u64::from(*b));
    let new = interesting(old, other, len, random).to_le_bytes();
    field.copy_from_slice(&new[..width]);
}

/// A word somewhere.
fn anywhere(bytes: &mut [u8], random: &mut Random) {
    let width = random.pick(&[1, 2, 4, 8]);
    let at = random.below(bytes.len()) / width * width;
    let other = number(bytes, random.below(bytes.len()), width);
    put(bytes, at, width, other, random);
}

/// Texts change by what they are made of.
fn edit(bytes: &mut Vec<u8>, random: &mut Random) {
    const WORDS: &[&str] = &[
        "{",
        "}",
        "(",
        ")",
        ";",
        ":",
        "\"",
        "*",
        "[",
        "]",
        "?",
        "/*",
        "*/",
        "#",
        "<<",
        ">>",
        "/",
        "%",
        "-",
        "+",
        "~",
        "!",
        "=",
        ",",
        "0",
        "1",
        "0xffffffffffffffff",
        "0x8000000000000000",
        "99999999999999999999999",
        "@",
        "@@",
        "\\",
        "\n",
        "\0",
        "local:",
        "global:",
        "extern \"C++\" {",
        "INPUT(",
        "GROUP(",
        "AS_NEEDED(",
        "INCLUDE ",
        "ALIGN(",
        "SIZEOF(",
        "ADDR(",
        "DEFINED(",
        "PROVIDE(",
        "ASSERT(",
        "x.ld",
        "x.o",
        "-l",
        ".",
        "((((((((((((((((",
    ];
    let at = random.below(bytes.len() + 1);
    let until = if random.below(2) == 0 { at } else { (at + random.below(12)).min(bytes.len()) };
    let word = random.pick(WORDS);
    let times = if random.below(16) == 0 { 1 << random.below(12) } else { 1 };
    bytes.splice(at..until, word.repeat(times).into_bytes());
}

/// One damaged copy of `sound`.
pub(crate) fn mutate(sound: &[u8], seed: u64) -> Vec<u8> {
    Sound::new(sound.to_vec()).mutate(seed)
}
