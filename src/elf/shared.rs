//! A shared object as an input: the symbols it offers and wants, with their versions.
//!
//! Found through the section headers, as other linkers do (`.dynsym`, `.gnu.version*`, `.dynamic`).

use super::format::*;
use super::gnu_hash;
use super::object;
use crate::base::view::{Malformed, cstr, slice, view, view_one};
use sinew_arena::Bump;
use zerocopy::little_endian::U16;

/// The dynamic symbol table of an ET_DYN file.
#[derive(Debug, Clone, Copy)]
pub struct Shared<'a> {
    /// The whole file.
    pub bytes: &'a [u8],
    /// `.dynsym`.
    pub symbols: &'a [Sym],
    /// `.dynstr`.
    pub strings: &'a [u8],
    /// Index of the first symbol that is not local.
    pub first_global: u32,
    /// `.gnu.version`, one a symbol; empty when there are no versions.
    pub versym: &'a [U16],
    /// Name of each version by its index; empty slices where none is defined.
    pub version_names: &'a [&'a [u8]],
    /// DT_SONAME.
    pub soname: Option<&'a [u8]>,
    /// DT_NEEDED names.
    pub needed: &'a [&'a [u8]],
    /// Section headers, for the alignment and the writability of what is copied.
    pub sections: &'a [Shdr],
    /// Program headers.
    pub segments: &'a [Phdr],
    /// Where the dynamic linker finds any name that the library defines.
    pub hash_table: Option<gnu_hash::Table<'a>>,
}

/// Reads the dynamic tables of a shared object.
pub fn parse<'a>(bytes: &'a [u8], bump: &'a Bump) -> Result<Shared<'a>, Malformed> {
    let header = object::header(bytes)?;
    let (sections, _) = object::sections(bytes, header)?;
    if sections.is_empty() {
        return Err(Malformed::new(0x28, "the shared object has no section headers, which tell where its symbols are"));
    }
    let mut shared = Shared {
        bytes,
        symbols: &[],
        strings: &[],
        first_global: 0,
        versym: &[],
        version_names: &[],
        soname: None,
        needed: &[],
        sections,
        segments: &[],
        hash_table: None,
    };
    if header.phoff.get() != 0 {
        shared.segments = view(bytes, header.phoff.get(), header.phnum.get().into(), "the program headers")?;
    }
    let of_kind = |kind| sections.iter().find(|s| s.kind.get() == kind);
    let linked_strings = |s: &Shdr, what| match sections.get(s.link.get() as usize) {
        Some(s) => slice(bytes, s.offset.get(), s.size.get(), what),
        None => Err(Malformed::new(s.offset.get(), format!("no string table for {what}"))),
    };
    if let Some(s) = of_kind(SHT_DYNSYM) {
        let count = usize::try_from(s.size.get() / 24).unwrap_or(usize::MAX);
        shared.symbols = view(bytes, s.offset.get(), count, "the dynamic symbol table")?;
        shared.strings = linked_strings(s, "the dynamic string table")?;
        shared.first_global = s.info.get().max(1).min(count as u32);
    }
    if let Some(s) = of_kind(SHT_GNU_VERSYM) {
        shared.versym = view(bytes, s.offset.get(), shared.symbols.len(), "the symbol versions")?;
    }
    let table = of_kind(SHT_GNU_HASH).and_then(|s| gnu_hash::Table::read(bytes, s));
    shared.hash_table = table.filter(|table| table.is_complete(shared.symbols, shared.first_global));
    if let Some(s) = of_kind(SHT_GNU_VERDEF) {
        let strings = linked_strings(s, "the version definitions")?;
        shared.version_names = bump.copy(&version_names(bytes, s, strings)?);
    }
    if let Some(s) = of_kind(SHT_DYNAMIC) {
        let strings = linked_strings(s, "the dynamic section")?;
        let count = usize::try_from(s.size.get() / 16).unwrap_or(usize::MAX);
        let entries: &[Dyn] = view(bytes, s.offset.get(), count, "the dynamic section")?;
        let mut needed = Vec::new();
        for entry in entries.iter().take_while(|d| d.tag.get() != DT_NULL) {
            let name = || cstr(strings, entry.value.get().try_into().unwrap_or(u32::MAX));
            match entry.tag.get() {
                DT_SONAME => shared.soname = Some(name()?),
                DT_NEEDED => needed.push(name()?),
                _ => {}
            }
        }
        shared.needed = bump.copy(&needed);
    }
    Ok(shared)
}

/// Walks the chain of version definitions.
fn version_names<'a>(bytes: &'a [u8], s: &Shdr, strings: &'a [u8]) -> Result<Vec<&'a [u8]>, Malformed> {
    let mut names: Vec<&[u8]> = Vec::new();
    let table = slice(bytes, s.offset.get(), s.size.get(), "the version definitions")?;
    let mut at = 0u64;
    // `vd_next` is relative and may be hostile: the walk ends with the table because every step goes forward.
    loop {
        let def: &Verdef = view_one(table, at, "a version definition")?;
        let aux: &Verdaux = view_one(table, at + u64::from(def.aux.get()), "the name of a version")?;
        let index = usize::from(def.index.get() & !VERSYM_HIDDEN);
        if names.len() <= index {
            names.resize(index + 1, b"");
        }
        if def.flags.get() & VER_FLG_BASE == 0 {
            names[index] = cstr(strings, aux.name.get())?;
        }
        match def.next.get() {
            0 => return Ok(names),
            next => at += u64::from(next),
        }
    }
}

impl<'a> Shared<'a> {
    /// The name of symbol `idx`, which exists.
    pub fn symbol_name(&self, idx: u32) -> Result<&'a [u8], Malformed> {
        cstr(self.strings, self.symbols[idx as usize].name.get())
    }

    /// Whether symbol `idx`, which exists, is called `name`: however long its own name is, no more than this is read of it.
    pub fn is_called(&self, idx: u32, name: &[u8]) -> bool {
        let own = self.strings.get(self.symbols[idx as usize].name.get() as usize..);
        own.and_then(|own| own.strip_prefix(name)).is_some_and(|rest| rest.first() == Some(&0))
    }

    /// The version of symbol `idx` (VER_NDX_GLOBAL when there are none) and whether it is hidden: visible only to
    /// references that name the version.
    pub fn version(&self, idx: u32) -> (u16, bool) {
        match self.versym.get(idx as usize) {
            Some(v) => (v.get() & !VERSYM_HIDDEN, v.get() & VERSYM_HIDDEN != 0),
            None => (VER_NDX_GLOBAL, false),
        }
    }

    /// The name of version `index`; `None` for unversioned symbols.
    pub fn version_name(&self, index: u16) -> Option<&'a [u8]> {
        if index <= VER_NDX_GLOBAL {
            return None;
        }
        self.version_names.get(usize::from(index)).copied().filter(|n| !n.is_empty())
    }

    /// Whether other symbols may be bound to this one. Local ones (`VER_NDX_LOCAL`) are not offered.
    pub fn offers(&self, idx: u32) -> bool {
        let s = &self.symbols[idx as usize];
        s.section.get() != SHN_UNDEF && s.bind() != STB_LOCAL && self.version(idx).0 != VER_NDX_LOCAL
    }
}
