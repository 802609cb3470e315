//! Atoms: the input sections of the files that are in, and the output section each belongs to.
//!
//! An atom's number is its file's base plus its section index, so a symbol's section is an addition away. Output
//! sections are found by name; their *parts* order what is inside (`.init_array.5` before `.init_array`, `.text.hot`
//! together). Cost: one walk over the section headers and names, in parallel; names that hash to known prefixes
//! allocate nothing.

use super::comdat;
use super::format::*;
use super::layout::MAX_SIZE;
use super::load::Files;
use super::object::{NAMES_AHEAD, Object};
use super::sections::{self, Role};
use crate::args::elf::Args;
use crate::base::bitset::BitSet;
use crate::base::carve;
use crate::base::diag::Reported;
use crate::base::ids::{AtomId, FileId};
use crate::base::inflate::inflate_zlib;
use crate::base::session::Session;
use crate::base::view::{Malformed, view_one};
use std::collections::HashMap;
use std::ops::Range;

/// The number of each section of each file that is in.
#[derive(Debug)]
pub struct Numbering {
    /// First atom of each file, and one past the last.
    pub base: Vec<u32>,
    live: BitSet,
}

impl Numbering {
    /// Numbers the sections of the objects in `live`.
    pub fn new(files: &Files<'_>, live: BitSet, cx: &Session) -> Result<Self, Reported> {
        let mut base = Vec::with_capacity(files.list.len() + 1);
        let mut next = 0u64;
        for (f, file) in files.iter() {
            base.push(next as u32);
            if let Some(object) = file.object()
                && live.contains(f.idx())
            {
                next += object.sections.len() as u64;
            }
        }
        base.push(next as u32);
        if next >= u64::from(u32::MAX) {
            return Err(cx.diag.fail(format_args!("{next} input sections; at most 4294967294 can be linked")));
        }
        Ok(Numbering { base, live })
    }

    /// The atom of section `section` of `file`.
    #[inline]
    pub fn atom(&self, file: FileId, section: u32) -> AtomId {
        AtomId(self.base[file.idx()] + section)
    }

    /// The files that take part.
    pub fn live(&self) -> &BitSet {
        &self.live
    }

    /// Takes a file without sections, a library that nothing needs, out of the link.
    pub fn leave_out(&mut self, file: FileId) {
        self.live.remove(file.idx());
    }

    /// Whether `file` takes part in the link.
    #[inline]
    pub fn is_live(&self, file: FileId) -> bool {
        self.live.contains(file.idx())
    }

    /// One past the last atom.
    pub fn atom_count(&self) -> usize {
        self.base[self.base.len() - 1] as usize
    }

    /// The file of an atom.
    pub fn file_of(&self, atom: AtomId) -> FileId {
        FileId(self.base.partition_point(|b| *b <= atom.0) as u32 - 1)
    }

    /// The file of an atom and the index of its section.
    pub fn section_of(&self, atom: AtomId) -> (FileId, u32) {
        let file = self.file_of(atom);
        (file, atom.0 - self.base[file.idx()])
    }

    /// The same, found faster where the atom is one of `file`, as that of a neighbour most often is.
    #[inline]
    pub fn section_near(&self, file: FileId, atom: AtomId) -> (FileId, u32) {
        let section = atom.0.wrapping_sub(self.base[file.idx()]);
        let is_there = section < self.base[file.idx() + 1] - self.base[file.idx()];
        if is_there { (file, section) } else { self.section_of(atom) }
    }

    /// Live objects, in order.
    pub fn objects<'f, 'a>(&self, files: &'f Files<'a>) -> impl Iterator<Item = (FileId, &'f Object<'a>)> {
        files.iter().filter(|(f, _)| self.is_live(*f)).filter_map(|(f, file)| Some((f, file.object()?)))
    }

    /// Ranges of about `target` atoms, which end where files do or cut those that are large ([`carve::cuts`]).
    pub fn cuts(&self, target: u64) -> Vec<Range<usize>> {
        carve::cuts(&self.base, target)
    }

    /// The files that have atoms in `range`, each with the indices of their sections.
    pub fn pieces(&self, range: Range<usize>) -> impl Iterator<Item = (FileId, Range<u32>)> {
        carve::pieces(&self.base, range)
    }

    /// How much the objects before each file that take part have of something, each `of(object)`, and one more for all.
    pub fn row(&self, files: &Files<'_>, of: impl Fn(&Object<'_>) -> usize) -> Vec<u64> {
        let mut base = vec![0];
        for (f, file) in files.iter() {
            let object = file.object().filter(|_| self.is_live(f));
            base.push(base[f.idx()] + object.map_or(0, |object| of(object) as u64));
        }
        base
    }

    /// Ranges of files with about `target` atoms each, fewer in a small link.
    pub fn file_groups(&self, target: u64) -> Vec<Range<usize>> {
        carve::fair_groups(self.base.windows(2).map(|w| u64::from(w[1] - w[0]) + 1), target)
    }
}

/// What becomes of an atom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub enum Fate {
    /// Read by the linker, or by nobody: symbol tables, relocations, groups, notes that are merged by meaning.
    #[default]
    Skipped,
    /// Went with a COMDAT group that lost.
    Dropped,
    /// Copied and relocated whole.
    Regular,
    /// Split into pieces that are merged with equal ones.
    Merged,
    /// `.eh_frame`, split into records.
    Frames,
}

/// One part of an output section: atoms of one part stay together, parts are in ascending order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Part {
    /// Index in [`Atoms::sections`].
    pub section: u32,
    /// Place among the parts of the section.
    pub order: u32,
}

/// An output section made of atoms, before its chunks and its address are known.
#[derive(Debug, Clone)]
pub struct Section<'a> {
    /// Name.
    pub name: &'a [u8],
    /// SHT_*.
    pub kind: u32,
    /// SHF_*.
    pub flags: u64,
    /// `sh_entsize`, when all inputs agree.
    pub entsize: u64,
}

/// The atoms of a link: arrays indexed by [`AtomId`].
#[derive(Debug)]
pub struct Atoms<'a> {
    /// What becomes of each.
    pub fate: Vec<Fate>,
    /// Index in [`Atoms::parts`] of each regular or merged atom.
    pub part: Vec<u16>,
    /// Parts, numbered in order of first use.
    pub parts: Vec<Part>,
    /// Output sections, numbered in order of first use.
    pub sections: Vec<Section<'a>>,
    /// Some input asked for an executable stack (`.note.GNU-stack` with SHF_EXECINSTR), by file.
    pub exec_stack: Vec<FileId>,
    /// `.note.gnu.property` sections.
    pub properties: Vec<AtomId>,
    /// `.gnu.warning.SYMBOL` sections.
    pub warnings: Vec<AtomId>,
    /// Contents of merged atoms whose input is compressed.
    pub inflated: HashMap<AtomId, Inflated>,
}

/// What a compressed section holds.
#[derive(Debug)]
pub struct Inflated {
    /// Contents.
    pub bytes: Vec<u8>,
    /// Their alignment in bytes.
    pub align: u64,
}

/// What the sections of one group of files came to; part numbers are the group's own until they are merged.
struct Local<'a> {
    known: Vec<u16>,
    /// For each known name what its last section was, and the part of that.
    last: [Option<(PieceKind, u16)>; sections::KNOWN.len()],
    other: HashMap<(&'a [u8], u32, u64), u16>,
    parts: Vec<LocalPart<'a>>,
    exec_stack: Vec<FileId>,
    properties: Vec<AtomId>,
    warnings: Vec<AtomId>,
    linkonce: Vec<(&'a [u8], AtomId)>,
    inflated: Vec<(AtomId, Inflated)>,
}

/// What an output section takes from the header of an input: its type, flags and entry size.
type PieceKind = (u32, u64, u64);

struct LocalPart<'a> {
    section: Section<'a>,
    order: u32,
    uniform: bool,
}

const NO_PART: u16 = u16::MAX;

/// Finds the output section of every section of every file that is in.
pub fn assign<'a>(
    files: &Files<'a>,
    numbering: &Numbering,
    dropped: &BitSet,
    args: &Args,
    cx: &Session,
) -> Result<Atoms<'a>, Reported> {
    let _t = cx.time.phase("assign sections");
    let count = numbering.atom_count();
    let mut fate = vec![Fate::default(); count];
    let mut part = vec![NO_PART; count];
    let cuts = numbering.cuts(16_384);
    let sizes = || cuts.iter().map(|range| range.len());
    let jobs = cuts.iter().zip(carve::carve(&mut fate, sizes())).zip(carve::carve(&mut part, sizes()));
    let locals = cx.par.map_jobs(jobs.collect(), count as u64 * 96, |((range, mut fates), mut parts)| {
        let mut local = Local::new();
        for (file, sections) in numbering.pieces(range.clone()) {
            let Some(object) = files[file].object() else { continue };
            let job = FileJob { file, object, first: numbering.base[file.idx()], dropped, args };
            let fates = fates.split_off_mut(..sections.len()).unwrap_or_default();
            let parts = parts.split_off_mut(..sections.len()).unwrap_or_default();
            if let Err(error) = job.assign(sections, &mut local, fates, parts) {
                files.malformed(file, &error, cx);
            }
        }
        local
    });
    cx.diag.checkpoint()?;

    // Merge the groups' part numbers, in order; then translate.
    let mut atoms = Atoms {
        fate: Vec::new(),
        part: Vec::new(),
        parts: Vec::new(),
        sections: Vec::new(),
        exec_stack: Vec::new(),
        properties: Vec::new(),
        warnings: Vec::new(),
        inflated: HashMap::new(),
    };
    let mut by_key: HashMap<(&[u8], u64, u32), u16> = HashMap::new();
    let mut by_name: HashMap<(&[u8], u64), u32> = HashMap::new();
    let mut uniform: Vec<bool> = Vec::new();
    let mut translations = Vec::with_capacity(locals.len());
    let mut linkonce = Vec::new();
    for local in locals {
        let mut translation = Vec::with_capacity(local.parts.len());
        for p in &local.parts {
            // Allocated and not allocated, thread-local and not, are different sections even under one name.
            let class = p.section.flags & (SHF_ALLOC | SHF_TLS);
            let section = *by_name.entry((p.section.name, class)).or_insert_with(|| {
                atoms.sections.push(p.section.clone());
                uniform.push(true);
                atoms.sections.len() as u32 - 1
            });
            sections::merge(&mut atoms.sections[section as usize], &p.section);
            uniform[section as usize] &= p.uniform;
            let number = *by_key.entry((p.section.name, class, p.order)).or_insert_with(|| {
                atoms.parts.push(Part { section, order: p.order });
                (atoms.parts.len() - 1) as u16
            });
            translation.push(number);
        }
        translations.push(translation);
        atoms.exec_stack.extend(local.exec_stack);
        atoms.properties.extend(local.properties);
        atoms.warnings.extend(local.warnings);
        linkonce.extend(local.linkonce);
        atoms.inflated.extend(local.inflated);
    }
    if atoms.parts.len() >= usize::from(NO_PART) {
        return Err(cx
            .diag
            .fail(format_args!("{} output section parts; at most 65534 can be made", atoms.parts.len())));
    }
    for (section, uniform) in atoms.sections.iter_mut().zip(uniform) {
        if !uniform {
            section.flags &= !(SHF_MERGE | SHF_STRINGS);
            section.entsize = 0;
        }
    }
    let jobs: Vec<_> = carve::carve(&mut part, sizes()).into_iter().zip(translations).collect();
    cx.par.consume(jobs, count as u64 * 2, |(parts, translation)| {
        for part in parts.iter_mut().filter(|p| **p != NO_PART) {
            *part = translation[usize::from(*part)];
        }
    });
    let is_dropped = |f: FileId, section: u32| dropped.contains(numbering.atom(f, section).idx());
    for atom in comdat::linkonce(files, numbering, &is_dropped, linkonce) {
        fate[atom.idx()] = Fate::Dropped;
    }
    (atoms.fate, atoms.part) = (fate, part);
    Ok(atoms)
}

struct FileJob<'f, 'a> {
    file: FileId,
    object: &'f Object<'a>,
    first: u32,
    dropped: &'f BitSet,
    args: &'f Args,
}

impl<'a> FileJob<'_, 'a> {
    /// Assigns some of the file's sections.
    fn assign(
        &self,
        sections: Range<u32>,
        local: &mut Local<'a>,
        fates: &mut [Fate],
        parts: &mut [u16],
    ) -> Result<(), Malformed> {
        let mut name_bytes = 0usize;
        let limit = self.object.name_limit(sections.len(), self.object.sections.len());
        for (section, (fate, part)) in sections.zip(fates.iter_mut().zip(parts)) {
            let header = &self.object.sections[section as usize];
            self.object.prefetch_section_name(self.object.sections.get(section as usize + NAMES_AHEAD));
            let atom = AtomId(self.first + section);
            if self.dropped.contains(atom.idx()) {
                *fate = Fate::Dropped;
                continue;
            }
            if section == 0 || sections::is_metadata(header.kind.get()) {
                continue;
            }
            let name = self.object.section_name(section)?;
            name_bytes += name.len();
            if name_bytes > limit {
                let what = format!("section names overlap: {name_bytes} bytes, and at most {limit} are read");
                return Err(Malformed::new(0, what));
            }
            let role = sections::role(name, header, self.args);
            match role {
                Role::Skipped => continue,
                Role::StackNote => {
                    if header.flags.get() & SHF_EXECINSTR != 0 {
                        local.exec_stack.push(self.file);
                    }
                    continue;
                }
                Role::Property => {
                    local.properties.push(atom);
                    continue;
                }
                Role::Warning => {
                    local.warnings.push(atom);
                    continue;
                }
                Role::Frames => {
                    *fate = Fate::Frames;
                    continue;
                }
                Role::Output { .. } => {}
            }
            let Role::Output { name: output, known, order } = role else { continue };
            if name.starts_with(b".gnu.linkonce.") {
                local.linkonce.push((name, atom));
            }
            check_alignment(header)?;
            let bytes = self.object.section_bytes(section)?;
            if header.flags.get() & SHF_COMPRESSED != 0 && header.flags.get() & SHF_ALLOC != 0 {
                let what = format!("section {} is compressed and loaded", String::from_utf8_lossy(name));
                return Err(Malformed::new(header.offset.get(), what));
            }
            let has_no_relocations = || self.object.rela_section(section) == 0;
            let mergeable = if header.flags.get() & SHF_COMPRESSED == 0 {
                sections::is_mergeable(header, bytes, self.args) && has_no_relocations()
            } else if header.flags.get() & SHF_MERGE != 0 && has_no_relocations() {
                let inflated = inflate(self.object, section)?;
                let mergeable = sections::is_mergeable(header, &inflated.bytes, self.args);
                local.inflated.extend(mergeable.then_some((atom, inflated)));
                mergeable
            } else {
                false
            };
            *fate = if mergeable { Fate::Merged } else { Fate::Regular };
            let flags = header.flags.get() & sections::kept_flags(mergeable);
            let entsize = if header.flags.get() & SHF_MERGE != 0 { header.entsize.get() } else { 0 };
            let kind = (header.kind.get(), flags, entsize);
            let memo = known.filter(|_| order == sections::ORDER_PLAIN);
            // Most sections are like the one of that name before.
            *part = match memo.and_then(|known| local.last[known]) {
                Some((last, part)) if last == kind => part,
                _ => local.part(
                    Section { name: output, kind: sections::output_kind(output, header), flags, entsize },
                    known,
                    order,
                ),
            };
            if let Some(known) = memo {
                local.last[known] = Some((kind, *part));
            }
        }
        Ok(())
    }
}

/// An alignment is a power of two (gABI, `sh_addralign`); more than the address space is a lie.
pub(super) fn check_alignment(header: &Shdr) -> Result<(), Malformed> {
    check_place(header.offset.get(), header.size.get(), header.align.get())
}

fn check_place(at: u64, size: u64, align: u64) -> Result<(), Malformed> {
    if align > 1 && !align.is_power_of_two() {
        return Err(Malformed::new(at, format!("a section is aligned to {align}, no power of two")));
    }
    if align > MAX_ALIGN {
        return Err(Malformed::new(at, format!("a section is aligned to {align}; at most {MAX_ALIGN} can be linked")));
    }
    if size > MAX_SIZE {
        return Err(Malformed::new(at, format!("a section of {size} bytes; at most {MAX_SIZE} can be linked")));
    }
    Ok(())
}

/// A gigabyte-sized page is the largest thing that anyone aligns to.
pub const MAX_ALIGN: u64 = 1 << 32;

/// Deflate makes at most 258 bytes of two bits.
const MAX_INFLATION: u64 = 1032;

impl<'a> Local<'a> {
    fn new() -> Self {
        Local {
            known: vec![NO_PART; sections::KNOWN.len()],
            last: [None; sections::KNOWN.len()],
            other: HashMap::new(),
            parts: Vec::new(),
            exec_stack: Vec::new(),
            properties: Vec::new(),
            warnings: Vec::new(),
            linkonce: Vec::new(),
            inflated: Vec::new(),
        }
    }

    fn part(&mut self, section: Section<'a>, known: Option<usize>, order: u32) -> u16 {
        const CLASS: u64 = SHF_ALLOC | SHF_TLS;
        let class = section.flags & CLASS;
        // A known name that comes in two classes has one of them there, the other among the rest.
        let has_other_class =
            |number: u16| self.parts.get(usize::from(number)).is_some_and(|p| p.section.flags & CLASS != class);
        let fast = known.filter(|k| order == sections::ORDER_PLAIN && !has_other_class(self.known[*k]));
        let found = match fast {
            Some(k) => self.known[k],
            None => self.other.get(&(section.name, order, class)).copied().unwrap_or(NO_PART),
        };
        if found != NO_PART {
            let part = &mut self.parts[usize::from(found)];
            part.uniform &= part.section.flags & (SHF_MERGE | SHF_STRINGS) == section.flags & (SHF_MERGE | SHF_STRINGS)
                && part.section.entsize == section.entsize;
            sections::merge(&mut part.section, &section);
            return found;
        }
        let number = self.parts.len() as u16;
        if number == NO_PART {
            return NO_PART - 1;
        }
        match fast {
            Some(k) => self.known[k] = number,
            None => _ = self.other.insert((section.name, order, class), number),
        }
        self.parts.push(LocalPart { section, order, uniform: true });
        number
    }
}

/// Decompresses a section.
fn inflate(object: &Object<'_>, section: u32) -> Result<Inflated, Malformed> {
    let (size, align) = size_and_align(object, section)?;
    let mut bytes = vec![0; usize::try_from(size).unwrap_or(usize::MAX)];
    let stream = object.section_bytes(section)?.get(size_of::<Chdr>()..).unwrap_or(&[]);
    let offset = object.sections[section as usize].offset.get();
    inflate_zlib(stream, &mut bytes).map_err(|what| Malformed::new(offset, what))?;
    Ok(Inflated { bytes, align })
}

/// The size of a section when it is written: what it inflates to, for compressed ones.
pub fn size_and_align(object: &Object<'_>, section: u32) -> Result<(u64, u64), Malformed> {
    let header = &object.sections[section as usize];
    if header.flags.get() & SHF_COMPRESSED == 0 {
        return Ok((header.size.get(), header.align.get().max(1)));
    }
    let at = header.offset.get();
    let stored = object.section_bytes(section)?.len() as u64;
    let compression: &Chdr = view_one(object.bytes, at, "a compression header")?;
    let (size, align) = (compression.size.get(), compression.align.get());
    check_place(at, size, align)?;
    if compression.kind.get() != ELFCOMPRESS_ZLIB {
        let what = match compression.kind.get() {
            ELFCOMPRESS_ZSTD => "a section is compressed with zstd; compile with -gz=zlib, or run objcopy \
                                 --decompress-debug-sections on the object"
                .to_string(),
            kind => format!("a section has compression type {kind}; only zlib (1) can be read"),
        };
        return Err(Malformed::new(at, what));
    }
    if stored < size_of::<Chdr>() as u64 || size / MAX_INFLATION > stored {
        return Err(Malformed::new(at, format!("a compressed section of {stored} bytes claims to hold {size}")));
    }
    Ok((size, align.max(1)))
}
