//! As much of ELF64 as the floor touches: headers, sections, symbols, relocations (gABI).
//!
//! It is written apart from the linker's own `elf/format.rs` on purpose: what this program costs must not change
//! when the linker does.

use sinew::base::view::{Malformed, slice, view, view_one};
use zerocopy::little_endian::{U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

pub(crate) const ET_REL: u16 = 1;
pub(crate) const ET_DYN: u16 = 3;
const SHT_SYMTAB: u32 = 2;
const SHT_STRTAB: u32 = 3;
pub(crate) const SHT_RELA: u32 = 4;
pub(crate) const SHT_NOBITS: u32 = 8;
const SHT_DYNSYM: u32 = 11;
pub(crate) const SHT_GROUP: u32 = 17;
const SHT_SYMTAB_SHNDX: u32 = 18;
const SHT_LLVM_ADDRSIG: u32 = 0x6fff_4c03;
const SHF_ALLOC: u64 = 2;
const SHF_EXCLUDE: u64 = 0x8000_0000;
pub(crate) const GRP_COMDAT: u32 = 1;
const STB_WEAK: u8 = 2;

/// File header.
#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned, Clone, Copy)]
#[repr(C)]
pub(crate) struct Ehdr {
    ident: [u8; 16],
    kind: U16,
    machine: U16,
    version: U32,
    entry: U64,
    phoff: U64,
    shoff: U64,
    flags: U32,
    ehsize: U16,
    phentsize: U16,
    phnum: U16,
    shentsize: U16,
    shnum: U16,
    shstrndx: U16,
}
const _: () = assert!(size_of::<Ehdr>() == 64 && align_of::<Ehdr>() == 1);

/// Section header.
#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned, Clone, Copy)]
#[repr(C)]
pub(crate) struct Shdr {
    name: U32,
    pub(crate) kind: U32,
    flags: U64,
    addr: U64,
    offset: U64,
    pub(crate) size: U64,
    link: U32,
    pub(crate) info: U32,
    pub(crate) align: U64,
    entsize: U64,
}
const _: () = assert!(size_of::<Shdr>() == 64 && align_of::<Shdr>() == 1);

impl Shdr {
    /// Whether the section's bytes end up in the output: what is loaded, and if `non_alloc` debug information too.
    pub(crate) fn is_copied(&self, non_alloc: bool) -> bool {
        let flags = self.flags.get();
        if flags & SHF_ALLOC != 0 {
            return self.kind.get() != SHT_NOBITS;
        }
        let is_linker_food = matches!(
            self.kind.get(),
            0 | SHT_SYMTAB | SHT_STRTAB | SHT_RELA | SHT_NOBITS | SHT_GROUP | SHT_SYMTAB_SHNDX | SHT_LLVM_ADDRSIG
        );
        non_alloc && !is_linker_food && flags & SHF_EXCLUDE == 0
    }
}

/// Symbol table entry.
#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned, Clone, Copy)]
#[repr(C)]
pub(crate) struct Sym {
    pub(crate) name: U32,
    info: u8,
    other: u8,
    section: U16,
    value: U64,
    size: U64,
}
const _: () = assert!(size_of::<Sym>() == 24 && align_of::<Sym>() == 1);

impl Sym {
    pub(crate) fn is_defined(&self) -> bool {
        self.section.get() != 0
    }

    pub(crate) fn is_weak(&self) -> bool {
        self.info >> 4 == STB_WEAK
    }
}

/// Relocation with addend.
#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned, Clone, Copy)]
#[repr(C)]
pub(crate) struct Rela {
    pub(crate) offset: U64,
    pub(crate) info: U64,
    pub(crate) addend: U64,
}
const _: () = assert!(size_of::<Rela>() == 24 && align_of::<Rela>() == 1);

/// A relocatable or shared object, seen through its headers.
pub(crate) struct Object<'a> {
    bytes: &'a [u8],
    pub(crate) kind: u16,
    pub(crate) sections: &'a [Shdr],
    pub(crate) symbols: &'a [Sym],
    /// Where the symbols that are not local begin.
    pub(crate) first_global: usize,
    pub(crate) strings: &'a [u8],
}

impl<'a> Object<'a> {
    /// `None` for what is not ELF64 little-endian (bitcode, text).
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Option<Object<'a>>, Malformed> {
        // Class 2 is 64 bits, data 1 little-endian.
        if !bytes.starts_with(b"\x7fELF\x02\x01") {
            return Ok(None);
        }
        let header: &Ehdr = view_one(bytes, 0, "an ELF header")?;
        let start = header.shoff.get();
        let first: &[Shdr] = view(bytes, start, usize::from(start != 0), "section headers")?;
        // More sections than 16 bits hold are counted in the first header.
        let count = match header.shnum.get() {
            0 => first.first().map_or(0, |first| first.size.get()),
            count => count.into(),
        };
        let count = usize::try_from(count).map_err(|_| Malformed::new(start, "too many sections"))?;
        let sections: &[Shdr] = view(bytes, start, count, "section headers")?;
        let kind = header.kind.get();
        let mut object = Object { bytes, kind, sections, symbols: &[], first_global: 0, strings: &[] };
        let wanted = if kind == ET_DYN { SHT_DYNSYM } else { SHT_SYMTAB };
        // What is the table's name is found in the same pass that a linker makes over all headers anyway.
        if let Some(table) = sections.iter().find(|section| section.kind.get() == wanted) {
            let symbols = table.size.get() as usize / size_of::<Sym>();
            object.symbols = view(bytes, table.offset.get(), symbols, "a symbol table")?;
            object.first_global = (table.info.get() as usize).min(symbols);
            let strings = sections.get(table.link.get() as usize);
            let strings = strings.ok_or_else(|| Malformed::new(start, "a symbol table without names"))?;
            object.strings = object.section_bytes(strings)?;
        }
        Ok(Some(object))
    }

    pub(crate) fn globals(&self) -> &'a [Sym] {
        &self.symbols[self.first_global..]
    }

    pub(crate) fn section_bytes(&self, section: &Shdr) -> Result<&'a [u8], Malformed> {
        slice(self.bytes, section.offset.get(), section.size.get(), "a section")
    }

    pub(crate) fn relocations(&self, section: &Shdr) -> Result<&'a [Rela], Malformed> {
        view(self.bytes, section.offset.get(), section.size.get() as usize / size_of::<Rela>(), "relocations")
    }
}
