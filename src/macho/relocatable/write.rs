//! Writes the object: contents, then all relocations, then tables; load commands last, when the UUID is known.
//!
//! Contents lie in the file as in memory. The relocations of a section are in descending order of address, as compilers
//! write them, so a job, which owns a run of atoms, owns one run of relocations as well. A relocation keeps its type; its
//! place and its symbol or section move, and so does the address that the bytes hold for one that names a section.
//! Cost: every kept byte and relocation once, in jobs of about 256 KiB; no allocation for a relocation.

use super::super::chunks::uuid;
use super::super::commands::Part;
use super::super::format::*;
use super::super::image::Image;
use super::super::object::{Object, Piece, RelTarget};
use super::super::sections::{Chunk, Content};
use super::commands::{self, Places};
use super::placed;
use super::symbols::Table;
use super::tail::Tail;
use super::unwind::Made;
use crate::base::diag::Reported;
use crate::base::hash::hash_block;
use crate::base::ids::{AtomId, FileId, NONE};
use crate::base::session::Session;
use crate::base::sha256::Sha256;
use crate::base::view::Malformed;
use sinew_mmap::output::{Leftover, Output, Scratch, Slot};
use std::io;
use std::ops::Range;
use std::sync::Mutex;
use zerocopy::IntoBytes;

/// Bytes of output that make one job.
const JOB_SIZE: u64 = 256 << 10;

/// What the writer needs.
pub struct Plan<'x, 'a> {
    /// Places.
    pub image: &'x Image<'x, 'a>,
    /// By atom: index of its output section.
    pub section_of: &'x [u8],
    /// Numbers of symbols.
    pub table: &'x Table,
    /// Unwind tables.
    pub made: &'x [Made],
    /// `__objc_imageinfo`.
    pub info: &'x [u8],
}

/// What one job writes: contents first, relocations second.
enum What<'x> {
    /// Atoms of a section, by their places in its list.
    Atoms { section: usize, atoms: Range<usize> },
    /// Bytes that are there already, and their relocations.
    Bytes(&'x [u8], &'x [Relocation]),
}

struct Job<'x> {
    what: What<'x>,
    ranges: [Range<u64>; 2],
}

/// Writes and commits the output.
pub fn all(plan: &Plan<'_, '_>, tail: &Tail, cx: &Session) -> Result<Leftover, Reported> {
    let _t = cx.time.phase("write");
    let (layout, args) = (&plan.image.layout, plan.image.context.args);
    let failed = |e: io::Error| cx.diag.fail(format_args!("cannot write {}: {e}", args.output.display()));
    let build = |places: &Places| commands::build(layout, tail, places, plan.table.counts, args);
    let mut places = Places::default();
    // The file keeps no more alignment than reading it in place can use.
    places.contents = (build(&places).len() as u64).next_multiple_of(16);
    let cuts = cut(plan, cx);
    let mut at = (places.contents + layout.segments[0].file_size).next_multiple_of(8);
    for cuts in &cuts {
        places.relocations.push((at, cuts.relocation_count));
        at += u64::from(cuts.relocation_count) * size_of::<Relocation>() as u64;
    }
    let mut part = |bytes: &[u8]| {
        let part = Part { offset: at, size: bytes.len() as u64 };
        at = (at + part.size).next_multiple_of(8);
        part
    };
    (places.data_in_code, places.hints) = (part(&tail.data_in_code), part(&tail.hints));
    (places.symbols, places.strings) = (part(&plan.table.symbols), part(&plan.table.strings));
    if u32::try_from(at).is_err() {
        return Err(cx.diag.fail(format_args!("the output would have {at} bytes; a Mach-O file has less than 4 GiB")));
    }
    let mut output = Output::create(&args.output, at, false, cx.par.workers()).map_err(failed)?;
    let mut jobs = jobs(plan, &cuts, &places);
    let whole = [
        (places.data_in_code, &tail.data_in_code),
        (places.hints, &tail.hints),
        (places.symbols, &plan.table.symbols),
        (places.strings, &plan.table.strings),
    ];
    for (part, bytes) in whole {
        for start in (0..bytes.len()).step_by(JOB_SIZE as usize) {
            let end = (start + JOB_SIZE as usize).min(bytes.len());
            let range = part.offset + start as u64..part.offset + end as u64;
            jobs.push(Job { what: What::Bytes(&bytes[start..end], &[]), ranges: [range, 0..0] });
        }
    }
    // Paths and times of the debug map are no part of what the object is.
    let contents = 0..places.data_in_code.offset;
    let hashes = run(plan, &mut output, jobs, tail.has_uuid.then_some(contents), cx).map_err(failed)?;
    cx.diag.checkpoint()?;
    places.uuid = identity(hashes);
    output.patch(0, &build(&places)).map_err(failed)?;
    let _t = cx.time.phase("commit");
    output.commit().map_err(failed)
}

/// How a section is cut into jobs.
struct Cuts {
    /// Runs of atoms, each with the number of relocations that come before its own in the section.
    runs: Vec<(Range<usize>, u32)>,
    relocation_count: u32,
}

/// Cuts sections at atom boundaries, from sizes alone.
fn cut(plan: &Plan<'_, '_>, cx: &Session) -> Vec<Cuts> {
    let (context, layout) = (&plan.image.context, &plan.image.layout);
    cx.par.map(layout.sections.len(), context.atoms.len() as u64 * 16, |index| {
        let section = &layout.sections[index];
        let Content::Atoms(atoms) = &section.content else {
            let made = plan.made.iter().find(|made| section.content == Content::Chunk(made.chunk));
            let relocation_count = made.map_or(0, |made| made.relocations.len() as u32);
            return Cuts { runs: Vec::new(), relocation_count };
        };
        let mut cuts = Cuts { runs: Vec::new(), relocation_count: 0 };
        if section.is_zero_fill() {
            return cuts; // Nothing to write, and nothing that a relocation could be about.
        }
        // From the last atom to the first, which is how relocations follow each other.
        let mut end = atoms.len();
        while end > 0 {
            let (mut start, mut count) = (end, 0);
            let stop = layout.addresses[atoms[end - 1].idx()].saturating_sub(JOB_SIZE);
            while start > 0 && (start == end || layout.addresses[atoms[start - 1].idx()] >= stop) {
                start -= 1;
                let (file, local) = context.atoms.local(atoms[start]);
                let object = context.files[file].object(); // An allocated common is nobody's.
                count += object.map_or(0, |object| object.atoms[local as usize].relocation_count);
            }
            cuts.runs.push((start..end, cuts.relocation_count));
            cuts.relocation_count += count;
            end = start;
        }
        cuts
    })
}

/// The jobs of all sections.
fn jobs<'x>(plan: &Plan<'x, '_>, cuts: &[Cuts], places: &Places) -> Vec<Job<'x>> {
    const SIZE: u64 = size_of::<Relocation>() as u64;
    let layout = &plan.image.layout;
    let mut jobs = Vec::new();
    for (index, (section, cuts)) in layout.sections.iter().zip(cuts).enumerate() {
        let start = places.contents + section.address;
        let (first, _) = places.relocations[index];
        let bytes: &[u8] = match &section.content {
            Content::Atoms(atoms) => {
                let place = |i: usize| match atoms.get(i) {
                    Some(atom) => places.contents + layout.addresses[atom.idx()],
                    None => start + section.size,
                };
                for (i, (run, before)) in cuts.runs.iter().enumerate() {
                    let end = cuts.runs.get(i + 1).map_or(cuts.relocation_count, |(_, before)| *before);
                    let contents = place(run.start)..place(run.end);
                    let relocations = first + u64::from(*before) * SIZE..first + u64::from(end) * SIZE;
                    let what = What::Atoms { section: index, atoms: run.clone() };
                    jobs.push(Job { what, ranges: [contents, relocations] });
                }
                continue;
            }
            Content::Bytes(bytes) => bytes,
            Content::Chunk(Chunk::ImageInfo) => plan.info,
            Content::Chunk(chunk) => match plan.made.iter().find(|made| made.chunk == *chunk) {
                Some(made) => {
                    let relocations = first..first + u64::from(cuts.relocation_count) * SIZE;
                    let ranges = [start..start + section.size, relocations];
                    jobs.push(Job { what: What::Bytes(&made.bytes, &made.relocations), ranges });
                    continue;
                }
                None => &[],
            },
        };
        jobs.push(Job { what: What::Bytes(bytes, &[]), ranges: [start..start + bytes.len() as u64, 0..0] });
    }
    jobs
}

/// Lends each job its two slots and runs all. Returns hashes of what lies in `hashed`, by place.
fn run(
    plan: &Plan<'_, '_>,
    output: &mut Output,
    jobs: Vec<Job<'_>>,
    hashed: Option<Range<u64>>,
    cx: &Session,
) -> io::Result<Vec<(u64, u128)>> {
    let weight = jobs.iter().flat_map(|job| &job.ranges).map(|range| range.end - range.start).sum();
    let slots = output.lend(jobs.iter().map(|job| &job.ranges))?;
    let lent = jobs.into_iter().map(|job| job.what).zip(slots).collect();
    let (hashes, error) = (Mutex::new(Vec::new()), Mutex::new(None));
    let mut scratch: Vec<[Scratch; 2]> = (0..cx.par.workers()).map(|_| Default::default()).collect();
    cx.par.consume_with(&mut scratch, lent, weight, |scratch, (what, slots)| {
        let starts = slots.each_ref().map(|slot| slot.as_ref().map(|slot| slot.range().start));
        let [contents, relocations] = slots;
        let [first, second] = scratch;
        let result = with(contents, first, |contents| {
            with(relocations, second, |relocations| {
                fill(plan, &what, contents, relocations, cx);
                for (start, bytes) in starts.into_iter().zip([contents, relocations]) {
                    if let Some(start) = start.filter(|start| hashed.as_ref().is_some_and(|h| h.contains(start))) {
                        hashes.lock().unwrap_or_else(|e| e.into_inner()).push((start, hash_block(bytes)));
                    }
                }
            })
        });
        if let Err(e) = result.and_then(|inner| inner) {
            error.lock().unwrap_or_else(|e| e.into_inner()).get_or_insert(e);
        }
    });
    match error.into_inner().unwrap_or_else(|e| e.into_inner()) {
        Some(e) => Err(e),
        None => Ok(hashes.into_inner().unwrap_or_else(|e| e.into_inner())),
    }
}

/// Calls `f` with the bytes of a slot, or with none.
fn with<R>(slot: Option<Slot<'_>>, scratch: &mut Scratch, f: impl FnOnce(&mut [u8]) -> R) -> io::Result<R> {
    match slot {
        Some(slot) => slot.fill(scratch, f),
        None => Ok(f(&mut [])),
    }
}

/// The UUID: a hash of contents and relocations.
fn identity(mut hashes: Vec<(u64, u128)>) -> [u8; 16] {
    hashes.sort_unstable_by_key(|(at, _)| *at);
    let mut hash = Sha256::new();
    hashes.iter().for_each(|(_, sum)| hash.update(&sum.to_le_bytes()));
    uuid::from([&hash.finish()])
}

fn fill(plan: &Plan<'_, '_>, what: &What<'_>, contents: &mut [u8], relocations: &mut [u8], cx: &Session) {
    let (section, atoms) = match what {
        What::Bytes(bytes, list) => {
            contents.copy_from_slice(bytes);
            relocations.copy_from_slice(list.as_bytes());
            return;
        }
        What::Atoms { section, atoms } => (*section, atoms.clone()),
    };
    let (context, layout) = (&plan.image.context, &plan.image.layout);
    let list = &layout.sections[section].atoms()[atoms];
    let start = layout.addresses[list[0].idx()];
    let mut next = 0;
    for &atom in list.iter().rev() {
        let (file, _) = context.atoms.local(atom);
        let Some(object) = context.files[file].object() else { continue }; // An allocated common has no bytes.
        let piece = context.atoms.piece(context.files, atom).1;
        let at = (layout.addresses[atom.idx()] - start) as usize;
        let bytes = object.atom_bytes(piece);
        contents[at..at + bytes.len()].copy_from_slice(bytes);
        let size = piece.relocation_count as usize * size_of::<Relocation>();
        let writer = Relocations { plan, section, atom };
        let (contents, out) = (&mut contents[at..at + bytes.len()], &mut relocations[next..next + size]);
        if let Err(error) = writer.all((file, object, piece), contents, out) {
            context.files.malformed(file, &error, cx);
        }
        next += size;
    }
}

/// Rewrites the relocations of one atom.
struct Relocations<'w, 'x, 'a> {
    plan: &'w Plan<'x, 'a>,
    section: usize,
    atom: AtomId,
}

impl<'a> Relocations<'_, '_, 'a> {
    fn all(
        &self,
        (file, object, piece): (FileId, &Object<'a>, &Piece),
        bytes: &mut [u8],
        out: &mut [u8],
    ) -> Result<(), Malformed> {
        let (image, table) = (self.plan.image, self.plan.table);
        let offset = image.layout.addresses[self.atom.idx()] - image.layout.sections[self.section].address;
        let out = out.chunks_exact_mut(size_of::<Relocation>());
        for (relocation, out) in object.atom_relocations(piece).iter().zip(out) {
            let inside = relocation.address.get() as u64 - piece.offset;
            let symbol = if relocation.kind() == ARM64_RELOC_ADDEND {
                relocation.symbol()
            } else {
                match object.target(piece.section, relocation)? {
                    RelTarget::Symbol(index) => table.number(&image.context, file, index),
                    RelTarget::Section(index) => {
                        self.move_address((file, object), (relocation, index), inside, bytes)?
                    }
                }
            };
            if symbol == NONE {
                let what = "names a symbol in a section that -r does not copy";
                return Err(object.bad_relocation(piece.section, relocation, what));
            }
            out.copy_from_slice(relocation.moved((offset + inside) as u32, symbol).as_bytes());
        }
        Ok(())
    }

    /// Changes the address in the bytes that section `index` of the object was named for; returns the section's number.
    fn move_address(
        &self,
        (file, object): (FileId, &Object<'a>),
        (relocation, index): (&Relocation, u32),
        at: u64,
        bytes: &mut [u8],
    ) -> Result<u32, Malformed> {
        let (image, piece) = (self.plan.image, at as usize);
        let section = image.context.atoms.piece(image.context.files, self.atom).1.section;
        let bad = |what: &str| object.bad_relocation(section, relocation, what);
        let place = bytes.get_mut(piece..piece + (1 << relocation.length()));
        let place = place.ok_or_else(|| bad("reaches past the end of its atom"))?;
        let mut word = [0; 8];
        word[..place.len()].copy_from_slice(place);
        let old = u64::from_le_bytes(word).wrapping_sub(object.sections[index as usize].address.get());
        let (target, offset) =
            object.atom_at(index, old).ok_or_else(|| bad("points outside of the section it names"))?;
        let target = image.context.atoms.id(file, target);
        let new = placed(image, target, offset);
        if place.len() < 8 && new >> (place.len() * 8) != 0 {
            return Err(bad("holds an address that no longer fits"));
        }
        place.copy_from_slice(&new.to_le_bytes()[..place.len()]);
        let canonical = image.context.atoms.canonical(target);
        match self.plan.section_of[canonical.idx()] {
            u8::MAX => Ok(NONE),
            section => Ok(u32::from(section) + 1),
        }
    }
}
