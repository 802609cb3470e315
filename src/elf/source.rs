//! Where something is, in the words of whoever wrote it: source line, object, section and function.
//!
//! Only error messages ask. The line comes from the object's debug information; without, the name of the source is what
//! STT_FILE says. Debug sections of an object are read before anything has an address: each loaded section is given a
//! range of its own, so that one number names section and offset.
//! Cost: the line table of an object once for each place in it that a message names.

use super::format::r_x86_64::{R_X86_64_32, R_X86_64_32S, R_X86_64_64};
use super::format::*;
use super::load::Files;
use super::object::{Object, Place};
use super::relocs::display_name;
use crate::args::elf::Args;
use crate::base::dwarf_line::{self, Sections};
use crate::base::ids::FileId;
use crate::base::inflate::inflate_zlib;
use crate::base::view::view_one;
use std::collections::HashMap;
use std::fmt::Write;

/// Answers from a few files, which are kept between questions.
pub struct Sources<'x, 'a> {
    files: &'x Files<'a>,
    args: &'x Args,
    tables: HashMap<FileId, Table>,
}

/// Debug sections of one object, relocated as this module numbers addresses.
#[derive(Default)]
struct Table {
    line: Vec<u8>,
    line_str: Vec<u8>,
    str: Vec<u8>,
}

/// Each section has this many bits of addresses to itself.
const SECTION_SHIFT: u32 = 40;

/// Debug information is read for a message, not at any price.
const MAX_TABLE_SIZE: u64 = 1 << 30;

impl<'x, 'a> Sources<'x, 'a> {
    /// Nothing is read yet.
    pub fn new(files: &'x Files<'a>, args: &'x Args) -> Self {
        Sources { files, args, tables: HashMap::new() }
    }

    /// `main.c:12 (main.o:(.text+0x1c)) in function main`, or as much of it as is known.
    pub fn place(&mut self, file: FileId, section: u32, offset: u64) -> String {
        let mut text = self.definition(file, section, offset);
        if let Some(function) = self.files[file].object().and_then(|object| function(object, section, offset)) {
            let _ = write!(text, " in function {}", display_name(function, self.args));
        }
        text
    }

    /// Where a symbol is defined: a place without the function, which would be the symbol itself.
    pub fn definition(&mut self, file: FileId, section: u32, offset: u64) -> String {
        let Some(object) = self.files[file].object() else { return self.files[file].to_string() };
        let name = String::from_utf8_lossy(object.section_name(section).unwrap_or(b"?")).into_owned();
        let place = format!("{}:({name}+0x{offset:x})", self.files[file]);
        match self.line(file, section, offset) {
            Some(source) => format!("{source} ({place})"),
            None => place,
        }
    }

    /// `main.c:12`, or `main.c`.
    fn line(&mut self, file: FileId, section: u32, offset: u64) -> Option<String> {
        let object = self.files[file].object()?;
        let table = self.tables.entry(file).or_insert_with(|| Table::read(object));
        let sections = Sections { line: &table.line, line_str: &table.line_str, str: &table.str };
        if offset < 1 << SECTION_SHIFT
            && let Some(line) = dwarf_line::find(&sections, address(section, offset))
        {
            return Some(format!("{}:{}", String::from_utf8_lossy(&line.path), line.number));
        }
        source_file(object).map(|name| String::from_utf8_lossy(name).into_owned())
    }
}

fn address(section: u32, offset: u64) -> u64 {
    (u64::from(section & 0xff_ffff) << SECTION_SHIFT).wrapping_add(offset)
}

/// The function that byte `offset` of `section` belongs to.
fn function<'a>(object: &Object<'a>, section: u32, offset: u64) -> Option<&'a [u8]> {
    let covers = |symbol: &Sym| {
        let start = symbol.value.get();
        matches!(symbol.kind(), STT_FUNC | STT_GNU_IFUNC) && start <= offset && offset - start < symbol.size.get()
    };
    let found = object.symbols.iter().enumerate().find(|(i, symbol)| {
        covers(symbol) && object.place(*i as u32, symbol).is_ok_and(|place| place == Place::Section(section))
    });
    object.symbol_name(found?.0 as u32).ok()
}

/// What the only STT_FILE symbol says. Several come from `ld -r`, and a Rust compiler names the parts it splits a crate
/// into: neither tells where to look.
fn source_file<'a>(object: &Object<'a>) -> Option<&'a [u8]> {
    let locals = object.symbols.get(..object.first_global as usize)?;
    let mut files = locals.iter().enumerate().filter(|(_, symbol)| symbol.kind() == STT_FILE);
    let (index, _) = files.next()?;
    let name = object.symbol_name(index as u32).ok()?;
    let tells = !name.is_empty() && name.contains(&b'.') && memchr::memmem::find(name, b"-cgu.").is_none();
    (tells && files.next().is_none()).then_some(name)
}

impl Table {
    fn read(object: &Object<'_>) -> Table {
        let mut table = Table::default();
        for section in 1..object.sections.len() as u32 {
            let into = match object.section_name(section) {
                Ok(b".debug_line") => &mut table.line,
                Ok(b".debug_line_str") => &mut table.line_str,
                Ok(b".debug_str") => &mut table.str,
                _ => continue,
            };
            // There may be several line tables, in groups, which are read one after the other.
            if let Some(bytes) = relocated(object, section) {
                into.extend_from_slice(&bytes);
            }
        }
        table
    }
}

/// The bytes of a debug section; `None` when they cannot be had.
fn relocated(object: &Object<'_>, section: u32) -> Option<Vec<u8>> {
    let header = &object.sections[section as usize];
    let bytes = object.section_bytes(section).ok()?;
    let mut out = if header.flags.get() & SHF_COMPRESSED != 0 {
        let compression: &Chdr = view_one(object.bytes, header.offset.get(), "a compression header").ok()?;
        // Deflate makes 1032 bytes of one at best: more is a lie, and would cost memory.
        let limit = (bytes.len() as u64).saturating_mul(1100).min(MAX_TABLE_SIZE);
        let size = Some(compression.size.get()).filter(|size| *size <= limit)?;
        let mut out = vec![0; size as usize];
        inflate_zlib(bytes.get(24..)?, &mut out).ok()?;
        out
    } else {
        bytes.to_vec()
    };
    for r in object.relocations(section).ok()? {
        let width = match r.kind() {
            R_X86_64_64 => 8,
            R_X86_64_32 | R_X86_64_32S => 4,
            _ => continue,
        };
        let Some(symbol) = object.symbols.get(r.symbol() as usize) else { continue };
        let Ok(Place::Section(target)) = object.place(r.symbol(), symbol) else { continue };
        let offset = symbol.value.get().wrapping_add_signed(r.addend());
        let is_loaded = object.sections[target as usize].flags.get() & SHF_ALLOC != 0;
        let value = if is_loaded { address(target, offset) } else { offset };
        let start = usize::try_from(r.offset.get()).ok();
        if let Some(place) = start.and_then(|start| out.get_mut(start..start.checked_add(width)?)) {
            place.copy_from_slice(&value.to_le_bytes()[..width]);
        }
    }
    Some(out)
}
