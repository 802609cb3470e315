//! Unwind tables of the object: `__compact_unwind` and `__eh_frame`, in the form that compilers give them.
//!
//! `read` splits the tables of every object and keeps the records of kept functions; `write` makes the sections when all
//! has its place. A compact record refers to its function and data by section and address, to its personality routine by
//! name. In `__eh_frame` CIEs are not shared between inputs, as the final link does that; a pointer stays a difference to
//! a symbol that its object named, or becomes a number where no symbol was named.
//! Cost: each record once, in parallel by object; written by one thread, 32 bytes a function.

use super::super::compact_unwind::{self, RawEntry, RelTarget};
use super::super::definitions::Definition;
use super::super::eh_frame::{Frames, Pointer};
use super::super::format::*;
use super::super::image::Image;
use super::super::object::{Object, Role};
use super::super::relocs::{Context, Target};
use super::super::sections::Chunk;
use super::super::unwind::{frames_in, own_target, target};
use super::placed;
use super::symbols::Table;
use crate::base::diag::Reported;
use crate::base::ids::{AtomId, FileId, NONE};
use crate::base::session::Session;
use crate::base::view::Malformed;
use zerocopy::IntoBytes;

/// What is kept of the tables of all objects.
#[derive(Debug, Default)]
pub struct Tables {
    files: Vec<FileTables>,
    /// Bytes of `__compact_unwind`.
    pub compact_size: u64,
    /// Bytes of `__eh_frame`.
    pub frame_size: u64,
}

/// What is kept of one object's.
#[derive(Debug, Default)]
pub struct FileTables {
    /// Records, each with its function's place.
    entries: Vec<(RawEntry, AtomId, u64)>,
    frames: Vec<FrameTable>,
}

/// What is kept of one `__eh_frame`.
#[derive(Debug)]
struct FrameTable {
    section: u32,
    frames: Frames,
    /// By CIE: where in the output section it is, or [`NONE`].
    cies: Vec<u32>,
    /// FDEs that are kept: number, and where in the output section.
    fdes: Vec<(u32, u32)>,
}

impl Tables {
    /// Those of `file`.
    pub fn of(&self, file: FileId) -> &FileTables {
        &self.files[file.idx()]
    }
}

impl FileTables {
    /// Calls `f` for each symbol that the kept records name.
    pub fn each_symbol(&self, mut f: impl FnMut(u32)) {
        let mut mark = |target: RelTarget| {
            if target.external {
                f(target.symbol_or_section);
            }
        };
        for (raw, ..) in &self.entries {
            raw.personality.into_iter().chain(raw.lsda).for_each(&mut mark);
        }
        for table in &self.frames {
            let used = table.frames.cies.iter().zip(&table.cies).filter(|(_, at)| **at != NONE);
            used.filter_map(|(cie, _)| cie.personality).for_each(|p| mark(p.target));
            for (number, _) in &table.fdes {
                let fde = &table.frames.fdes[*number as usize];
                std::iter::once(fde.function).chain(fde.lsda).for_each(|p| mark(p.target));
            }
        }
    }
}

/// Reads the tables of all objects that are in, and gives what is kept its place.
pub fn read(context: &Context<'_, '_>, cx: &Session) -> Result<Tables, Reported> {
    let _t = cx.time.phase("parse unwind tables");
    let groups = context.groups(1 << 20);
    let found = cx.par.map(groups.len(), context.weight() / 8, |g| {
        let of_file = |file: FileId| {
            let object = context.files[file].object().filter(|_| context.live.contains(file.idx()))?;
            of_object(context, file, object).map_err(|error| context.files.malformed(file, &error, cx)).ok()
        };
        groups[g].clone().map(|f| of_file(FileId(f as u32)).unwrap_or_default()).collect::<Vec<_>>()
    });
    cx.diag.checkpoint()?;
    let mut tables = Tables { files: found.into_iter().flatten().collect(), ..Tables::default() };
    for file in &mut tables.files {
        tables.compact_size += (file.entries.len() * size_of::<CompactUnwind>()) as u64;
        for table in &mut file.frames {
            tables.frame_size = table.assign(tables.frame_size);
        }
    }
    if tables.frame_size > i32::MAX as u64 {
        return Err(cx.diag.fail(format_args!("__eh_frame has {} bytes, more than 2 GiB", tables.frame_size)));
    }
    Ok(tables)
}

impl FrameTable {
    /// Gives the records their places from `at` on; returns where they end.
    fn assign(&mut self, mut at: u64) -> u64 {
        // Both kinds are in order; a CIE comes before the FDEs that point back to it.
        let mut next = self.fdes.iter_mut().peekable();
        for (number, cie) in self.frames.cies.iter().enumerate() {
            if self.cies[number] != NONE {
                self.cies[number] = at as u32;
                at += u64::from(cie.size);
            }
            let end = self.frames.cies.get(number + 1).map_or(u32::MAX, |next| next.offset);
            while let Some((fde, place)) = next.next_if(|(fde, _)| self.frames.fdes[*fde as usize].offset < end) {
                *place = at as u32;
                at += u64::from(self.frames.fdes[*fde as usize].size);
            }
        }
        at
    }
}

fn of_object(context: &Context<'_, '_>, file: FileId, object: &Object<'_>) -> Result<FileTables, Malformed> {
    let mut tables = FileTables::default();
    let is_kept = |atom: AtomId| context.atoms.kept.contains(atom.idx());
    for index in 0..object.sections.len() as u32 {
        let start = object.sections[index as usize].offset.get().into();
        match object.roles[index as usize] {
            Role::CompactUnwind => {
                let list = object.relocations[index as usize];
                for raw in compact_unwind::split(object.section_bytes(index), list, start)? {
                    let about = own_target(context, file, object, raw.function);
                    let (atom, offset) = match about {
                        Ok(Target::Atom(atom, offset)) if offset <= context.atoms.size(context.files, atom) => {
                            (atom, offset)
                        }
                        _ => return Err(Malformed::new(start, "an entry of __compact_unwind is about no function")),
                    };
                    if is_kept(atom) {
                        tables.entries.push((raw, atom, offset));
                    }
                }
            }
            Role::EhFrame => {
                let frames = frames_in(object, index)?;
                let (mut cies, mut fdes) = (vec![NONE; frames.cies.len()], Vec::new());
                for (number, fde) in frames.fdes.iter().enumerate() {
                    // One whose function was dropped by the compiler's assembler points nowhere; it describes nothing.
                    let about = own_target(context, file, object, fde.function.target);
                    if matches!(about, Ok(Target::Atom(atom, _)) if is_kept(atom)) {
                        cies[fde.cie as usize] = 0;
                        fdes.push((number as u32, 0));
                    }
                }
                tables.frames.push(FrameTable { section: index, frames, cies, fdes });
            }
            _ => {}
        }
    }
    let mut all_there = true;
    tables.each_symbol(|symbol| all_there &= (symbol as usize) < object.symbols.len());
    if !all_there {
        return Err(Malformed::new(0, "an unwind table names a symbol that is not there"));
    }
    Ok(tables)
}

/// A section that the linker makes.
#[derive(Debug)]
pub struct Made {
    /// Which one.
    pub chunk: Chunk,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its relocations, in descending order of address.
    pub relocations: Vec<Relocation>,
}

/// Makes the sections.
pub fn write(
    image: &Image<'_, '_>,
    section_of: &[u8],
    (tables, table): (&Tables, &Table),
    cx: &Session,
) -> Result<Vec<Made>, Reported> {
    let _t = cx.time.phase("write unwind tables");
    let writer = Writer { image, section_of, table };
    let mut compact = Made { chunk: Chunk::CompactUnwind, bytes: Vec::new(), relocations: Vec::new() };
    let mut frames =
        Made { chunk: Chunk::EhFrame, bytes: vec![0; tables.frame_size as usize], relocations: Vec::new() };
    for (file, object) in image.context.objects() {
        let of_file = tables.of(file);
        let entries = of_file.entries.iter().try_for_each(|entry| writer.entry(file, object, entry, &mut compact));
        let result = entries
            .and_then(|()| of_file.frames.iter().try_for_each(|table| writer.frames(file, object, table, &mut frames)));
        if let Err(error) = result {
            image.context.files.malformed(file, &error, cx);
        }
    }
    cx.diag.checkpoint()?;
    compact.relocations.reverse();
    frames.relocations.reverse();
    Ok(vec![compact, frames])
}

struct Writer<'w, 'x, 'a> {
    image: &'w Image<'x, 'a>,
    section_of: &'w [u8],
    table: &'w Table,
}

impl<'a> Writer<'_, '_, 'a> {
    /// Appends a record of `__compact_unwind`, with relocations in ascending order.
    fn entry(
        &self,
        file: FileId,
        object: &Object<'a>,
        (raw, atom, offset): &(RawEntry, AtomId, u64),
        made: &mut Made,
    ) -> Result<(), Malformed> {
        let at = made.bytes.len() as u32;
        let function = placed(self.image, *atom, *offset);
        made.relocations.push(self.by_section(at, *atom));
        let mut pointer = |field: u32, to: Option<RelTarget>, by_name: bool| -> Result<u64, Malformed> {
            let Some(to) = to else { return Ok(0) };
            let found = target(&self.image.context, file, object, to)?;
            let definition = self.image.context.definition(found);
            let is_here = matches!(definition, Definition::Atom(..)) && self.image.context.is_kept(definition);
            let (value, relocation) = match (found, definition) {
                (Target::Symbol(id), _) if by_name || !is_here => match self.table.number_of(id) {
                    NONE => return Err(dropped()),
                    symbol => (to.addend, Relocation::new(at + field, ARM64_RELOC_UNSIGNED, symbol, 3, true)),
                },
                (_, Definition::Atom(atom, offset)) if is_here => {
                    (placed(self.image, atom, offset), self.by_section(at + field, atom))
                }
                _ => return Err(dropped()),
            };
            made.relocations.push(relocation);
            Ok(value)
        };
        let personality = pointer(16, raw.personality, true)?;
        let lsda = pointer(24, raw.lsda, false)?;
        let entry = CompactUnwind {
            function: function.into(),
            length: raw.length.into(),
            encoding: raw.encoding.into(),
            personality: personality.into(),
            lsda: lsda.into(),
        };
        made.bytes.extend_from_slice(entry.as_bytes());
        Ok(())
    }

    /// A pointer of eight bytes to an atom's section.
    fn by_section(&self, at: u32, atom: AtomId) -> Relocation {
        let canonical = self.image.context.atoms.canonical(atom);
        let section = u32::from(self.section_of[canonical.idx()]) + 1;
        Relocation::new(at, ARM64_RELOC_UNSIGNED, section, 3, false)
    }

    /// Writes the kept records of an `__eh_frame`, and appends their relocations.
    fn frames(&self, file: FileId, object: &Object<'a>, table: &FrameTable, made: &mut Made) -> Result<(), Malformed> {
        let source = object.section_bytes(table.section);
        let mut fdes = table.fdes.iter().peekable();
        for (number, cie) in table.frames.cies.iter().enumerate() {
            if table.cies[number] != NONE {
                let to = table.cies[number];
                copy(source, (cie.offset, to, cie.size), &mut made.bytes);
                if let Some(personality) = cie.personality {
                    self.pointer((file, object), &personality, personality.offset - cie.offset + to, made)?;
                }
            }
            let end = table.frames.cies.get(number + 1).map_or(u32::MAX, |next| next.offset);
            while let Some((fde, to)) = fdes.next_if(|(fde, _)| table.frames.fdes[*fde as usize].offset < end) {
                let fde = &table.frames.fdes[*fde as usize];
                copy(source, (fde.offset, *to, fde.size), &mut made.bytes);
                let field = to + fde.cie_field;
                put(&mut made.bytes, field, 4, (field - table.cies[fde.cie as usize]).into());
                for pointer in std::iter::once(fde.function).chain(fde.lsda) {
                    self.pointer((file, object), &pointer, pointer.offset - fde.offset + to, made)?;
                }
            }
        }
        Ok(())
    }

    /// Writes a pointer that is now at `at`.
    fn pointer(
        &self,
        (file, object): (FileId, &Object<'a>),
        pointer: &Pointer,
        at: u32,
        made: &mut Made,
    ) -> Result<(), Malformed> {
        let length = u32::from(pointer.size).trailing_zeros();
        let to = pointer.target;
        if !to.external {
            // Both ends are in this object, and what reads it finds the other one by its address.
            let Target::Atom(atom, offset) = target(&self.image.context, file, object, to)? else {
                return Err(dropped());
            };
            let place = self.image.layout.chunk_address(Chunk::EhFrame) + u64::from(at);
            put(&mut made.bytes, at, pointer.size, placed(self.image, atom, offset).wrapping_sub(place));
            return Ok(());
        }
        let symbol = self.table.number(&self.image.context, file, to.symbol_or_section);
        if symbol == NONE {
            return Err(dropped());
        }
        if pointer.got {
            made.relocations.push(Relocation::new(at, ARM64_RELOC_POINTER_TO_GOT, symbol, length, true));
            return Ok(());
        }
        // The list is turned round in the end: what is subtracted comes first then.
        made.relocations.push(Relocation::new(at, ARM64_RELOC_UNSIGNED, symbol, length, true));
        made.relocations.push(Relocation::new(at, ARM64_RELOC_SUBTRACTOR, self.table.frame_symbol, length, true));
        put(&mut made.bytes, at, pointer.size, to.addend.wrapping_sub(at.into()));
        Ok(())
    }
}

#[cold]
fn dropped() -> Malformed {
    Malformed::new(0, "an unwind table points to what the output does not have")
}

/// Copies `size` bytes.
fn copy(source: &[u8], (from, to, size): (u32, u32, u32), out: &mut [u8]) {
    let (from, to, size) = (from as usize, to as usize, size as usize);
    out[to..to + size].copy_from_slice(&source[from..from + size]);
}

/// Writes the `size` lowest bytes of `value`.
fn put(out: &mut [u8], at: u32, size: u8, value: u64) {
    let (at, size) = (at as usize, usize::from(size));
    out[at..at + size].copy_from_slice(&value.to_le_bytes()[..size]);
}
