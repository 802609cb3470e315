//! The debug map: where `dsymutil` and debuggers find the debug information, which stays in the objects.
//!
//! For each object with DWARF that the output has something of: the source it was compiled from (`N_SO`), the object and
//! its time (`N_OSO`), and the symbols that are kept with their addresses: functions between `N_BNSYM` and `N_ENSYM`,
//! variables as `N_GSYM` and `N_STSYM`. It has the form that ld64 writes, object by object in input order, by address in
//! the object. Stabs of an object that has no DWARF (a debug map from `-r`) are passed on with their new addresses.
//! Cost: a touch of every symbol of the objects with debug information, one parallel region; none with `-S`.

use super::definitions::Definition;
use super::files::File;
use super::format::*;
use super::image::Image;
use super::object::{Object, Role};
use super::symbols::class;
use super::symtab::Part;
use crate::base::dwarf_unit::{self, Sections};
use crate::base::ids::{AtomId, FileId};
use crate::base::session::Session;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::UNIX_EPOCH;

/// Where in a part's strings the empty name is.
const EMPTY: u32 = 0;

/// Makes the debug map, in parts that follow each other. `section_of` is the output section of each atom.
pub fn build(image: &Image<'_, '_>, section_of: &[u8], cx: &Session) -> Vec<Part> {
    let _t = cx.time.phase("debug map");
    let context = &image.context;
    if context.args.strip_debug {
        return Vec::new();
    }
    let groups = context.groups(1 << 20);
    let mut parts = cx.par.map(groups.len(), context.weight() / 4, |g| {
        let mut part = Part { symbols: Vec::new(), strings: vec![0] };
        for file in groups[g].clone().map(|f| FileId(f as u32)).filter(|f| context.live.contains(f.idx())) {
            if let Some(object) = context.files[file].object() {
                let mut writer = Writer { image, section_of, file, object, part: &mut part };
                match unit(object) {
                    Some(unit) => writer.read_dwarf(unit),
                    None => writer.read_stabs(),
                }
            }
        }
        part
    });
    parts.push(modules(image, cx));
    parts
}

/// `-add_ast_path`: the Swift modules that a debugger loads.
fn modules(image: &Image<'_, '_>, cx: &Session) -> Part {
    let args = image.context.args;
    let mut part = Part::default();
    for path in &args.ast_paths {
        let time = match std::fs::metadata(path).and_then(|data| data.modified()) {
            Ok(_) if args.reproducible => 0,
            Ok(time) => time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
            Err(error) => {
                cx.diag.warn(format_args!("-add_ast_path: cannot find {}: {error}", Path::new(path).display()));
                continue;
            }
        };
        part.push(path.as_bytes(), N_AST, 0, 0, time);
    }
    part
}

/// What an object was compiled from, as its debug information says.
fn unit<'a>(object: &Object<'a>) -> Option<dwarf_unit::Unit<'a>> {
    let mut sections = Sections::default();
    for (index, section) in object.sections.iter().enumerate().filter(|(i, _)| object.roles[*i] == Role::Debug) {
        let bytes = match section.full_name().1 {
            b"__debug_info" => &mut sections.info,
            b"__debug_abbrev" => &mut sections.abbrev,
            b"__debug_str" => &mut sections.str,
            b"__debug_line_str" => &mut sections.line_str,
            // A section's name has sixteen bytes.
            b"__debug_str_offs" => &mut sections.str_offsets,
            _ => continue,
        };
        *bytes = object.section_bytes(index as u32);
    }
    dwarf_unit::first(&sections)
}

/// Writes the entries of one object.
struct Writer<'w, 'x, 'a> {
    image: &'w Image<'x, 'a>,
    section_of: &'w [u8],
    file: FileId,
    object: &'w Object<'a>,
    part: &'w mut Part,
}

/// A symbol of an object that the output has.
struct Found<'a> {
    name: &'a [u8],
    /// Its atom, and where in it; `None` for a common symbol.
    place: Option<(AtomId, u64)>,
    /// Bytes up to the next symbol.
    size: u64,
    is_code: bool,
    is_external: bool,
}

impl<'a> Writer<'_, '_, 'a> {
    fn read_dwarf(&mut self, unit: dwarf_unit::Unit<'_>) {
        let found = self.found();
        if found.is_empty() {
            return;
        }
        let args = self.image.context.args;
        let file = &self.image.context.files[self.file];
        let source = match unit.name.first() {
            Some(b'/') => unit.name.to_vec(),
            _ => [unit.folder, b"/", unit.name].concat(),
        };
        let name = memchr::memrchr(b'/', &source).map_or(0, |slash| slash + 1);
        let time = if args.reproducible { 0 } else { file.modified };
        self.part.push(&source[..name], N_SO, 0, 0, 0);
        self.part.push(&source[name..], N_SO, 0, 0, 0);
        let path = object_path(file, args.oso_prefix.as_ref().map_or(b"", |prefix| prefix.as_bytes()));
        // The subtype of the processor is where others have a section, and the 1 is said of objects alone.
        self.part.push(&path, N_OSO, self.object.cpu_subtype as u8, 1, time);
        found.iter().for_each(|found| self.symbol(found));
        self.part.push_at(EMPTY, N_SO, 1, 0, 0);
    }

    fn symbol(&mut self, found: &Found<'_>) {
        let place = found.place.map(|(atom, offset)| (self.section_of[atom.idx()] + 1, self.image.place(atom, offset)));
        match place {
            Some((section, address)) if found.is_code => {
                self.part.push_at(EMPTY, N_BNSYM, section, 0, address);
                self.part.push(found.name, N_FUN, section, 0, address);
                self.part.push_at(EMPTY, N_FUN, 0, 0, found.size);
                self.part.push_at(EMPTY, N_ENSYM, section, 0, found.size);
            }
            Some((section, address)) if !found.is_external => {
                self.part.push(found.name, N_STSYM, section, 0, address);
            }
            // Its address is that of the symbol of that name.
            _ => self.part.push(found.name, N_GSYM, 0, 0, 0),
        }
    }

    /// Kept symbols by address in the object; common ones last.
    fn found(&self) -> Vec<Found<'a>> {
        let (context, object) = (&self.image.context, self.object);
        let mut places: Vec<(u32, u64, u32)> = Vec::new();
        let mut commons: Vec<u32> = Vec::new();
        for (index, symbol) in object.symbols.iter().enumerate().filter(|(_, symbol)| !symbol.is_stab()) {
            let index = index as u32;
            match object.symbol_place(index) {
                Some((atom, offset)) if self.is_kept(atom) => places.push((atom, offset, index)),
                None if symbol.class() == N_UNDF && symbol.is_external() && self.is_common(index) => {
                    commons.push(index)
                }
                _ => {}
            }
        }
        places.sort_unstable();
        let mut found = Vec::with_capacity(places.len() + commons.len());
        // From the last to the first: where what follows begins, of those that begin together.
        let (mut here, mut end) = ((u32::MAX, 0), None);
        for &(atom, offset, index) in places.iter().rev() {
            if here != (atom, offset) {
                end = (here.0 == atom).then_some(here.1);
                here = (atom, offset);
            }
            let id = context.interned.id(self.file, index);
            let is_winner = id.is_none_or(|id| {
                let winner = context.definitions.winners[id.idx()];
                (winner.file(), winner.index()) == (self.file, index)
            });
            let Some(name) = self.name(index).filter(|_| is_winner) else { continue };
            let piece = &object.atoms[atom as usize];
            found.push(Found {
                name,
                place: Some((context.atoms.id(self.file, atom), offset)),
                size: end.unwrap_or(piece.size).saturating_sub(offset),
                is_code: is_code(&object.sections[piece.section as usize]),
                is_external: id.is_some_and(|id| !context.becomes_local(id)),
            });
        }
        found.reverse();
        let commons = commons.into_iter().filter_map(|index| self.name(index));
        found.extend(commons.map(|name| Found { name, place: None, size: 0, is_code: false, is_external: true }));
        found
    }

    fn is_kept(&self, atom: u32) -> bool {
        let section = self.object.atoms[atom as usize].section as usize;
        let atoms = &self.image.context.atoms;
        self.object.roles[section] == Role::Regular && atoms.kept.contains(atoms.id(self.file, atom).idx())
    }

    /// Whether the linker made room for tentative definition `index`, for the sake of this file.
    fn is_common(&self, index: u32) -> bool {
        let context = &self.image.context;
        context.interned.id(self.file, index).is_some_and(|id| {
            let winner = context.definitions.winners[id.idx()];
            (winner.class(), winner.file(), winner.index()) == (class::COMMON, self.file, index)
                && context.is_kept(context.definitions.place(id))
        })
    }

    /// The name of symbol `index` unless it is the assembler's alone.
    fn name(&self, index: u32) -> Option<&'a [u8]> {
        self.object.symbol_name(index).ok().filter(|name| !matches!(name.first(), None | Some(b'l' | b'L')))
    }

    /// Passes on the entries that the object has.
    fn read_stabs(&mut self) {
        // Between a start that is dropped and its end: the kind of entry that ends it.
        let mut dropped_until = None;
        for (index, stab) in self.object.symbols.iter().enumerate().filter(|(_, symbol)| symbol.is_stab()) {
            let Ok(name) = self.object.symbol_name(index as u32) else { continue };
            let is_end = stab.kind == N_ENSYM || stab.kind == N_FUN && name.is_empty();
            if let Some(end) = dropped_until {
                if is_end && stab.kind == end {
                    dropped_until = None;
                }
                continue;
            }
            let place = match stab.kind {
                _ if is_end => None,
                N_FUN | N_STSYM | N_BNSYM | N_LCSYM | N_SLINE | N_LBRAC | N_RBRAC => match self.moved(stab) {
                    Some(place) => Some(place),
                    None => {
                        dropped_until = match stab.kind {
                            N_BNSYM => Some(N_ENSYM),
                            N_FUN => Some(N_FUN),
                            _ => None,
                        };
                        continue;
                    }
                },
                N_GSYM if !self.is_defined(name) => continue,
                _ => None,
            };
            let (section, value) = place.unwrap_or((stab.section, stab.value.get()));
            match name.is_empty() {
                true => self.part.push_at(EMPTY, stab.kind, section, stab.description.get(), value),
                false => self.part.push(name, stab.kind, section, stab.description.get(), value),
            }
        }
    }

    /// The section and address of what an entry describes; `None` if the output does not have it.
    fn moved(&self, stab: &Nlist) -> Option<(u8, u64)> {
        let index = (stab.section as usize).checked_sub(1)?;
        let offset = stab.value.get().checked_sub(self.object.sections.get(index)?.address.get())?;
        let (atom, offset) = self.object.atom_at(index as u32, offset)?;
        let atom = self.is_kept(atom).then(|| self.image.context.atoms.id(self.file, atom))?;
        Some((self.section_of[atom.idx()] + 1, self.image.place(atom, offset)))
    }

    /// Whether the output defines a name.
    fn is_defined(&self, name: &[u8]) -> bool {
        let context = &self.image.context;
        let place = context.interned.names.find(name).map(|id| context.definitions.place(id));
        place.is_some_and(|place| !matches!(place, Definition::Import(_)) && context.is_kept(place))
    }
}

fn is_code(section: &Section) -> bool {
    section.flags.get() & (S_ATTR_PURE_INSTRUCTIONS | S_ATTR_SOME_INSTRUCTIONS) != 0
}

/// The absolute path of an object, or of its archive with the member in parentheses, without the prefix that is cut off.
fn object_path(file: &File<'_>, prefix: &[u8]) -> Vec<u8> {
    let absolute = std::path::absolute(file.path).unwrap_or_else(|_| file.path.to_owned());
    let path = absolute.as_os_str().as_bytes();
    let mut path = path.strip_prefix(prefix).unwrap_or(path).to_vec();
    if let Some(member) = file.member {
        path.extend_from_slice(b"(");
        path.extend_from_slice(member);
        path.extend_from_slice(b")");
    }
    path
}
