//! Reads an ELF file back, as `readelf` would: what the cases' directives and [`crate::lint`] look at.
//!
//! Written against the gABI, the System V x86-64 psABI and the GNU extensions, on its own (nothing of the linker's
//! `format.rs` is used, so that a wrong constant there is seen here). Every read is bounds checked. Little-endian,
//! 64-bit. Cost: everything is decoded once into owned vectors; test outputs are small.

use std::collections::BTreeMap;

pub(crate) type Result<T> = std::result::Result<T, String>;

pub(crate) const ET_REL: u16 = 1;

pub(crate) const SHT_SYMTAB: u32 = 2;
pub(crate) const SHT_RELA: u32 = 4;
pub(crate) const SHT_NOBITS: u32 = 8;
pub(crate) const SHT_DYNSYM: u32 = 11;
pub(crate) const SHT_SYMTAB_SHNDX: u32 = 18;
pub(crate) const SHT_RELR: u32 = 19;

pub(crate) const SHF_WRITE: u64 = 1;
pub(crate) const SHF_ALLOC: u64 = 2;
pub(crate) const SHF_EXECINSTR: u64 = 4;
pub(crate) const SHF_TLS: u64 = 0x400;

pub(crate) const PT_LOAD: u32 = 1;
pub(crate) const PT_DYNAMIC: u32 = 2;
pub(crate) const PT_PHDR: u32 = 6;
pub(crate) const PT_TLS: u32 = 7;
pub(crate) const PT_GNU_EH_FRAME: u32 = 0x6474_e550;
pub(crate) const PT_GNU_STACK: u32 = 0x6474_e551;
pub(crate) const PT_GNU_RELRO: u32 = 0x6474_e552;

pub(crate) const SHN_ABS: u32 = 0xfff1;
pub(crate) const SHN_COMMON: u32 = 0xfff2;

const SECTION_TYPES: &[(u64, &str)] = &[
    (0, "NULL"),
    (1, "PROGBITS"),
    (2, "SYMTAB"),
    (3, "STRTAB"),
    (4, "RELA"),
    (5, "HASH"),
    (6, "DYNAMIC"),
    (7, "NOTE"),
    (8, "NOBITS"),
    (9, "REL"),
    (11, "DYNSYM"),
    (14, "INIT_ARRAY"),
    (15, "FINI_ARRAY"),
    (16, "PREINIT_ARRAY"),
    (17, "GROUP"),
    (18, "SYMTAB_SHNDX"),
    (19, "RELR"),
    (0x6fff_4c04, "LLVM_CALL_GRAPH_PROFILE"),
    (0x6fff_fff6, "GNU_HASH"),
    (0x6fff_fffd, "GNU_VERDEF"),
    (0x6fff_fffe, "GNU_VERNEED"),
    (0x6fff_ffff, "GNU_VERSYM"),
    (0x7000_0001, "X86_64_UNWIND"),
];

const SEGMENT_TYPES: &[(u64, &str)] = &[
    (0, "NULL"),
    (1, "LOAD"),
    (2, "DYNAMIC"),
    (3, "INTERP"),
    (4, "NOTE"),
    (6, "PHDR"),
    (7, "TLS"),
    (0x6474_e550, "GNU_EH_FRAME"),
    (0x6474_e551, "GNU_STACK"),
    (0x6474_e552, "GNU_RELRO"),
    (0x6474_e553, "GNU_PROPERTY"),
];

/// Dynamic tags by the name behind `DT_`.
pub(crate) const TAGS: &[(u64, &str)] = &[
    (1, "NEEDED"),
    (2, "PLTRELSZ"),
    (3, "PLTGOT"),
    (4, "HASH"),
    (5, "STRTAB"),
    (6, "SYMTAB"),
    (7, "RELA"),
    (8, "RELASZ"),
    (9, "RELAENT"),
    (10, "STRSZ"),
    (11, "SYMENT"),
    (12, "INIT"),
    (13, "FINI"),
    (14, "SONAME"),
    (15, "RPATH"),
    (16, "SYMBOLIC"),
    (20, "PLTREL"),
    (21, "DEBUG"),
    (22, "TEXTREL"),
    (23, "JMPREL"),
    (24, "BIND_NOW"),
    (25, "INIT_ARRAY"),
    (26, "FINI_ARRAY"),
    (27, "INIT_ARRAYSZ"),
    (28, "FINI_ARRAYSZ"),
    (29, "RUNPATH"),
    (30, "FLAGS"),
    (32, "PREINIT_ARRAY"),
    (33, "PREINIT_ARRAYSZ"),
    (35, "RELRSZ"),
    (36, "RELR"),
    (37, "RELRENT"),
    (0x6fff_fef5, "GNU_HASH"),
    (0x6fff_fef6, "TLSDESC_PLT"),
    (0x6fff_fef7, "TLSDESC_GOT"),
    (0x6fff_fefb, "DEPAUDIT"),
    (0x6fff_fefc, "AUDIT"),
    (0x6fff_fff0, "VERSYM"),
    (0x6fff_fff9, "RELACOUNT"),
    (0x6fff_fffb, "FLAGS_1"),
    (0x6fff_fffc, "VERDEF"),
    (0x6fff_fffd, "VERDEFNUM"),
    (0x6fff_fffe, "VERNEED"),
    (0x6fff_ffff, "VERNEEDNUM"),
    (0x7fff_fffd, "AUXILIARY"),
    (0x7fff_ffff, "FILTER"),
];

/// Bits of `DT_FLAGS`.
pub(crate) const FLAGS: &[(u64, &str)] =
    &[(1, "ORIGIN"), (2, "SYMBOLIC"), (4, "TEXTREL"), (8, "BIND_NOW"), (16, "STATIC_TLS")];

/// Bits of `DT_FLAGS_1`.
pub(crate) const FLAGS_1: &[(u64, &str)] = &[
    (1, "NOW"),
    (2, "GLOBAL"),
    (8, "NODELETE"),
    (0x10, "LOADFLTR"),
    (0x20, "INITFIRST"),
    (0x40, "NOOPEN"),
    (0x80, "ORIGIN"),
    (0x400, "INTERPOSE"),
    (0x800, "NODEFLIB"),
    (0x1000, "NODUMP"),
    (0x0800_0000, "PIE"),
];

/// x86-64 relocation names behind `R_X86_64_`, by number (psABI table 4.9).
const RELOCATIONS: &[&str] = &[
    "NONE",
    "64",
    "PC32",
    "GOT32",
    "PLT32",
    "COPY",
    "GLOB_DAT",
    "JUMP_SLOT",
    "RELATIVE",
    "GOTPCREL",
    "32",
    "32S",
    "16",
    "PC16",
    "8",
    "PC8",
    "DTPMOD64",
    "DTPOFF64",
    "TPOFF64",
    "TLSGD",
    "TLSLD",
    "DTPOFF32",
    "GOTTPOFF",
    "TPOFF32",
    "PC64",
    "GOTOFF64",
    "GOTPC32",
    "GOT64",
    "GOTPCREL64",
    "GOTPC64",
    "GOTPLT64",
    "PLTOFF64",
    "SIZE32",
    "SIZE64",
    "GOTPC32_TLSDESC",
    "TLSDESC_CALL",
    "TLSDESC",
    "IRELATIVE",
    "RELATIVE64",
    "39",
    "40",
    "GOTPCRELX",
    "REX_GOTPCRELX",
];

/// The name of `value` in a table of this module, or the number in hexadecimal.
pub(crate) fn name_of(table: &[(u64, &str)], value: u64) -> String {
    table.iter().find(|(v, _)| *v == value).map_or_else(|| format!("{value:#x}"), |(_, n)| (*n).to_string())
}

/// The value behind `name` in a table of this module.
pub(crate) fn value_of(table: &[(u64, &str)], name: &str) -> Option<u64> {
    table.iter().find(|(_, n)| *n == name).map(|(v, _)| *v)
}

/// One section header.
#[derive(Debug, Clone, Default)]
pub(crate) struct Section {
    pub(crate) name: String,
    pub(crate) kind: u32,
    pub(crate) flags: u64,
    pub(crate) addr: u64,
    pub(crate) offset: u64,
    pub(crate) size: u64,
    pub(crate) link: u32,
    pub(crate) info: u32,
    pub(crate) align: u64,
    pub(crate) entsize: u64,
}

impl Section {
    /// `PROGBITS` and the like.
    pub(crate) fn kind_name(&self) -> String {
        name_of(SECTION_TYPES, self.kind.into())
    }

    /// The letters of `readelf -S`.
    pub(crate) fn flag_letters(&self) -> String {
        let letters = [
            (0x1, 'W'),
            (0x2, 'A'),
            (0x4, 'X'),
            (0x10, 'M'),
            (0x20, 'S'),
            (0x40, 'I'),
            (0x80, 'L'),
            (0x100, 'O'),
            (0x200, 'G'),
            (0x400, 'T'),
            (0x800, 'C'),
            (0x20_0000, 'R'),
            (0x1000_0000, 'l'),
            (0x8000_0000, 'E'),
        ];
        letters.iter().filter(|(bit, _)| self.flags & bit != 0).map(|(_, c)| *c).collect()
    }

    /// Whether it takes memory in the running program.
    pub(crate) fn is_alloc(&self) -> bool {
        self.flags & SHF_ALLOC != 0
    }
}

/// One program header.
#[derive(Debug, Clone)]
pub(crate) struct Segment {
    pub(crate) kind: u32,
    pub(crate) flags: u32,
    pub(crate) offset: u64,
    pub(crate) addr: u64,
    pub(crate) filesz: u64,
    pub(crate) memsz: u64,
    pub(crate) align: u64,
}

impl Segment {
    /// `LOAD`, `GNU_RELRO` and the like.
    pub(crate) fn kind_name(&self) -> String {
        name_of(SEGMENT_TYPES, self.kind.into())
    }

    /// `RWX` letters.
    pub(crate) fn flag_letters(&self) -> String {
        [(4, 'R'), (2, 'W'), (1, 'X')].iter().filter(|(bit, _)| self.flags & bit != 0).map(|(_, c)| *c).collect()
    }

    /// Whether `[addr, addr + len)` lies inside its memory image.
    pub(crate) fn holds(&self, addr: u64, len: u64) -> bool {
        addr >= self.addr && addr.saturating_add(len) <= self.addr.saturating_add(self.memsz)
    }
}

/// One symbol of `.symtab` or `.dynsym`.
#[derive(Debug, Clone)]
pub(crate) struct Symbol {
    pub(crate) name: String,
    /// `@V1`, `@@V2`, or empty; `.dynsym` only.
    pub(crate) version: String,
    pub(crate) bind: u8,
    pub(crate) kind: u8,
    pub(crate) other: u8,
    /// The section's index, `SHN_XINDEX` resolved.
    pub(crate) shndx: u32,
    /// The section's name, or `UND`, `ABS`, `COM`.
    pub(crate) section: String,
    pub(crate) value: u64,
    pub(crate) size: u64,
}

impl Symbol {
    pub(crate) fn is_undefined(&self) -> bool {
        self.shndx == 0
    }

    /// `global`, `weak`, …
    pub(crate) fn bind_name(&self) -> &'static str {
        match self.bind {
            0 => "local",
            1 => "global",
            2 => "weak",
            10 => "unique",
            _ => "?",
        }
    }

    /// `func`, `object`, …
    pub(crate) fn kind_name(&self) -> &'static str {
        match self.kind {
            0 => "notype",
            1 => "object",
            2 => "func",
            3 => "section",
            4 => "file",
            5 => "common",
            6 => "tls",
            10 => "ifunc",
            _ => "?",
        }
    }

    /// `default`, `hidden`, …
    pub(crate) fn visibility_name(&self) -> &'static str {
        ["default", "internal", "hidden", "protected"][usize::from(self.other & 3)]
    }
}

/// One entry of a relocation section.
#[derive(Debug, Clone)]
pub(crate) struct Reloc {
    /// The relocation section's name.
    pub(crate) table: String,
    pub(crate) place: u64,
    pub(crate) kind: String,
    /// The symbol's name; a section symbol gives the section's.
    pub(crate) symbol: String,
    pub(crate) addend: i64,
}

/// A file, decoded.
#[derive(Debug, Default)]
pub(crate) struct Elf {
    pub(crate) bytes: Vec<u8>,
    pub(crate) e_type: u16,
    pub(crate) e_machine: u16,
    pub(crate) e_entry: u64,
    pub(crate) sections: Vec<Section>,
    pub(crate) segments: Vec<Segment>,
    pub(crate) symbols: Vec<Symbol>,
    pub(crate) dynsyms: Vec<Symbol>,
    pub(crate) relocs: Vec<Reloc>,
    /// Places from SHT_RELR sections.
    pub(crate) relr: Vec<u64>,
    /// `.dynamic` up to and without DT_NULL.
    pub(crate) dynamic: Vec<(u64, u64)>,
    /// Version definitions: name, then parents.
    pub(crate) verdefs: Vec<Vec<String>>,
    /// Version needs: file, version, weak.
    pub(crate) verneeds: Vec<(String, String, bool)>,
}

/// `bytes[at..at + len]`, or what went beyond the end.
pub(crate) fn slice<'a>(bytes: &'a [u8], at: u64, len: u64, what: &str) -> Result<&'a [u8]> {
    let end = at.checked_add(len).filter(|end| *end <= bytes.len() as u64);
    let end = end.ok_or_else(|| format!("{what} at {at:#x}+{len:#x} leaves its {:#x} bytes", bytes.len()))?;
    Ok(&bytes[at as usize..end as usize])
}

/// A little-endian integer of `len` bytes, at most eight.
pub(crate) fn uint(bytes: &[u8], at: u64, len: u64) -> Result<u64> {
    let field = slice(bytes, at, len, "field")?;
    Ok(field.iter().rev().fold(0, |value, byte| value << 8 | u64::from(*byte)))
}

/// The NUL-terminated string at `at`.
pub(crate) fn string(bytes: &[u8], at: u64) -> Result<String> {
    let rest = bytes.get(at as usize..).ok_or_else(|| format!("string at {at:#x} is outside its table"))?;
    let end = rest.iter().position(|b| *b == 0).ok_or_else(|| format!("string at {at:#x} has no end"))?;
    Ok(String::from_utf8_lossy(&rest[..end]).into_owned())
}

impl Elf {
    /// Decodes a file; an error says which structure does not hold together.
    pub(crate) fn parse(bytes: Vec<u8>) -> Result<Elf> {
        if !bytes.starts_with(b"\x7fELF\x02\x01\x01") {
            return Err("no little-endian ELF64 magic".to_string());
        }
        let mut elf = Elf {
            e_type: uint(&bytes, 16, 2)? as u16,
            e_machine: uint(&bytes, 18, 2)? as u16,
            e_entry: uint(&bytes, 24, 8)?,
            bytes,
            ..Elf::default()
        };
        elf.read_sections()?;
        elf.read_segments()?;
        elf.read_dynamic()?;
        elf.symbols = elf.read_symbols(SHT_SYMTAB)?;
        elf.dynsyms = elf.read_symbols(SHT_DYNSYM)?;
        elf.read_versions()?;
        elf.read_relocs()?;
        Ok(elf)
    }

    fn read_sections(&mut self) -> Result<()> {
        let (table, mut count) = (uint(&self.bytes, 40, 8)?, uint(&self.bytes, 60, 2)?);
        let mut names = uint(&self.bytes, 62, 2)?;
        if table == 0 {
            return Ok(());
        }
        // Extended numbering: the first header's size and link hold what 16 bits cannot (gABI, "Sections").
        if count == 0 {
            count = uint(&self.bytes, table + 32, 8)?;
        }
        if names == 0xffff {
            names = uint(&self.bytes, table + 40, 4)?;
        }
        slice(&self.bytes, table, count.saturating_mul(64), "section headers")?;
        for index in 0..count {
            let at = table + index * 64;
            let word = |offset, len| uint(&self.bytes, at + offset, len);
            let section = Section {
                name: String::new(),
                kind: word(4, 4)? as u32,
                flags: word(8, 8)?,
                addr: word(16, 8)?,
                offset: word(24, 8)?,
                size: word(32, 8)?,
                link: word(40, 4)? as u32,
                info: word(44, 4)? as u32,
                align: word(48, 8)?,
                entsize: word(56, 8)?,
            };
            if index > 0 && section.kind != SHT_NOBITS {
                slice(&self.bytes, section.offset, section.size, "section")?;
            }
            self.sections.push(section);
        }
        let table_of_names = self.sections.get(names as usize).ok_or("e_shstrndx is out of range")?.clone();
        let strings = slice(&self.bytes, table_of_names.offset, table_of_names.size, "section names")?.to_vec();
        for index in 0..count {
            let name = uint(&self.bytes, table + index * 64, 4)?;
            self.sections[index as usize].name = string(&strings, name)?;
        }
        Ok(())
    }

    fn read_segments(&mut self) -> Result<()> {
        let (table, count) = (uint(&self.bytes, 32, 8)?, uint(&self.bytes, 56, 2)?);
        for index in 0..count {
            let at = table + index * 56;
            let word = |offset, len| uint(&self.bytes, at + offset, len);
            self.segments.push(Segment {
                kind: word(0, 4)? as u32,
                flags: word(4, 4)? as u32,
                offset: word(8, 8)?,
                addr: word(16, 8)?,
                filesz: word(32, 8)?,
                memsz: word(40, 8)?,
                align: word(48, 8)?,
            });
        }
        Ok(())
    }

    fn read_dynamic(&mut self) -> Result<()> {
        let Some(segment) = self.segments.iter().find(|s| s.kind == PT_DYNAMIC) else { return Ok(()) };
        let bytes = slice(&self.bytes, segment.offset, segment.filesz, "PT_DYNAMIC")?;
        for entry in bytes.chunks_exact(16) {
            let (tag, value) = (uint(entry, 0, 8)?, uint(entry, 8, 8)?);
            if tag == 0 {
                return Ok(());
            }
            self.dynamic.push((tag, value));
        }
        Err("the dynamic section has no DT_NULL".to_string())
    }

    fn read_symbols(&self, kind: u32) -> Result<Vec<Symbol>> {
        let Some(table) = self.sections.iter().find(|s| s.kind == kind) else { return Ok(Vec::new()) };
        let strings = self.sections.get(table.link as usize).ok_or("a symbol table's link is out of range")?;
        let strings = self.data(strings)?;
        let own_index = self.sections.iter().position(|s| s.kind == kind).unwrap_or(0) as u32;
        let extended = self.sections.iter().find(|s| s.kind == SHT_SYMTAB_SHNDX && s.link == own_index);
        let extended = extended.map(|s| self.data(s)).transpose()?;
        let mut symbols = Vec::new();
        for (index, entry) in self.data(table)?.chunks_exact(24).enumerate() {
            let raw = uint(entry, 6, 2)? as u32;
            let shndx = match (raw, extended) {
                (0xffff, Some(table)) => uint(table, index as u64 * 4, 4)? as u32,
                _ => raw,
            };
            let section = match raw {
                0 => "UND".to_string(),
                SHN_ABS => "ABS".to_string(),
                SHN_COMMON => "COM".to_string(),
                _ => {
                    let section = self.sections.get(shndx as usize);
                    section
                        .ok_or_else(|| format!("symbol {index} is in section {shndx}, which is not there"))?
                        .name
                        .clone()
                }
            };
            symbols.push(Symbol {
                name: string(strings, uint(entry, 0, 4)?)?,
                version: String::new(),
                bind: entry[4] >> 4,
                kind: entry[4] & 15,
                other: entry[5],
                shndx,
                section,
                value: uint(entry, 8, 8)?,
                size: uint(entry, 16, 8)?,
            });
        }
        Ok(symbols)
    }

    /// Decodes `.gnu.version*` and hangs a version on every dynamic symbol (LSB, "Symbol Versioning").
    fn read_versions(&mut self) -> Result<()> {
        let mut names: BTreeMap<u16, (String, bool)> = BTreeMap::new();
        let strings = self.dynstr()?.to_vec();
        if let (Some(addr), Some(count)) = (self.tag("VERDEF"), self.tag("VERDEFNUM")) {
            let mut at = addr;
            for _ in 0..count {
                let entry = self.memory(at, 20)?.to_vec();
                let (index, parents) = (uint(&entry, 4, 2)? as u16, uint(&entry, 6, 2)?);
                let mut aux = at + uint(&entry, 12, 4)?;
                let mut chain = Vec::new();
                for _ in 0..parents {
                    let link = self.memory(aux, 8)?;
                    chain.push(string(&strings, uint(link, 0, 4)?)?);
                    aux += uint(link, 4, 4)?;
                }
                let own = chain.first().ok_or("a version definition has no name")?.clone();
                if uint(&entry, 2, 2)? & 1 == 0 {
                    names.insert(index, (own, true));
                    self.verdefs.push(chain);
                }
                at += uint(&entry, 16, 4)?;
            }
        }
        if let (Some(addr), Some(count)) = (self.tag("VERNEED"), self.tag("VERNEEDNUM")) {
            let mut at = addr;
            for _ in 0..count {
                let entry = self.memory(at, 16)?.to_vec();
                let file = string(&strings, uint(&entry, 4, 4)?)?;
                let mut aux = at + uint(&entry, 8, 4)?;
                for _ in 0..uint(&entry, 2, 2)? {
                    let need = self.memory(aux, 16)?.to_vec();
                    let name = string(&strings, uint(&need, 8, 4)?)?;
                    names.insert(uint(&need, 6, 2)? as u16, (name.clone(), false));
                    self.verneeds.push((file.clone(), name, uint(&need, 4, 2)? & 2 != 0));
                    aux += uint(&need, 12, 4)?;
                }
                at += uint(&entry, 12, 4)?;
            }
        }
        let Some(versym) = self.tag("VERSYM") else { return Ok(()) };
        for index in 0..self.dynsyms.len() {
            let raw = uint(self.memory(versym + index as u64 * 2, 2)?, 0, 2)? as u16;
            if raw & 0x7fff < 2 {
                continue;
            }
            let (name, defined) = names.get(&(raw & 0x7fff)).ok_or_else(|| {
                format!("{} has version {}, which is not described", self.dynsyms[index].name, raw & 0x7fff)
            })?;
            let marker = if *defined && raw & 0x8000 == 0 { "@@" } else { "@" };
            self.dynsyms[index].version = format!("{marker}{name}");
        }
        Ok(())
    }

    fn read_relocs(&mut self) -> Result<()> {
        let mut relocs = Vec::new();
        let mut relr = Vec::new();
        for table in &self.sections {
            let data = || self.data(table);
            match table.kind {
                SHT_RELA => {
                    let of_dynsym = self.sections.get(table.link as usize).is_some_and(|s| s.kind == SHT_DYNSYM);
                    let symbols = if of_dynsym { &self.dynsyms } else { &self.symbols };
                    for entry in data()?.chunks_exact(24) {
                        let (kind, symbol) = (uint(entry, 8, 4)?, uint(entry, 12, 4)? as usize);
                        let name = match symbols.get(symbol) {
                            _ if symbol == 0 => String::new(),
                            Some(s) if s.kind == 3 => s.section.clone(),
                            Some(s) => s.name.clone(),
                            None => return Err(format!("{}: symbol {symbol} is not there", table.name)),
                        };
                        relocs.push(Reloc {
                            table: table.name.clone(),
                            place: uint(entry, 0, 8)?,
                            kind: RELOCATIONS
                                .get(kind as usize)
                                .map_or_else(|| format!("unknown type {kind}"), |name| format!("R_X86_64_{name}")),
                            symbol: name,
                            addend: uint(entry, 16, 8)? as i64,
                        });
                    }
                }
                SHT_RELR => {
                    // An even word is an address; an odd one is a bitmap of the 63 words behind the last.
                    let mut next = 0u64;
                    for entry in data()?.chunks_exact(8) {
                        let word = uint(entry, 0, 8)?;
                        if word & 1 == 0 {
                            relr.push(word);
                            next = word.wrapping_add(8);
                            continue;
                        }
                        relr.extend(
                            (0..63).filter(|bit| word >> (bit + 1) & 1 != 0).map(|bit| next.wrapping_add(bit * 8)),
                        );
                        next = next.wrapping_add(63 * 8);
                    }
                }
                _ => {}
            }
        }
        self.relocs = relocs;
        self.relr = relr;
        Ok(())
    }

    /// A section's bytes in the file; none for SHT_NOBITS.
    pub(crate) fn data(&self, section: &Section) -> Result<&[u8]> {
        if section.kind == SHT_NOBITS {
            return Ok(&[]);
        }
        slice(&self.bytes, section.offset, section.size, &section.name)
    }

    /// The first section called `name`.
    pub(crate) fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().skip(1).find(|s| s.name == name)
    }

    /// The bytes that the loader would put at `addr`.
    pub(crate) fn memory(&self, addr: u64, len: u64) -> Result<&[u8]> {
        let load = self.segments.iter().find(|s| s.kind == PT_LOAD && s.holds(addr, len));
        let load = load.ok_or_else(|| format!("{addr:#x}+{len:#x} is in no PT_LOAD"))?;
        let inside = addr - load.addr;
        if inside + len > load.filesz {
            return Err(format!("{addr:#x}+{len:#x} is not backed by the file"));
        }
        slice(&self.bytes, load.offset + inside, len, "memory")
    }

    /// The first value of a dynamic tag, by its name behind `DT_`.
    pub(crate) fn tag(&self, name: &str) -> Option<u64> {
        let tag = value_of(TAGS, name)?;
        self.dynamic.iter().find(|(t, _)| *t == tag).map(|(_, value)| *value)
    }

    /// The dynamic string table; empty when there is none.
    pub(crate) fn dynstr(&self) -> Result<&[u8]> {
        match (self.tag("STRTAB"), self.tag("STRSZ")) {
            (Some(addr), Some(size)) => self.memory(addr, size),
            _ => Ok(&[]),
        }
    }

    /// A tag's values as text: strings, flag names, or numbers.
    pub(crate) fn tag_values(&self, name: &str) -> Result<Vec<String>> {
        let Some(tag) = value_of(TAGS, name) else { return Err(format!("unknown dynamic tag {name}")) };
        let mut values = Vec::new();
        for (_, value) in self.dynamic.iter().filter(|(t, _)| *t == tag) {
            let bits = |table: &[(u64, &str)]| {
                let set: Vec<&str> = table.iter().filter(|(bit, _)| value & bit != 0).map(|(_, n)| *n).collect();
                set.join(" ")
            };
            values.push(match name {
                "NEEDED" | "SONAME" | "RPATH" | "RUNPATH" | "AUXILIARY" | "FILTER" | "AUDIT" | "DEPAUDIT" => {
                    string(self.dynstr()?, *value)?
                }
                "FLAGS" => bits(FLAGS),
                "FLAGS_1" => bits(FLAGS_1),
                _ => value.to_string(),
            });
        }
        Ok(values)
    }
}
