//! Writes the file: every job owns bytes that no other job sees; the file appears whole, or not at all.
//!
//! Jobs are cut at atom boundaries into about 256 KiB of output, from sizes alone, and handed out in file order. A job
//! copies and relocates its atoms, puts dyld's fixups where they belong, and hashes the pages that it owns whole, while
//! they are hot, straight into their slots of the signature. Pages that two jobs share are hashed after the join, those
//! of the header last of all: it holds the UUID, which is made from the hashes of the others.

use super::apply;
use super::chunks::code_signature::{self, ExecSegment, PAGE_SIZE, SLOT_SIZE};
use super::chunks::uuid;
use super::commands::{self, Facts, Part};
use super::fixups::Fixup;
use super::hints::Hints;
use super::image::Image;
use super::linkedit::Tail;
use super::sections::{Chunk, Content};
use super::synthetic;
use super::thunks;
use crate::args::macho::{OutputKind, Uuid};
use crate::base::carve;
use crate::base::diag::Reported;
use crate::base::session::Session;
use crate::base::sha256::Sha256;
use sinew_mmap::output::{Leftover, Output, Scratch, Slot};
use std::io;
use std::ops::Range;
use std::os::unix::ffi::OsStrExt;
use std::sync::Mutex;

/// Bytes of output that make one job.
const JOB_SIZE: u64 = 256 << 10;

/// What the writer needs beside the image.
pub struct Plan<'x> {
    /// Sorted by address.
    pub fixups: &'x [Fixup],
    /// `__LINKEDIT`.
    pub tail: &'x Tail,
    /// What instructions may be shortened.
    pub hints: &'x Hints,
    /// Bytes of chunks that were made before.
    pub made: &'x [(Chunk, Vec<u8>)],
}

/// What one job writes.
#[derive(Debug, Clone)]
enum What {
    /// Atoms of a section, by their places in its list.
    Atoms {
        section: usize,
        atoms: Range<usize>,
    },
    /// A chunk, or bytes that came from a file.
    Section(usize),
    /// Bytes of `__LINKEDIT` in front of the symbols.
    Tail(Range<usize>),
    /// Symbols, by parts of the table.
    Symbols(Range<usize>),
    IndirectSymbols,
    /// Their strings.
    Strings(Range<usize>),
}

struct Job<'o> {
    what: What,
    slot: Slot<'o>,
    /// Slots of the signature for the pages that the job owns.
    hashes: &'o mut [u8],
}

/// Writes and commits the output. `facts` are the load commands' but for the UUID.
pub fn all(image: &Image<'_, '_>, plan: &Plan<'_>, facts: &Facts<'_, '_>, cx: &Session) -> Result<Leftover, Reported> {
    let _t = cx.time.phase("write");
    let args = image.context.args;
    let failed = |e: io::Error| cx.diag.fail(format_args!("cannot write {}: {e}", args.output.display()));
    let linkedit = image.layout.segments.last().expect("__LINKEDIT is always there");
    let content_size = linkedit.offset + plan.tail.size;
    // The signature covers everything before it; without one, pages are hashed for the UUID all the same.
    let code_limit = if facts.signed { content_size.next_multiple_of(code_signature::ALIGN) } else { content_size };
    let identifier = args.final_output.as_deref().map(std::path::Path::new).unwrap_or(&args.output);
    let identifier = identifier.file_name().unwrap_or_default().as_bytes();
    let signature = code_signature::Layout::new(identifier, code_limit as u32);
    let file_size = if facts.signed { code_limit + signature.size() } else { content_size };
    if u32::try_from(file_size).is_err() {
        return Err(cx
            .diag
            .fail(format_args!("the output would have {file_size} bytes; a Mach-O file has less than 4 GiB")));
    }
    let mut segments = image.layout.segments.clone();
    let last = segments.last_mut().expect("__LINKEDIT is always there");
    last.file_size = file_size - last.offset;
    last.vm_size = last.file_size.next_multiple_of(image.layout.page_size);
    let mut facts = Facts { segments: &segments, ..*facts };
    if facts.signed {
        facts.linkedit.signature = Part { offset: code_limit, size: signature.size() };
    }

    let (executable, threads) = (args.kind != OutputKind::Relocatable, cx.par.workers());
    let mut output = Output::create(&args.output, file_size, executable, threads).map_err(failed)?;
    let mut hashes = vec![0u8; signature.slot_count() as usize * SLOT_SIZE];
    let done = {
        let _t = cx.time.phase("copy and relocate");
        run(image, plan, &mut output, &mut hashes, code_limit, cx).map_err(failed)?
    };
    let header_size = commands::build(&facts).len() as u64;
    {
        let _t = cx.time.phase("hash shared pages");
        rest(&output, &mut hashes, &done, header_size.div_ceil(PAGE_SIZE as u64), code_limit).map_err(failed)?;
    }
    if args.uuid == Uuid::Content {
        let first = header_size..header_size.next_multiple_of(PAGE_SIZE as u64).min(linkedit.offset);
        let beside_header = output.read(first).map_err(failed)?;
        facts.uuid = identity(image, plan, (&beside_header, &hashes), header_size, facts);
    } else if args.uuid == Uuid::Random {
        facts.uuid = random_uuid();
    }
    output.patch(0, &commands::build(&facts)).map_err(failed)?;
    if facts.signed {
        let first = 0..header_size.next_multiple_of(PAGE_SIZE as u64).min(code_limit);
        let count = first.end.div_ceil(PAGE_SIZE as u64) as usize;
        code_signature::hash_pages(&output.read(first).map_err(failed)?, &mut hashes[..count * SLOT_SIZE]);
        let text = image.layout.segment(b"__TEXT").expect("__TEXT is always there");
        let is_main_binary = args.kind == OutputKind::Execute;
        let exec = ExecSegment { offset: text.offset, size: text.file_size, is_main_binary };
        output.patch(code_limit, &signature.header(exec)).map_err(failed)?;
        output.patch(code_limit + signature.slots_offset(), &hashes).map_err(failed)?;
    }
    cx.diag.checkpoint()?;
    let _t = cx.time.phase("commit");
    output.commit().map_err(failed)
}

/// Cuts the file into jobs and runs them. Returns the pages that were hashed, as ascending ranges.
fn run(
    image: &Image<'_, '_>,
    plan: &Plan<'_>,
    output: &mut Output,
    hashes: &mut [u8],
    code_limit: u64,
    cx: &Session,
) -> io::Result<Vec<Range<u64>>> {
    let planned = plan_jobs(image, plan);
    let size = PAGE_SIZE as u64;
    let whole = |range: &Range<u64>| {
        let end = if range.end == code_limit { range.end.div_ceil(size) } else { range.end / size };
        range.start.div_ceil(size)..end.max(range.start.div_ceil(size))
    };
    let pages: Vec<Range<u64>> = planned.iter().map(|(_, range)| whole(range)).collect();
    let ranges: Vec<Range<u64>> = planned.iter().map(|(_, range)| range.clone()).collect();
    // Between the pages of two jobs are those that they share: carved as well, and left alone.
    let mut at = 0;
    let lengths = pages.iter().flat_map(|p| {
        let gap = p.start - at;
        at = p.end;
        [gap as usize * SLOT_SIZE, (p.end - p.start) as usize * SLOT_SIZE]
    });
    let parts = carve::carve(hashes, lengths.collect::<Vec<_>>()).into_iter().skip(1).step_by(2);
    let slots = output.carve(&ranges)?.into_iter();
    let jobs: Vec<Job<'_>> = planned
        .into_iter()
        .zip(slots)
        .zip(parts)
        .map(|(((what, _), slot), hashes)| Job { what, slot, hashes })
        .collect();
    let mut scratch: Vec<Scratch> = (0..cx.par.workers()).map(|_| Scratch::default()).collect();
    let error: Mutex<Option<io::Error>> = Mutex::default();
    cx.par.consume_with(&mut scratch, jobs, code_limit, |scratch, job| {
        let range = job.slot.range();
        let result = job.slot.fill(scratch, |bytes| {
            fill(image, plan, &job.what, bytes, cx);
            let first = range.start.next_multiple_of(size).min(range.end) - range.start;
            let count = job.hashes.len() / SLOT_SIZE * PAGE_SIZE;
            let end = (first as usize + count).min(bytes.len());
            code_signature::hash_pages(&bytes[first as usize..end], job.hashes);
        });
        if let Err(e) = result {
            error.lock().unwrap_or_else(|e| e.into_inner()).get_or_insert(e);
        }
    });
    match error.into_inner().unwrap_or_else(|e| e.into_inner()) {
        Some(e) => Err(e),
        None => Ok(pages),
    }
}

/// Jobs in file order, with the bytes that they fill.
fn plan_jobs(image: &Image<'_, '_>, plan: &Plan<'_>) -> Vec<(What, Range<u64>)> {
    let mut jobs = Vec::new();
    for (index, section) in image.layout.sections.iter().enumerate() {
        if section.is_zero_fill() || section.size == 0 {
            continue;
        }
        let end = section.offset + section.size;
        let Content::Atoms(atoms) = &section.content else {
            jobs.push((What::Section(index), section.offset..end));
            continue;
        };
        let place = |i: usize| match atoms.get(i) {
            Some(atom) => section.offset + (image.layout.addresses[atom.idx()] - section.address),
            None => end,
        };
        let mut first = 0;
        while first < atoms.len() {
            let start = place(first);
            let last = first + 1 + (first + 1..atoms.len()).take_while(|i| place(*i) < start + JOB_SIZE).count();
            jobs.push((What::Atoms { section: index, atoms: first..last }, start..place(last)));
            first = last;
        }
    }
    plan_tail(image, plan.tail, &mut jobs);
    jobs
}

fn plan_tail(image: &Image<'_, '_>, tail: &Tail, jobs: &mut Vec<(What, Range<u64>)>) {
    let start = image.layout.segments.last().expect("__LINKEDIT is always there").offset;
    let size = tail.bytes.len();
    for at in (0..size).step_by(JOB_SIZE as usize) {
        let range = at..(at + JOB_SIZE as usize).min(size);
        jobs.push((What::Tail(range.clone()), start + range.start as u64..start + range.end as u64));
    }
    let mut put = |what: What, at: &mut u64, size: usize| {
        let range = *at..*at + size as u64;
        *at = range.end;
        if size > 0 {
            jobs.push((what, range));
        }
    };
    let mut at = tail.parts.symbols.offset;
    tail.symtab.symbol_shares(JOB_SIZE).for_each(|(parts, size)| put(What::Symbols(parts), &mut at, size));
    let mut at = tail.parts.indirect.offset;
    put(What::IndirectSymbols, &mut at, tail.symtab.indirect.len());
    let mut at = tail.parts.strings.offset;
    tail.symtab.string_shares(JOB_SIZE).for_each(|(parts, size)| put(What::Strings(parts), &mut at, size));
}

fn fill(image: &Image<'_, '_>, plan: &Plan<'_>, what: &What, bytes: &mut [u8], cx: &Session) {
    let address = match what {
        What::Tail(range) => return bytes.copy_from_slice(&plan.tail.bytes[range.clone()]),
        What::Symbols(parts) => return plan.tail.symtab.write_symbols(parts.clone(), bytes),
        What::IndirectSymbols => return bytes.copy_from_slice(&plan.tail.symtab.indirect),
        What::Strings(parts) => return plan.tail.symtab.write_strings(parts.clone(), bytes),
        What::Atoms { section, atoms } => {
            let list = &image.layout.sections[*section].atoms()[atoms.clone()];
            let start = image.layout.addresses[list[0].idx()];
            for (i, &atom) in list.iter().enumerate() {
                let next = list.get(i + 1).into_iter();
                next.for_each(|next| image.context.each_name(*next, |id| image.ask_ahead(id)));
                let at = (image.layout.addresses[atom.idx()] - start) as usize;
                apply::atom(image, atom, &mut bytes[at..], cx);
                plan.hints.apply(&image.context, atom, start + at as u64, &mut bytes[at..]);
            }
            thunks::write(image, start, bytes);
            start
        }
        What::Section(index) => {
            let section = &image.layout.sections[*index];
            match &section.content {
                Content::Bytes(content) => bytes.copy_from_slice(content),
                Content::Chunk(chunk) => match plan.made.iter().find(|(made, _)| made == chunk) {
                    Some((_, content)) => bytes.copy_from_slice(content),
                    None => synthetic::write(image, *chunk, section.address, plan.tail, bytes),
                },
                Content::Atoms(_) => {}
            }
            section.address
        }
    };
    let end = address + bytes.len() as u64;
    let first = plan.fixups.partition_point(|f| f.address < address);
    for (fixup, value) in plan.fixups[first..].iter().zip(&plan.tail.values[first..]) {
        if fixup.address >= end {
            break;
        }
        let at = (fixup.address - address) as usize;
        bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
    }
}

/// Hashes the pages that no job owned whole, but for the `header_pages` first.
fn rest(output: &Output, hashes: &mut [u8], done: &[Range<u64>], header_pages: u64, code_limit: u64) -> io::Result<()> {
    let mut at = header_pages;
    let end = code_limit.div_ceil(PAGE_SIZE as u64);
    let last = std::iter::once(end..end);
    for range in done.iter().cloned().chain(last).filter(|r| r.start < r.end || r.start == end) {
        if at < range.start {
            let bytes = output.read(at * PAGE_SIZE as u64..(range.start * PAGE_SIZE as u64).min(code_limit))?;
            code_signature::hash_pages(&bytes, &mut hashes[at as usize * SLOT_SIZE..range.start as usize * SLOT_SIZE]);
        }
        at = at.max(range.end);
    }
    Ok(())
}

/// The UUID: a hash of what the program is, and of nothing that depends on where and when it was built.
///
/// In it go what follows the load commands in their last page, the pages from there to `__LINKEDIT`, the load commands
/// without sizes and offsets of symbol tables, and `__LINKEDIT` up to the symbols: fixups, exports, function starts. The
/// debug map, which holds paths and times, is left out with the rest of the symbols; names that matter are in the exports.
fn identity(
    image: &Image<'_, '_>,
    plan: &Plan<'_>,
    (beside_header, hashes): (&[u8], &[u8]),
    header_size: u64,
    facts: Facts<'_, '_>,
) -> [u8; 16] {
    let linkedit = image.layout.segments.last().expect("__LINKEDIT is always there").offset;
    let (first, last) = (header_size.div_ceil(PAGE_SIZE as u64), linkedit / PAGE_SIZE as u64);
    let mut hash = Sha256::new();
    hash.update(beside_header);
    hash.update(&hashes[first as usize * SLOT_SIZE..last.max(first) as usize * SLOT_SIZE]);
    let mut commands = facts;
    commands.linkedit = commands::Linkedit::default();
    let mut segments = facts.segments.to_vec();
    segments.retain(|s| s.name != b"__LINKEDIT");
    commands.segments = &segments;
    hash.update(&commands::build(&commands));
    hash.update(&plan.tail.bytes);
    hash.update(&image.context.args.uuid_salt);
    uuid::from([&hash.finish()])
}

/// `-random_uuid`: another one for each link, from the seeds that the standard library takes from the system.
fn random_uuid() -> [u8; 16] {
    use std::hash::{BuildHasher, RandomState};
    let mut seed = [0; 32];
    seed.chunks_exact_mut(8).for_each(|part| part.copy_from_slice(&RandomState::new().hash_one(0u8).to_le_bytes()));
    uuid::from([&seed])
}
