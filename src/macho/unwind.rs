//! Unwind tables of the objects: which function has which frame, and what of it the output needs.
//!
//! `parse` reads `__LD,__compact_unwind` of every object, and `__TEXT,__eh_frame` for the functions that compact unwind
//! cannot describe; a function that is kept keeps its language-specific data and its personality routine. `frames` places
//! the FDEs that stay, `plan` turns the records of kept functions into rows of `__unwind_info`, sorted by address.
//! Cost: 32 bytes a function read once, in parallel; one sort.

use super::chunks::eh_frame::{self as frame_chunk, Chosen};
use super::chunks::unwind_info::{self, Entry, Plan, Refused};
use super::compact_unwind::{self, RelTarget};
use super::definitions::Definition;
use super::eh_frame::{self, Frames, Pointer};
use super::format::{N_SECT, S_ATTR_PURE_INSTRUCTIONS};
use super::image::Image;
use super::object::{Object, Role};
use super::relocs::{Context, Needs, Target, need};
use crate::base::diag::Reported;
use crate::base::ids::{AtomId, FileId, NONE};
use crate::base::session::Session;
use crate::base::view::Malformed;
use std::collections::HashMap;
use std::ops::Range;

/// One function's frame.
#[derive(Debug, Clone, Copy)]
pub struct Record {
    /// The atom that holds the function.
    pub atom: AtomId,
    /// Where in it the function begins.
    pub offset: u64,
    /// Bytes of code.
    pub length: u32,
    /// How to undo the frame.
    pub encoding: u32,
    /// The routine that reads the LSDA.
    pub personality: Option<Target>,
    /// The language-specific data.
    pub lsda: Option<Target>,
    /// Its FDE, if compact unwind does not do or both are wanted (`-keep_dwarf_unwind`): index into [`Records`]' tables,
    /// and of the FDE there.
    fde: Option<(u32, u32)>,
}

/// All records.
#[derive(Debug, Default)]
pub struct Records {
    /// By group of files: sorted by atom, and by offset in it.
    parts: Vec<Vec<Record>>,
    /// The first atom of each group.
    starts: Vec<AtomId>,
    /// `__eh_frame` of the objects of which an FDE is needed.
    tables: Vec<(FileId, u32, Frames)>,
}

impl Records {
    /// Whether a function that is kept has one.
    pub fn any_kept(&self, context: &Context<'_, '_>) -> bool {
        self.kept(context).any(|r| r.length > 0)
    }

    /// The records of an atom.
    pub fn of(&self, atom: AtomId) -> &[Record] {
        let Some(part) = self.starts.partition_point(|start| *start <= atom).checked_sub(1) else { return &[] };
        let list = &self.parts[part];
        let first = list.partition_point(|r| r.atom < atom);
        let count = list[first..].partition_point(|r| r.atom == atom);
        &list[first..first + count]
    }

    /// The records of functions that are kept, sorted by atom.
    fn kept<'r>(&'r self, context: &Context<'r, '_>) -> impl Iterator<Item = &'r Record> {
        let atoms = context.atoms;
        self.parts.iter().flatten().filter(|r| atoms.kept.contains(r.atom.idx()))
    }
}

/// Bytes of objects that one job reads.
const GROUP: u64 = 1 << 20;

/// What is found in a group of files.
#[derive(Default)]
struct Found {
    list: Vec<Record>,
    tables: Vec<(FileId, u32, Frames)>,
}

/// Reads the tables of all objects that are in.
pub fn parse(context: &Context<'_, '_>, cx: &Session) -> Result<Records, Reported> {
    let _t = cx.time.phase("parse unwind tables");
    let groups = context.groups(GROUP);
    let found = cx.par.map(groups.len(), context.weight() / 8, |g| {
        let mut found = Found::default();
        for file in groups[g].clone().map(|f| FileId(f as u32)).filter(|f| context.live.contains(f.idx())) {
            let Some(object) = context.files[file].object() else { continue };
            if let Err(error) = of_object(context, file, object, &mut found) {
                context.files.malformed(file, &error, cx);
            }
        }
        found.list.sort_by_key(|r| (r.atom, r.offset));
        found
    });
    cx.diag.checkpoint()?;
    let mut records = Records::default();
    for (group, mut part) in groups.iter().zip(found) {
        let base = records.tables.len() as u32;
        if base > 0 {
            part.list.iter_mut().filter_map(|r| r.fde.as_mut()).for_each(|(table, _)| *table += base);
        }
        records.parts.push(part.list);
        records.starts.push(AtomId(context.atoms.of(FileId(group.start as u32)).start));
        records.tables.append(&mut part.tables);
    }
    Ok(records)
}

fn of_object(context: &Context<'_, '_>, file: FileId, object: &Object<'_>, found: &mut Found) -> Result<(), Malformed> {
    let first = found.list.len();
    for index in (0..object.sections.len()).filter(|i| object.roles[*i] == Role::CompactUnwind) {
        let start = object.sections[index].offset.get();
        let bytes = object.section_bytes(index as u32);
        for raw in compact_unwind::split(bytes, object.relocations[index], start.into())? {
            let place = match target(context, file, object, raw.function)? {
                // The record is about this file's function, whichever of its name was chosen.
                Target::Symbol(_) if raw.function.external => object
                    .symbol_place(raw.function.symbol_or_section)
                    .map(|(atom, offset)| (context.atoms.id(file, atom), offset.wrapping_add(raw.function.addend))),
                Target::Atom(atom, offset) => Some((atom, offset)),
                _ => None,
            };
            let is_inside = |(atom, offset): &(AtomId, u64)| {
                let (_, index) = context.atoms.local(*atom);
                *offset <= object.atoms[index as usize].size
            };
            let Some((atom, offset)) = place.filter(is_inside) else {
                return Err(Malformed::new(start.into(), "an entry of __compact_unwind is about no function"));
            };
            let of = |t: Option<RelTarget>| t.map(|t| target(context, file, object, t)).transpose();
            let (personality, lsda) = (of(raw.personality)?, of(raw.lsda)?);
            let (length, encoding) = (raw.length, raw.encoding);
            found.list.push(Record { atom, offset, length, encoding, personality, lsda, fde: None });
        }
    }
    frames_of_object(context, file, object, first, found)
}

/// Adds the FDEs of an object for functions whose compact record (from `first` on) is missing or sends to them.
fn frames_of_object(
    context: &Context<'_, '_>,
    file: FileId,
    object: &Object<'_>,
    first: usize,
    found: &mut Found,
) -> Result<(), Malformed> {
    for index in (0..object.sections.len()).filter(|i| object.roles[*i] == Role::EhFrame) {
        let header = &object.sections[index];
        let frames = frames_in(object, index as u32)?;
        let compact: HashMap<(AtomId, u64), usize> =
            found.list[first..].iter().enumerate().map(|(i, r)| ((r.atom, r.offset), first + i)).collect();
        let table = found.tables.len() as u32;
        for (number, fde) in frames.fdes.iter().enumerate() {
            // One whose function was dropped by the compiler's assembler points nowhere; it describes nothing.
            let Ok(Target::Atom(atom, offset)) = own_target(context, file, object, fde.function.target) else {
                continue;
            };
            let (_, local) = context.atoms.local(atom);
            if offset > object.atoms[local as usize].size {
                return Err(Malformed::new(header.offset.get().into(), "an FDE is about no function"));
            }
            let known = compact.get(&(atom, offset)).copied();
            if !unwind_info::ARM64.needs_fde(known.map(|i| found.list[i].encoding)) {
                if let (Some(known), Some(true)) = (known, context.args.keep_dwarf_unwind) {
                    found.list[known].fde = Some((table, number as u32));
                }
                continue;
            }
            let of = |p: Option<Pointer>| p.map(|p| target(context, file, object, p.target)).transpose();
            let record = Record {
                atom,
                offset,
                length: fde.length as u32,
                encoding: unwind_info::ARM64.fde(0),
                personality: of(frames.cies[fde.cie as usize].personality)?,
                lsda: of(fde.lsda)?,
                fde: Some((table, number as u32)),
            };
            match known {
                Some(known) => found.list[known] = record,
                None => found.list.push(record),
            }
        }
        found.tables.push((file, index as u32, frames));
    }
    Ok(())
}

/// Splits the `__eh_frame` that is section `index` of an object.
pub fn frames_in(object: &Object<'_>, index: u32) -> Result<Frames, Malformed> {
    let header = &object.sections[index as usize];
    let section = eh_frame::Section {
        bytes: object.section_bytes(index),
        address: header.address.get(),
        relocations: object.relocations[index as usize],
        start: header.offset.get().into(),
        kinds: eh_frame::ARM64,
    };
    let address_of = |symbol: u32| {
        let in_section = object.symbol_atoms.get(symbol as usize).is_some_and(|atom| *atom != NONE);
        // A label of `__eh_frame` itself has no atom, and an address all the same.
        let symbol = object.symbols.get(symbol as usize)?;
        (in_section || symbol.class() == N_SECT).then(|| symbol.value.get())
    };
    eh_frame::parse(&section, address_of)
}

/// What a pointer of an unwind table points to in its own object, whichever definition of the name was chosen.
pub fn own_target(
    context: &Context<'_, '_>,
    file: FileId,
    object: &Object<'_>,
    to: RelTarget,
) -> Result<Target, Malformed> {
    if to.external && (to.symbol_or_section as usize) < object.symbols.len() {
        let place = object.symbol_place(to.symbol_or_section);
        let place = place.map(|(atom, offset)| (context.atoms.id(file, atom), offset.wrapping_add(to.addend)));
        return place.map(|(atom, offset)| Target::Atom(atom, offset)).ok_or_else(|| Malformed::new(0, "no function"));
    }
    target(context, file, object, to)
}

/// What a pointer of an unwind table points to.
pub fn target(
    context: &Context<'_, '_>,
    file: FileId,
    object: &Object<'_>,
    target: RelTarget,
) -> Result<Target, Malformed> {
    let bad = || Malformed::new(0, "an unwind table points to nothing");
    if target.external {
        if target.symbol_or_section as usize >= object.symbols.len() {
            return Err(bad());
        }
        return Ok(match context.symbol(file, object, target.symbol_or_section) {
            Target::Atom(atom, offset) => Target::Atom(atom, offset.wrapping_add(target.addend)),
            other => other,
        });
    }
    let found = match (target.symbol_or_section as usize).checked_sub(1) {
        Some(index) if index < object.sections.len() => {
            let offset = target.addend.checked_sub(object.sections[index].address.get());
            offset.and_then(|offset| object.atom_at(index as u32, offset))
        }
        _ => object.atom_at_address(target.addend),
    };
    let (atom, offset) = found.ok_or_else(bad)?;
    Ok(Target::Atom(context.atoms.id(file, atom), offset))
}

/// Asks for a GOT slot for each personality routine of the functions that are kept.
pub fn need_personalities(context: &Context<'_, '_>, records: &Records, needs: &mut Needs) {
    let mut last = None;
    for record in records.kept(context) {
        let Some(personality) = record.personality.filter(|p| Some(*p) != last) else { continue };
        last = Some(personality);
        match (personality, context.definition(personality)) {
            (Target::Symbol(id), _) if context.definitions.needs_binding(id) => needs.symbols[id.idx()] |= need::GOT,
            (Target::Symbol(id), Definition::Undefined) => {
                needs.undefined.push((id, record.atom, record.offset as u32));
            }
            (_, Definition::Atom(atom, offset)) => needs.local_got.push((atom, offset)),
            _ => {}
        }
    }
    needs.local_got.sort_unstable();
    needs.local_got.dedup();
}

/// `__eh_frame` of the output: which FDEs of which object it has, and where.
#[derive(Debug, Default)]
pub struct KeptFrames {
    /// Index of the object's table, and its FDEs.
    files: Vec<(u32, Vec<u32>)>,
    plan: frame_chunk::Plan,
    /// By table and FDE: offset in the output section.
    offsets: HashMap<(u32, u32), u32>,
}

impl KeptFrames {
    /// Bytes of the section.
    pub fn size(&self) -> u64 {
        self.plan.size.into()
    }

    fn chosen<'r>(&'r self, context: &Context<'r, '_>, records: &'r Records) -> Vec<Chosen<'r>> {
        let one = |(table, fdes): &'r (u32, Vec<u32>)| {
            let (file, section, frames) = &records.tables[*table as usize];
            let object = context.files[*file].object().expect("only objects have frames");
            Chosen { bytes: object.section_bytes(*section), frames, fdes }
        };
        self.files.iter().map(one).collect()
    }
}

/// Tells of functions that compact unwind cannot describe (`-warn_compact_unwind`).
fn only_dwarf(context: &Context<'_, '_>, records: &Records, cx: &Session) {
    for record in records.kept(context).filter(|r| unwind_info::ARM64.is_fde(r.encoding)) {
        let name = context.spoken(context.atom_symbol(record.atom, record.offset));
        let file = &context.files[context.atoms.local(record.atom).0];
        let text = format_args!("could not create compact unwind for {name} in {file}: only DWARF describes its frame");
        cx.diag.warn_at(record.atom.0.into(), text);
    }
}

/// Places the FDEs of kept functions.
pub fn frames(context: &Context<'_, '_>, records: &Records, cx: &Session) -> Result<KeptFrames, Reported> {
    let mut kept = KeptFrames::default();
    let mut chosen: Vec<(u32, u32)> = match records.tables.is_empty() {
        true => Vec::new(),
        false => records.kept(context).filter_map(|r| r.fde).collect(),
    };
    chosen.sort_unstable();
    if context.args.warn_compact_unwind {
        only_dwarf(context, records, cx);
    }
    for (table, fde) in chosen {
        match kept.files.last_mut() {
            Some((last, fdes)) if *last == table => fdes.push(fde),
            _ => kept.files.push((table, vec![fde])),
        }
    }
    // Equal routines have equal numbers, and equal CIEs are one.
    let mut routines: Vec<Definition> = Vec::new();
    let numbers = std::cell::RefCell::new(&mut routines);
    let number = |file: usize, pointer: &Pointer| {
        let (file, _, _) = &records.tables[kept.files[file].0 as usize];
        let object = context.files[*file].object().expect("only objects have frames");
        let Ok(target) = target(context, *file, object, pointer.target) else { return u64::MAX };
        if let Target::Symbol(id) = target {
            return u64::from(id.0);
        }
        let definition = context.definition(target);
        let mut routines = numbers.borrow_mut();
        let known = routines.iter().position(|r| *r == definition).unwrap_or_else(|| {
            routines.push(definition);
            routines.len() - 1
        });
        1 << 32 | known as u64
    };
    let plan = frame_chunk::plan(&kept.chosen(context, records), number);
    kept.plan = plan.map_err(|error| cx.diag.fail(error))?;
    for ((table, fdes), places) in kept.files.iter().zip(&kept.plan.files) {
        kept.offsets.extend(fdes.iter().zip(&places.offsets).map(|(fde, at)| ((*table, *fde), *at)));
    }
    Ok(kept)
}

/// The bytes of `__eh_frame`.
pub fn write_frames(
    image: &Image<'_, '_>,
    records: &Records,
    kept: &KeptFrames,
    cx: &Session,
) -> Result<Vec<u8>, Reported> {
    let context = &image.context;
    let resolve = |file: usize, pointer: &Pointer| {
        let (file, _, _) = &records.tables[kept.files[file].0 as usize];
        let object = context.files[*file].object().expect("only objects have frames");
        let of = if pointer.got { target } else { own_target };
        let found = of(context, *file, object, pointer.target).ok();
        let address = found.and_then(|t| if pointer.got { image.got_of(t) } else { image.address(t) });
        address.unwrap_or(image.layout.base)
    };
    let address = image.layout.chunk_address(super::sections::Chunk::EhFrame);
    frame_chunk::write(&kept.plan, &kept.chosen(context, records), address, resolve).map_err(|e| cx.diag.fail(e))
}

/// The plan of `__unwind_info`, and the personality routines that its entries number.
#[derive(Debug, Default)]
pub struct Unwind {
    /// Rows and pages.
    pub plan: Plan,
    /// By the entries' numbers.
    pub personalities: Vec<Target>,
    /// Whether all code had its address.
    pub complete: bool,
}

/// Plans `__unwind_info` of the kept functions. `addresses` are final for all code.
pub fn plan(
    context: &Context<'_, '_>,
    (records, frames): (&Records, &KeptFrames),
    addresses: &[u64],
    base: u64,
    cx: &Session,
) -> Result<Unwind, Reported> {
    let mut unwind = Unwind { complete: true, ..Unwind::default() };
    let groups = context.groups(GROUP);
    let count: usize = records.parts.iter().map(Vec::len).sum();
    let mut parts = cx.par.map(records.parts.len(), (count * size_of::<Record>()) as u64, |g| {
        let mut rows = rows(context, &records.parts[g], frames, addresses);
        undescribed(context, groups[g].clone(), &records.parts[g], addresses, &mut rows.list);
        rows.list.sort_by_key(|row| row.entry.function);
        rows
    });
    for part in &mut parts {
        unwind.complete &= part.complete;
        let number = |target: &Target| number(context, *target, &mut unwind.personalities);
        let numbers: Vec<u32> = part.personalities.iter().map(number).collect();
        if numbers.iter().copied().ne(0..numbers.len() as u32) {
            let personalities = part.list.iter_mut().filter_map(|row| row.entry.personality.as_mut());
            personalities.for_each(|personality| *personality = numbers[*personality as usize]);
        }
    }
    let rows = parts.iter().flat_map(|part| &part.list);
    // Without an order file they are in order as they are.
    let is_ascending = rows.clone().is_sorted_by(|a, b| a.entry.function < b.entry.function);
    let mut sorted: Vec<Row> = Vec::new();
    if !is_ascending {
        sorted.extend(rows.clone().copied());
        sorted.sort_by_key(|row| (row.entry.function, !row.described));
        // Of two records about one function the first counts.
        sorted.dedup_by_key(|row| row.entry.function);
    }
    let planned = match is_ascending {
        true => unwind_info::plan(rows.clone().map(|row| &row.entry), base, unwind_info::ARM64),
        false => unwind_info::plan(sorted.iter().map(|row| &row.entry), base, unwind_info::ARM64),
    };
    let name = |entry: usize| {
        let row = if is_ascending { rows.clone().nth(entry) } else { sorted.get(entry) };
        row.map_or(String::new(), |row| context.atom_name(row.atom))
    };
    unwind.plan = planned.map_err(|refused| match refused {
        Refused::FourthPersonality { entry, personality } => cx.diag.fail(format_args!(
            "too many personality routines: {} needs {}, and an image can have three",
            name(entry),
            context.target_name(unwind.personalities[personality as usize]),
        )),
        Refused::OutOfRange { entry } => {
            let name = name(entry);
            cx.diag.fail(format_args!("{name} lies more than 4 GiB from the image's beginning: it cannot be unwound"))
        }
    })?;
    Ok(unwind)
}

/// A row before it is one of the table.
#[derive(Debug, Clone, Copy)]
struct Row {
    entry: Entry,
    atom: AtomId,
    /// Whether it comes from a record.
    described: bool,
}

/// The rows of one group of files.
struct Rows {
    list: Vec<Row>,
    /// By the numbers of the group's own entries.
    personalities: Vec<Target>,
    complete: bool,
}

/// The rows of the kept functions among `records`.
fn rows(context: &Context<'_, '_>, records: &[Record], frames: &KeptFrames, addresses: &[u64]) -> Rows {
    let (mut list, mut personalities, mut complete) = (Vec::with_capacity(records.len()), Vec::new(), true);
    let place = |atom: AtomId, offset: u64| addresses[context.atoms.canonical(atom).idx()] + offset;
    let is_unplaced = |target| matches!(context.definition(target), Definition::Atom(atom, _) if place(atom, 0) == 0);
    for record in records.iter().filter(|r| context.atoms.kept.contains(r.atom.idx())) {
        let personality = record.personality.map(|target| number(context, target, &mut personalities));
        let lsda = record.lsda.and_then(|target| match context.definition(target) {
            Definition::Atom(atom, offset) => Some(place(atom, offset)),
            _ => None,
        });
        let function = place(record.atom, record.offset);
        // What is not placed yet is at 0, where nothing else can be: the header comes before everything.
        if place(record.atom, 0) == 0 || lsda.is_some() && record.lsda.is_some_and(&is_unplaced) {
            complete = false;
            continue;
        }
        let encoding = match record.fde.filter(|_| unwind_info::ARM64.is_fde(record.encoding)) {
            Some(fde) => unwind_info::ARM64.fde(frames.offsets.get(&fde).copied().unwrap_or(0)),
            None => record.encoding,
        };
        let entry = Entry { function, length: record.length, encoding, personality, lsda };
        list.push(Row { entry, atom: record.atom, described: true });
    }
    Rows { list, personalities, complete }
}

/// The number of a personality routine among those that are known, which it is now.
fn number(context: &Context<'_, '_>, routine: Target, known: &mut Vec<Target>) -> u32 {
    let same = |t: &Target| context.definition(*t) == context.definition(routine) && is_same_kind(*t, routine);
    let index = known.iter().position(same).unwrap_or_else(|| {
        known.push(routine);
        known.len() - 1
    });
    index as u32
}

/// Adds code in a group of files that no record describes: without a row of its own, it would be taken for the end of the
/// function before it.
fn undescribed(
    context: &Context<'_, '_>,
    group: Range<usize>,
    records: &[Record],
    addresses: &[u64],
    rows: &mut Vec<Row>,
) {
    let mut next = 0;
    for file in group.map(|f| FileId(f as u32)).filter(|f| context.live.contains(f.idx())) {
        let Some(object) = context.files[file].object() else { continue };
        let first = context.atoms.of(file).start;
        for (local, piece) in object.atoms.iter().enumerate() {
            let atom = AtomId(first + local as u32);
            while records.get(next).is_some_and(|r| r.atom < atom) {
                next += 1;
            }
            let is_described = records.get(next).is_some_and(|r| r.atom == atom);
            let is_code = object.sections[piece.section as usize].flags.get() & S_ATTR_PURE_INSTRUCTIONS != 0;
            let is_placed = addresses[atom.idx()] != 0;
            if is_code && is_placed && !is_described && piece.size > 0 && context.atoms.kept.contains(atom.idx()) {
                let (function, length) = (addresses[atom.idx()], piece.size as u32);
                let entry = Entry { function, length, encoding: 0, personality: None, lsda: None };
                rows.push(Row { entry, atom, described: false });
            }
        }
    }
}

/// The bytes of `__unwind_info`.
pub fn write(image: &Image<'_, '_>, unwind: &Unwind) -> Vec<u8> {
    let slot = |personality: u32| image.got_of(unwind.personalities[personality as usize]).unwrap_or(image.layout.base);
    unwind_info::write(&unwind.plan, image.layout.base, slot, |address| address)
}

/// Names that dyld binds are equal when they are the same name, whatever library has them.
fn is_same_kind(a: Target, b: Target) -> bool {
    match (a, b) {
        (Target::Symbol(a), Target::Symbol(b)) => a == b,
        (Target::Symbol(_), _) | (_, Target::Symbol(_)) => false,
        _ => true,
    }
}
