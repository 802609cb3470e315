//! Unwind tables of the objects: which function has which frame, and what of it the output needs.
//!
//! `parse` reads `__LD,__compact_unwind` of every object; a function that is kept keeps its language-specific data and its
//! personality routine. `entries` turns the records of kept functions into rows of `__unwind_info`, sorted by address.
//! Cost: 32 bytes a function read once, in parallel; one sort.

use super::chunks::unwind_info::{self, Entry, Plan, Refused};
use super::compact_unwind::{self, RelTarget};
use super::definitions::Definition;
use super::image::Image;
use super::object::{Object, Role};
use super::relocs::{Context, Needs, Target, need};
use crate::base::diag::Reported;
use crate::base::ids::{AtomId, FileId};
use crate::base::session::Session;
use crate::base::view::Malformed;

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
}

/// All records, sorted by atom.
#[derive(Debug, Default)]
pub struct Records {
    list: Vec<Record>,
}

impl Records {
    /// Whether no function has one.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The records of an atom.
    pub fn of(&self, atom: AtomId) -> &[Record] {
        let first = self.list.partition_point(|r| r.atom < atom);
        let count = self.list[first..].partition_point(|r| r.atom == atom);
        &self.list[first..first + count]
    }
}

/// Reads the tables of all objects that are in.
pub fn parse(context: &Context<'_, '_>, cx: &Session) -> Result<Records, Reported> {
    let _t = cx.time.phase("parse unwind tables");
    let groups = context.groups(1 << 20);
    let found = cx.par.map(groups.len(), context.weight() / 8, |g| {
        let mut found = Vec::new();
        for file in groups[g].clone().map(|f| FileId(f as u32)).filter(|f| context.live.contains(f.idx())) {
            let Some(object) = context.files[file].object() else { continue };
            if let Err(error) = of_object(context, file, object, &mut found) {
                context.files.malformed(file, &error, cx);
            }
        }
        found
    });
    cx.diag.checkpoint()?;
    let mut list: Vec<Record> = found.into_iter().flatten().collect();
    list.sort_by_key(|r| (r.atom, r.offset));
    Ok(Records { list })
}

fn of_object(
    context: &Context<'_, '_>,
    file: FileId,
    object: &Object<'_>,
    found: &mut Vec<Record>,
) -> Result<(), Malformed> {
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
            let Some((atom, offset)) = place else {
                return Err(Malformed::new(start.into(), "an entry of __compact_unwind is about no function"));
            };
            let of = |t: Option<RelTarget>| t.map(|t| target(context, file, object, t)).transpose();
            let (personality, lsda) = (of(raw.personality)?, of(raw.lsda)?);
            found.push(Record { atom, offset, length: raw.length, encoding: raw.encoding, personality, lsda });
        }
    }
    Ok(())
}

/// What a pointer of an unwind table points to.
fn target(
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
    for record in records.list.iter().filter(|r| context.atoms.kept.contains(r.atom.idx())) {
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

/// The plan of `__unwind_info`, and the personality routines that its entries number.
#[derive(Debug, Default)]
pub struct Unwind {
    /// Rows and pages.
    pub plan: Plan,
    /// By the entries' numbers.
    pub personalities: Vec<Target>,
}

/// Plans `__unwind_info` of the kept functions. `addresses` are final for all code.
pub fn plan(
    context: &Context<'_, '_>,
    records: &Records,
    addresses: &[u64],
    base: u64,
    cx: &Session,
) -> Result<Unwind, Reported> {
    let mut unwind = Unwind::default();
    let place = |atom: AtomId, offset: u64| addresses[context.atoms.canonical(atom).idx()] + offset;
    let kept = records.list.iter().filter(|r| context.atoms.kept.contains(r.atom.idx()));
    let mut rows: Vec<(Entry, AtomId)> = Vec::with_capacity(records.list.len());
    for record in kept {
        let personality = record.personality.map(|target| {
            let same = |t: &Target| context.definition(*t) == context.definition(target) && is_same_kind(*t, target);
            let index = unwind.personalities.iter().position(same).unwrap_or_else(|| {
                unwind.personalities.push(target);
                unwind.personalities.len() - 1
            });
            index as u32
        });
        let lsda = record.lsda.and_then(|target| match context.definition(target) {
            Definition::Atom(atom, offset) => Some(place(atom, offset)),
            _ => None,
        });
        let function = place(record.atom, record.offset);
        let entry = Entry { function, length: record.length, encoding: record.encoding, personality, lsda };
        rows.push((entry, record.atom));
    }
    rows.sort_by_key(|(entry, _)| entry.function);
    let entries: Vec<Entry> = rows.iter().map(|(entry, _)| *entry).collect();
    unwind.plan = unwind_info::plan(&entries, base, unwind_info::ARM64).map_err(|refused| match refused {
        Refused::FourthPersonality { entry, personality } => cx.diag.fail(format_args!(
            "too many personality routines: {} needs {}, and an image can have three",
            context.atom_name(rows[entry].1),
            context.target_name(unwind.personalities[personality as usize]),
        )),
        Refused::OutOfRange { entry } => {
            let name = context.atom_name(rows[entry].1);
            cx.diag.fail(format_args!("{name} lies more than 4 GiB from the image's beginning: it cannot be unwound"))
        }
    })?;
    Ok(unwind)
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
