//! One relocatable object (MH_OBJECT): load commands, sections split into atoms, and where each symbol lies.
//!
//! `parse` is a pure function of the file's bytes. An atom is the smallest unit that is kept, dropped or moved: in a file
//! with MH_SUBSECTIONS_VIA_SYMBOLS a section is cut at each symbol that is not an alternate entry; literals are cut into
//! single values, so that merging them is dropping atoms. Sections that the linker reads and does not copy (unwind
//! tables, debug information, hints) have no atoms.
//! Cost: one sort of the symbols that lie in sections, one walk over the relocations' addresses; names are not touched.

use super::format::*;
use super::pointers;
use crate::base::ids::NONE;
use crate::base::view::{Malformed, cstr, slice, view, view_one};
use sinew_arena::Bump;

/// A parsed object. Indices of sections count from 0; those in symbols and relocations count from 1.
#[derive(Debug, Clone, Copy)]
pub struct Object<'a> {
    /// The whole file, or archive member.
    pub bytes: &'a [u8],
    /// CPU subtype without its feature bits.
    pub cpu_subtype: u32,
    /// Section headers.
    pub sections: &'a [Section],
    /// What each section is to the linker.
    pub roles: &'a [Role],
    /// Bytes of the last sections, if the linker added them to those of the file.
    pub made: &'a [&'a [u8]],
    /// Relocations of each section in descending order of address; the two of a pair follow each other as they stood.
    pub relocations: &'a [&'a [Relocation]],
    /// The symbol table.
    pub symbols: &'a [Nlist],
    /// Names of symbols.
    pub strings: &'a [u8],
    /// Atoms by section, then by offset.
    pub atoms: &'a [Piece],
    /// First atom of each section, and one more for the end.
    pub section_atoms: &'a [u32],
    /// The atom that each symbol lies in, or [`NONE`].
    pub symbol_atoms: &'a [u32],
    /// Whether a function is marked as seldom called (`N_COLD_FUNC`).
    pub has_cold: bool,
    /// Whether atoms are smaller than sections.
    pub subsections_via_symbols: bool,
    /// `LC_LINKER_OPTION`s: the words of each.
    pub linker_options: &'a [&'a [&'a [u8]]],
    /// `LC_DATA_IN_CODE`; offsets are addresses of the object.
    pub data_in_code: &'a [DataInCode],
    /// `LC_LINKER_OPTIMIZATION_HINT`.
    pub hints: &'a [u8],
    /// `LC_BUILD_VERSION` or `LC_VERSION_MIN_*`: platform, oldest system, SDK (packed).
    pub platform: Option<(u32, u32, u32)>,
}

/// An atom inside its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Piece {
    /// Bytes from the start of the section.
    pub offset: u64,
    /// Bytes.
    pub size: u64,
    /// Index of the section.
    pub section: u32,
    /// Index of its first relocation in the section's list.
    pub first_relocation: u32,
    /// How many relocations it has.
    pub relocation_count: u32,
    /// Exponent of its alignment.
    pub align: u8,
}

/// The most bytes that a section or a tentative definition may have: more than any address space that arm64 has.
pub const MAX_SIZE: u64 = 1 << 40;

/// What a section is to the linker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Copied, cut at symbols.
    Regular,
    /// NUL-terminated strings, each an atom.
    Strings,
    /// Strings of UTF-16, cut at symbols: there may be NULs in them.
    WideStrings,
    /// Values of so many bytes, each an atom: literals and pointers to literals.
    Literals(u8),
    /// `__LD,__compact_unwind`.
    CompactUnwind,
    /// `__TEXT,__eh_frame`.
    EhFrame,
    /// `__DATA,__objc_imageinfo`: one is made of all.
    ImageInfo,
    /// Debug information: it stays in the object, and the output says where that is.
    Debug,
    /// For other tools (bitcode, address significance).
    Ignored,
}

impl Role {
    fn of(section: &Section) -> Role {
        let (segment, sect) = section.full_name();
        let flags = section.flags.get();
        if segment == b"__DWARF" || flags & S_ATTR_DEBUG != 0 && segment != b"__LD" {
            return Role::Debug;
        }
        match (segment, sect) {
            (b"__LD", b"__compact_unwind") => Role::CompactUnwind,
            (b"__LD" | b"__LLVM", _) | (b"__DATA", b"__llvm_addrsig") => Role::Ignored,
            (b"__TEXT", b"__eh_frame") => Role::EhFrame,
            (b"__DATA" | b"__OBJC", b"__objc_imageinfo" | b"__image_info") => Role::ImageInfo,
            (b"__TEXT", b"__ustring") => Role::WideStrings,
            (b"__DATA", b"__cfstring") => Role::Literals(32),
            (b"__DATA", b"__objc_classrefs" | b"__objc_superrefs") => Role::Literals(8),
            _ => match section.kind() {
                S_CSTRING_LITERALS => Role::Strings,
                S_4BYTE_LITERALS => Role::Literals(4),
                S_8BYTE_LITERALS | S_LITERAL_POINTERS => Role::Literals(8),
                S_16BYTE_LITERALS => Role::Literals(16),
                _ => Role::Regular,
            },
        }
    }

    /// Whether the output copies its atoms.
    pub fn has_atoms(self) -> bool {
        matches!(self, Role::Regular | Role::Strings | Role::WideStrings | Role::Literals(_))
    }

    /// Whether each atom is a value, equal to all others of the same bytes.
    pub fn is_literal(self) -> bool {
        matches!(self, Role::Strings | Role::WideStrings | Role::Literals(_))
    }
}

/// Where a relocation points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RelTarget {
    /// A symbol, by its index.
    Symbol(u32),
    /// A section, by its index from 0; the bytes hold the address in the object.
    Section(u32),
}

impl<'a> Object<'a> {
    /// The name of symbol `index`.
    #[inline]
    pub fn symbol_name(&self, index: u32) -> Result<&'a [u8], Malformed> {
        cstr(self.strings, self.symbols[index as usize].name.get())
    }

    /// Whether symbol `index` has no name, or one that only the assembler used (`l…`, `L…`).
    #[inline]
    pub fn is_assembler_local(&self, index: u32) -> bool {
        let initial = self.strings.get(self.symbols[index as usize].name.get() as usize);
        matches!(initial, None | Some(0 | b'l' | b'L'))
    }

    /// The bytes of section `index`; none where it is zero-filled.
    #[inline]
    pub fn section_bytes(&self, index: u32) -> &'a [u8] {
        let section = &self.sections[index as usize];
        if section.is_zero_fill() || section.size.get() == 0 {
            return &[];
        }
        if let Some(made) = (index as usize).checked_sub(self.sections.len() - self.made.len()) {
            return self.made[made];
        }
        slice(self.bytes, section.offset.get().into(), section.size.get(), "a section").expect("parse has looked")
    }

    /// The bytes of an atom; none where it is zero-filled.
    #[inline]
    pub fn atom_bytes(&self, piece: &Piece) -> &'a [u8] {
        let bytes = self.section_bytes(piece.section);
        if bytes.is_empty() { bytes } else { &bytes[piece.offset as usize..(piece.offset + piece.size) as usize] }
    }

    /// The relocations of an atom, in descending order of address.
    #[inline]
    pub fn atom_relocations(&self, piece: &Piece) -> &'a [Relocation] {
        let list = self.relocations[piece.section as usize];
        &list[piece.first_relocation as usize..(piece.first_relocation + piece.relocation_count) as usize]
    }

    /// The atoms of section `index`, by their numbers.
    pub fn atoms_of(&self, index: u32) -> std::ops::Range<u32> {
        self.section_atoms[index as usize]..self.section_atoms[index as usize + 1]
    }

    /// The atom of section `index` that `offset` lies in, and the rest of the offset. An offset at the end of the
    /// section belongs to the last atom. `None` if the section has no atoms or is shorter.
    pub fn atom_at(&self, index: u32, offset: u64) -> Option<(u32, u64)> {
        let range = self.atoms_of(index);
        let atoms = &self.atoms[range.start as usize..range.end as usize];
        if offset > self.sections[index as usize].size.get() {
            return None;
        }
        let after = atoms.partition_point(|a| a.offset <= offset);
        let found = after.checked_sub(1)?;
        Some((range.start + found as u32, offset - atoms[found].offset))
    }

    /// The atom that an address of the object lies in, whichever section that is.
    pub fn atom_at_address(&self, address: u64) -> Option<(u32, u64)> {
        let holds = |s: &Section| address.checked_sub(s.address.get()).is_some_and(|offset| offset < s.size.get());
        let index = self.sections.iter().position(holds)? as u32;
        self.atom_at(index, address - self.sections[index as usize].address.get())
    }

    /// Where symbol `index` lies: its atom and the offset in it. `None` for what is not in a section that is copied.
    #[inline]
    pub fn symbol_place(&self, index: u32) -> Option<(u32, u64)> {
        let atom = self.symbol_atoms[index as usize];
        if atom == NONE {
            return None;
        }
        let symbol = &self.symbols[index as usize];
        let section = &self.sections[symbol.section as usize - 1];
        let piece = &self.atoms[atom as usize];
        Some((atom, symbol.value.get() - section.address.get() - piece.offset))
    }

    /// Whether symbol `index` is in a section of instructions.
    pub fn is_in_code(&self, index: u32) -> bool {
        let section = (self.symbols[index as usize].section as usize).checked_sub(1).and_then(|s| self.sections.get(s));
        self.symbols[index as usize].class() == N_SECT
            && section.is_some_and(|s| s.flags.get() & S_ATTR_PURE_INSTRUCTIONS != 0)
    }

    /// What relocation `relocation` of section `section` points at.
    #[inline]
    pub fn target(&self, section: u32, relocation: &Relocation) -> Result<RelTarget, Malformed> {
        let symbol = relocation.symbol();
        if relocation.is_external() && (symbol as usize) < self.symbols.len() {
            Ok(RelTarget::Symbol(symbol))
        } else if !relocation.is_external() && symbol > 0 && symbol as usize <= self.sections.len() {
            Ok(RelTarget::Section(symbol - 1))
        } else {
            Err(self.bad_relocation(section, relocation, "names a symbol or section that is not there"))
        }
    }

    /// An error about a relocation.
    #[cold]
    pub fn bad_relocation(&self, section: u32, relocation: &Relocation, what: &str) -> Malformed {
        let header = &self.sections[section as usize];
        let (segment, name) = header.full_name();
        let (segment, name) = (String::from_utf8_lossy(segment), String::from_utf8_lossy(name));
        Malformed::new(
            header.relocations_offset.get().into(),
            format!("the relocation at offset 0x{:x} of {segment},{name} {what}", relocation.address.get()),
        )
    }
}

/// Parses an object. `bytes` begin with a 64-bit little-endian header of type MH_OBJECT.
pub fn parse<'a>(bytes: &'a [u8], arena: &'a Bump) -> Result<Object<'a>, Malformed> {
    let header: &Header = view_one(bytes, 0, "the Mach-O header")?;
    let commands = Commands::read(bytes, header, arena)?;
    let symtab = commands.symtab;
    let symbols: &[Nlist] =
        view(bytes, symtab.symbols_offset.get().into(), symtab.symbol_count.get() as usize, "the symbol table")?;
    let strings =
        slice(bytes, symtab.strings_offset.get().into(), symtab.strings_size.get().into(), "the string table")?;
    let sections = commands.sections;
    for section in sections {
        if !section.is_zero_fill() {
            let (offset, size) = (section.offset.get().into(), section.size.get());
            if size > 0 {
                slice(bytes, offset, size, "a section")?;
            }
        }
        let end = section.address.get().checked_add(section.size.get());
        if section.align.get() > 30 || section.size.get() > MAX_SIZE || end.is_none() {
            return Err(Malformed::new(0, "a section's alignment or size makes no sense"));
        }
    }
    let roles = arena.fill_with(sections.len(), |i| Role::of(&sections[i]));
    let mut relocations = Vec::with_capacity(sections.len());
    for section in sections {
        let own = in_order(bytes, section, arena)?;
        relocations.push(match section.kind() {
            S_NON_LAZY_SYMBOL_POINTERS | S_LAZY_SYMBOL_POINTERS if section.size.get() > 0 => {
                pointers::relocations(bytes, header, section, own, arena)?
            }
            _ => own,
        });
    }
    let relocations = arena.copy(&relocations);
    let subsections = header.flags.get() & MH_SUBSECTIONS_VIA_SYMBOLS != 0;
    let mut split = Split {
        bytes,
        sections,
        roles,
        symbols,
        atoms: Vec::new(),
        symbol_atoms: vec![NONE; symbols.len()],
        has_cold: false,
    };
    let section_atoms = split.all(subsections)?;
    assign_relocations(&mut split.atoms, &section_atoms, relocations);
    Ok(Object {
        bytes,
        cpu_subtype: header.cpu_subtype.get() & !CPU_SUBTYPE_MASK,
        sections,
        roles,
        made: &[],
        relocations,
        symbols,
        strings,
        atoms: arena.copy(&split.atoms),
        section_atoms: arena.copy(&section_atoms),
        symbol_atoms: arena.copy(&split.symbol_atoms),
        has_cold: split.has_cold,
        subsections_via_symbols: subsections,
        linker_options: arena.copy(&commands.linker_options),
        data_in_code: commands.data_in_code,
        hints: commands.hints,
        platform: commands.platform,
    })
}

/// What the load commands of an object say.
struct Commands<'a> {
    sections: &'a [Section],
    symtab: SymtabCommand,
    linker_options: Vec<&'a [&'a [u8]]>,
    data_in_code: &'a [DataInCode],
    hints: &'a [u8],
    platform: Option<(u32, u32, u32)>,
}

impl<'a> Commands<'a> {
    fn read(bytes: &'a [u8], header: &Header, arena: &'a Bump) -> Result<Commands<'a>, Malformed> {
        let mut found = Commands {
            sections: &[],
            symtab: SymtabCommand::default(),
            linker_options: Vec::new(),
            data_in_code: &[],
            hints: &[],
            platform: None,
        };
        for command in load_commands(bytes, header) {
            let (at, kind) = command?;
            match kind {
                LC_SEGMENT_64 => {
                    let segment: &Segment = view_one(bytes, at, "a segment")?;
                    let count = segment.section_count.get() as usize;
                    let sections = view(bytes, at + size_of::<Segment>() as u64, count, "section headers")?;
                    // The assembler writes one segment without a name; a file with more is put together.
                    let both = || -> &'a [Section] { arena.copy(&[found.sections, sections].concat()) };
                    found.sections = if found.sections.is_empty() { sections } else { both() };
                }
                LC_SYMTAB => found.symtab = *view_one(bytes, at, "LC_SYMTAB")?,
                LC_LINKER_OPTION => found.linker_options.push(linker_option(bytes, at, arena)?),
                LC_DATA_IN_CODE => {
                    let data: &LinkeditCommand = view_one(bytes, at, "LC_DATA_IN_CODE")?;
                    let count = data.data_size.get() as usize / size_of::<DataInCode>();
                    found.data_in_code = view(bytes, data.data_offset.get().into(), count, "data in code")?;
                }
                LC_LINKER_OPTIMIZATION_HINT => {
                    let data: &LinkeditCommand = view_one(bytes, at, "LC_LINKER_OPTIMIZATION_HINT")?;
                    let (offset, size) = (data.data_offset.get().into(), data.data_size.get().into());
                    found.hints = slice(bytes, offset, size, "linker optimization hints")?;
                }
                _ => found.platform = platform_of(bytes, at, kind)?.or(found.platform),
            }
        }
        if found.sections.len() > 255 {
            let what = format!("{} sections; a symbol can name 255", found.sections.len());
            return Err(Malformed::new(0, what));
        }
        Ok(found)
    }
}

/// The load commands: offset in the file, and kind.
pub fn load_commands(bytes: &[u8], header: &Header) -> impl Iterator<Item = Result<(u64, u32), Malformed>> {
    let (mut at, mut left) = (size_of::<Header>() as u64, header.command_count.get());
    std::iter::from_fn(move || {
        left = left.checked_sub(1)?;
        let next = view_one::<LoadCommand>(bytes, at, "a load command").and_then(|command| {
            let size = u64::from(command.size.get());
            if size < 8 || slice(bytes, at, size, "a load command").is_err() {
                return Err(Malformed::new(at, "a load command's size makes no sense"));
            }
            let here = (at, command.command.get());
            at += size;
            Ok(here)
        });
        if next.is_err() {
            left = 0;
        }
        Some(next)
    })
}

/// What a command says of platform, oldest system and SDK, if it is one that does.
pub fn platform_of(bytes: &[u8], at: u64, kind: u32) -> Result<Option<(u32, u32, u32)>, Malformed> {
    let old = match kind {
        LC_BUILD_VERSION => {
            let version: &BuildVersionCommand = view_one(bytes, at, "LC_BUILD_VERSION")?;
            return Ok(Some((version.platform.get(), version.min_os.get(), version.sdk.get())));
        }
        LC_VERSION_MIN_MACOSX => PLATFORM_MACOS,
        LC_VERSION_MIN_IPHONEOS => PLATFORM_IOS,
        LC_VERSION_MIN_TVOS => PLATFORM_TVOS,
        LC_VERSION_MIN_WATCHOS => PLATFORM_WATCHOS,
        _ => return Ok(None),
    };
    let version: &VersionMinCommand = view_one(bytes, at, "LC_VERSION_MIN")?;
    Ok(Some((old, version.version.get(), version.sdk.get())))
}

fn linker_option<'a>(bytes: &'a [u8], at: u64, arena: &'a Bump) -> Result<&'a [&'a [u8]], Malformed> {
    let command: &LinkerOptionCommand = view_one(bytes, at, "LC_LINKER_OPTION")?;
    let fixed = size_of::<LinkerOptionCommand>() as u64;
    let size = u64::from(command.size.get()).checked_sub(fixed);
    let size = size.ok_or_else(|| Malformed::new(at, "LC_LINKER_OPTION is too short"))?;
    let text = slice(bytes, at + fixed, size, "LC_LINKER_OPTION")?;
    let mut words = Vec::new();
    let mut start = 0;
    for _ in 0..command.count.get() {
        let Some(end) = memchr::memchr(0, &text[start..]) else {
            return Err(Malformed::new(at, "LC_LINKER_OPTION has fewer strings than it says"));
        };
        words.push(&text[start..start + end]);
        start += end + 1;
    }
    Ok(arena.copy(&words))
}

/// The relocations of a section in descending order of address, which is how compilers write them.
fn in_order<'a>(bytes: &'a [u8], section: &Section, arena: &'a Bump) -> Result<&'a [Relocation], Malformed> {
    let (offset, count) = (section.relocations_offset.get(), section.relocation_count.get());
    if count == 0 {
        return Ok(&[]);
    }
    let list: &[Relocation] = view(bytes, offset.into(), count as usize, "relocations")?;
    if list.iter().any(|r| r.address.get() < 0 || r.address.get() as u64 >= section.size.get()) {
        return Err(Malformed::new(offset.into(), "a relocation lies outside of its section"));
    }
    if list.is_sorted_by(|a, b| a.address.get() >= b.address.get()) {
        return Ok(list);
    }
    let sorted = arena.copy(list);
    sorted.sort_by_key(|r| std::cmp::Reverse(r.address.get()));
    Ok(sorted)
}

/// Cuts sections into atoms.
struct Split<'s> {
    bytes: &'s [u8],
    sections: &'s [Section],
    roles: &'s [Role],
    symbols: &'s [Nlist],
    atoms: Vec<Piece>,
    symbol_atoms: Vec<u32>,
    has_cold: bool,
}

impl Split<'_> {
    /// Fills `atoms` and `symbol_atoms`; returns the first atom of each section.
    fn all(&mut self, subsections: bool) -> Result<Vec<u32>, Malformed> {
        let mut order: Vec<u32> = Vec::with_capacity(self.symbols.len());
        for (i, symbol) in self.symbols.iter().enumerate() {
            if symbol.is_stab() || symbol.class() != N_SECT {
                continue;
            }
            let section = (symbol.section as usize).checked_sub(1).and_then(|s| self.sections.get(s));
            let inside =
                section.and_then(|s| symbol.value.get().checked_sub(s.address.get()).map(|o| o <= s.size.get()));
            if inside != Some(true) {
                return Err(Malformed::new(0, format!("symbol {i} lies outside of its section")));
            }
            self.has_cold |= symbol.has(N_COLD_FUNC);
            order.push(i as u32);
        }
        let key = |i: &u32| (self.symbols[*i as usize].section, self.symbols[*i as usize].value.get());
        if !order.is_sorted_by_key(key) {
            order.sort_by_key(key);
        }
        let mut first = Vec::with_capacity(self.sections.len() + 1);
        let mut rest = &order[..];
        for index in 0..self.sections.len() {
            first.push(self.atoms.len() as u32);
            let count = rest.partition_point(|i| self.symbols[*i as usize].section as usize <= index + 1);
            let (mine, others) = rest.split_at(count);
            rest = others;
            self.section(index, mine, subsections)?;
        }
        first.push(self.atoms.len() as u32);
        Ok(first)
    }

    fn section(&mut self, index: usize, symbols: &[u32], subsections: bool) -> Result<(), Malformed> {
        let section = &self.sections[index];
        let start = self.atoms.len();
        match self.roles[index] {
            Role::Strings => self.strings(index)?,
            Role::Literals(size) => self.literals(index, size.into())?,
            Role::Regular | Role::WideStrings => self.regular(index, symbols, subsections),
            _ => return Ok(()),
        }
        if self.atoms.len() == start {
            // A symbol may stand in an empty section.
            self.push(index, 0, section.size.get());
        }
        let mut atom = start;
        for &symbol in symbols {
            let offset = self.symbols[symbol as usize].value.get() - section.address.get();
            while atom + 1 < self.atoms.len() && self.atoms[atom + 1].offset <= offset {
                atom += 1;
            }
            self.symbol_atoms[symbol as usize] = atom as u32;
        }
        Ok(())
    }

    /// The alignment of what starts at an offset is no more than the offset allows.
    fn push(&mut self, section: usize, offset: u64, end: u64) {
        let header = &self.sections[section];
        // Compilers say nothing of descriptors of thread-local variables, which are pointers all the same.
        let least = if header.kind() == S_THREAD_LOCAL_VARIABLES { 3 } else { 0 };
        let align = header.align.get().max(least);
        let align = if offset == 0 { align } else { align.min(offset.trailing_zeros()) } as u8;
        let (first_relocation, relocation_count) = (0, 0);
        let section = section as u32;
        self.atoms.push(Piece { offset, size: end - offset, section, first_relocation, relocation_count, align });
    }

    fn regular(&mut self, index: usize, symbols: &[u32], subsections: bool) {
        let section = &self.sections[index];
        let mut start = 0;
        for &symbol in symbols.iter().filter(|_| subsections) {
            let symbol = &self.symbols[symbol as usize];
            let offset = symbol.value.get() - section.address.get();
            if offset > start && offset < section.size.get() && !symbol.has(N_ALT_ENTRY) {
                self.push(index, start, offset);
                start = offset;
            }
        }
        self.push(index, start, section.size.get());
    }

    fn strings(&mut self, index: usize) -> Result<(), Malformed> {
        let section = &self.sections[index];
        let text = slice(self.bytes, section.offset.get().into(), section.size.get(), "a section")?;
        let mut start = 0;
        while start < text.len() {
            let Some(end) = memchr::memchr(0, &text[start..]) else {
                return Err(Malformed::new(section.offset.get().into(), "the last string of a section has no end"));
            };
            self.push(index, start as u64, (start + end + 1) as u64);
            start += end + 1;
        }
        Ok(())
    }

    fn literals(&mut self, index: usize, size: u64) -> Result<(), Malformed> {
        let section = &self.sections[index];
        if !section.size.get().is_multiple_of(size) || section.is_zero_fill() {
            let what = format!("a section of literals is not a multiple of {size} bytes");
            return Err(Malformed::new(section.offset.get().into(), what));
        }
        (0..section.size.get() / size).for_each(|i| self.push(index, i * size, (i + 1) * size));
        Ok(())
    }
}

/// Gives each atom its part of its section's relocations: both are sorted, in opposite directions.
fn assign_relocations(atoms: &mut [Piece], section_atoms: &[u32], relocations: &[&[Relocation]]) {
    for (section, list) in relocations.iter().enumerate() {
        let mut end = list.len();
        for atom in &mut atoms[section_atoms[section] as usize..section_atoms[section + 1] as usize] {
            let limit = atom.offset + atom.size;
            let mut start = end;
            while start > 0 && (list[start - 1].address.get() as u64) < limit {
                start -= 1;
            }
            (atom.first_relocation, atom.relocation_count) = (start as u32, (end - start) as u32);
            end = start;
        }
    }
}
