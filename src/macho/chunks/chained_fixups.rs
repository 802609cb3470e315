//! Chained fixups (`LC_DYLD_CHAINED_FIXUPS`): a table of imports, and for each page where the first fixup is. Each place
//! then says what dyld has to put there and how far it is to the next one (`mach-o/fixup-chains.h`).
//!
//! ```text
//! header
//! starts in image         number of segments, and for each the offset of its starts (0: it has no fixups)
//! starts in segment …     page size, pointer format, offset from the mach header, and a u16 a page: its first fixup
//! imports                 u32, or u32 + i32, or u64 + u64 each: library, weak, name, and the addend of the wider two
//! names                   an empty one, then NUL-terminated ones
//!
//! place, rebase:  0  next:12  0:7  high8:8  target:36         next counts in four bytes; 0 ends the chain
//! place, bind:    1  next:12  0:19  addend:8  import:24
//! ```
//!
//! dyld reads them when it loads the image. If it can, it has the kernel apply them whenever a page is faulted in, one page
//! at a time (xnu, `osfmk/vm/vm_dyld_pager.c`); so a place must not reach into the next page, which Apple's dyld alone
//! could bear. As 4095 strides span a page of 16 KiB, every page is one chain.
//! Cost: one pass over the fixups for imports and starts, one parallel region for the places' values.

use crate::base::par::Par;
use crate::macho::fixups::{Fixup, FixupSegment, Import, Value};
use crate::macho::format::*;
use std::fmt;
use zerocopy::IntoBytes;

/// How rebased places give their target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PointerFormat {
    /// `DYLD_CHAINED_PTR_64`: the virtual address as linked.
    Address,
    /// `DYLD_CHAINED_PTR_64_OFFSET`: bytes from the mach header. What Apple's linker writes today.
    Offset,
}

/// What places are told about the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// How targets are given.
    pub pointers: PointerFormat,
    /// Bytes of a page: 16384, or 4096 on x86-64.
    pub page_size: u16,
    /// Virtual address of the mach header.
    pub image_base: u64,
}

/// Both halves of the encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chained {
    /// What `LC_DYLD_CHAINED_FIXUPS` points to; a multiple of 8 bytes.
    pub payload: Vec<u8>,
    /// What the eight bytes of each fixup are in the file, in the order of fixups.
    pub values: Vec<u64>,
}

/// Which of the arguments cannot be encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A fixup, by its index.
    Fixup(usize),
    /// An import, by its index.
    Import(usize),
}

/// Why there are no chains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Error {
    /// What it is about: the first of those that are wrong.
    pub subject: Subject,
    /// What is wrong with it, as the end of a sentence.
    pub reason: &'static str,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.subject {
            Subject::Fixup(index) => write!(f, "fixup {index} {}", self.reason),
            Subject::Import(index) => write!(f, "import {index} {}", self.reason),
        }
    }
}

/// Encodes `fixups`, sorted by address, for an image that has these `segments`: all of them, in the order of load commands
/// and of addresses. Imports that no fixup names are left out.
pub fn build(
    fixups: &[Fixup],
    imports: &[Import<'_>],
    segments: &[FixupSegment],
    format: Format,
    par: &Par,
) -> Result<Chained, Error> {
    let table = Table::new(fixups, imports)?;
    let values = values(fixups, segments, &table, format, par)?;
    let payload = payload(fixups, imports, segments, &table, format)?;
    Ok(Chained { payload, values })
}

/// Ordinals in a byte count up to here; greater bytes are the negative ones (dyld, `forEachBindTarget`).
const MAX_BYTE_ORDINAL: i32 = 0xf0;
/// The same for ordinals in two bytes.
const MAX_ORDINAL: i32 = 0xfff0;
const MIN_ORDINAL: i32 = BIND_SPECIAL_DYLIB_WEAK_LOOKUP;
/// Names further than this from the first need the widest format.
const MAX_NARROW_NAME: u64 = (1 << 23) - 1;
/// Imports that places can name.
const MAX_IMPORTS: usize = 1 << 24;
/// The greatest addend that a place holds itself.
const MAX_PLACE_ADDEND: i64 = 0xff;
/// Bytes of a step of `next`.
const STRIDE: u64 = 4;
const TARGET_BITS: u32 = 36;

fn is_in_place(addend: i64) -> bool {
    (0..=MAX_PLACE_ADDEND).contains(&addend)
}

/// The imports in the order in which they are written.
struct Table {
    /// By import: its number with the addend 0. Meaningless where no place needs that.
    plain: Vec<u32>,
    /// Imports with an addend that places cannot hold, sorted by import and addend, and their numbers.
    outlined: Vec<((u32, i64), u32)>,
    /// What is written: import and addend.
    entries: Vec<(u32, i64)>,
}

impl Table {
    fn new(fixups: &[Fixup], imports: &[Import<'_>]) -> Result<Self, Error> {
        let mut is_plain = vec![false; imports.len()];
        let mut outlined = Vec::new();
        for fixup in fixups {
            match fixup.value {
                Value::Bind { import, addend } if is_in_place(addend) => is_plain[import as usize] = true,
                Value::Bind { import, addend } => outlined.push(((import, addend), 0)),
                Value::Rebase { .. } => {}
            }
        }
        outlined.sort_unstable();
        outlined.dedup();
        let mut table = Table { plain: vec![0; imports.len()], outlined, entries: Vec::new() };
        let mut rest = table.outlined.iter_mut().peekable();
        for (i, is_plain) in is_plain.into_iter().enumerate() {
            let import = i as u32;
            if is_plain {
                table.plain[i] = table.entries.len() as u32;
                table.entries.push((import, 0));
            }
            while let Some((key, number)) = rest.next_if(|(key, _)| key.0 == import) {
                *number = table.entries.len() as u32;
                table.entries.push(*key);
            }
        }
        match table.entries.get(MAX_IMPORTS) {
            Some(&(import, _)) => Err(wrong_import(import, "is one import too many: a chain can number 16777216")),
            None => Ok(table),
        }
    }

    /// The number of an import, and what is left for the place to add.
    fn find(&self, import: u32, addend: i64) -> (u64, u64) {
        if is_in_place(addend) {
            return (self.plain[import as usize].into(), addend.cast_unsigned());
        }
        let at = self.outlined.binary_search_by_key(&(import, addend), |(key, _)| *key);
        (self.outlined[at.expect("the table was made of the same fixups")].1.into(), 0)
    }
}

fn wrong_import(import: u32, reason: &'static str) -> Error {
    Error { subject: Subject::Import(import as usize), reason }
}

/// The values of all places.
fn values(
    fixups: &[Fixup],
    segments: &[FixupSegment],
    table: &Table,
    format: Format,
    par: &Par,
) -> Result<Vec<u64>, Error> {
    const CHUNK: usize = 1 << 14;
    let mut values = vec![0u64; fixups.len()];
    let mut errors = vec![None; fixups.len().div_ceil(CHUNK)];
    let jobs = values.chunks_mut(CHUNK).zip(&mut errors).enumerate().collect();
    par.consume(
        jobs,
        size_of_val(fixups) as u64,
        |(chunk, (values, error)): (usize, (&mut [u64], &mut Option<Error>))| {
            for (i, value) in (chunk * CHUNK..).zip(values) {
                match place(&fixups[i], fixups.get(i + 1), segments, table, format) {
                    Ok(encoded) => *value = encoded,
                    Err(reason) => {
                        *error = Some(Error { subject: Subject::Fixup(i), reason });
                        return;
                    }
                }
            }
        },
    );
    match errors.into_iter().flatten().next() {
        Some(error) => Err(error),
        None => Ok(values),
    }
}

/// The value of one place. `next` is the fixup that follows it.
#[inline]
fn place(
    fixup: &Fixup,
    next: Option<&Fixup>,
    segments: &[FixupSegment],
    table: &Table,
    format: Format,
) -> Result<u64, &'static str> {
    let page = u64::from(format.page_size);
    let in_page = fixup.address % page;
    if !in_page.is_multiple_of(STRIDE) {
        return Err("is not at a multiple of 4 bytes");
    }
    if in_page + 8 > page {
        return Err("lies across the end of a page");
    }
    if segment_of(segments, fixup.address).is_none() {
        return Err("is not in a segment");
    }
    // Segments begin on pages: who shares a page shares a segment.
    let mut distance = 0;
    if let Some(next) = next.filter(|next| next.address / page == fixup.address / page) {
        distance = next.address.wrapping_sub(fixup.address);
        if !(8..page).contains(&distance) {
            return Err("overlaps the next one");
        }
    }
    // The next place's own misalignment is its own error.
    let chain = (distance / STRIDE) << 51;
    match fixup.value {
        Value::Rebase { target } => Ok(chain | rebase(target, format)?),
        Value::Bind { import, addend } => {
            let (number, addend) = table.find(import, addend);
            Ok(1 << 63 | chain | addend << 24 | number)
        }
    }
}

/// `high8` and `target` of a rebased place. The top byte of a pointer is the program's to use.
#[inline]
fn rebase(target: u64, format: Format) -> Result<u64, &'static str> {
    let address = target & ((1 << 56) - 1);
    let low = match format.pointers {
        PointerFormat::Address => address,
        PointerFormat::Offset => address.wrapping_sub(format.image_base),
    };
    if low >> TARGET_BITS != 0 {
        return Err("points outside of the 64 GiB that it can reach");
    }
    Ok(target >> 56 << TARGET_BITS | low)
}

/// The segment that has `address`.
#[inline]
fn segment_of(segments: &[FixupSegment], address: u64) -> Option<usize> {
    segments.iter().position(|s| address.wrapping_sub(s.address) < s.size)
}

/// The bytes of `LC_DYLD_CHAINED_FIXUPS`.
fn payload(
    fixups: &[Fixup],
    imports: &[Import<'_>],
    segments: &[FixupSegment],
    table: &Table,
    format: Format,
) -> Result<Vec<u8>, Error> {
    let mut out = vec![0; size_of::<ChainedFixupsHeader>()];
    pad(&mut out);
    let starts_offset = out.len() as u32;
    write_starts(&mut out, fixups, segments, format)?;
    pad(&mut out);
    let imports_offset = out.len() as u32;
    let names = Names::new(imports, table);
    let import_format = import_format(imports, table, &names)?;
    write_imports(&mut out, imports, table, &names, import_format);
    let symbols_offset = out.len() as u32;
    names.write(&mut out, imports);
    pad(&mut out);
    let header = ChainedFixupsHeader {
        version: 0.into(),
        starts_offset: starts_offset.into(),
        imports_offset: imports_offset.into(),
        symbols_offset: symbols_offset.into(),
        import_count: (table.entries.len() as u32).into(),
        imports_format: import_format.into(),
        symbols_format: 0.into(), // not compressed
    };
    out[..size_of_val(&header)].copy_from_slice(header.as_bytes());
    Ok(out)
}

fn pad(out: &mut Vec<u8>) {
    out.resize(out.len().next_multiple_of(8), 0);
}

/// Appends `dyld_chained_starts_in_image` and the starts of each segment that has fixups.
fn write_starts(out: &mut Vec<u8>, fixups: &[Fixup], segments: &[FixupSegment], format: Format) -> Result<(), Error> {
    let begin = out.len();
    out.extend_from_slice(&(segments.len() as u32).to_le_bytes());
    out.resize(out.len() + 4 * segments.len(), 0);
    let page = u64::from(format.page_size);
    for (i, segment) in segments.iter().enumerate() {
        let end = segment.address.saturating_add(segment.size);
        let first = fixups.partition_point(|f| f.address < segment.address);
        let own = &fixups[first..][..fixups[first..].partition_point(|f| f.address < end)];
        let Some(last) = own.last() else { continue };
        pad(out);
        let offset = (out.len() - begin) as u32;
        out[begin + 4 + 4 * i..][..4].copy_from_slice(&offset.to_le_bytes());
        let Ok(page_count) = u16::try_from((last.address - segment.address) / page + 1) else {
            let subject = Subject::Fixup(first + own.len() - 1);
            return Err(Error { subject, reason: "lies behind the first 65535 pages of its segment" });
        };
        let mut starts = vec![DYLD_CHAINED_PTR_START_NONE; page_count.into()];
        for fixup in own.iter().rev() {
            let from_segment = fixup.address - segment.address;
            starts[(from_segment / page) as usize] = (from_segment % page) as u16;
        }
        let header = ChainedStarts {
            size: ((size_of::<ChainedStarts>() + 2 * starts.len()) as u32).into(),
            page_size: format.page_size.into(),
            pointer_format: match format.pointers {
                PointerFormat::Address => DYLD_CHAINED_PTR_64,
                PointerFormat::Offset => DYLD_CHAINED_PTR_64_OFFSET,
            }
            .into(),
            segment_offset: segment.address.wrapping_sub(format.image_base).into(),
            max_valid_pointer: 0.into(), // of 32-bit images
            page_count: page_count.into(),
        };
        out.extend_from_slice(header.as_bytes());
        starts.iter().for_each(|start| out.extend_from_slice(&start.to_le_bytes()));
    }
    Ok(())
}

/// Where names stand in the string table, which begins with an empty one.
struct Names {
    /// By number of the import. Those that differ in their addend share a name.
    offsets: Vec<u64>,
    /// The import whose name is written, for each name.
    written: Vec<u32>,
}

impl Names {
    fn new(imports: &[Import<'_>], table: &Table) -> Self {
        let mut names = Names { offsets: Vec::with_capacity(table.entries.len()), written: Vec::new() };
        let (mut at, mut end) = (1, 1);
        for &(import, _) in &table.entries {
            if names.written.last() != Some(&import) {
                names.written.push(import);
                at = end;
                end += imports[import as usize].name.len() as u64 + 1;
            }
            names.offsets.push(at);
        }
        names
    }

    fn write(&self, out: &mut Vec<u8>, imports: &[Import<'_>]) {
        out.push(0);
        for &import in &self.written {
            out.extend_from_slice(imports[import as usize].name);
            out.push(0);
        }
    }
}

/// The narrowest of the three formats that holds every import.
fn import_format(imports: &[Import<'_>], table: &Table, names: &Names) -> Result<u32, Error> {
    let mut format = DYLD_CHAINED_IMPORT;
    for (&(import, addend), &name) in table.entries.iter().zip(&names.offsets) {
        let ordinal = imports[import as usize].ordinal;
        if !(MIN_ORDINAL..=MAX_ORDINAL).contains(&ordinal) {
            return Err(wrong_import(import, "is from a library past the 65520 that chained fixups can number"));
        }
        if name > u32::MAX.into() {
            return Err(wrong_import(import, "has its name past the 4 GiB that chained fixups can hold"));
        }
        let is_narrow = ordinal <= MAX_BYTE_ORDINAL && name <= MAX_NARROW_NAME;
        let needed = match i32::try_from(addend) {
            Ok(0) if is_narrow => DYLD_CHAINED_IMPORT,
            Ok(_) if is_narrow => DYLD_CHAINED_IMPORT_ADDEND,
            _ => DYLD_CHAINED_IMPORT_ADDEND64,
        };
        format = format.max(needed);
    }
    Ok(format)
}

fn write_imports(out: &mut Vec<u8>, imports: &[Import<'_>], table: &Table, names: &Names, format: u32) {
    for (&(index, addend), &name) in table.entries.iter().zip(&names.offsets) {
        let import = &imports[index as usize];
        // Negative ordinals keep their lowest bits.
        let ordinal = import.ordinal.cast_unsigned();
        if format == DYLD_CHAINED_IMPORT_ADDEND64 {
            let packed = name << 32 | u64::from(import.weak) << 16 | u64::from(ordinal as u16);
            out.extend_from_slice(&packed.to_le_bytes());
            out.extend_from_slice(&addend.to_le_bytes());
            continue;
        }
        let packed = (name as u32) << 9 | u32::from(import.weak) << 8 | u32::from(ordinal as u8);
        out.extend_from_slice(&packed.to_le_bytes());
        if format == DYLD_CHAINED_IMPORT_ADDEND {
            out.extend_from_slice(&(addend as i32).to_le_bytes());
        }
    }
}

#[cfg(test)]
mod tests;
