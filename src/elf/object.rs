//! A relocatable object, as views of its bytes.
//!
//! `parse` is a pure function of the bytes: no ids, no options. One walk over the section headers finds the tables and
//! the groups ([`Walk`]: several threads share it where there are very many); symbols and relocations are not touched.

use super::format::*;
use crate::base::view::{Malformed, cstr, slice, view, view_one};
use sinew_arena::Bump;
use sinew_mmap::memory::prefetch;
use std::ops::Range;
use zerocopy::little_endian::U32;

/// The tables of an ET_REL file.
#[derive(Debug, Clone, Copy, Default)]
pub struct Object<'a> {
    /// The whole file (or archive member).
    pub bytes: &'a [u8],
    /// Section headers; index 0 is the null section.
    pub sections: &'a [Shdr],
    /// Names of sections.
    pub section_names: &'a [u8],
    /// `.symtab`; empty when there is none.
    pub symbols: &'a [Sym],
    /// Names of symbols.
    pub strings: &'a [u8],
    /// Index of the first symbol that is not local.
    pub first_global: u32,
    /// SHT_SYMTAB_SHNDX; empty when there is none.
    pub extended: &'a [U32],
    /// SHT_GROUP sections in order.
    pub groups: &'a [Group],
    /// A bit for each section that is a member of a group; empty when there are no groups.
    grouped: &'a [u64],
    /// Members of groups of several sections, relocations not counted, as (section, group), sorted.
    companions: &'a [(u32, u32)],
    /// SHF_LINK_ORDER sections as (section that it follows, section), sorted.
    pub followers: &'a [(u32, u32)],
    /// For each section, the index of the SHT_RELA section that applies to it, or 0. Empty where each follows what it
    /// applies to, as assemblers have it.
    rela_of: &'a [u32],
}

/// How many symbols before its turn a name is asked for ([`Object::prefetch_name`]).
pub const NAMES_AHEAD: usize = 8;

/// How many times the bytes of a file the names in it may have ([`Object::name_limit`]).
pub const NAME_FACTOR: usize = 64;

/// Starts to load sections that are visited soon, `later(n)` being the one `n` turns ahead: sections are small, and often
/// not where the processor looks for the next.
#[inline]
pub fn prefetch_sections<'o, 'a: 'o>(later: impl Fn(usize) -> Option<(&'o Object<'a>, u32)>) {
    const HEADER_AHEAD: usize = 4;
    const CONTENTS_AHEAD: usize = 2;
    if let Some((object, section)) = later(HEADER_AHEAD) {
        object.prefetch_header(section);
    }
    if let Some((object, section)) = later(CONTENTS_AHEAD) {
        object.prefetch_contents(section);
    }
}

/// A section group (gABI, "Section Groups").
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// Index of the group section itself.
    pub section: u32,
    /// GRP_COMDAT is set: one group of this signature is kept in the whole link.
    pub comdat: bool,
    /// Index of the signature symbol; checked to exist.
    pub signature: u32,
}

/// Where a symbol lives, with extended indices resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Not here.
    Undefined,
    /// A plain number.
    Absolute,
    /// Tentative: the linker allocates it.
    Common,
    /// In this section (checked to exist).
    Section(u32),
}

/// Checks what every ELF input has in common: class, byte order, version, machine.
pub fn header(bytes: &[u8]) -> Result<&Ehdr, Malformed> {
    let header: &Ehdr = view_one(bytes, 0, "the ELF header")?;
    if header.ident[4] != ELFCLASS64 || header.ident[5] != ELFDATA2LSB {
        let class = if header.ident[4] == 1 { "32-bit" } else { "64-bit" };
        let order = if header.ident[5] == 2 { "big-endian" } else { "little-endian" };
        return Err(Malformed::new(4, format!("{class} {order} file; this link is for elf_x86_64")));
    }
    if header.machine.get() != EM_X86_64 {
        return Err(Malformed::new(
            18,
            format!(
                "the file is for machine {} ({}); this link is for elf_x86_64",
                header.machine,
                machine_name(header)
            ),
        ));
    }
    Ok(header)
}

fn machine_name(header: &Ehdr) -> &'static str {
    match header.machine.get() {
        3 => "i386",
        8 => "mips",
        20 | 21 => "powerpc",
        22 => "s390",
        40 => "arm",
        183 => "aarch64",
        243 => "riscv",
        247 => "bpf",
        258 => "loongarch",
        _ => "unknown",
    }
}

/// The section header table and the section names of any ELF file.
pub fn sections<'a>(bytes: &'a [u8], header: &Ehdr) -> Result<(&'a [Shdr], &'a [u8]), Malformed> {
    if header.shoff.get() == 0 {
        return Ok((&[], &[]));
    }
    if header.shentsize.get() != 64 {
        return Err(Malformed::new(58, format!("section headers of {} bytes instead of 64", header.shentsize)));
    }
    let first: &Shdr = view_one(bytes, header.shoff.get(), "the section header table")?;
    // Counts that do not fit the header are in the null section (gABI, "e_shnum", "e_shstrndx").
    let count = match header.shnum.get() {
        0 => usize::try_from(first.size.get()).unwrap_or(usize::MAX),
        n => n.into(),
    };
    let names = match header.shstrndx.get() {
        SHN_XINDEX => first.link.get() as usize,
        n => n.into(),
    };
    let table: &[Shdr] = view(bytes, header.shoff.get(), count, "the section header table")?;
    let names = match table.get(names) {
        Some(s) if names != 0 => slice(bytes, s.offset.get(), s.size.get(), "the section name table")?,
        _ => &[],
    };
    Ok((table, names))
}

/// What is worth knowing of some section headers.
#[derive(Debug, Default)]
pub struct Walk {
    symbols: Option<u32>,
    extended: Option<u32>,
    groups: Vec<u32>,
    /// Those with SHF_LINK_ORDER: (section that it follows, section).
    followers: Vec<(u32, u32)>,
    /// Some relocations do not follow the section that they apply to.
    is_scattered: bool,
    /// Bytes of contents, up to [`u64::MAX`].
    total: u64,
}

impl Walk {
    /// Looks at the headers in `range`.
    pub fn new(sections: &[Shdr], range: Range<usize>) -> Result<Walk, Malformed> {
        let mut walk = Walk::default();
        for (i, s) in (range.start as u32..).zip(&sections[range]) {
            let kind = s.kind.get();
            if i > 0 && !matches!(kind, SHT_NULL | SHT_NOBITS) {
                walk.total = walk.total.saturating_add(s.size.get());
            }
            match kind {
                SHT_SYMTAB => walk.find_symbols(i, s)?,
                SHT_SYMTAB_SHNDX => walk.extended = Some(i),
                SHT_RELA => walk.is_scattered |= s.info.get().wrapping_add(1) != i,
                SHT_REL => {
                    let what = "SHT_REL relocations in an x86-64 object (only SHT_RELA is defined)";
                    return Err(Malformed::new(s.offset.get(), what));
                }
                SHT_GROUP => walk.groups.push(i),
                // Copied to the output they would be taken for the linker's own.
                SHT_DYNSYM | SHT_DYNAMIC | SHT_HASH | SHT_GNU_HASH | SHT_GNU_VERDEF | SHT_GNU_VERNEED
                | SHT_GNU_VERSYM => {
                    let what = format!("section {i} is of type 0x{:x}, which only linked files have", s.kind);
                    return Err(Malformed::new(s.offset.get(), what));
                }
                _ => {}
            }
            if s.flags.get() & SHF_LINK_ORDER != 0 {
                if s.link.get() as usize >= sections.len() {
                    let what = format!("section {i} follows section {}, which does not exist", s.link);
                    return Err(Malformed::new(s.offset.get(), what));
                }
                walk.followers.push((s.link.get(), i));
            }
        }
        Ok(walk)
    }

    fn find_symbols(&mut self, i: u32, s: &Shdr) -> Result<(), Malformed> {
        match self.symbols.replace(i) {
            None => Ok(()),
            Some(_) => Err(Malformed::new(s.offset.get(), "two symbol tables")),
        }
    }

    /// Adds what `later` headers of the same table have.
    fn join(&mut self, later: Walk, sections: &[Shdr]) -> Result<(), Malformed> {
        if let Some(i) = later.symbols {
            self.find_symbols(i, &sections[i as usize])?;
        }
        self.extended = later.extended.or(self.extended);
        self.groups.extend(later.groups);
        self.followers.extend(later.followers);
        self.is_scattered |= later.is_scattered;
        self.total = self.total.saturating_add(later.total);
        Ok(())
    }
}

/// How many section headers `bytes` has, when it is an object.
pub fn section_count(bytes: &[u8]) -> usize {
    header(bytes).and_then(|header| sections(bytes, header)).map_or(0, |(table, _)| table.len())
}

/// [`Walk::new`] on the bytes of an object.
pub fn walk(bytes: &[u8], range: Range<usize>) -> Result<Walk, Malformed> {
    Walk::new(sections(bytes, header(bytes)?)?.0, range)
}

/// Reads the tables of a relocatable object.
pub fn parse<'a>(bytes: &'a [u8], bump: &'a Bump) -> Result<Object<'a>, Malformed> {
    parse_walked(bytes, [], bump)
}

/// Like [`parse`] after `walks` over all headers, in order, if there have been any.
pub fn parse_walked<'a>(
    bytes: &'a [u8],
    walks: impl IntoIterator<Item = Result<Walk, Malformed>>,
    bump: &'a Bump,
) -> Result<Object<'a>, Malformed> {
    let header = header(bytes)?;
    if header.kind.get() != ET_REL {
        return Err(Malformed::new(16, format!("e_type is {}, not a relocatable object", header.kind)));
    }
    let (sections, section_names) = sections(bytes, header)?;
    let mut walks = walks.into_iter();
    let mut found = walks.next().unwrap_or_else(|| Walk::new(sections, 0..sections.len()))?;
    for later in walks {
        found.join(later?, sections)?;
    }
    // Sections share no bytes but those of string tables, so that what is read and written in all is in proportion to
    // the file: thousands of headers may not claim the same megabyte each.
    if found.total / 2 > bytes.len() as u64 {
        let what = format!("the sections overlap: they have {} bytes, the file has {}", found.total, bytes.len());
        return Err(Malformed::new(header.shoff.get(), what));
    }
    let mut object = Object { bytes, sections, section_names, ..Object::default() };
    if let Some(table) = found.symbols {
        object.read_symbols(&sections[table as usize])?;
    }
    if let Some(table) = found.extended.map(|i| &sections[i as usize]) {
        let count = usize::try_from(table.size.get() / 4).unwrap_or(usize::MAX);
        object.extended = view(bytes, table.offset.get(), count, "the extended section indices")?;
    }
    if object.first_global as usize > object.symbols.len() {
        let what = format!("the first global symbol is {} of {}", object.first_global, object.symbols.len());
        return Err(Malformed::new(header.shoff.get(), what));
    }
    if found.is_scattered {
        object.rela_of = scattered_relas(sections, bump)?;
    }
    if !found.groups.is_empty() {
        object.read_groups(&found.groups, bump)?;
    }
    found.followers.sort_unstable();
    object.followers = bump.copy(&found.followers);
    Ok(object)
}

/// The relocation section of each section; 0 where there is none.
fn scattered_relas<'a>(sections: &[Shdr], bump: &'a Bump) -> Result<&'a [u32], Malformed> {
    let rela_of = bump.fill_with(sections.len(), |_| 0);
    for (i, s) in sections.iter().enumerate().filter(|(_, s)| s.kind.get() == SHT_RELA) {
        let target = s.info.get() as usize;
        match rela_of.get_mut(target) {
            Some(slot) if *slot == 0 => *slot = i as u32,
            Some(_) => {
                return Err(Malformed::new(s.offset.get(), format!("section {target} has two relocation sections")));
            }
            None => {
                let what = format!("relocation section {i} is for section {target}, which does not exist");
                return Err(Malformed::new(s.offset.get(), what));
            }
        }
    }
    Ok(rela_of)
}

/// The index of the section after section `idx` where that holds its relocations, or 0.
#[inline]
fn following_rela(sections: &[Shdr], idx: u32) -> u32 {
    match sections.get(idx as usize + 1) {
        Some(next) if next.kind.get() == SHT_RELA && next.info.get() == idx => idx + 1,
        _ => 0,
    }
}

/// The global symbols of any ELF file as plain numbers: an object without sections.
pub fn just_symbols<'a>(bytes: &'a [u8], bump: &'a Bump) -> Result<Object<'a>, Malformed> {
    let header = header(bytes)?;
    let (sections, _) = sections(bytes, header)?;
    let mut object = Object { bytes, sections, ..Object::default() };
    if let Some(table) = sections.iter().find(|s| s.kind.get() == SHT_SYMTAB) {
        object.read_symbols(table)?;
    }
    let globals = object.symbols.iter().skip(object.first_global as usize).filter(|s| s.section.get() != SHN_UNDEF);
    let numbers = globals.filter(|s| s.kind() != STT_TLS && s.section.get() != SHN_COMMON).map(|s| {
        let section = sections.get(usize::from(s.section.get()));
        // Of a relocatable file the values count from the start of the section.
        let base = section.filter(|_| header.kind.get() == ET_REL).map_or(0, |s| s.addr.get());
        Sym { section: SHN_ABS.into(), value: s.value.get().wrapping_add(base).into(), ..*s }
    });
    let symbols: Vec<Sym> = std::iter::once(Sym::default()).chain(numbers).collect();
    (object.symbols, object.first_global, object.sections) = (bump.copy(&symbols), 1, &[]);
    Ok(object)
}

impl<'a> Object<'a> {
    fn read_symbols(&mut self, s: &Shdr) -> Result<(), Malformed> {
        let offset = s.offset.get();
        let count = usize::try_from(s.size.get() / 24).unwrap_or(usize::MAX);
        self.symbols = view(self.bytes, offset, count, "the symbol table")?;
        self.first_global = s.info.get();
        let strings = self.sections.get(s.link.get() as usize);
        let strings = strings.ok_or_else(|| Malformed::new(offset, "the symbol table names no string table"))?;
        self.strings = slice(self.bytes, strings.offset.get(), strings.size.get(), "the string table")?;
        Ok(())
    }

    fn read_groups(&mut self, found: &[u32], bump: &'a Bump) -> Result<(), Malformed> {
        let mut groups = Vec::with_capacity(found.len());
        let mut companions = Vec::new();
        let grouped = bump.fill_with(self.sections.len().div_ceil(64), |_| 0u64);
        for section in found.iter().copied() {
            let s = &self.sections[section as usize];
            let offset = s.offset.get();
            let Some((flags, members)) = self.group_words(s)?.split_first() else {
                return Err(Malformed::new(offset, "an empty section group"));
            };
            let signature = s.info.get();
            if signature as usize >= self.symbols.len() {
                return Err(Malformed::new(offset, format!("group signature {signature} is no symbol")));
            }
            let first = companions.len();
            for member in members.iter().map(|m| m.get()) {
                let Some(header) = self.sections.get(member as usize).filter(|_| member != 0) else {
                    let what = format!("a section group has section {member}, which does not exist");
                    return Err(Malformed::new(offset, what));
                };
                let (word, bit) = (&mut grouped[member as usize / 64], 1 << (member % 64));
                if *word & bit != 0 {
                    return Err(Malformed::new(offset, format!("section {member} is in two section groups")));
                }
                *word |= bit;
                if header.kind.get() != SHT_RELA {
                    companions.push((member, groups.len() as u32));
                }
            }
            if companions.len() == first + 1 {
                companions.pop();
            }
            groups.push(Group { section, comdat: flags.get() & GRP_COMDAT != 0, signature });
        }
        companions.sort_unstable();
        (self.groups, self.companions, self.grouped) = (bump.copy(&groups), bump.copy(&companions), grouped);
        Ok(())
    }

    fn group_words(&self, header: &Shdr) -> Result<&'a [U32], Malformed> {
        let count = usize::try_from(header.size.get() / 4).unwrap_or(usize::MAX);
        view(self.bytes, header.offset.get(), count, "a section group")
    }

    /// Section indices of the members of a group; each was checked to exist.
    pub fn members(&self, group: &Group) -> impl Iterator<Item = u32> + use<'a> {
        let words = self.group_words(&self.sections[group.section as usize]).unwrap_or(&[]);
        words.iter().skip(1).map(|m| m.get())
    }

    /// Bytes that the names of `count` of all `of` sections or symbols may have. A string table of a megabyte may be the
    /// name of each of them, which would take for ever to read; no compiler's names come near 1.5 KB each. What a file
    /// may have is shared out to its pieces, but none gets too little.
    pub fn name_limit(&self, count: usize, of: usize) -> usize {
        let all = self.bytes.len();
        NAME_FACTOR * all.min((1 << 20) + all / of.max(1) * count)
    }

    /// Whether section `idx` is a member of a group.
    #[inline]
    pub fn is_grouped(&self, idx: u32) -> bool {
        self.grouped.get(idx as usize / 64).is_some_and(|word| word >> (idx % 64) & 1 != 0)
    }

    /// The sections that form a group with section `idx`: none where it is alone in it but for its relocations.
    pub fn companions(&self, idx: u32) -> impl Iterator<Item = u32> + use<'a> {
        let at = self.companions.binary_search_by_key(&idx, |(member, _)| *member);
        let group = at.ok().map(|at| &self.groups[self.companions[at].1 as usize]);
        group.map(|group| self.members(group)).into_iter().flatten()
    }

    /// The name of a group: its signature's, or that of the section when the signature is a section symbol.
    pub fn group_name(&self, group: &Group) -> Result<&'a [u8], Malformed> {
        let symbol = &self.symbols[group.signature as usize];
        if symbol.kind() != STT_SECTION {
            return cstr(self.strings, symbol.name.get());
        }
        match self.place(group.signature, symbol)? {
            Place::Section(section) => self.section_name(section),
            _ => {
                let at = self.sections[group.section as usize].offset.get();
                Err(Malformed::new(at, "a group signature is a section symbol of no section"))
            }
        }
    }

    /// The name of section `idx`.
    pub fn section_name(&self, idx: u32) -> Result<&'a [u8], Malformed> {
        cstr(self.section_names, self.sections[idx as usize].name.get())
    }

    /// The bytes of section `idx`; empty for SHT_NOBITS.
    pub fn section_bytes(&self, idx: u32) -> Result<&'a [u8], Malformed> {
        let s = &self.sections[idx as usize];
        if s.kind.get() == SHT_NOBITS {
            return Ok(&[]);
        }
        slice(self.bytes, s.offset.get(), s.size.get(), "a section")
    }

    /// The index of the SHT_RELA section that applies to section `idx`, or 0.
    #[inline]
    pub fn rela_section(&self, idx: u32) -> u32 {
        match self.rela_of {
            [] => following_rela(self.sections, idx),
            table => table[idx as usize],
        }
    }

    /// The relocations that apply to section `idx`.
    pub fn relocations(&self, idx: u32) -> Result<&'a [Rela], Malformed> {
        match self.rela_section(idx) {
            0 => Ok(&[]),
            rela => {
                let s = &self.sections[rela as usize];
                let count = usize::try_from(s.size.get() / 24).unwrap_or(usize::MAX);
                view(self.bytes, s.offset.get(), count, "a relocation section")
            }
        }
    }

    /// Starts to load the headers of section `idx` and its relocations, for [`Object::prefetch_contents`].
    #[inline]
    fn prefetch_header(&self, idx: u32) {
        let relocations = self.rela_of.get(idx as usize).copied().unwrap_or(idx + 1);
        [idx, relocations].into_iter().filter_map(|section| self.sections.get(section as usize)).for_each(prefetch);
    }

    /// Starts to load the first bytes and relocations of section `idx`; the processor guesses those that follow.
    #[inline]
    fn prefetch_contents(&self, idx: u32) {
        let relocations = self.rela_section(idx);
        for section in [idx, relocations].map(|s| &self.sections[s as usize]) {
            let Some(contents) = self.bytes.get(section.offset.get() as usize..) else { continue };
            prefetch(contents);
            contents.get(64).inspect(|second_line| prefetch(*second_line));
        }
    }

    /// Starts to load the name of the section with this header, if there is one.
    #[inline]
    pub fn prefetch_section_name(&self, later: Option<&Shdr>) {
        if let Some(name) = later.and_then(|s| self.section_names.get(s.name.get() as usize..)) {
            prefetch(name);
        }
    }

    /// Starts to load the name of `symbol`: those of a table lie in another order than its symbols.
    #[inline]
    pub fn prefetch_name(&self, symbol: &Sym) {
        if let Some(name) = self.strings.get(symbol.name.get() as usize..) {
            prefetch(name);
            name.get(64).inspect(|second_line| prefetch(*second_line));
        }
    }

    /// The name of symbol `idx`, which exists.
    pub fn symbol_name(&self, idx: u32) -> Result<&'a [u8], Malformed> {
        cstr(self.strings, self.symbols[idx as usize].name.get())
    }

    /// Where `symbol`, number `idx`, lives.
    #[inline]
    pub fn place(&self, idx: u32, symbol: &Sym) -> Result<Place, Malformed> {
        match symbol.section.get() {
            SHN_UNDEF => Ok(Place::Undefined),
            section if section < SHN_LORESERVE && usize::from(section) < self.sections.len() => {
                Ok(Place::Section(section.into()))
            }
            section => self.special_place(idx, section),
        }
    }

    /// [`Object::place`] of what is not simply in a section.
    #[cold]
    fn special_place(&self, idx: u32, section: u16) -> Result<Place, Malformed> {
        let section = match section {
            SHN_ABS => return Ok(Place::Absolute),
            SHN_COMMON | SHN_X86_64_LCOMMON => return Ok(Place::Common),
            SHN_XINDEX => match self.extended.get(idx as usize) {
                Some(section) => section.get(),
                None => {
                    return Err(self.bad_symbol(idx, "has an extended section index, but there is no table of them"));
                }
            },
            section if section >= SHN_LORESERVE => {
                return Err(self.bad_symbol(idx, &format!("has reserved section index 0x{section:x}")));
            }
            section => section.into(),
        };
        if section == 0 {
            return Ok(Place::Undefined);
        }
        if section as usize >= self.sections.len() {
            return Err(self.bad_symbol(idx, &format!("is in section {section}, which does not exist")));
        }
        Ok(Place::Section(section))
    }

    /// The error about symbol `idx`, which exists.
    #[cold]
    pub fn bad_symbol(&self, idx: u32, what: &str) -> Malformed {
        let name = self.symbol_name(idx).unwrap_or(b"?");
        // Where the symbol is in the file: the table is a part of its bytes.
        let table = (self.symbols.as_ptr() as usize).wrapping_sub(self.bytes.as_ptr() as usize);
        let offset = table.wrapping_add(idx as usize * size_of::<Sym>()) as u64;
        Malformed::new(offset, format!("symbol {idx} ({}) {what}", String::from_utf8_lossy(name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zerocopy::IntoBytes;

    fn section(kind: u32, info: u32) -> Shdr {
        Shdr { kind: kind.into(), info: info.into(), ..Shdr::default() }
    }

    /// An object with these sections after the null section, and a symbol table of one symbol behind them; the words of
    /// groups, given in the order of their headers, come last.
    fn object(sections: &[Shdr], groups: &[&[u32]]) -> Vec<u8> {
        let count = sections.len() as u16 + 2;
        let mut header = Ehdr { kind: 1.into(), machine: EM_X86_64.into(), shoff: 64.into(), ..Ehdr::default() };
        header.ident[..7].copy_from_slice(&[0x7f, b'E', b'L', b'F', ELFCLASS64, ELFDATA2LSB, 1]);
        (header.shentsize, header.shnum) = (64.into(), count.into());
        let mut at = 64 + 64 * u64::from(count);
        let symbols = Shdr { offset: at.into(), size: 24.into(), ..section(SHT_SYMTAB, 1) };
        at += 24;
        let mut words = groups.iter();
        let mut placed: Vec<Shdr> = sections.to_vec();
        for group in placed.iter_mut().filter(|s| s.kind.get() == SHT_GROUP) {
            let size = 4 * words.next().map_or(0, |words| words.len() as u64);
            (group.offset, group.size) = (at.into(), size.into());
            at += size;
        }
        let table = std::iter::once(Shdr::default()).chain(placed).chain([symbols]);
        let mut bytes = header.as_bytes().to_vec();
        table.for_each(|s| bytes.extend(s.as_bytes()));
        bytes.extend([0; 24]);
        groups.iter().flat_map(|words| words.iter()).for_each(|word| bytes.extend(word.to_le_bytes()));
        bytes
    }

    fn relas(sections: &[Shdr]) -> Result<Vec<u32>, String> {
        let (bytes, bump) = (object(sections, &[]), Bump::new());
        let object = parse(&bytes, &bump).map_err(|error| error.to_string())?;
        Ok((0..object.sections.len() as u32).map(|s| object.rela_section(s)).collect())
    }

    #[test]
    fn relocations_may_be_anywhere() {
        let (data, rela) = (section(SHT_PROGBITS, 0), |info| section(SHT_RELA, info));
        assert_eq!(relas(&[data, rela(1), data, data, rela(4)]).unwrap(), [0, 2, 0, 0, 5, 0, 0]);
        assert_eq!(relas(&[data, rela(1), data, data, rela(3), rela(4)]).unwrap(), [0, 2, 0, 5, 6, 0, 0, 0]);
        assert_eq!(relas(&[rela(2), data, data, rela(3)]).unwrap(), [0, 0, 1, 4, 0, 0]);
        assert_eq!(relas(&[rela(3), data, rela(2)]).unwrap(), [0, 0, 3, 1, 0]);
        let error = |sections: &[Shdr]| relas(sections).unwrap_err();
        assert!(error(&[data, rela(1), rela(1)]).contains("section 1 has two relocation sections"));
        assert!(error(&[rela(2), data, rela(2)]).contains("section 2 has two relocation sections"));
        assert!(error(&[data, rela(9)]).contains("section 2 is for section 9, which does not exist"));
    }

    #[test]
    fn companions_are_members_of_a_group_of_several() {
        let (data, rela) = (section(SHT_PROGBITS, 0), |info| section(SHT_RELA, info));
        let sections = [section(SHT_GROUP, 0), data, rela(2), section(SHT_GROUP, 0), data, data, rela(6), data];
        let bytes = object(&sections, &[&[GRP_COMDAT, 2, 3], &[0, 6, 7, 5]]);
        let bump = Bump::new();
        let object = parse(&bytes, &bump).unwrap();
        let grouped: Vec<u32> = (0..10).filter(|s| object.is_grouped(*s)).collect();
        assert_eq!(grouped, [2, 3, 5, 6, 7]);
        for s in 0..10 {
            let expected: &[u32] = if s == 5 || s == 6 { &[6, 7, 5] } else { &[] };
            assert!(object.companions(s).eq(expected.iter().copied()), "{s}");
        }
        assert_eq!(object.groups.iter().map(|g| (g.section, g.comdat)).collect::<Vec<_>>(), [(1, true), (4, false)]);
    }
}
