//! Which sections `-r` writes, and where in them each input section goes.
//!
//! Inputs are joined when name, type, flags, group and (for merged ones) entry size agree, so that the final link can
//! treat the whole as it would have treated each. `.text.f` stays `.text.f`. Section header indices: groups first,
//! since a group's header precedes its members' (gABI, "Section Groups"), then each section and its relocations.
//! Cost: a parallel walk over section names, a serial one with a hash look-up a section.

use super::super::atoms::{self, Atoms, Fate};
use super::super::comdat;
use super::super::format::*;
use super::super::object::Object;
use super::super::sections::{is_debug, is_metadata};
use super::Sources;
use super::records::Plans;
use super::symbols::Common;
use crate::args::elf::Strip;
use crate::base::bitset::BitSet;
use crate::base::diag::Reported;
use crate::base::glob::Glob;
use crate::base::hash::NameMap;
use crate::base::ids::{AtomId, FileId, NONE};
use crate::base::session::Session;
use crate::base::view::{Malformed, view_one};
use std::collections::HashMap;

/// Finds out what each section is. There are no parts here; only fates and properties are filled in.
pub fn classify<'a>(s: &Sources<'_, 'a>, cx: &Session) -> Result<Atoms<'a>, Reported> {
    let _t = cx.time.phase("assign sections");
    let groups = s.numbering.file_groups(16_384);
    let locals = cx.par.map(groups.len(), s.numbering.atom_count() as u64 * 96, |g| {
        let mut found = Found::default();
        for f in groups[g].clone().map(|f| FileId(f as u32)).filter(|f| s.numbering.is_live(*f)) {
            let Some(object) = s.files[f].object() else { continue };
            for section in 0..object.sections.len() as u32 {
                let fate = fate(s, f, object, section, &mut found);
                found.fates.push(fate.unwrap_or_else(|error| {
                    s.files.malformed(f, &error, cx);
                    Fate::Skipped
                }));
            }
        }
        found
    });
    cx.diag.checkpoint()?;
    let mut all = Atoms {
        fate: Vec::with_capacity(s.numbering.atom_count()),
        part: Vec::new(),
        parts: Vec::new(),
        sections: Vec::new(),
        exec_stack: Vec::new(),
        properties: Vec::new(),
        warnings: Vec::new(),
        inflated: HashMap::new(),
    };
    let mut linkonce = Vec::new();
    for found in locals {
        all.fate.extend(found.fates);
        all.properties.extend(found.properties);
        linkonce.extend(found.linkonce);
    }
    let is_dropped = |f: FileId, section: u32| s.dropped.contains(s.numbering.atom(f, section).idx());
    for atom in comdat::linkonce(s.files, s.numbering, &is_dropped, linkonce) {
        all.fate[atom.idx()] = Fate::Dropped;
    }
    Ok(all)
}

#[derive(Default)]
struct Found<'a> {
    fates: Vec<Fate>,
    properties: Vec<AtomId>,
    linkonce: Vec<(&'a [u8], AtomId)>,
}

fn fate<'a>(
    s: &Sources<'_, 'a>,
    f: FileId,
    object: &Object<'a>,
    section: u32,
    found: &mut Found<'a>,
) -> Result<Fate, Malformed> {
    let header = &object.sections[section as usize];
    let atom = s.numbering.atom(f, section);
    if s.dropped.contains(atom.idx()) {
        return Ok(Fate::Dropped);
    }
    // Dependent libraries are strings for the final link; what else only linkers read has symbol numbers in it.
    if is_metadata(header.kind.get()) && header.kind.get() != SHT_LLVM_DEPENDENT_LIBRARIES {
        return Ok(Fate::Skipped);
    }
    let name = object.section_name(section)?;
    let loaded = header.flags.get() & SHF_ALLOC != 0;
    match name {
        b".note.gnu.property" => {
            found.properties.push(atom);
            return Ok(Fate::Skipped);
        }
        b".note.gnu.build-id" if loaded => return Ok(Fate::Skipped),
        _ if !loaded && s.args.strip != Strip::None && is_debug(name) => return Ok(Fate::Skipped),
        _ => {}
    }
    if name.starts_with(b".gnu.linkonce.") {
        found.linkonce.push((name, atom));
    }
    object.section_bytes(section)?;
    size_and_align(object, section)?;
    let frames = name == b".eh_frame" && loaded && header.kind.get() != SHT_NOBITS;
    Ok(if frames { Fate::Frames } else { Fate::Regular })
}

/// A section that stays compressed: it cannot be joined with another.
fn stays_compressed(object: &Object<'_>, section: u32) -> bool {
    let header = &object.sections[section as usize];
    let compression = view_one::<Chdr>(object.bytes, header.offset.get(), "a compression header");
    header.flags.get() & SHF_COMPRESSED != 0 && compression.is_ok_and(|c| c.kind.get() != ELFCOMPRESS_ZLIB)
}

/// Bytes and alignment in the output.
fn size_and_align(object: &Object<'_>, section: u32) -> Result<(u64, u64), Malformed> {
    let header = &object.sections[section as usize];
    atoms::check_alignment(header)?;
    if header.flags.get() & SHF_COMPRESSED == 0 || stays_compressed(object, section) {
        return Ok((header.size.get(), header.align.get().max(1)));
    }
    let (size, align) = atoms::size_and_align(object, section)?;
    // No deflate stream grows more than 1032-fold.
    if size / 1032 > header.size.get() || !align.is_power_of_two() || align > 1 << 32 {
        return Err(Malformed::new(header.offset.get(), "a compression header with an impossible size or alignment"));
    }
    Ok((size, align))
}

/// SHF_LINK_ORDER sections go with the section that they describe.
pub fn drop_followers(s: &Sources<'_, '_>, kept: &mut BitSet) {
    for (f, object) in s.numbering.objects(s.files) {
        for (leader, follower) in object.followers {
            let exists = *leader != 0 && (*leader as usize) < object.sections.len();
            if exists && s.dropped.contains(s.numbering.atom(f, *leader).idx()) {
                kept.remove(s.numbering.atom(f, *follower).idx());
            }
        }
    }
}

/// What must agree for two sections to be joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key<'a> {
    name: &'a [u8],
    kind: u32,
    flags: u64,
    /// Of sections whose entries are merged.
    entsize: u64,
    group: u32,
    /// Joined section that it follows (SHF_LINK_ORDER).
    leader: u32,
    /// The atom itself, for what is joined with nothing.
    alone: u32,
}

/// An output section made of input sections.
#[derive(Debug)]
pub struct Section<'a> {
    /// Name.
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
    /// Place in [`Joined::groups`], or [`NONE`].
    pub group: u32,
    /// Place in [`Joined::sections`] of the section that it follows, or [`NONE`].
    pub leader: u32,
    /// In ascending order.
    pub atoms: Vec<AtomId>,
    /// Number of relocations.
    pub relocation_count: u64,
    /// `.eh_frame` that ends with a terminator.
    pub terminated: bool,
    /// Section header index.
    pub index: u32,
    /// That of its relocations; 0 when it has none.
    pub rela_index: u32,
}

/// A group that the output has.
#[derive(Debug)]
pub struct Group {
    /// The file that it comes from.
    pub file: FileId,
    /// Its number there.
    pub number: u32,
}

/// All joined sections; arrays by atom.
#[derive(Debug)]
pub struct Joined<'a> {
    /// Sections in order of first use.
    pub sections: Vec<Section<'a>>,
    /// Groups; number so-and-so has section header index one more.
    pub groups: Vec<Group>,
    /// Place in `groups` by file and number in it.
    pub group_at: HashMap<(FileId, u32), u32>,
    /// Place in `sections` of each atom, or [`NONE`].
    pub section: Vec<u32>,
    /// Offset in it.
    pub offset: Vec<u64>,
    /// Bytes of it.
    pub size: Vec<u64>,
    /// Its number of relocations.
    pub relocation_count: Vec<u32>,
}

struct Joiner<'x, 'a> {
    s: &'x Sources<'x, 'a>,
    atoms: &'x Atoms<'a>,
    records: &'x Plans,
    unique: Vec<Glob>,
    known: NameMap<Key<'a>, u32>,
    /// The group, by place in `out.groups`, of each section of the file whose turn it is; [`NONE`] without one.
    group_of: Vec<u32>,
    out: Joined<'a>,
}

/// Joins the sections that are kept.
pub fn join<'a>(
    s: &Sources<'_, 'a>,
    atoms: &Atoms<'a>,
    kept: &BitSet,
    records: &Plans,
    cx: &Session,
) -> Result<Joined<'a>, Reported> {
    let _t = cx.time.phase("join sections");
    let count = s.numbering.atom_count();
    let out = Joined {
        sections: Vec::new(),
        groups: Vec::new(),
        group_at: HashMap::new(),
        section: vec![NONE; count],
        offset: vec![0; count],
        size: vec![0; count],
        relocation_count: vec![0; count],
    };
    let unique = s.args.unique.iter().filter_map(|g| Glob::new(g.as_bytes()).ok()).collect();
    let mut joiner = Joiner { s, atoms, records, unique, known: NameMap::default(), group_of: Vec::new(), out };
    for (f, object) in s.numbering.objects(s.files) {
        let lives = |section: u32| kept.contains(s.numbering.atom(f, section).idx());
        joiner.group_of.clear();
        joiner.group_of.resize(object.sections.len(), NONE);
        for (number, group) in object.groups.iter().enumerate() {
            if object.members(group).any(lives) {
                let (number, place) = (number as u32, joiner.out.groups.len() as u32);
                joiner.out.group_at.insert((f, number), place);
                joiner.out.groups.push(Group { file: f, number });
                object.members(group).for_each(|member| joiner.group_of[member as usize] = place);
            }
        }
        let follows = |i: u32| object.sections[i as usize].flags.get() & SHF_LINK_ORDER != 0;
        let sections = (1..object.sections.len() as u32).filter(|i| lives(*i) && !follows(*i));
        let followers = object.followers.iter().map(|(_, i)| *i).filter(|i| lives(*i));
        for section in sections.chain(followers) {
            if let Err(error) = joiner.add(f, object, section) {
                s.files.malformed(f, &error, cx);
            }
        }
    }
    cx.diag.checkpoint()?;
    let mut out = joiner.out;
    for section in &mut out.sections {
        section.size += if section.terminated { 4 } else { 0 };
        if section.size > 1 << 46 {
            let name = String::from_utf8_lossy(section.name);
            cx.diag.error(format_args!("section {name} would be {} bytes", section.size));
        }
    }
    cx.diag.checkpoint()?;
    Ok(out)
}

impl<'a> Joiner<'_, 'a> {
    fn add(&mut self, f: FileId, object: &Object<'a>, section: u32) -> Result<(), Malformed> {
        let atom = self.s.numbering.atom(f, section);
        let key = self.key(f, object, section, atom)?;
        let number = *self.known.entry(key).or_insert_with(|| {
            self.out.sections.push(Section {
                name: key.name,
                kind: key.kind,
                flags: key.flags | if key.group == NONE { 0 } else { SHF_GROUP },
                entsize: object.sections[section as usize].entsize.get(),
                align: 1,
                size: 0,
                group: key.group,
                leader: key.leader,
                atoms: Vec::new(),
                relocation_count: 0,
                terminated: false,
                index: 0,
                rela_index: 0,
            });
            self.out.sections.len() as u32 - 1
        });
        let (mut size, align) = size_and_align(object, section)?;
        let mut relocation_count = object.relocations(section)?.len();
        let into = &mut self.out.sections[number as usize];
        let header = &object.sections[section as usize];
        let mut at = into.size.next_multiple_of(align);
        if let Some(records) = self.records.get(&atom) {
            (size, relocation_count) = (records.size.into(), records.relocation_count as usize);
            into.terminated |= records.terminated;
            // Zeros between records would end the table.
            at = into.size;
        }
        if into.entsize != header.entsize.get() {
            into.entsize = 0;
        }
        // Some input wants to run code on its stack.
        if is_stack_note(key.name) {
            into.flags |= header.flags.get() & SHF_EXECINSTR;
        }
        into.size = at.saturating_add(size).min(1 << 60);
        into.align = into.align.max(align);
        into.relocation_count += relocation_count as u64;
        into.atoms.push(atom);
        self.out.section[atom.idx()] = number;
        self.out.offset[atom.idx()] = at;
        self.out.size[atom.idx()] = size;
        self.out.relocation_count[atom.idx()] = relocation_count as u32;
        Ok(())
    }

    fn key(&self, f: FileId, object: &Object<'a>, section: u32, atom: AtomId) -> Result<Key<'a>, Malformed> {
        let header = &object.sections[section as usize];
        let name = object.section_name(section)?;
        let mut flags = header.flags.get() & !(SHF_GROUP | SHF_INFO_LINK);
        let compressed = stays_compressed(object, section);
        if !compressed {
            flags &= !SHF_COMPRESSED;
        }
        if is_stack_note(name) {
            flags &= !SHF_EXECINSTR;
        }
        let group = self.group_of[section as usize];
        let leader = header.link.get();
        let follows = flags & SHF_LINK_ORDER != 0 && leader != 0 && (leader as usize) < object.sections.len();
        let leader = if follows { self.out.section[self.s.numbering.atom(f, leader).idx()] } else { NONE };
        let merged = flags & SHF_MERGE != 0;
        let alone = compressed
            || merged && !can_join_entries(object, section)?
            || self.unique.iter().any(|glob| glob.matches(name));
        Ok(Key {
            name,
            // Both types are in use for what is recognized by its name.
            kind: if self.atoms.fate[atom.idx()] == Fate::Frames { SHT_PROGBITS } else { header.kind.get() },
            flags,
            entsize: if merged { header.entsize.get() } else { 0 },
            group,
            leader,
            alone: if alone { atom.0 } else { NONE },
        })
    }
}

fn is_stack_note(name: &[u8]) -> bool {
    name == b".note.GNU-stack"
}

/// Whether the entries of a merged section are still those when other entries precede and follow it.
fn can_join_entries(object: &Object<'_>, section: u32) -> Result<bool, Malformed> {
    let header = &object.sections[section as usize];
    let (entsize, align) = (header.entsize.get(), header.align.get().max(1));
    let bytes = object.section_bytes(section)?;
    let aligned = entsize != 0 && (align.is_multiple_of(entsize) || entsize.is_multiple_of(align));
    let whole = aligned && header.size.get().is_multiple_of(entsize);
    let strings = header.flags.get() & SHF_STRINGS != 0 && header.flags.get() & SHF_COMPRESSED == 0;
    let last = bytes.len().saturating_sub(usize::try_from(entsize).unwrap_or(0));
    Ok(whole && (!strings || bytes[last..].iter().all(|b| *b == 0)))
}

impl<'a> Joined<'a> {
    /// Gives tentative definitions room in `.bss`, `.tbss` and `.lbss` (`-d`): section and offset of each.
    pub fn allocate(&mut self, commons: &[Common]) -> Vec<(u32, u64)> {
        const DATA: u64 = SHF_ALLOC | SHF_WRITE;
        let place = commons.iter().map(|common| {
            let (name, flags): (&'static [u8], u64) = match () {
                _ if common.tls => (b".tbss", DATA | SHF_TLS),
                _ if common.large => (b".lbss", DATA | SHF_X86_64_LARGE),
                _ => (b".bss", DATA),
            };
            let same = |s: &Section<'_>| s.name == name && s.kind == SHT_NOBITS && s.flags == flags;
            let number = self.sections.iter().position(same).unwrap_or_else(|| {
                self.sections.push(Section {
                    name,
                    kind: SHT_NOBITS,
                    flags,
                    entsize: 0,
                    align: 1,
                    size: 0,
                    group: NONE,
                    leader: NONE,
                    atoms: Vec::new(),
                    relocation_count: 0,
                    terminated: false,
                    index: 0,
                    rela_index: 0,
                });
                self.sections.len() - 1
            });
            let section = &mut self.sections[number];
            let at = section.size.next_multiple_of(common.align);
            section.size = at.saturating_add(common.size.min(1 << 46));
            section.align = section.align.max(common.align);
            (number as u32, at)
        });
        place.collect()
    }

    /// Numbers the section headers.
    pub fn number(&mut self) {
        let mut next = self.groups.len() as u32 + 1;
        for section in &mut self.sections {
            section.index = next;
            section.rela_index = if section.relocation_count > 0 { next + 1 } else { 0 };
            next += 1 + u32::from(section.relocation_count > 0);
        }
    }

    /// Section header index after the last of these.
    pub fn next_index(&self) -> u32 {
        self.sections.last().map_or(self.groups.len() as u32 + 1, |s| s.index.max(s.rela_index) + 1)
    }
}

/// Where everything went.
pub struct Moved<'x, 'a> {
    /// Files and names.
    pub s: &'x Sources<'x, 'a>,
    /// Sections.
    pub joined: &'x Joined<'a>,
    /// Unwind records.
    pub records: &'x Plans,
}

impl Moved<'_, '_> {
    /// Where `offset` of an input section is: the joined section's place in the list, and the offset in it.
    pub fn place(&self, atom: AtomId, offset: u64) -> Option<(u32, u64)> {
        let section = self.joined.section[atom.idx()];
        if section == NONE {
            return None;
        }
        let inside = match self.records.get(&atom) {
            Some(records) => records.moved(offset),
            None => offset,
        };
        Some((section, self.joined.offset[atom.idx()].wrapping_add(inside)))
    }
}
