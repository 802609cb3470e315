//! The steps that are timed. Each does what no linker can do without, once, on one thread, and nothing else.

use std::fs::{File, OpenOptions};
use std::hint::black_box;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::elf::{ET_DYN, Object};
use crate::names::Names;
use crate::taken::{Piece, Taken};
use sinew::base::archive::{self, MemberData};
use sinew::base::view::{Malformed, cstr};
use sinew_mmap::input::Input;
use sinew_mmap::output::{Leftover, Output, Scratch, Strategy};

/// What walking symbol tables yields.
pub(crate) struct Symbols<'a> {
    pub(crate) objects: Vec<Object<'a>>,
    /// Members of archives are only linked when they are needed.
    pub(crate) lazy: Vec<bool>,
    pub(crate) names: Names<'a>,
    /// The id of each global symbol, all objects one after the other.
    ids: Vec<u32>,
    /// Where each object's ids begin.
    first_id: Vec<u32>,
    pub(crate) symbol_count: usize,
    pub(crate) name_size: u64,
}

impl Symbols<'_> {
    pub(crate) fn ids_of(&self, object: usize) -> &[u32] {
        let end = self.first_id.get(object + 1).map_or(self.ids.len(), |end| *end as usize);
        &self.ids[self.first_id[object] as usize..end]
    }

    pub(crate) fn occurrence_count(&self) -> usize {
        self.ids.len()
    }
}

/// Walks all headers and symbol tables; finds the end of each global name, hashes it and looks it up.
pub(crate) fn symbols(inputs: &[Input]) -> Result<Symbols<'_>, Malformed> {
    let mut found = Symbols {
        objects: Vec::new(),
        lazy: Vec::new(),
        names: Names::new(),
        ids: Vec::new(),
        first_id: Vec::new(),
        symbol_count: 0,
        name_size: 0,
    };
    for input in inputs {
        let bytes = input.bytes();
        if !archive::is_archive(bytes) {
            found.add(bytes, false)?;
            continue;
        }
        for member in archive::members(bytes)? {
            // The members of a thin archive are files that a recorded link would have to name as well.
            if let MemberData::Bytes { bytes, .. } = member.data {
                found.add(bytes, true)?;
            }
        }
    }
    Ok(found)
}

impl<'a> Symbols<'a> {
    fn add(&mut self, bytes: &'a [u8], lazy: bool) -> Result<(), Malformed> {
        let Some(object) = Object::parse(bytes)? else { return Ok(()) };
        self.first_id.push(self.ids.len() as u32);
        for symbol in object.globals() {
            let name = cstr(object.strings, symbol.name.get())?;
            self.name_size += name.len() as u64;
            self.ids.push(self.names.intern(name));
        }
        self.symbol_count += object.symbols.len();
        self.objects.push(object);
        // A shared object is never fetched: it is there.
        self.lazy.push(lazy && self.objects.last().is_some_and(|object| object.kind != ET_DYN));
        Ok(())
    }
}

/// Reads each relocation of what is copied once. Returns how many there are.
pub(crate) fn relocations(symbols: &Symbols<'_>, taken: &Taken) -> Result<u64, Malformed> {
    let (mut count, mut sum) = (0, 0_u64);
    for piece in taken.pieces.iter().filter(|piece| piece.relocations != 0) {
        let object = &symbols.objects[piece.object as usize];
        let relocations = object.relocations(&object.sections[piece.relocations as usize])?;
        count += relocations.len() as u64;
        for relocation in relocations {
            sum = sum.wrapping_add(relocation.info.get() ^ relocation.offset.get() ^ relocation.addend.get());
        }
    }
    black_box(sum);
    Ok(count)
}

/// Where the copied bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// Into a buffer that stays in the cache, and no further: what reading and patching cost.
    Buffer,
    /// From such a buffer with `pwrite` over the bytes of a file that is there.
    OldFile,
    /// From such a buffer with `pwrite` into a new file that takes the old one's place.
    NewFile,
    /// Straight into a new file, mapped.
    NewMap,
}

impl Target {
    pub(crate) const ALL: [Target; 4] = [Target::Buffer, Target::OldFile, Target::NewFile, Target::NewMap];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Target::Buffer => "to a buffer, not written",
            Target::OldFile => "pwrite over the old file",
            Target::NewFile => "pwrite to a new file",
            Target::NewMap => "a new file, mapped",
        }
    }
}

/// How much a job copies, unless one section is larger.
const JOB_SIZE: u64 = 256 << 10;

/// The pieces of each job. Cutting is part of no step: it is a loop over sizes.
pub(crate) fn jobs(taken: &Taken) -> Vec<Range<usize>> {
    let (mut jobs, mut start) = (Vec::new(), 0);
    for (index, piece) in taken.pieces.iter().enumerate() {
        if piece.offset - taken.pieces[start].offset >= JOB_SIZE {
            jobs.push(start..index);
            start = index;
        }
    }
    if start < taken.pieces.len() {
        jobs.push(start..taken.pieces.len());
    }
    jobs
}

/// Copies every piece and patches a place of four bytes for each of its relocations.
///
/// The caller drops what a replaced file leaves after the time is taken: no build waits for that.
pub(crate) fn copy(
    symbols: &Symbols<'_>,
    taken: &Taken,
    jobs: &[Range<usize>],
    (target, path): (Target, &Path),
) -> io::Result<Option<Leftover>> {
    let start = |job: &Range<usize>| taken.pieces[job.start].offset;
    let end = |job: &Range<usize>| taken.pieces.get(job.end).map_or(taken.output_size, |next| next.offset);
    let fill = |job: &Range<usize>, to: &mut [u8]| {
        taken.pieces[job.clone()].iter().try_for_each(|piece| place(symbols, piece, start(job), to))
    };
    match target {
        Target::Buffer | Target::OldFile => {
            let file = if target == Target::OldFile { Some(existing(path, taken.output_size)?) } else { None };
            let mut buffer = Vec::new();
            for job in jobs {
                let size = (end(job) - start(job)) as usize;
                if buffer.len() < size {
                    buffer.resize(size, 0);
                }
                fill(job, &mut buffer[..size]).map_err(invalid)?;
                match &file {
                    Some(file) => file.write_all_at(&buffer[..size], start(job))?,
                    None => drop(black_box(&mut buffer)),
                }
            }
            Ok(None)
        }
        Target::NewFile | Target::NewMap => {
            let strategy = if target == Target::NewFile { Strategy::Pwrite } else { Strategy::Map };
            let mut output = Output::create_with(path, taken.output_size, true, strategy)?;
            let ranges: Vec<_> = jobs.iter().map(|job| start(job)..end(job)).collect();
            let mut scratch = Scratch::new();
            for (slot, job) in output.carve(&ranges)?.into_iter().zip(jobs) {
                slot.fill(&mut scratch, |to| fill(job, to))?.map_err(invalid)?;
            }
            Ok(Some(output.commit()?))
        }
    }
}

fn place(symbols: &Symbols<'_>, piece: &Piece, job_start: u64, to: &mut [u8]) -> Result<(), Malformed> {
    let object = &symbols.objects[piece.object as usize];
    let bytes = object.section_bytes(&object.sections[piece.section as usize])?;
    let at = (piece.offset - job_start) as usize;
    let to = &mut to[at..at + bytes.len()];
    to.copy_from_slice(bytes);
    if piece.relocations == 0 {
        return Ok(());
    }
    for relocation in object.relocations(&object.sections[piece.relocations as usize])? {
        let (at, value) = (relocation.offset.get(), relocation.info.get().wrapping_add(relocation.addend.get()));
        // Relocations that change less than four bytes at a section's very end are too few to count.
        if let Some(place) = to.get_mut(at as usize..).and_then(|tail| tail.first_chunk_mut::<4>()) {
            *place = (value as u32).to_le_bytes();
        }
    }
    Ok(())
}

/// A file with blocks for `size` bytes, as the link before this one left it.
fn existing(path: &Path, size: u64) -> io::Result<File> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
    file.set_len(size)?;
    Ok(file)
}

fn invalid(error: Malformed) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error.to_string())
}
