//! Writes the file: every job owns bytes that no other job sees; the file appears whole, or not at all.
//!
//! Jobs are cut at atom boundaries into about 256 KiB of output, from sizes alone, and handed out in file order. A job
//! copies and relocates its atoms in one go, writes the dynamic relocations they need into its own part of
//! `.rela.dyn`, and hashes its bytes for the build-id while they are hot.

mod got;
mod headers;
mod unwind;

pub use headers::section_names;
use unwind::FrameTable;

use super::arch::x86_64::{apply, plt};
use super::atoms;
use super::definitions::Attr;
use super::dynamic;
use super::emit;
use super::format::r_x86_64::*;
use super::format::*;
use super::image::Image;
use super::layout::{Chunk, Content, OutSection, Region};
use super::notes;
use super::object::{Place, prefetch_sections};
use super::overflow;
use super::relocs::{Context, Site};
use super::relr;
use super::slots::{GotEntry, GotKind, Owner};
use super::symtab;
use super::synthesize::RelaCounts;
use super::tail::Late;
use crate::args::elf::{Args, BuildId, OutputKind};
use crate::base::carve;
use crate::base::diag::Reported;
use crate::base::hash::hash_block;
use crate::base::ids::{AtomId, FileId, NONE, SymbolId};
use crate::base::inflate::inflate_zlib;
use crate::base::session::Session;
use crate::base::sha256::Sha256;
use sinew_mmap::output::{Leftover, Output, Scratch, Slot};
use std::io;
use std::ops::Range;
use std::sync::Mutex;
use zerocopy::IntoBytes;

/// Bytes of output that make one job.
const JOB_SIZE: u64 = 256 << 10;

/// What the writer needs beside the image.
pub struct Plan<'x> {
    /// `.rela.dyn`.
    pub rela: RelaCounts,
    /// `.relr.dyn`.
    pub relr: Vec<u64>,
    /// `--emit-relocs`.
    pub emitted: &'x emit::Plan,
    /// `.symtab`.
    pub symtab: &'x symtab::Plan,
    /// `.dynamic`, with final addresses.
    pub dynamic: dynamic::Facts,
    /// `.note.gnu.property`.
    pub property: &'x [u8],
    /// PLT entries have landing pads.
    pub ibt: bool,
    /// Offsets of section names in `.shstrtab`.
    pub section_names: (Vec<u8>, Vec<u32>),
    /// Virtual address of the entry point.
    pub entry: u64,
    /// Sections whose bytes are made already.
    pub late: Vec<Late>,
}

/// What one job writes.
#[derive(Debug, Clone)]
enum What {
    Headers,
    SectionHeaders,
    Atoms { part: u16, atoms: Range<usize> },
    Merged { class: u32, chunks: Range<usize> },
    Frames { shares: Range<usize> },
    Chunk(Chunk),
    Got,
    Symbols { shares: Range<usize>, string_base: u64 },
    SectionSymbols,
    Emitted(emit::Share),
    Late { section: usize, piece: usize },
}

/// A job and up to three pieces of the file: for atoms their bytes, relative and symbolic relocations.
struct Job<'o> {
    what: What,
    slots: [Option<Slot<'o>>; 3],
}

/// What all atoms of a job have in common.
#[derive(Clone, Copy)]
struct How {
    /// The section is.
    loaded: bool,
    /// See [`sections_reversed`].
    may_be_reversed: bool,
}

struct Planned {
    what: What,
    ranges: [Range<u64>; 3],
}

/// Writes and commits the output.
pub fn all(image: &Image<'_, '_>, plan: &Plan<'_>, args: &Args, cx: &Session) -> Result<Leftover, Reported> {
    let _t = cx.time.phase("write");
    let failed = |e: io::Error| cx.diag.fail(format_args!("cannot write {}: {}", args.output.display(), describe(&e)));
    let executable = args.kind != OutputKind::Relocatable;
    let (size, threads) = (image.layout.file_size, cx.par.workers());
    let mut output = Output::create(&args.output, size, executable, threads).map_err(failed)?;
    let hashes = {
        let _t = cx.time.phase("copy and relocate");
        let planned = plan_jobs(image, plan);
        let (jobs, table) = FrameTable::new(lend(&mut output, planned).map_err(failed)?, image.frame_plan.fde_count);
        let mut scratch: Vec<[Scratch; 3]> = (0..cx.par.workers()).map(|_| Default::default()).collect();
        let hashes: Mutex<Vec<(u64, u128)>> = Mutex::default();
        let error: Mutex<Option<io::Error>> = Mutex::default();
        let writer = Writer { image, plan, args, cx, hashes: &hashes, table: &table };
        cx.par.consume_with(&mut scratch, jobs, image.layout.file_size, |scratch, job| {
            if let Err(e) = writer.run(job, scratch) {
                error.lock().unwrap_or_else(|e| e.into_inner()).get_or_insert(e);
            }
        });
        if let Some(e) = error.into_inner().unwrap_or_else(|e| e.into_inner()) {
            return Err(failed(e));
        }
        hashes.into_inner().unwrap_or_else(|e| e.into_inner())
    };
    cx.diag.checkpoint()?;
    build_id(image, args, hashes, &mut output).map_err(failed)?;
    let _t = cx.time.phase("commit");
    output.commit().map_err(failed)
}

/// An operating-system error in the words of a user.
pub(super) fn describe(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull => "no space left on device".to_string(),
        io::ErrorKind::PermissionDenied => "permission denied".to_string(),
        io::ErrorKind::NotFound => "no such directory".to_string(),
        _ => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or(&text).to_lowercase()
        }
    }
}

const EMPTY: Range<u64> = 0..0;

fn plan_jobs(image: &Image<'_, '_>, plan: &Plan<'_>) -> Vec<Planned> {
    let layout = image.layout;
    let mut jobs = Vec::new();
    let mut one = |what, range: Range<u64>| jobs.push(Planned { what, ranges: [range, EMPTY, EMPTY] });
    one(What::Headers, 0..layout.header_size);
    one(What::SectionHeaders, layout.section_headers..layout.file_size);
    let rela = layout.chunk(Chunk::RelaDyn).map_or(0, |s| s.offset);
    let mut relative = rela;
    let mut symbolic = rela + 24 * (plan.rela.relative.0 + plan.rela.relative.1);
    for (i, section) in layout.sections.iter().enumerate() {
        if let Some(n) = plan.late.iter().position(|c| c.section == i) {
            let mut at = section.offset;
            for (piece, bytes) in plan.late[n].pieces.iter().enumerate() {
                let range = at..at + bytes.len() as u64;
                at = range.end;
                jobs.push(Planned { what: What::Late { section: n, piece }, ranges: [range, EMPTY, EMPTY] });
            }
            continue;
        }
        for region in &section.regions {
            let start = section.offset + region.offset;
            let range = start..start + region.size;
            match region.content {
                Content::Part(part) if section.has_bytes() => {
                    plan_atoms(image, (section, region), part, &mut relative, &mut symbolic, &mut jobs);
                }
                Content::Merged(class) => plan_merged(image, class, start, &mut jobs),
                Content::Chunk(Chunk::Frames) => plan_frames(image, start, &mut jobs),
                Content::Chunk(Chunk::Symtab) => plan_symbols(image, plan, start, &mut jobs),
                // Written by the jobs of those who fill them.
                Content::Chunk(Chunk::Strtab | Chunk::RelaDyn) => {}
                Content::Chunk(Chunk::Got) => {
                    jobs.push(Planned { what: What::Got, ranges: [range, EMPTY, EMPTY] });
                }
                Content::Chunk(chunk) => {
                    jobs.push(Planned { what: What::Chunk(chunk), ranges: [range, EMPTY, EMPTY] });
                }
                Content::Emitted(table) => {
                    for (share, range) in emit::shares(image, plan.emitted.targets[table as usize]) {
                        let range = start + range.start..start + range.end;
                        jobs.push(Planned { what: What::Emitted(share), ranges: [range, EMPTY, EMPTY] });
                    }
                }
                _ => {}
            }
        }
    }
    // The GOT's relocations follow those of atoms in both halves; copies and indirect functions come last.
    let got_relative = relative..relative + 24 * plan.rela.relative.1;
    let got_symbolic = symbolic..symbolic + 24 * (plan.rela.symbolic.1 + plan.rela.copies + plan.rela.indirect);
    match jobs.iter_mut().find(|j| matches!(j.what, What::Got)) {
        Some(job) => (job.ranges[1], job.ranges[2]) = (got_relative, got_symbolic),
        None => jobs.push(Planned { what: What::Got, ranges: [EMPTY, got_relative, got_symbolic] }),
    }
    jobs
}

fn plan_atoms(
    image: &Image<'_, '_>,
    (section, region): (&OutSection<'_>, &Region),
    part: u16,
    relative: &mut u64,
    symbolic: &mut u64,
    jobs: &mut Vec<Planned>,
) {
    let list = &image.layout.sizes.parts[usize::from(part)].atoms;
    let (start, start_addr) = (section.offset + region.offset, image.layout.parts[usize::from(part)].0);
    let offset = |atom: AtomId| image.atom_addr[atom.idx()] - start_addr;
    // In what is not writable the scan allows none but text relocations.
    let has_dynamic = section.flags & SHF_WRITE != 0 || image.needs.text_relocations;
    let mut dynamic = image.needs.dynamic.visit();
    let (mut first, mut begin) = (0, 0);
    while first < list.len() {
        // A job ends where the next one's first atom begins, so that the gap between them belongs to one.
        let behind = first + 1;
        let next = behind + list[behind..].partition_point(|atom| offset(*atom) - begin < JOB_SIZE);
        let end = list.get(next).map_or(region.size, |atom| offset(*atom));
        let mut counts = [0u64; 2];
        for atom in list[first..next].iter().filter(|_| has_dynamic) {
            let more = dynamic(*atom);
            counts = [counts[0] + u64::from(more[0]), counts[1] + u64::from(more[1])];
        }
        let after = (*relative + 24 * counts[0], *symbolic + 24 * counts[1]);
        jobs.push(Planned {
            what: What::Atoms { part, atoms: first..next },
            ranges: [start + begin..start + end, *relative..after.0, *symbolic..after.1],
        });
        (*relative, *symbolic) = after;
        (first, begin) = (next, end);
    }
}

fn plan_merged(image: &Image<'_, '_>, class: u32, start: u64, jobs: &mut Vec<Planned>) {
    let starts = &image.merged.classes[class as usize].chunk_starts;
    for chunks in carve::groups(starts.windows(2).map(|b| b[1] - b[0]), JOB_SIZE) {
        let range = start + starts[chunks.start]..start + starts[chunks.end];
        if !range.is_empty() {
            jobs.push(Planned { what: What::Merged { class, chunks }, ranges: [range, EMPTY, EMPTY] });
        }
    }
}

/// The bytes of a section that is not loaded, in memory instead of the file.
pub fn render(image: &Image<'_, '_>, plan: &Plan<'_>, args: &Args, cx: &Session, section: &OutSection<'_>) -> Vec<u8> {
    let mut jobs = Vec::new();
    for region in &section.regions {
        let start = section.offset + region.offset;
        match region.content {
            // What is not loaded has no dynamic relocations.
            Content::Part(part) => plan_atoms(image, (section, region), part, &mut 0, &mut 0, &mut jobs),
            Content::Merged(class) => plan_merged(image, class, start, &mut jobs),
            _ => {}
        }
    }
    jobs.sort_by_key(|job| job.ranges[0].start);
    // A section may claim zeros without end.
    if Vec::<u8>::new().try_reserve_exact(section.size as usize).is_err() {
        let (name, size) = (String::from_utf8_lossy(&section.name), section.size);
        cx.diag.error(format_args!("not enough memory for section {name} of {size} bytes"));
        return Vec::new();
    }
    let mut bytes = vec![0; section.size as usize];
    let (mut rest, mut at) = (&mut bytes[..], section.offset);
    let mut pieces = Vec::with_capacity(jobs.len());
    for job in jobs {
        let [range, ..] = job.ranges;
        let (_, from) = std::mem::take(&mut rest).split_at_mut((range.start - at) as usize);
        let (piece, after) = from.split_at_mut((range.end - range.start) as usize);
        pieces.push((job.what, piece));
        (rest, at) = (after, range.end);
    }
    let (hashes, table) = (Mutex::default(), FrameTable::default());
    let writer = Writer { image, plan, args, cx, hashes: &hashes, table: &table };
    cx.par.consume(pieces, section.size, |(what, piece)| writer.write(&what, piece, &mut [], &mut []));
    bytes
}

fn plan_frames(image: &Image<'_, '_>, start: u64, jobs: &mut Vec<Planned>) {
    let shares = &image.frame_plan.shares;
    for range in carve::groups(shares.iter().map(|s| u64::from(s.size)), JOB_SIZE) {
        let last = &shares[range.end - 1];
        let bytes = start + u64::from(shares[range.start].start)..start + u64::from(last.start + last.size);
        jobs.push(Planned { what: What::Frames { shares: range }, ranges: [bytes, EMPTY, EMPTY] });
    }
}

fn plan_symbols(image: &Image<'_, '_>, plan: &Plan<'_>, start: u64, jobs: &mut Vec<Planned>) {
    let shares = &plan.symtab.shares;
    let strings = image.layout.chunk(Chunk::Strtab).map_or(0, |s| s.offset);
    let locals = start + 24 + 24 * u64::from(plan.symtab.section_symbols);
    jobs.push(Planned { what: What::SectionSymbols, ranges: [start + 24..locals, EMPTY, EMPTY] });
    let mut at = [locals, start + 24 * u64::from(plan.symtab.local_count), strings + 1];
    let weights = shares.iter().map(|s| u64::from(s.locals + s.globals) * 24 + s.strings);
    for range in carve::groups(weights, JOB_SIZE) {
        let mut end = at;
        for share in &shares[range.clone()] {
            end[0] += 24 * u64::from(share.locals);
            end[1] += 24 * u64::from(share.globals);
            end[2] += share.strings;
        }
        jobs.push(Planned {
            what: What::Symbols { shares: range, string_base: at[2] - strings },
            ranges: [at[0]..end[0], at[1]..end[1], at[2]..end[2]],
        });
        at = end;
    }
}

/// Gives each job its pieces of the file.
fn lend(output: &mut Output, planned: Vec<Planned>) -> io::Result<Vec<Job<'_>>> {
    let slots = output.lend(planned.iter().map(|planned| &planned.ranges))?;
    let jobs = planned.into_iter().zip(slots);
    let mut jobs: Vec<Job<'_>> = jobs.map(|(planned, slots)| Job { what: planned.what, slots }).collect();
    jobs.retain(|j| j.slots.iter().any(Option::is_some));
    // What another job waits for comes first, so that none is left for the end.
    jobs.sort_by_key(|j| !matches!(j.what, What::Frames { .. }));
    Ok(jobs)
}

struct Writer<'x, 'a, 'o> {
    image: &'x Image<'x, 'a>,
    plan: &'x Plan<'x>,
    args: &'x Args,
    cx: &'x Session,
    hashes: &'x Mutex<Vec<(u64, u128)>>,
    table: &'x FrameTable<'o>,
}

/// Lends `f` the bytes of a slot, all zero, or none.
pub(super) fn fill<R>(slot: Option<Slot<'_>>, scratch: &mut Scratch, f: impl FnOnce(&mut [u8]) -> R) -> io::Result<R> {
    match slot {
        Some(slot) => slot.fill(scratch, f),
        None => Ok(f(&mut [])),
    }
}

/// Like [`fill`], but where `f` writes every byte, they need not be zeros before.
fn fill_whole<R>(
    is_whole: bool,
    slot: Option<Slot<'_>>,
    scratch: &mut Scratch,
    f: impl FnOnce(&mut [u8]) -> R,
) -> io::Result<R> {
    match slot {
        Some(slot) if is_whole => slot.fill_whole(scratch, f),
        slot => fill(slot, scratch, f),
    }
}

impl What {
    /// For each of the job's pieces, whether it writes every byte.
    fn fills_whole(&self) -> [bool; 3] {
        match self {
            What::Frames { .. } => [true, false, false],
            What::Atoms { .. } | What::Symbols { .. } => [true; 3],
            _ => [false; 3],
        }
    }
}

impl<'a, 'o> Writer<'_, 'a, 'o> {
    fn run(&self, job: Job<'o>, scratch: &mut [Scratch; 3]) -> io::Result<()> {
        let hashed = matches!(self.args.build_id, BuildId::Fast | BuildId::Md5 | BuildId::Sha1 | BuildId::Sha256);
        let [a, b, c] = job.slots;
        let [whole_a, whole_b, whole_c] = job.what.fills_whole();
        let starts = [&a, &b, &c].map(|s| s.as_ref().map(|s| s.range().start));
        let [sa, sb, sc] = scratch;
        let mut sums = [0u128; 3];
        fill_whole(whole_a, a, sa, |a| {
            fill_whole(whole_b, b, sb, |b| {
                fill_whole(whole_c, c, sc, |c| {
                    self.write(&job.what, a, b, c);
                    if hashed {
                        sums = [hash_block(a), hash_block(b), hash_block(c)];
                    }
                })
            })
        })???;
        if hashed {
            let mut hashes = self.hashes.lock().unwrap_or_else(|e| e.into_inner());
            hashes.extend(starts.iter().zip(sums).filter_map(|(start, sum)| Some(((*start)?, sum))));
        }
        match job.what {
            What::Frames { .. } => self.table.complete().map_or(Ok(()), |job| self.run(job, scratch)),
            _ => Ok(()),
        }
    }

    fn write(&self, what: &What, a: &mut [u8], b: &mut [u8], c: &mut [u8]) {
        match what {
            What::Headers => self.headers(a),
            What::SectionHeaders => self.section_headers(a),
            What::Atoms { part, atoms } => self.atoms(*part, atoms.clone(), a, b, c),
            What::Merged { class, chunks } => self.image.merged.classes[*class as usize].write(chunks.clone(), a),
            What::Frames { shares } => self.frames(shares.clone(), a),
            What::Chunk(chunk) => self.chunk(*chunk, a),
            What::SectionSymbols => symtab::write_section_symbols(self.image, a),
            What::Emitted(share) => emit::write(self.image, self.plan.emitted, share, a),
            What::Got => self.got(a, b, c),
            What::Late { section, piece } => a.copy_from_slice(&self.plan.late[*section].pieces[*piece]),
            What::Symbols { shares, string_base } => {
                let pieces = symtab::Pieces { locals: a, globals: b, strings: c, string_base: *string_base };
                symtab::write(self.image, self.plan.symtab, shares.clone(), pieces);
            }
        }
    }

    /// Writes every byte of `out`, `relative` and `symbolic`.
    fn atoms(&self, part: u16, range: Range<usize>, out: &mut [u8], relative: &mut [u8], symbolic: &mut [u8]) {
        let image = self.image;
        let section = &image.layout.sections[image.layout.parts[usize::from(part)].1 as usize];
        let list = &image.layout.sizes.parts[usize::from(part)].atoms[range];
        let Some(first) = list.first() else { return };
        let base = image.atom_addr[first.idx()];
        let filler: u8 = match &*section.name {
            _ if section.flags & SHF_EXECINSTR == 0 => 0,
            // Pieces of .init and .fini run one after the other; elsewhere nothing may run between functions.
            b".init" | b".fini" => 0x90,
            _ => 0xcc,
        };
        let mut sink = Sink { relative, symbolic };
        let mut end = 0usize;
        let mut file = FileId(0);
        let may_be_reversed = matches!(&*section.name, b".init_array" | b".fini_array");
        let how = How { loaded: section.is_alloc(), may_be_reversed };
        for (i, &atom) in list.iter().enumerate() {
            let next_file = image.c.numbering.base.get(file.idx() + 1).copied().unwrap_or(0);
            // Atoms ascend but where they follow others (SHF_LINK_ORDER) or were sorted.
            if atom.0 >= next_file || atom.0 < image.c.numbering.base[file.idx()] {
                file = image.c.numbering.file_of(atom);
            }
            let Some(object) = image.c.files[file].object() else { continue };
            let first = image.c.numbering.base[file.idx()];
            prefetch_sections(|ahead| {
                let section = list.get(i + ahead)?.0.wrapping_sub(first);
                (section < object.sections.len() as u32).then_some((object, section))
            });
            let site = Site { file, object, section: atom.0 - first };
            let addr = image.atom_addr[atom.idx()];
            let at = (addr - base) as usize;
            // It could be read when sizes were summed up.
            let size = atoms::size_and_align(object, site.section).map_or(0, |(size, _)| size as usize);
            if end < at {
                out[end..at].fill(filler);
            }
            end = at + size;
            self.atom(site, atom, addr, how, &mut out[at..end], &mut sink);
        }
        out[end..].fill(filler);
        // Nothing is left where all went well.
        sink.relative.fill(0);
        sink.symbolic.fill(0);
    }

    fn atom(&self, site: Site<'_, 'a>, atom: AtomId, addr: u64, how: How, out: &mut [u8], sink: &mut Sink<'_>) {
        let image = self.image;
        let Site { file, object, section } = site;
        let result = object.section_bytes(section).and_then(|bytes| {
            let header = &object.sections[section as usize];
            if header.flags.get() & SHF_COMPRESSED != 0 {
                let stream = bytes.get(24..).unwrap_or(&[]);
                inflate_zlib(stream, out)
                    .map_err(|what| crate::base::view::Malformed::new(header.offset.get(), what))?;
            } else {
                // SHT_NOBITS among sections with bytes: zeros.
                let (copied, zeros) = out.split_at_mut(bytes.len());
                copied.copy_from_slice(bytes);
                if !zeros.is_empty() {
                    zeros.fill(0);
                }
            }
            object.relocations(section)
        });
        let relocations = match result {
            Ok([]) => return,
            Ok(relocations) => relocations,
            Err(error) => return image.c.files.malformed(file, &error, self.cx),
        };
        let mut failures = Vec::new();
        if how.loaded {
            if how.may_be_reversed && sections_reversed(image.c, atom) {
                reversed(image, site, relocations, addr, out, sink, &mut failures);
            } else {
                let place = apply::Place { bytes: out, addr, start: 0 };
                apply::atom(image, site, relocations, place, sink, &mut failures);
            }
        } else {
            let name = object.section_name(section).unwrap_or(b"");
            apply::unloaded(image, site, relocations, tombstone(name, self.args), out, &mut failures);
        }
        for failure in failures {
            self.fail(site, &relocations[failure.index], &failure.what);
        }
    }

    #[cold]
    fn fail(&self, site: Site<'_, 'a>, r: &Rela, what: &str) {
        let c = self.image.c;
        let place = c.place_name(site, r.offset.get());
        let kind = r_x86_64::name(r.kind());
        let name = c.target_name(site, r.symbol());
        let order = u64::from(site.file.0) << 32 | u64::from(site.section);
        let more =
            if what.starts_with(apply::OUT_OF_RANGE) { overflow::explain(self.image, site, r) } else { String::new() };
        self.cx.diag.error_at(order, format_args!("{place}: relocation {kind} against '{name}' {what}{more}"));
    }

    fn chunk(&self, chunk: Chunk, out: &mut [u8]) {
        let image = self.image;
        let addr = image.layout.chunk_addr(chunk);
        let got_plt = image.layout.chunk_addr(Chunk::GotPlt);
        let put = |out: &mut [u8], bytes: &[u8]| out[..bytes.len()].copy_from_slice(bytes);
        match chunk {
            Chunk::Interp => put(out, self.args.dynamic_linker.as_deref().unwrap_or("").as_bytes()),
            Chunk::Property => put(out, self.plan.property),
            Chunk::BuildId => {
                let size = notes::build_id_size(self.args);
                put(out, &notes::note(b"GNU\0", NT_GNU_BUILD_ID, &vec![0; size], 4));
            }
            Chunk::Package => put(out, &notes::package(self.args).unwrap_or_default()),
            Chunk::SysvHash => put(out, &image.dynsym.sysv_hash),
            Chunk::GnuHash => put(out, &image.dynsym.gnu_hash),
            Chunk::Dynsym => {
                for (entry, out) in image.dynsym.list.iter().zip(out[24..].chunks_exact_mut(24)) {
                    let mut symbol = symtab::dynamic(image, entry.id);
                    symbol.name = entry.name.into();
                    put(out, symbol.as_bytes());
                }
            }
            Chunk::Dynstr => put(out, &image.dynsym.strings),
            Chunk::Versym => put(out, &image.dynsym.versym),
            Chunk::Verdef => put(out, &image.dynsym.verdef.0),
            Chunk::Verneed => put(out, &image.dynsym.verneed.0),
            Chunk::Relr => relr::write(&self.plan.relr, out),
            Chunk::RelaPlt => {
                for (i, (entry, number)) in out.chunks_exact_mut(24).zip(&image.slots.plt).enumerate() {
                    let place = got_plt + (plt::GOT_PLT_RESERVED + i as u64) * 8;
                    let symbol = image.slots.places[*number as usize].dynsym;
                    put(entry, Rela::new(place, R_X86_64_JUMP_SLOT, symbol, 0).as_bytes());
                }
            }
            Chunk::Plt => plt::write(out, addr, got_plt, self.plan.ibt),
            Chunk::PltSec => plt::write_sec(out, addr, got_plt),
            Chunk::Iplt => {
                for (i, (entry, number)) in out.chunks_exact_mut(16).zip(&image.slots.iplt).enumerate() {
                    let slot = image.got_addr(image.slots.places[*number as usize].indirect);
                    plt::write_indirect(entry, addr + i as u64 * 16, slot, self.plan.ibt);
                }
            }
            Chunk::FrameHeader => self.frame_header(out),
            Chunk::Dynamic => put(out, &dynamic::build(self.args, &self.plan.dynamic, &image.layout.sections)),
            Chunk::GotPlt => {
                out[..8].copy_from_slice(&image.layout.chunk_addr(Chunk::Dynamic).to_le_bytes());
                let plt = image.layout.chunk_addr(Chunk::Plt);
                for (i, slot) in out[24..].chunks_exact_mut(8).enumerate() {
                    slot.copy_from_slice(&plt::lazy_target(plt, i as u32, self.plan.ibt).to_le_bytes());
                }
            }
            Chunk::Shstrtab => put(out, &self.plan.section_names.0),
            // Filled by jobs of their own, or not at all.
            Chunk::RelaDyn
            | Chunk::Frames
            | Chunk::GdbIndex
            | Chunk::Got
            | Chunk::Symtab
            | Chunk::SymtabShndx
            | Chunk::Strtab => {}
        }
    }
}

/// What replaces a reference from debug information to something that was dropped: a value that no address has. In
/// location and range lists zero would end the list (DWARF 5, 2.17.3).
fn tombstone(name: &[u8], args: &Args) -> u64 {
    let text = String::from_utf8_lossy(name);
    for (glob, value) in args.z.dead_reloc_in_nonalloc.iter().rev() {
        if crate::base::glob::Glob::new(glob.as_bytes()).is_ok_and(|g| g.matches(text.as_bytes())) {
            return *value;
        }
    }
    u64::from(matches!(name, b".debug_loc" | b".debug_ranges"))
}

/// `.ctors` run from the last to the first, `.init_array` from the first to the last.
pub fn sections_reversed(c: &Context<'_, '_>, atom: AtomId) -> bool {
    let part = c.atoms.parts[usize::from(c.atoms.part[atom.idx()])];
    let name = c.atoms.sections[part.section as usize].name;
    if name != b".init_array" && name != b".fini_array" {
        return false;
    }
    let (file, section) = c.numbering.section_of(atom);
    let name = c.files[file].object().and_then(|o| o.section_name(section).ok()).unwrap_or(b"");
    name.starts_with(b".ctors") || name.starts_with(b".dtors")
}

/// Copies the words of an old-style constructor table in the opposite order.
fn reversed<'a>(
    image: &Image<'_, 'a>,
    site: Site<'_, 'a>,
    relocations: &[Rela],
    addr: u64,
    out: &mut [u8],
    sink: &mut Sink<'_>,
    failures: &mut Vec<apply::Failure>,
) {
    let size = out.len() / 8 * 8;
    let mut words: Vec<[u8; 8]> = out[..size].chunks_exact(8).map(|w| w.try_into().unwrap_or_default()).collect();
    words.reverse();
    out[..size].copy_from_slice(words.as_flattened());
    let mut moved: Vec<Rela> = relocations.to_vec();
    for r in &mut moved {
        r.offset = (size as u64).wrapping_sub(8).wrapping_sub(r.offset.get()).into();
    }
    let place = apply::Place { bytes: out, addr, start: 0 };
    apply::atom(image, site, &moved, place, sink, failures);
}

/// A job's own part of `.rela.dyn`.
struct Sink<'o> {
    relative: &'o mut [u8],
    symbolic: &'o mut [u8],
}

fn take_entry(rest: &mut &mut [u8], rela: Rela) {
    // The scan counted with the same rules; a table that is full would be our fault.
    let (entry, tail) = std::mem::take(rest).split_at_mut_checked(24).expect("as many relocations as were counted");
    entry.copy_from_slice(rela.as_bytes());
    *rest = tail;
}

impl apply::DynamicSink for Sink<'_> {
    fn relative(&mut self, place: u64, addend: u64) {
        take_entry(&mut self.relative, Rela::new(place, R_X86_64_RELATIVE, 0, addend as i64));
    }
    fn symbolic(&mut self, place: u64, kind: u32, symbol: u32, addend: i64) {
        let symbol = if symbol == NONE { 0 } else { symbol };
        take_entry(&mut self.symbolic, Rela::new(place, kind, symbol, addend));
    }
}

/// Unwind records have no dynamic relocations.
struct NoSink;

impl apply::DynamicSink for NoSink {
    fn relative(&mut self, _: u64, _: u64) {}
    fn symbolic(&mut self, _: u64, _: u32, _: u32, _: i64) {}
}

/// Patches the note.
fn build_id(image: &Image<'_, '_>, args: &Args, hashes: Vec<(u64, u128)>, output: &mut Output) -> io::Result<()> {
    let Some(section) = image.layout.chunk(Chunk::BuildId) else { return Ok(()) };
    match build_id_of(args, hashes)? {
        Some(id) => output.patch(section.offset + 16, &id),
        None => Ok(()),
    }
}

/// The build-id: the hashes of all pieces combined in file order, or what the command line says.
pub(super) fn build_id_of(args: &Args, mut hashes: Vec<(u64, u128)>) -> io::Result<Option<Vec<u8>>> {
    Ok(match &args.build_id {
        BuildId::None => None,
        BuildId::Hex(bytes) => Some(bytes.clone()),
        BuildId::Uuid => Some(sinew_mmap::process::uuid_bytes()?.to_vec()),
        BuildId::Fast | BuildId::Md5 | BuildId::Sha1 | BuildId::Sha256 => {
            hashes.sort_unstable();
            let mut sha = Sha256::new();
            for (start, hash) in hashes {
                sha.update(&start.to_le_bytes());
                sha.update(&hash.to_le_bytes());
            }
            Some(sha.finish()[..notes::build_id_size(args)].to_vec())
        }
    })
}

/// The address of a name, for the entry point and `DT_INIT`.
pub fn address_of(image: &Image<'_, '_>, name: &[u8]) -> Option<u64> {
    let id: SymbolId = image.c.interned.names.find(name)?;
    let defined = image.c.definitions.attr[id.idx()].has(Attr::DEFINED);
    let addr = image.symbol_addr[id.idx()];
    (defined && addr != super::image::DROPPED).then_some(addr)
}
