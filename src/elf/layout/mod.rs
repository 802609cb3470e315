//! Which bytes go where: output sections in order, their addresses and file offsets, segments.
//!
//! Order and segments follow GNU ld's default script: read-only, code, read-only data, then data that becomes read-only
//! after relocation (RELRO), data, zeros. Offsets of atoms inside their part are prefix sums: each group of files sums
//! its own, one short serial loop adds up the groups. Addresses are final when this returns.
//! Cost: one walk over the atoms in two parallel regions.

mod place;
mod rank;
mod sections;
mod segments;
mod sizes;

use super::atoms::Atoms;
use super::format::*;
use super::merge::Merged;
use crate::args::elf::Args;
use std::borrow::Cow;
use std::sync::Arc;

pub use place::{end_of_file, place};
pub use sections::sections;
pub use sizes::{PartPlan, Sizes, sizes};

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

impl<'a> OutSection<'a> {
    /// A section that is still empty.
    fn new(name: &'a [u8], kind: u32, flags: u64) -> Self {
        let (addr, offset, size) = (0, 0, 0);
        let (name, regions) = (Cow::Borrowed(name), Vec::new());
        OutSection { name, kind, flags, entsize: 0, align: 1, addr, offset, size, regions, relro: false }
    }

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
}

/// Gives the only region of a section that holds `chunk` its final size.
pub fn resize(list: &mut [OutSection<'_>], chunk: Chunk, size: u64) {
    let is_it = |s: &&mut OutSection<'_>| s.regions[0].content == Content::Chunk(chunk);
    if let Some(section) = list.iter_mut().find(is_it) {
        section.size = size;
        section.regions[0].size = size;
    }
}

/// Bytes of a page for segments, and for RELRO.
pub fn page_sizes(args: &Args) -> (u64, u64) {
    let max = args.z.max_page_size.unwrap_or(4096).max(1);
    let common = args.z.common_page_size.unwrap_or(4096).min(max).max(1);
    if args.omagic { (1, 1) } else { (max, common) }
}

/// The most that a section may hold: more than any machine has. Damaged inputs add up to more than 64 bits hold, so that
/// sums below saturate until this is checked.
pub const MAX_SIZE: u64 = 1 << 46;

fn too_large(name: &str, size: u64) -> String {
    format!("section {name} would be {size} bytes; at most {MAX_SIZE} can be linked")
}

/// The next multiple of `align`, a power of two (or 0, like 1), or the last address when there is none.
#[inline]
pub(super) fn round_up(value: u64, align: u64) -> u64 {
    let mask = align.max(1) - 1;
    value.checked_add(mask).map_or(u64::MAX, |sum| sum & !mask)
}

/// The address that the command line gives a section.
fn explicit_start(args: &Args, name: &[u8]) -> Option<u64> {
    args.section_starts.iter().find(|(n, _)| n.as_bytes() == name).map(|(_, start)| *start)
}
