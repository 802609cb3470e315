//! Which bytes go where: output sections in order, their addresses and file offsets, segments.
//!
//! Order and segments follow GNU ld's default script: read-only, code, read-only data, then data that becomes read-only
//! after relocation (RELRO), data, zeros. Offsets of atoms inside their part are prefix sums: each group of files sums
//! its own, one short serial loop adds up the groups. Addresses are final when this returns.
//! Cost: one walk over the atoms in two parallel regions.

use super::atoms::{self, Atoms, Fate, Numbering};
use super::format::*;
use super::load::Files;
use super::merge::Merged;
use crate::args::elf::{Args, OutputKind, Separate};
use crate::base::bitset::BitSet;
use crate::base::carve;
use crate::base::diag::Reported;
use crate::base::ids::{AtomId, FileId};
use crate::base::session::Session;
use std::borrow::Cow;
use std::sync::Arc;

/// A contiguous region inside an output section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Atoms of part number so-and-so.
    Part(u16),
    /// A class of merged pieces.
    Merged(u32),
    /// Tentative definitions; thread-local ones apart.
    Commons {
        /// In `.tbss`.
        tls: bool,
    },
    /// Data copied from shared objects; what is read-only there apart.
    Copies {
        /// Read-only once it is copied.
        relro: bool,
    },
    /// Relocations that `--emit-relocs` keeps: table number so-and-so.
    Emitted(u32),
    /// Something that the linker makes.
    Chunk(Chunk),
}

/// What the linker makes, each the only content of its section (but for [`Chunk::Frames`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Chunk {
    Interp,
    Property,
    BuildId,
    Package,
    SysvHash,
    GnuHash,
    Dynsym,
    Dynstr,
    Versym,
    Verdef,
    Verneed,
    RelaDyn,
    Relr,
    RelaPlt,
    Plt,
    PltSec,
    Iplt,
    FrameHeader,
    Frames,
    Dynamic,
    Got,
    GotPlt,
    GdbIndex,
    Symtab,
    SymtabShndx,
    Strtab,
    Shstrtab,
}

/// A content and its place in the section.
#[derive(Debug, Clone, Copy)]
pub struct Region {
    /// What.
    pub content: Content,
    /// Bytes from the start of the section.
    pub offset: u64,
    /// Bytes.
    pub size: u64,
    /// Alignment in bytes.
    pub align: u64,
}

/// An output section.
#[derive(Debug, Clone)]
pub struct OutSection<'a> {
    /// Name.
    pub name: Cow<'a, [u8]>,
    /// SHT_*.
    pub kind: u32,
    /// SHF_*.
    pub flags: u64,
    /// `sh_entsize`.
    pub entsize: u64,
    /// Alignment in bytes.
    pub align: u64,
    /// Virtual address; 0 for what is not loaded.
    pub addr: u64,
    /// File offset.
    pub offset: u64,
    /// Bytes in memory (and in the file, unless SHT_NOBITS).
    pub size: u64,
    /// Regions in ascending order.
    pub regions: Vec<Region>,
    /// Read-only once the dynamic linker is done.
    pub relro: bool,
}

impl OutSection<'_> {
    /// Occupies memory.
    pub fn is_alloc(&self) -> bool {
        self.flags & SHF_ALLOC != 0
    }
    /// Occupies the file.
    pub fn has_bytes(&self) -> bool {
        self.kind != SHT_NOBITS
    }
    /// `.tbss`: takes no addresses, only room in the TLS block.
    pub fn is_tbss(&self) -> bool {
        self.kind == SHT_NOBITS && self.flags & SHF_TLS != 0
    }
}

/// A chunk that exists, before it has a place.
#[derive(Debug)]
pub struct NewSection<'a> {
    /// What.
    pub chunk: Chunk,
    /// Section name.
    pub name: &'a [u8],
    /// SHT_*.
    pub kind: u32,
    /// SHF_*.
    pub flags: u64,
    /// `sh_entsize`.
    pub entsize: u64,
    /// Alignment in bytes.
    pub align: u64,
    /// Bytes.
    pub size: u64,
}

/// The atoms of one part in output order, by group of files.
#[derive(Debug, Default)]
pub struct PartPlan {
    /// Bytes.
    pub size: u64,
    /// Alignment in bytes.
    pub align: u64,
    /// Atoms in ascending order of address.
    pub atoms: Vec<AtomId>,
}

/// Offsets of atoms, independent of where sections go.
#[derive(Debug)]
pub struct Sizes {
    /// By part number.
    pub parts: Vec<PartPlan>,
    /// Offset of each regular atom in its part.
    pub offset: Vec<u64>,
    /// Bytes of each regular atom; merged ones and those not kept have none.
    pub size: Vec<u64>,
}

/// The most that a section may hold: more than any machine has. Damaged inputs add up to more than 64 bits hold, so that
/// sums below saturate until this is checked.
pub const MAX_SIZE: u64 = 1 << 46;

fn too_large(name: &str, size: u64) -> String {
    format!("section {name} would be {size} bytes; at most {MAX_SIZE} can be linked")
}

/// The next multiple of `align`, or the last address when there is none.
fn round_up(value: u64, align: u64) -> u64 {
    value.checked_next_multiple_of(align.max(1)).unwrap_or(u64::MAX)
}

/// Sums up the sizes of kept atoms.
pub fn sizes(
    files: &Files<'_>,
    numbering: &Numbering,
    atoms: &Atoms<'_>,
    kept: &BitSet,
    cx: &Session,
) -> Result<Sizes, Reported> {
    let _t = cx.time.phase("sum sizes");
    let count = numbering.atom_count();
    let (mut offset, mut size) = (vec![0u64; count], vec![0u64; count]);
    let groups = numbering.file_groups(16_384);
    let lens: Vec<usize> = groups.iter().map(|g| (numbering.base[g.end] - numbering.base[g.start]) as usize).collect();
    let jobs = groups.iter().zip(carve::carve(&mut offset, lens.iter().copied()));
    let jobs = jobs.zip(carve::carve(&mut size, lens.iter().copied()));
    let jobs: Vec<_> = jobs.map(|job| std::sync::Mutex::new(Some(job))).collect();
    let sums = cx.par.map(jobs.len(), count as u64 * 80, |j| {
        let ((group, offsets), lengths) = jobs[j].lock().expect("taken once").take().expect("taken once");
        let mut parts: Vec<PartPlan> = (0..atoms.parts.len()).map(|_| PartPlan::default()).collect();
        let start = numbering.base[group.start] as usize;
        for f in group.clone().map(|f| FileId(f as u32)).filter(|f| numbering.is_live(*f)) {
            let Some(object) = files[f].object() else { continue };
            let first = numbering.base[f.idx()] as usize;
            for section in 1..object.sections.len() {
                let atom = first + section;
                if atoms.fate[atom] != Fate::Regular || !kept.contains(atom) {
                    continue;
                }
                let part = &mut parts[usize::from(atoms.part[atom])];
                match atoms::size_and_align(object, section as u32) {
                    Ok((bytes, align)) => {
                        let at = round_up(part.size, align);
                        offsets[atom - start] = at;
                        lengths[atom - start] = bytes;
                        part.size = at.saturating_add(bytes);
                        part.align = part.align.max(align);
                        part.atoms.push(AtomId(atom as u32));
                    }
                    Err(error) => files.malformed(f, &error, cx),
                }
            }
        }
        parts
    });
    cx.diag.checkpoint()?;

    // Where each group's share of each part begins. Shares start aligned to the part, so offsets inside them hold.
    let mut parts: Vec<PartPlan> =
        (0..atoms.parts.len()).map(|_| PartPlan { align: 1, ..PartPlan::default() }).collect();
    let mut bases: Vec<Vec<u64>> = Vec::with_capacity(sums.len());
    for sum in &sums {
        let base = parts.iter_mut().zip(sum).map(|(part, share)| {
            if share.atoms.is_empty() {
                return part.size;
            }
            let at = round_up(part.size, share.align);
            part.size = at.saturating_add(share.size);
            part.align = part.align.max(share.align);
            at
        });
        bases.push(base.collect());
    }
    for (p, part) in parts.iter().enumerate().filter(|(_, part)| part.size > MAX_SIZE) {
        let name = String::from_utf8_lossy(atoms.sections[atoms.parts[p].section as usize].name).into_owned();
        cx.diag.error(too_large(&name, part.size));
    }
    cx.diag.checkpoint()?;
    for (p, part) in parts.iter_mut().enumerate() {
        part.atoms.reserve_exact(sums.iter().map(|s| s[p].atoms.len()).sum());
        sums.iter().for_each(|s| part.atoms.extend_from_slice(&s[p].atoms));
    }
    let jobs: Vec<_> = carve::carve(&mut offset, lens.iter().copied()).into_iter().zip(&groups).zip(bases).collect();
    cx.par.consume(jobs, count as u64 * 10, |((offsets, group), base)| {
        let first = numbering.base[group.start] as usize;
        for (i, offset) in offsets.iter_mut().enumerate() {
            if atoms.fate[first + i] == Fate::Regular {
                *offset = offset.saturating_add(base[usize::from(atoms.part[first + i])]);
            }
        }
    });
    Ok(Sizes { parts, offset, size })
}

/// A program header before it is written.
#[derive(Debug, Clone, Copy)]
pub struct Segment {
    /// PT_*.
    pub kind: u32,
    /// PF_*.
    pub flags: u32,
    /// File offset.
    pub offset: u64,
    /// Virtual address.
    pub addr: u64,
    /// Bytes in the file.
    pub file_size: u64,
    /// Bytes in memory.
    pub memory_size: u64,
    /// Alignment.
    pub align: u64,
}

/// The finished plan of the file.
#[derive(Debug)]
pub struct Layout<'a> {
    /// Output sections in file order; section header index is the place here plus one.
    pub sections: Vec<OutSection<'a>>,
    /// Program headers.
    pub segments: Vec<Segment>,
    /// Bytes of the file header and program headers.
    pub header_size: u64,
    /// Virtual address of the file header.
    pub image_base: u64,
    /// Bytes of the file up to the section header table.
    pub section_headers: u64,
    /// Bytes of the file.
    pub file_size: u64,
    /// Address of each part and the index of its section.
    pub parts: Vec<(u64, u32)>,
    /// Address of each merged class and the index of its section.
    pub classes: Vec<(u64, u32)>,
    /// Atoms.
    pub sizes: Arc<Sizes>,
    /// Start of the TLS block, its end rounded up to its alignment.
    pub tls: (u64, u64),
}

impl<'a> Layout<'a> {
    /// The section that holds `chunk`.
    pub fn chunk(&self, chunk: Chunk) -> Option<&OutSection<'a>> {
        self.sections.iter().find(|s| s.regions.iter().any(|r| r.content == Content::Chunk(chunk)))
    }

    /// The address of `chunk`; 0 when there is none.
    pub fn chunk_addr(&self, chunk: Chunk) -> u64 {
        self.find(Content::Chunk(chunk)).map_or(0, |(s, r)| s.addr + r.offset)
    }

    /// The section and region of `content`.
    pub fn find(&self, content: Content) -> Option<(&OutSection<'a>, &Region)> {
        self.sections.iter().find_map(|s| Some((s, s.regions.iter().find(|r| r.content == content)?)))
    }

    /// The section called `name`.
    pub fn by_name(&self, name: &[u8]) -> Option<(usize, &OutSection<'a>)> {
        self.sections.iter().enumerate().find(|(_, s)| *s.name == *name)
    }
}

/// What layout needs beside atoms and chunks.
pub struct Inputs<'x, 'a> {
    /// The command line.
    pub args: &'x Args,
    /// Fates and parts.
    pub atoms: &'x Atoms<'a>,
    /// Merged classes.
    pub merged: &'x Merged<'a>,
    /// Bytes and alignment of tentative definitions: ordinary and thread-local.
    pub commons: [(u64, u64); 2],
    /// Bytes and alignment of copies: of writable and of read-only data.
    pub copies: [(u64, u64); 2],
    /// The stack is executable: the command line says so, or an input needs it.
    pub exec_stack: bool,
    /// The GOT of the PLT is read-only after relocation (`-z now`).
    pub relro_got_plt: bool,
}

/// Builds the output sections in file order; sizes are known, addresses are not.
pub fn sections<'a>(inputs: &Inputs<'_, 'a>, sizes: &Sizes, chunks: Vec<NewSection<'a>>) -> Vec<OutSection<'a>> {
    let atoms = inputs.atoms;
    let mut list: Vec<OutSection<'a>> = (atoms.sections.iter())
        .map(|s| OutSection {
            name: Cow::Borrowed(s.name),
            kind: s.kind,
            flags: s.flags,
            entsize: s.entsize,
            align: 1,
            addr: 0,
            offset: 0,
            size: 0,
            regions: Vec::new(),
            relro: false,
        })
        .collect();
    let mut order: Vec<u16> = (0..atoms.parts.len() as u16).collect();
    order.sort_by_key(|p| atoms.parts[usize::from(*p)].order);
    for p in order {
        let plan = &sizes.parts[usize::from(p)];
        if !plan.atoms.is_empty() {
            let region = Region { content: Content::Part(p), offset: 0, size: plan.size, align: plan.align };
            list[atoms.parts[usize::from(p)].section as usize].regions.push(region);
        }
    }
    for (i, class) in inputs.merged.classes.iter().enumerate() {
        let region = Region { content: Content::Merged(i as u32), offset: 0, size: class.size, align: class.align };
        list[class.section as usize].regions.push(region);
    }
    let add = |list: &mut Vec<OutSection<'a>>, name: &'static [u8], flags: u64, content: Content, (size, align)| {
        if size == 0 {
            return;
        }
        let region = Region { content, offset: 0, size, align };
        match list
            .iter_mut()
            .find(|s| *s.name == *name && s.flags & (SHF_ALLOC | SHF_TLS) == flags & (SHF_ALLOC | SHF_TLS))
        {
            Some(section) => section.regions.push(region),
            None => list.push(OutSection {
                name: Cow::Borrowed(name),
                kind: SHT_NOBITS,
                flags,
                entsize: 0,
                align: 1,
                addr: 0,
                offset: 0,
                size: 0,
                regions: vec![region],
                relro: false,
            }),
        }
    };
    const DATA: u64 = SHF_ALLOC | SHF_WRITE;
    add(&mut list, b".bss", DATA, Content::Copies { relro: false }, inputs.copies[0]);
    // Without RELRO too: it is where others look for it.
    add(&mut list, b".bss.rel.ro", DATA, Content::Copies { relro: true }, inputs.copies[1]);
    add(&mut list, b".bss", DATA, Content::Commons { tls: false }, inputs.commons[0]);
    add(&mut list, b".tbss", DATA | SHF_TLS, Content::Commons { tls: true }, inputs.commons[1]);
    for c in chunks {
        let region = Region { content: Content::Chunk(c.chunk), offset: 0, size: c.size, align: c.align };
        list.push(OutSection {
            name: Cow::Borrowed(c.name),
            kind: c.kind,
            flags: c.flags,
            entsize: c.entsize,
            align: 1,
            addr: 0,
            offset: 0,
            size: 0,
            regions: vec![region],
            relro: false,
        });
    }
    list.retain(|s| !s.regions.is_empty());
    for section in &mut list {
        let mut at = 0u64;
        for region in &mut section.regions {
            at = round_up(at, region.align);
            region.offset = at;
            at = at.saturating_add(region.size);
            section.align = section.align.max(region.align);
        }
        section.size = at;
        // A page of -N holds code and data alike, which stay writable.
        section.relro = inputs.args.z.relro && !inputs.args.omagic && is_relro(section, inputs.relro_got_plt);
        if section.relro && section.kind == SHT_NOBITS && section.flags & SHF_TLS == 0 {
            // Zeros in the middle of a segment are zeros in the file.
            section.kind = SHT_PROGBITS;
        }
    }
    list.sort_by_key(rank);
    if inputs.args.oformat_binary {
        list.retain(OutSection::is_alloc);
    }
    if !inputs.args.section_starts.is_empty() {
        by_address(&mut list, inputs.args);
    }
    fill_holes(&mut list, inputs.args);
    // The TLS block starts at its own alignment, wherever that comes from.
    let tls_align = list.iter().filter(|s| s.flags & SHF_TLS != 0).map(|s| s.align).max();
    if let Some(first) = list.iter_mut().find(|s| s.flags & SHF_TLS != 0) {
        first.align = first.align.max(tls_align.unwrap_or(1));
    }
    list
}

/// The address that the command line gives a section.
fn explicit_start(args: &Args, name: &[u8]) -> Option<u64> {
    args.section_starts.iter().find(|(n, _)| n.as_bytes() == name).map(|(_, start)| *start)
}

/// Brings sections with addresses of their own into ascending order, each with those that follow it.
fn by_address(list: &mut Vec<OutSection<'_>>, args: &Args) {
    let mut runs: Vec<(u64, Vec<OutSection<'_>>)> = vec![(0, Vec::new())];
    for section in list.drain(..) {
        match explicit_start(args, &section.name).filter(|_| section.is_alloc()) {
            Some(start) => runs.push((start, vec![section])),
            None if !section.is_alloc() => match runs.last_mut() {
                Some((u64::MAX, run)) => run.push(section),
                _ => runs.push((u64::MAX, vec![section])),
            },
            None => runs.last_mut().expect("there is a first one").1.push(section),
        }
    }
    // The headers and what belongs to them stay in front.
    runs[1..].sort_by_key(|(start, _)| *start);
    list.extend(runs.into_iter().flat_map(|(_, run)| run));
}

/// Zeros before bytes of the same segment are zeros in the file.
fn fill_holes(list: &mut [OutSection<'_>], args: &Args) {
    let mut bytes_follow = false;
    for i in (0..list.len()).rev() {
        if !list[i].is_alloc() || list[i].is_tbss() {
            continue;
        }
        let next = list[i + 1..].iter().find(|s| s.is_alloc() && !s.is_tbss());
        bytes_follow &= next.is_some_and(|next| !splits(&list[i], next, args) || args.oformat_binary);
        if list[i].has_bytes() {
            bytes_follow = true;
        } else if bytes_follow {
            list[i].kind = SHT_PROGBITS;
        }
    }
}

fn is_relro(section: &OutSection<'_>, got_plt: bool) -> bool {
    if section.flags & (SHF_ALLOC | SHF_WRITE) != SHF_ALLOC | SHF_WRITE {
        return false;
    }
    section.flags & SHF_TLS != 0
        || matches!(section.kind, SHT_INIT_ARRAY | SHT_FINI_ARRAY | SHT_PREINIT_ARRAY | SHT_DYNAMIC)
        || matches!(
            &*section.name,
            b".data.rel.ro"
                | b".bss.rel.ro"
                | b".ctors"
                | b".dtors"
                | b".jcr"
                | b".got"
                | b".eh_frame"
                | b".gcc_except_table"
                | b".toc"
        )
        || *section.name == *b".got.plt" && got_plt
}

/// Place of a section in the file: a class of permissions, then the customary order.
fn rank(s: &OutSection<'_>) -> (u32, u32) {
    if !s.is_alloc() {
        let last = match s.regions[0].content {
            Content::Chunk(chunk) => 1 + chunk as u32,
            _ => 0,
        };
        return (9, last);
    }
    let (write, exec, large) =
        (s.flags & SHF_WRITE != 0, s.flags & SHF_EXECINSTR != 0, s.flags & SHF_X86_64_LARGE != 0);
    let chunk = match s.regions[0].content {
        Content::Chunk(chunk) => Some(chunk),
        _ => None,
    };
    let class = match (large, write, exec) {
        (true, false, true) => 8,
        (true, false, false) => 6,
        (true, true, _) => 7,
        (false, true, true) => 5,
        (false, false, true) => 1,
        (false, true, false) => 3 + u32::from(!s.relro),
        (false, false, false) => match chunk {
            Some(Chunk::FrameHeader | Chunk::Frames) => 2,
            Some(_) => 0,
            None if s.kind == SHT_NOTE => 0,
            None => 2,
        },
    };
    let within = match (class, chunk, &*s.name) {
        (0, Some(Chunk::Interp), _) => 0,
        (0, Some(Chunk::Property), _) => 1,
        (0, Some(Chunk::BuildId | Chunk::Package), _) => 2,
        (0, None, _) => 3,
        (0, Some(chunk), _) => 10 + chunk as u32,
        (1, _, b".init") => 0,
        (1, Some(chunk), _) => 1 + chunk as u32,
        (1, _, b".text") => 100,
        (1, _, b".fini") => 102,
        (1, ..) => 101,
        (2, _, b".rodata") => 0,
        (2, Some(Chunk::FrameHeader), _) => 2,
        (2, Some(_), _) => 3,
        (2, _, b".gcc_except_table") => 4,
        (2, ..) => 1,
        (3, _, _) if s.flags & SHF_TLS != 0 => u32::from(s.kind == SHT_NOBITS),
        (3, _, b".preinit_array") => 2,
        (3, _, b".init_array") => 3,
        (3, _, b".fini_array") => 4,
        (3, None, b".data.rel.ro") => 5,
        (3, None, _) => 6,
        (3, Some(chunk), _) => 10 + chunk as u32,
        (4, Some(_), _) => 0,
        // Without RELRO the TLS sections are here.
        (4, _, _) if s.flags & SHF_TLS != 0 => 1 + u32::from(s.kind == SHT_NOBITS),
        (4, _, b".data") => 3,
        (4 | 7, _, _) if s.kind == SHT_NOBITS => 6 + u32::from(*s.name == *b".bss"),
        (4, ..) => 4,
        _ => 1,
    };
    (class, within)
}

/// Gives the only region of a section that holds `chunk` its final size.
pub fn resize(list: &mut [OutSection<'_>], chunk: Chunk, size: u64) {
    let is_it = |s: &&mut OutSection<'_>| s.regions[0].content == Content::Chunk(chunk);
    if let Some(section) = list.iter_mut().find(is_it) {
        section.size = size;
        section.regions[0].size = size;
    }
}

/// PF_* of a section's segment.
fn permissions(s: &OutSection<'_>, args: &Args) -> u32 {
    if args.omagic {
        return PF_R | PF_W | PF_X;
    }
    let mut flags = PF_R;
    if s.flags & SHF_WRITE != 0 {
        flags |= PF_W;
    }
    if s.flags & SHF_EXECINSTR != 0 || !args.rosegment && s.flags & SHF_WRITE == 0 {
        flags |= PF_X;
    }
    flags
}

/// Whether a new PT_LOAD begins between two loaded sections.
fn splits(a: &OutSection<'_>, b: &OutSection<'_>, args: &Args) -> bool {
    let large = |s: &OutSection<'_>| s.flags & SHF_X86_64_LARGE != 0;
    permissions(a, args) != permissions(b, args) || large(a) != large(b) || explicit_start(args, &b.name).is_some()
}

/// Bytes of a page for segments, and for RELRO.
pub fn page_sizes(args: &Args) -> (u64, u64) {
    let max = args.z.max_page_size.unwrap_or(4096).max(1);
    let common = args.z.common_page_size.unwrap_or(4096).min(max).max(1);
    if args.omagic { (1, 1) } else { (max, common) }
}

/// Gives every section its address and file offset.
pub fn place<'a>(
    inputs: &Inputs<'_, 'a>,
    sizes: Arc<Sizes>,
    mut list: Vec<OutSection<'a>>,
    cx: &Session,
) -> Result<Layout<'a>, Reported> {
    let _t = cx.time.phase("place sections");
    let args = inputs.args;
    let (page, relro_page) = page_sizes(args);
    let pic = matches!(args.kind, OutputKind::Pie | OutputKind::Shared);
    let image_base = args.image_base.unwrap_or(if pic { 0 } else { 0x40_0000 });
    // The number of program headers depends on which sections there are, not on where they go.
    let header_size = match args.oformat_binary {
        true => 0,
        false => 64 + 56 * segments(&list, inputs, 0, 0).len() as u64,
    };
    let (mut addr, mut offset) = (image_base.saturating_add(header_size), header_size);
    let mut previous: Option<usize> = None;
    let mut tbss_end: Option<u64> = None;
    for i in 0..list.len() {
        if !list[i].is_alloc() {
            if list[i].has_bytes() {
                offset = round_up(offset, list[i].align);
                list[i].offset = offset;
                offset = offset.saturating_add(list[i].size);
            } else {
                list[i].offset = offset;
            }
            continue;
        }
        let new_segment = previous.is_some_and(|p| splits(&list[p], &list[i], args));
        let after_relro = previous.is_some_and(|p| list[p].relro && !list[i].relro);
        if new_segment {
            let (a, b) = (permissions(&list[previous.unwrap_or(0)], args), permissions(&list[i], args));
            let apart = match args.z.separate {
                // Without padding in the file, a page of it shows in two segments.
                _ if args.nmagic => false,
                Separate::All => true,
                Separate::Code => (a | b) & PF_X != 0,
                Separate::None => false,
            };
            if apart && page > 1 {
                offset = round_up(offset, page);
                addr = round_up(addr, page);
            } else {
                // The next page in memory shows the same page of the file.
                addr = round_up(addr, page).saturating_add(offset % page);
            }
        } else if after_relro {
            let padding = round_up(addr, relro_page) - addr;
            addr += padding;
            offset = offset.saturating_add(padding);
        }
        let section = &mut list[i];
        if let Some(start) = explicit_start(args, &section.name) {
            addr = start;
            // Congruent to the page that the kernel maps, even where the segment claims no alignment.
            offset = offset.saturating_add(addr.wrapping_sub(offset) % page.max(4096));
        }
        let aligned = round_up(addr, section.align);
        if section.is_tbss() {
            // The block goes on from one `.tbss` to the next; everything else notices no more than its alignment.
            if tbss_end.is_none() {
                offset = offset.saturating_add(aligned - addr);
                addr = aligned;
            }
            section.addr = round_up(tbss_end.unwrap_or(addr), section.align);
            section.offset = offset.wrapping_add(section.addr.wrapping_sub(addr));
            tbss_end = Some(section.addr.saturating_add(section.size));
            previous = Some(i);
            continue;
        }
        offset = offset.saturating_add(aligned - addr);
        addr = aligned;
        section.addr = addr;
        section.offset = offset;
        addr = addr.saturating_add(section.size);
        if section.has_bytes() {
            offset = offset.saturating_add(section.size);
        }
        previous = Some(i);
    }
    // Below this block no sum of addresses, offsets and sizes can overflow.
    check_room(&list, offset, cx)?;
    let segments = segments(&list, inputs, image_base, header_size);
    if args.oformat_binary {
        offset = memory_image(&mut list);
        if offset > MAX_SIZE {
            return Err(cx
                .diag
                .fail(format_args!("the memory image would be {offset} bytes; at most {MAX_SIZE} can be linked")));
        }
    }
    if args.check_sections || args.oformat_binary {
        check_overlap(&list, cx);
    }
    let with_headers = args.z.section_header && !args.oformat_binary;
    let section_headers = if with_headers { offset.next_multiple_of(8) } else { offset };
    let headers = if with_headers { 64 * (list.len() as u64 + 1) } else { 0 };
    let tls = segments
        .iter()
        .find(|s| s.kind == PT_TLS)
        .map_or((0, 0), |s| (s.addr, round_up(s.addr + s.memory_size, s.align)));
    let mut parts = vec![(0, u32::MAX); sizes.parts.len()];
    let mut classes = vec![(0, u32::MAX); inputs.merged.classes.len()];
    for (i, section) in list.iter().enumerate() {
        for region in &section.regions {
            let at = (section.addr + region.offset, i as u32);
            match region.content {
                Content::Part(p) => parts[usize::from(p)] = at,
                Content::Merged(c) => classes[c as usize] = at,
                _ => {}
            }
        }
    }
    let file_size = section_headers + headers;
    if segments.len() >= usize::from(u16::MAX) {
        return Err(cx.diag.fail(format_args!("{} program headers; at most 65534 can be made", segments.len())));
    }
    Ok(Layout {
        sections: list,
        segments,
        header_size,
        image_base,
        section_headers,
        file_size,
        parts,
        classes,
        sizes,
        tls,
    })
}

/// `--oformat=binary`: the file is what memory will hold, from the lowest address on. Returns its size.
fn memory_image(list: &mut [OutSection<'_>]) -> u64 {
    let base = list.iter().filter(|s| s.has_bytes() && s.size > 0).map(|s| s.addr).min().unwrap_or(0);
    let mut size = 0;
    for section in list {
        section.offset = section.addr.saturating_sub(base);
        if section.has_bytes() && section.size > 0 {
            size = size.max(section.offset.saturating_add(section.size));
        }
    }
    size
}

/// Gives what is not loaded its place in the file anew. Returns where section headers begin and where the file ends.
pub fn end_of_file(list: &mut [OutSection<'_>], header_size: u64, args: &Args) -> (u64, u64) {
    let loaded = list.iter().filter(|s| s.is_alloc());
    let mut offset = loaded.map(|s| s.offset + if s.has_bytes() { s.size } else { 0 }).max().unwrap_or(header_size);
    for section in list.iter_mut().filter(|s| !s.is_alloc()) {
        offset = offset.next_multiple_of(section.align);
        section.offset = offset;
        offset += if section.has_bytes() { section.size } else { 0 };
    }
    match args.z.section_header {
        true => {
            let headers = offset.next_multiple_of(8);
            (headers, headers + 64 * (list.len() as u64 + 1))
        }
        false => (offset, offset),
    }
}

/// Every section has a place in memory and in the file.
fn check_room(list: &[OutSection<'_>], file_end: u64, cx: &Session) -> Result<(), Reported> {
    for section in list {
        let name = String::from_utf8_lossy(&section.name);
        if section.size > MAX_SIZE {
            cx.diag.error(too_large(&name, section.size));
        } else if section.is_alloc() && section.addr.checked_add(section.size).is_none_or(|end| end == u64::MAX) {
            let (addr, size) = (section.addr, section.size);
            cx.diag.error(format_args!("section {name} of {size} bytes at 0x{addr:x} ends beyond the last address"));
        }
    }
    if list.len() >= usize::from(SHN_LORESERVE) - 1 {
        cx.diag.error(format_args!("{} output sections; at most {} can be made", list.len(), SHN_LORESERVE - 2));
    }
    if file_end > MAX_SIZE {
        cx.diag.error(format_args!("the output would be {file_end} bytes; at most {MAX_SIZE} can be linked"));
    }
    cx.diag.checkpoint()
}

fn check_overlap(list: &[OutSection<'_>], cx: &Session) {
    let mut loaded: Vec<_> = list.iter().filter(|s| s.is_alloc() && s.size > 0 && !s.is_tbss()).collect();
    loaded.sort_by_key(|s| s.addr);
    for pair in loaded.windows(2) {
        if pair[0].addr + pair[0].size > pair[1].addr {
            let name = |s: &OutSection<'_>| String::from_utf8_lossy(&s.name).into_owned();
            cx.diag.error(format_args!(
                "sections {} and {} overlap at address 0x{:x}",
                name(pair[0]),
                name(pair[1]),
                pair[1].addr
            ));
        }
    }
}

/// The program headers of sections in file order.
fn segments(list: &[OutSection<'_>], inputs: &Inputs<'_, '_>, image_base: u64, header_size: u64) -> Vec<Segment> {
    let args = inputs.args;
    let (page, relro_page) = page_sizes(args);
    let mut segments = Vec::new();
    let covering = |kind: u32, flags: u32, run: &[&OutSection<'_>], align: u64| {
        let (mut first, last) = (run[0], run[run.len() - 1]);
        if kind != PT_TLS {
            // A `.tbss` in front has an address of its own alignment, which may lie beyond what follows.
            first = run.iter().find(|s| !s.is_tbss()).unwrap_or(&first);
        }
        let with_bytes = run.iter().rev().find(|s| s.has_bytes());
        let end = run.iter().filter(|s| !s.is_tbss()).map(|s| s.addr + s.size).max().unwrap_or(first.addr);
        let end = if kind == PT_TLS { last.addr + last.size } else { end };
        Segment {
            kind,
            flags,
            offset: first.offset,
            addr: first.addr,
            file_size: with_bytes.map_or(0, |s| s.offset + s.size - first.offset),
            memory_size: end.saturating_sub(first.addr),
            align,
        }
    };
    let one = |kind: u32, flags: u32, chunk: Chunk| {
        let section = list.iter().find(|s| s.regions.iter().any(|r| r.content == Content::Chunk(chunk)))?;
        Some(covering(kind, flags, &[section], section.align))
    };
    let interp = one(PT_INTERP, PF_R, Chunk::Interp);
    let alloc: Vec<&OutSection<'_>> = list.iter().filter(|s| s.is_alloc()).collect();
    // Where the command line places the first section, nothing is put in front of it.
    let has_header = alloc.first().is_none_or(|s| explicit_start(args, &s.name).is_none());
    if has_header && (interp.is_some() || args.kind == OutputKind::Pie) {
        let size = header_size.saturating_sub(64);
        segments.push(Segment {
            kind: PT_PHDR,
            flags: PF_R,
            offset: 64,
            addr: image_base.saturating_add(64),
            file_size: size,
            memory_size: size,
            align: 8,
        });
    }
    segments.extend(interp);
    let first_load = segments.len();
    for (i, run) in alloc.chunk_by(|a, b| !splits(a, b, args)).enumerate() {
        let align = run.iter().map(|s| s.align).max().unwrap_or(1).max(page);
        let mut load = covering(PT_LOAD, permissions(run[0], args), run, align);
        // The first segment starts with the file itself, unless it was placed where there is no room for the headers.
        let before = load.offset;
        if i == 0 && has_header && load.addr >= before {
            load.offset = 0;
            load.addr -= before;
            load.file_size += before;
            load.memory_size += before;
        }
        segments.push(load);
    }
    // The kernel wants them in ascending order.
    segments[first_load..].sort_by_key(|s: &Segment| s.addr);
    // The dynamic linker looks at these flags before it writes to the table.
    segments.extend(one(PT_DYNAMIC, if args.z.rodynamic { PF_R } else { PF_R | PF_W }, Chunk::Dynamic));
    let notes = alloc.chunk_by(|a, b| a.kind == SHT_NOTE && b.kind == SHT_NOTE && a.align == b.align);
    for run in notes.filter(|run| run[0].kind == SHT_NOTE) {
        segments.push(covering(PT_NOTE, PF_R, run, run[0].align));
    }
    segments.extend(one(PT_GNU_PROPERTY, PF_R, Chunk::Property));
    let tls: Vec<&OutSection<'_>> = alloc.iter().copied().filter(|s| s.flags & SHF_TLS != 0).collect();
    if !tls.is_empty() {
        segments.push(covering(PT_TLS, PF_R, &tls, tls.iter().map(|s| s.align).max().unwrap_or(1)));
    }
    segments.extend(one(PT_GNU_EH_FRAME, PF_R, Chunk::FrameHeader));
    if args.z.gnu_stack {
        let flags = if inputs.exec_stack { PF_R | PF_W | PF_X } else { PF_R | PF_W };
        let size = args.z.stack_size.unwrap_or(0);
        segments.push(Segment {
            kind: PT_GNU_STACK,
            flags,
            offset: 0,
            addr: 0,
            file_size: 0,
            memory_size: size,
            align: 16,
        });
    }
    let relro: Vec<&OutSection<'_>> = alloc.iter().copied().filter(|s| s.relro).collect();
    if relro.iter().any(|s| !s.is_tbss()) {
        let mut segment = covering(PT_GNU_RELRO, PF_R, &relro, 1);
        segment.memory_size = round_up(segment.addr + segment.memory_size, relro_page) - segment.addr;
        segments.push(segment);
    }
    segments
}
