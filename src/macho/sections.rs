//! Output sections: which input sections go where, in which order, and what the linker adds.
//!
//! A section of the output is a segment's and a section's name, after Apple's standard renames (`__DATA,__const` and what
//! else only dyld writes goes to `__DATA_CONST`) and the command line's. Its type and attributes are its first input's;
//! order within a segment is code, then what the linker makes, then the rest as it first appears, zero-filled last.
//! Cost: a hash look-up an input section, one pass over the atoms.

use super::format::*;
use super::relocs::Context;
use crate::args::macho::{Args, OutputKind, Target};
use crate::base::diag::Reported;
use crate::base::ids::{AtomId, FileId, NONE};
use crate::base::session::Session;
use std::collections::HashMap;

/// A section of the output before it has an address.
#[derive(Debug, Clone)]
pub struct OutSection {
    /// Segment and section.
    pub name: (Vec<u8>, Vec<u8>),
    /// Type and attributes.
    pub flags: u32,
    /// Exponent of its alignment.
    pub align: u8,
    /// What is in it.
    pub content: Content,
    /// Zero bytes that the linker has behind the atoms, at a multiple of eight: room for [`Chunk::Private`].
    pub room: u64,
    /// Virtual address, once placed.
    pub address: u64,
    /// Bytes of memory, once placed.
    pub size: u64,
    /// File offset, once placed; 0 for zero-filled sections.
    pub offset: u64,
    /// `reserved1`: index of its first indirect symbol.
    pub first_indirect: u32,
}

/// What is in an output section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Atoms, in order.
    Atoms(Vec<AtomId>),
    /// Made by the linker.
    Chunk(Chunk),
    /// A file's bytes (`-sectcreate`).
    Bytes(Vec<u8>),
}

/// Sections that the linker makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Chunk {
    Stubs,
    StubHelper,
    Got,
    LazyPointers,
    ThreadPointers,
    /// `__dyld_private`: a word in which dyld remembers the image.
    Private,
    InitOffsets,
    ImageInfo,
    UnwindInfo,
    EhFrame,
    /// What `__unwind_info` is made of in a later link.
    CompactUnwind,
}

impl OutSection {
    /// An empty section.
    pub fn new(segment: &[u8], section: &[u8], flags: u32, align: u8, content: Content) -> OutSection {
        let name = (segment.to_vec(), section.to_vec());
        OutSection { name, flags, align, content, room: 0, address: 0, size: 0, offset: 0, first_indirect: 0 }
    }

    /// Whether it has no bytes in the file.
    pub fn is_zero_fill(&self) -> bool {
        matches!(self.flags & SECTION_TYPE, S_ZEROFILL | S_GB_ZEROFILL | S_THREAD_LOCAL_ZEROFILL)
    }

    /// Its atoms.
    pub fn atoms(&self) -> &[AtomId] {
        match &self.content {
            Content::Atoms(atoms) => atoms,
            _ => &[],
        }
    }
}

/// Chunks whose size is known, with it.
pub type Sized = Vec<(Chunk, u64)>;

/// Distributes kept atoms to output sections, adds the linker's own, and puts all in order.
pub fn build(
    context: &Context<'_, '_>,
    chunks: &Sized,
    target: Target,
    cx: &Session,
) -> Result<Vec<OutSection>, Reported> {
    let _t = cx.time.phase("build sections");
    let mut builder = Builder {
        args: context.args,
        data_const: context.args.data_const(target),
        sections: Vec::new(),
        by_name: HashMap::new(),
    };
    let mut lists: Vec<Vec<AtomId>> = Vec::new();
    for (file, object) in context.objects() {
        let kept = |atom: &AtomId| context.atoms.kept.contains(atom.idx());
        let first = context.atoms.of(file).start;
        for (index, section) in object.sections.iter().enumerate() {
            if !object.roles[index].has_atoms() {
                continue;
            }
            let atoms = object.atoms_of(index as u32);
            let mut atoms = atoms.map(|local| AtomId(first + local)).filter(kept).peekable();
            if atoms.peek().is_none() {
                continue;
            }
            let out = builder.input(section);
            lists.resize_with(builder.sections.len(), Vec::new);
            lists[out].extend(atoms);
        }
    }
    let commons = context.atoms.of(FileId(0)).map(AtomId).filter(|a| context.atoms.kept.contains(a.idx()));
    let commons: Vec<AtomId> = commons.collect();
    if !commons.is_empty() {
        let out = builder.named(b"__DATA", b"__common", S_ZEROFILL);
        lists.resize_with(builder.sections.len(), Vec::new);
        lists[out].extend(commons);
    }
    let mut sections = builder.sections;
    for (section, list) in sections.iter_mut().zip(lists) {
        section.align = list.iter().map(|a| context.atoms.align[a.idx()]).max().unwrap_or(0);
        section.content = Content::Atoms(list);
    }
    let mut chunks = chunks.clone();
    if let Some(data) =
        sections.iter_mut().find(|s| s.name.0 == b"__DATA" && s.name.1 == b"__data" && !s.is_zero_fill())
    {
        // dyld's word has no section to itself where there is data of the program's own.
        let private: u64 = chunks.extract_if(.., |(chunk, _)| *chunk == Chunk::Private).map(|(_, size)| size).sum();
        (data.room, data.align) = (private, if private > 0 { data.align.max(3) } else { data.align });
    }
    sections.extend(chunks.iter().map(|&(chunk, size)| {
        let (segment, name, flags, align) = described(chunk, context.args.data_const(target));
        OutSection { size, ..OutSection::new(segment, name, flags, align, Content::Chunk(chunk)) }
    }));
    add_named(&mut sections, context.args, cx)?;
    if sections.len() > 255 {
        return Err(cx.diag.fail(format_args!("{} output sections; a symbol can name 255", sections.len())));
    }
    align_thread_template(&mut sections);
    for section in sections.iter().filter(|s| s.align > PAGE_EXPONENT) {
        let (segment, name) = (String::from_utf8_lossy(&section.name.0), String::from_utf8_lossy(&section.name.1));
        let aligned = 1u64 << section.align;
        let text = "systems load images at any multiple of 16384, which is all that holds when the program runs";
        cx.diag.warn(format_args!("{segment},{name} is aligned to {aligned} bytes; {text}"));
    }
    let orders = Orders { args: context.args };
    sections.sort_by_key(|s| {
        (
            s.name.0 != b"__TEXT",
            orders.segment(s),
            segment_rank(&s.name.0),
            s.name.0.clone(),
            s.is_zero_fill(),
            orders.section(s),
            section_rank(s),
        )
    });
    Ok(sections)
}

/// The exponent of a page's size, by multiples of which an image moves.
const PAGE_EXPONENT: u8 = 14;

/// Sections that the command line makes (`-sectcreate`, `-add_empty_section`), and alignments that it gives.
fn add_named(sections: &mut Vec<OutSection>, args: &Args, cx: &Session) -> Result<(), Reported> {
    for created in &args.created_sections {
        let path = &created.file;
        let failed = |e| cx.diag.fail(format_args!("cannot read {} for -sectcreate: {e}", path.display()));
        let bytes = std::fs::read(path).map_err(failed)?;
        let (segment, section, size) = (&created.name.segment, &created.name.section, bytes.len() as u64);
        let made = OutSection::new(segment, section, S_REGULAR, 0, Content::Bytes(bytes));
        sections.push(OutSection { size, ..made });
    }
    for name in &args.empty_sections {
        let is_there = sections.iter().any(|s| s.name.0 == *name.segment && s.name.1 == *name.section);
        if !is_there {
            let content = Content::Bytes(Vec::new());
            sections.push(OutSection::new(&name.segment, &name.section, S_REGULAR, 0, content));
        }
    }
    for (name, align) in &args.section_aligns {
        let named = sections.iter_mut().filter(|s| s.name.0 == *name.segment && s.name.1 == *name.section);
        named.for_each(|s| s.align = s.align.max(*align));
    }
    Ok(())
}

/// `-segment_order` and `-section_order`: what they do not name comes behind.
struct Orders<'x> {
    args: &'x Args,
}

impl Orders<'_> {
    fn segment(&self, section: &OutSection) -> usize {
        let place = self.args.segment_order.iter().position(|name| **name == section.name.0[..]);
        place.unwrap_or(usize::MAX)
    }

    fn section(&self, section: &OutSection) -> usize {
        let listed = self.args.section_orders.iter().find(|(segment, _)| **segment == section.name.0[..]);
        let place = listed.and_then(|(_, names)| names.iter().position(|name| **name == section.name.1[..]));
        // The unwind tables are made of addresses of what comes before them.
        let is_last = matches!(section.content, Content::Chunk(Chunk::UnwindInfo | Chunk::EhFrame));
        place.filter(|_| !is_last).unwrap_or(usize::MAX)
    }
}

/// dyld allocates the template of thread-local variables as one block: where it starts must suit all of it.
fn align_thread_template(sections: &mut [OutSection]) {
    let is_template =
        |s: &OutSection| matches!(s.flags & SECTION_TYPE, S_THREAD_LOCAL_REGULAR | S_THREAD_LOCAL_ZEROFILL);
    let align = sections.iter().filter(|s| is_template(s)).map(|s| s.align).max().unwrap_or(0);
    sections.iter_mut().filter(|s| is_template(s)).for_each(|s| s.align = align);
}

/// Segment, section, flags and alignment of a chunk.
fn described(chunk: Chunk, data_const: bool) -> (&'static [u8], &'static [u8], u32, u8) {
    const CODE: u32 = S_ATTR_PURE_INSTRUCTIONS | S_ATTR_SOME_INSTRUCTIONS;
    let constant: &[u8] = if data_const { b"__DATA_CONST" } else { b"__DATA" };
    match chunk {
        Chunk::Stubs => (b"__TEXT", b"__stubs", S_SYMBOL_STUBS | CODE, 2),
        Chunk::StubHelper => (b"__TEXT", b"__stub_helper", S_REGULAR | CODE, 2),
        Chunk::InitOffsets => (b"__TEXT", b"__init_offsets", S_INIT_FUNC_OFFSETS, 2),
        Chunk::UnwindInfo => (b"__TEXT", b"__unwind_info", S_REGULAR, 2),
        Chunk::EhFrame => (b"__TEXT", b"__eh_frame", S_REGULAR, 3),
        Chunk::CompactUnwind => (b"__LD", b"__compact_unwind", S_REGULAR | S_ATTR_DEBUG, 3),
        Chunk::Got => (constant, b"__got", S_NON_LAZY_SYMBOL_POINTERS, 3),
        Chunk::ImageInfo => (constant, b"__objc_imageinfo", S_REGULAR, 2),
        Chunk::LazyPointers => (b"__DATA", b"__la_symbol_ptr", S_LAZY_SYMBOL_POINTERS, 3),
        Chunk::ThreadPointers => (b"__DATA", b"__thread_ptrs", S_THREAD_LOCAL_VARIABLE_POINTERS, 3),
        Chunk::Private => (b"__DATA", b"__data", S_REGULAR, 3),
    }
}

struct Builder<'x> {
    args: &'x Args,
    data_const: bool,
    sections: Vec<OutSection>,
    by_name: HashMap<(Vec<u8>, Vec<u8>), usize>,
}

impl Builder<'_> {
    /// The output section of an input section.
    fn input(&mut self, section: &Section) -> usize {
        let (segment, name) = section.full_name();
        let keeps_name = self.args.kind == OutputKind::Relocatable;
        let data_const = (self.data_const, self.args.const_selrefs == Some(true));
        let (segment, name) = if keeps_name { (segment, name) } else { standard(segment, name, data_const) };
        let index = self.named(segment, name, section.flags.get());
        let out = &mut self.sections[index];
        // Bytes in one input make room in the file for all.
        if out.is_zero_fill() && !section.is_zero_fill() {
            out.flags = out.flags & !SECTION_TYPE | section.kind();
        }
        out.flags |= section.flags.get() & (S_ATTR_PURE_INSTRUCTIONS | S_ATTR_SOME_INSTRUCTIONS | S_ATTR_NO_DEAD_STRIP);
        index
    }

    /// The output section of that name after the command line's renames.
    fn named(&mut self, segment: &[u8], name: &[u8], flags: u32) -> usize {
        let (mut segment, mut name) = (segment, name);
        if let Some((_, to)) =
            self.args.section_renames.iter().find(|(from, _)| (&*from.segment, &*from.section) == (segment, name))
        {
            (segment, name) = (&to.segment, &to.section);
        }
        if let Some((_, to)) = self.args.segment_renames.iter().find(|(from, _)| &**from == segment) {
            segment = to;
        }
        let key = (segment.to_vec(), name.to_vec());
        if let Some(&index) = self.by_name.get(&key) {
            return index;
        }
        let kind = match flags & SECTION_TYPE {
            // The types of pointers and stubs promise indirect symbols, which those of objects have no more.
            S_COALESCED | S_NON_LAZY_SYMBOL_POINTERS | S_LAZY_SYMBOL_POINTERS | S_SYMBOL_STUBS => S_REGULAR,
            S_GB_ZEROFILL => S_ZEROFILL,
            kind => kind,
        };
        let flags = kind | flags & SECTION_ATTRIBUTES & !(S_ATTR_EXT_RELOC | S_ATTR_LOC_RELOC | S_ATTR_DEBUG);
        self.sections.push(OutSection::new(segment, name, flags, 0, Content::Atoms(Vec::new())));
        self.by_name.insert(key, self.sections.len() - 1);
        self.sections.len() - 1
    }
}

/// Apple's standard renames.
fn standard<'n>(segment: &'n [u8], name: &'n [u8], (data_const, const_selrefs): (bool, bool)) -> (&'n [u8], &'n [u8]) {
    match (segment, name) {
        (b"__TEXT", b"__textcoal_nt" | b"__StaticInit") => (b"__TEXT", b"__text"),
        (b"__TEXT", b"__const_coal") => (b"__TEXT", b"__const"),
        (b"__DATA", b"__datacoal_nt") => (b"__DATA", b"__data"),
        (
            b"__DATA",
            b"__const" | b"__cfstring" | b"__mod_init_func" | b"__mod_term_func" | b"__objc_catlist"
            | b"__objc_catlist2" | b"__objc_classlist" | b"__objc_nlcatlist" | b"__objc_nlclslist"
            | b"__objc_protolist" | b"__auth_ptr" | b"__objc_arraydata" | b"__objc_arrayobj" | b"__objc_dictobj"
            | b"__objc_intobj" | b"__objc_floatobj" | b"__objc_doubleobj",
        ) if data_const => (b"__DATA_CONST", name),
        (b"__DATA", b"__objc_selrefs") if data_const && const_selrefs => (b"__DATA_CONST", name),
        _ => (segment, name),
    }
}

/// `__TEXT`, `__DATA_CONST`, `__DATA`, and then others by name.
fn segment_rank(segment: &[u8]) -> u8 {
    match segment {
        b"__TEXT" => 0,
        b"__DATA_CONST" => 1,
        b"__DATA" => 2,
        _ => 3,
    }
}

/// Order within a segment. The sort is stable: what is equal here stays as it first appeared.
fn section_rank(section: &OutSection) -> u8 {
    let code = section.flags & (S_ATTR_PURE_INSTRUCTIONS | S_ATTR_SOME_INSTRUCTIONS) != 0;
    match &section.content {
        // Unwind tables are made of addresses of what comes before them.
        Content::Chunk(Chunk::UnwindInfo) => return 200,
        Content::Chunk(Chunk::EhFrame) => return 201,
        Content::Chunk(Chunk::Stubs) => return 2,
        Content::Chunk(Chunk::StubHelper) => return 3,
        Content::Chunk(Chunk::InitOffsets) => return 4,
        Content::Chunk(Chunk::Got) => return 1,
        Content::Chunk(Chunk::LazyPointers) => return 2,
        _ => {}
    }
    match section.flags & SECTION_TYPE {
        S_REGULAR if section.name.1 == b"__text" => 0,
        S_MOD_INIT_FUNC_POINTERS => 10,
        S_MOD_TERM_FUNC_POINTERS => 11,
        // dyld copies these two as one template for each thread: they must touch.
        S_THREAD_LOCAL_VARIABLES => 100,
        S_THREAD_LOCAL_VARIABLE_POINTERS => 101,
        S_THREAD_LOCAL_REGULAR => 102,
        S_THREAD_LOCAL_ZEROFILL => 103,
        S_ZEROFILL if section.name.1 == b"__common" => 105,
        S_ZEROFILL => 104,
        _ if code => 1,
        _ => 50,
    }
}

/// The output section of every atom; [`NONE`] for those that are in none.
pub fn by_atom(sections: &[OutSection], atom_count: usize) -> Vec<u8> {
    debug_assert!(sections.len() <= 255 && NONE as u8 == 255);
    let mut of = vec![255; atom_count];
    for (index, section) in sections.iter().enumerate() {
        section.atoms().iter().for_each(|atom| of[atom.idx()] = index as u8);
    }
    of
}
