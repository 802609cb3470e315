//! Reads a Mach-O file back: what the cases' directives and [`super::check`] look at.
//!
//! Written against `<mach-o/loader.h>`, `<mach-o/nlist.h>` and `<mach-o/fixup-chains.h>`, on its own (nothing of the
//! linker's `format.rs` is used, so that a wrong constant there is seen here). Thin, little-endian, 64-bit files. Every
//! read is bounds checked. Cost: everything is decoded once into owned vectors; test outputs are small.

use std::collections::BTreeMap;

use super::fixups::{self, Fixup, Import};
use super::names::{COMMANDS, PLATFORMS, SECTION_TYPES};
use super::signature::{self, Signature};
use super::symbols::{self, Symbol};
use super::trie::{self, Export};
use super::unwind::{self, Unwind};
use crate::dump::{Result, name_of, slice, string, uint};

pub(crate) const MH_OBJECT: u32 = 1;
pub(crate) const MH_EXECUTE: u32 = 2;
pub(crate) const MH_DYLIB: u32 = 6;

/// One load command: its number, where it stands in the file, and its size.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Command {
    pub(crate) kind: u32,
    pub(crate) at: u64,
    pub(crate) size: u64,
}

impl Command {
    pub(crate) fn name(&self) -> String {
        name_of(COMMANDS, self.kind.into())
    }
}

/// LC_SEGMENT_64.
#[derive(Debug, Clone)]
pub(crate) struct Segment {
    pub(crate) name: String,
    pub(crate) addr: u64,
    pub(crate) memsz: u64,
    pub(crate) offset: u64,
    pub(crate) filesz: u64,
    pub(crate) maxprot: u32,
    pub(crate) initprot: u32,
    pub(crate) flags: u32,
}

impl Segment {
    pub(crate) fn holds(&self, addr: u64, len: u64) -> bool {
        addr >= self.addr && addr.saturating_add(len) <= self.addr.saturating_add(self.memsz)
    }
}

/// `section_64` and the segment command that it stands in.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    pub(crate) segment: String,
    pub(crate) section: String,
    /// Index of the segment command.
    pub(crate) within: usize,
    pub(crate) addr: u64,
    pub(crate) size: u64,
    pub(crate) offset: u64,
    /// In bytes.
    pub(crate) align: u64,
    /// File offset and number of relocations.
    pub(crate) relocations: (u64, u64),
    pub(crate) flags: u32,
    pub(crate) reserved1: u32,
    pub(crate) reserved2: u32,
}

impl Section {
    /// `__DATA,__data`.
    pub(crate) fn name(&self) -> String {
        format!("{},{}", self.segment, self.section)
    }

    pub(crate) fn kind(&self) -> u32 {
        self.flags & 0xff
    }

    pub(crate) fn kind_name(&self) -> String {
        name_of(SECTION_TYPES, self.kind().into())
    }

    /// Zero-filled, so without bytes in the file.
    pub(crate) fn is_zerofill(&self) -> bool {
        matches!(self.kind(), 0x1 | 0xc | 0x12)
    }

    pub(crate) fn holds(&self, addr: u64) -> bool {
        addr >= self.addr && addr < self.addr + self.size
    }
}

/// LC_LOAD_DYLIB and its relatives, in the order of ordinals.
#[derive(Debug, Clone)]
pub(crate) struct Dylib {
    pub(crate) command: String,
    pub(crate) name: String,
    pub(crate) current: u32,
    pub(crate) compatibility: u32,
}

/// A range of __LINKEDIT.
pub(crate) type Blob = (u64, u64);

/// A file, decoded.
#[derive(Debug, Default)]
pub(crate) struct MachO {
    pub(crate) bytes: Vec<u8>,
    pub(crate) cputype: u32,
    pub(crate) filetype: u32,
    pub(crate) flags: u32,
    pub(crate) commands_size: u64,
    pub(crate) commands: Vec<Command>,
    pub(crate) segments: Vec<Segment>,
    pub(crate) sections: Vec<Section>,
    pub(crate) dylibs: Vec<Dylib>,
    pub(crate) id: Option<Dylib>,
    /// The ranges of LC_FUNCTION_STARTS and the like, and of the parts of LC_DYLD_INFO and LC_SYMTAB, by name.
    pub(crate) blobs: BTreeMap<&'static str, Blob>,
    pub(crate) symbols: Vec<Symbol>,
    pub(crate) strings: Vec<u8>,
    /// ilocalsym, nlocalsym, iextdefsym, nextdefsym, iundefsym, nundefsym.
    pub(crate) partition: Option<[u64; 6]>,
    pub(crate) indirect: Vec<u32>,
    pub(crate) exports: Vec<Export>,
    pub(crate) imports: Vec<Import>,
    pub(crate) fixups: Vec<Fixup>,
    pub(crate) function_starts: Vec<u64>,
    /// Offset in the file, length, kind.
    pub(crate) data_in_code: Vec<(u64, u64, u64)>,
    pub(crate) unwind: Option<Unwind>,
    pub(crate) signature: Option<Signature>,
}

impl MachO {
    /// Decodes a file; an error says which structure does not hold together.
    pub(crate) fn parse(bytes: Vec<u8>) -> Result<MachO> {
        if uint(&bytes, 0, 4)? != 0xfeed_facf {
            return Err("no little-endian 64-bit Mach-O magic".to_string());
        }
        let mut file = MachO {
            cputype: uint(&bytes, 4, 4)? as u32,
            filetype: uint(&bytes, 12, 4)? as u32,
            flags: uint(&bytes, 24, 4)? as u32,
            commands_size: uint(&bytes, 20, 4)?,
            bytes,
            ..MachO::default()
        };
        file.read_commands()?;
        file.read_blobs()?;
        symbols::read(&mut file)?;
        if file.filetype == MH_OBJECT {
            return Ok(file);
        }
        if let Some(blob) = file.blobs.get("exports") {
            file.exports = trie::read(slice(&file.bytes, blob.0, blob.1, "export trie")?)?;
        }
        (file.imports, file.fixups) = fixups::read(&file)?;
        file.read_starts()?;
        file.unwind = unwind::read(&file)?;
        file.signature = signature::read(&file)?;
        Ok(file)
    }

    fn read_commands(&mut self) -> Result<()> {
        let (count, mut at) = (uint(&self.bytes, 16, 4)?, 32);
        let end = at + self.commands_size;
        for _ in 0..count {
            let (kind, size) = (uint(&self.bytes, at, 4)? as u32, uint(&self.bytes, at + 4, 4)?);
            if size < 8 || size % 8 != 0 || at + size > end {
                return Err(format!("load command {kind:#x} at {at:#x} has size {size:#x}"));
            }
            let command = Command { kind, at, size };
            self.commands.push(command);
            match command.name().as_str() {
                "LC_SEGMENT_64" => self.read_segment(command)?,
                name @ ("LC_LOAD_DYLIB"
                | "LC_LOAD_WEAK_DYLIB"
                | "LC_REEXPORT_DYLIB"
                | "LC_LOAD_UPWARD_DYLIB"
                | "LC_LAZY_LOAD_DYLIB") => {
                    let dylib = self.dylib(command, name)?;
                    self.dylibs.push(dylib);
                }
                "LC_ID_DYLIB" => self.id = Some(self.dylib(command, "LC_ID_DYLIB")?),
                _ => {}
            }
            at += size;
        }
        if at == end { Ok(()) } else { Err(format!("load commands end at {at:#x}, sizeofcmds says {end:#x}")) }
    }

    fn read_segment(&mut self, command: Command) -> Result<()> {
        let word = |offset, len| uint(&self.bytes, command.at + offset, len);
        let segment = Segment {
            name: self.fixed_name(command.at + 8)?,
            addr: word(24, 8)?,
            memsz: word(32, 8)?,
            offset: word(40, 8)?,
            filesz: word(48, 8)?,
            maxprot: word(56, 4)? as u32,
            initprot: word(60, 4)? as u32,
            flags: word(68, 4)? as u32,
        };
        slice(&self.bytes, segment.offset, segment.filesz, &format!("segment {}", segment.name))?;
        let count = word(64, 4)?;
        if 72 + count * 80 != command.size {
            return Err(format!("segment {} has {count} sections in {:#x} bytes", segment.name, command.size));
        }
        for index in 0..count {
            let at = command.at + 72 + index * 80;
            let word = |offset, len| uint(&self.bytes, at + offset, len);
            let section = Section {
                section: self.fixed_name(at)?,
                segment: self.fixed_name(at + 16)?,
                within: self.segments.len(),
                addr: word(32, 8)?,
                size: word(40, 8)?,
                offset: word(48, 4)?,
                align: 1_u64.checked_shl(word(52, 4)? as u32).ok_or("section alignment")?,
                relocations: (word(56, 4)?, word(60, 4)?),
                flags: word(64, 4)? as u32,
                reserved1: word(68, 4)? as u32,
                reserved2: word(72, 4)? as u32,
            };
            if !section.is_zerofill() {
                slice(&self.bytes, section.offset, section.size, &format!("section {}", section.name()))?;
            }
            self.sections.push(section);
        }
        self.segments.push(segment);
        Ok(())
    }

    /// A name in sixteen bytes, which need not end in a zero.
    fn fixed_name(&self, at: u64) -> Result<String> {
        let field = slice(&self.bytes, at, 16, "name")?;
        let len = field.iter().position(|b| *b == 0).unwrap_or(16);
        Ok(String::from_utf8_lossy(&field[..len]).into_owned())
    }

    /// The string that a command holds at the offset its field `field` gives.
    pub(crate) fn text_of(&self, command: Command, field: u64) -> Result<String> {
        let body = slice(&self.bytes, command.at, command.size, "load command")?;
        string(body, uint(body, field, 4)?)
    }

    fn dylib(&self, command: Command, name: &str) -> Result<Dylib> {
        Ok(Dylib {
            command: name.to_string(),
            name: self.text_of(command, 8)?,
            current: uint(&self.bytes, command.at + 16, 4)? as u32,
            compatibility: uint(&self.bytes, command.at + 20, 4)? as u32,
        })
    }

    fn read_blobs(&mut self) -> Result<()> {
        for command in self.commands.clone() {
            let parts: &[(&'static str, u64)] = match command.name().as_str() {
                "LC_DYLD_INFO_ONLY" | "LC_DYLD_INFO" => {
                    &[("rebase", 8), ("bind", 16), ("weak bind", 24), ("lazy bind", 32), ("exports", 40)]
                }
                "LC_DYLD_CHAINED_FIXUPS" => &[("chained fixups", 8)],
                "LC_DYLD_EXPORTS_TRIE" => &[("exports", 8)],
                "LC_FUNCTION_STARTS" => &[("function starts", 8)],
                "LC_DATA_IN_CODE" => &[("data in code", 8)],
                "LC_CODE_SIGNATURE" => &[("signature", 8)],
                "LC_LINKER_OPTIMIZATION_HINT" => &[("hints", 8)],
                _ => &[],
            };
            for (name, field) in parts {
                let blob = (uint(&self.bytes, command.at + field, 4)?, uint(&self.bytes, command.at + field + 4, 4)?);
                slice(&self.bytes, blob.0, blob.1, name)?;
                self.blobs.insert(name, blob);
            }
        }
        Ok(())
    }

    fn read_starts(&mut self) -> Result<()> {
        if let Some((at, len)) = self.blobs.get("function starts") {
            let bytes = slice(&self.bytes, *at, *len, "function starts")?;
            let (mut position, mut addr) = (0, self.base());
            while position < bytes.len() {
                let delta = uleb(bytes, &mut position)?;
                // A zero ends the list; what follows pads it.
                if delta == 0 {
                    break;
                }
                addr += delta;
                self.function_starts.push(addr);
            }
        }
        if let Some((at, len)) = self.blobs.get("data in code") {
            for entry in slice(&self.bytes, *at, *len, "data in code")?.chunks(8) {
                self.data_in_code.push((uint(entry, 0, 4)?, uint(entry, 4, 2)?, uint(entry, 6, 2)?));
            }
        }
        Ok(())
    }

    /// Where the header is loaded: the address of __TEXT.
    pub(crate) fn base(&self) -> u64 {
        self.segment("__TEXT").map_or(0, |s| s.addr)
    }

    pub(crate) fn segment(&self, name: &str) -> Option<&Segment> {
        self.segments.iter().find(|s| s.name == name)
    }

    /// By `__SEGMENT,__section`, or by the section's name alone.
    pub(crate) fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|s| s.name() == name || s.section == name)
    }

    pub(crate) fn section_at(&self, addr: u64) -> Option<&Section> {
        self.sections.iter().find(|s| s.holds(addr))
    }

    pub(crate) fn command(&self, name: &str) -> Option<Command> {
        self.commands.iter().find(|c| c.name() == name).copied()
    }

    /// A section's bytes in the file; none of a zero-filled one.
    pub(crate) fn data(&self, section: &Section) -> Result<&[u8]> {
        let size = if section.is_zerofill() { 0 } else { section.size };
        slice(&self.bytes, section.offset, size, &section.name())
    }

    /// The bytes that the segments place at `addr`, before any fixup.
    pub(crate) fn memory(&self, addr: u64, len: u64) -> Result<&[u8]> {
        let segment = self.segments.iter().find(|s| s.filesz > 0 && s.holds(addr, len));
        let segment = segment.ok_or_else(|| format!("no segment holds {addr:#x}"))?;
        if addr - segment.addr + len > segment.filesz {
            return Err(format!("{addr:#x} is not in the file"));
        }
        slice(&self.bytes, segment.offset + (addr - segment.addr), len, "memory")
    }

    /// What a two-level ordinal names.
    pub(crate) fn library(&self, ordinal: i64) -> String {
        match ordinal {
            0 => "self".to_string(),
            -1 => "main".to_string(),
            -2 => "flat".to_string(),
            -3 => "weak".to_string(),
            n => usize::try_from(n - 1)
                .ok()
                .and_then(|n| self.dylibs.get(n))
                .map_or_else(|| format!("ordinal {n}"), |d| d.name.clone()),
        }
    }

    /// One line a command in the words of `//# command:`.
    pub(crate) fn describe(&self, command: Command) -> Result<String> {
        let word = |offset| uint(&self.bytes, command.at + offset, 4);
        let name = command.name();
        let rest = match name.as_str() {
            "LC_LOAD_DYLIB" | "LC_LOAD_WEAK_DYLIB" | "LC_REEXPORT_DYLIB" | "LC_LOAD_UPWARD_DYLIB" | "LC_ID_DYLIB" => {
                let dylib = self.dylib(command, &name)?;
                let (current, compatibility) = (version(dylib.current), version(dylib.compatibility));
                format!("{} current={current} compatibility={compatibility}", dylib.name)
            }
            "LC_RPATH"
            | "LC_LOAD_DYLINKER"
            | "LC_ID_DYLINKER"
            | "LC_DYLD_ENVIRONMENT"
            | "LC_SUB_FRAMEWORK"
            | "LC_SUB_UMBRELLA"
            | "LC_SUB_CLIENT"
            | "LC_SUB_LIBRARY" => self.text_of(command, 8)?,
            "LC_BUILD_VERSION" => {
                let platform = name_of(PLATFORMS, word(8)?);
                format!("platform={platform} minos={} sdk={}", version(word(12)? as u32), version(word(16)? as u32))
            }
            "LC_VERSION_MIN_MACOSX" => {
                format!("minos={} sdk={}", version(word(8)? as u32), version(word(12)? as u32))
            }
            "LC_MAIN" => {
                let at = self.base() + uint(&self.bytes, command.at + 8, 8)?;
                let stack = uint(&self.bytes, command.at + 16, 8)?;
                format!("entry={} stack={stack:#x}", self.symbol_at(at).unwrap_or_else(|| format!("{at:#x}")))
            }
            "LC_UUID" => slice(&self.bytes, command.at + 8, 16, "uuid")?.iter().map(|b| format!("{b:02x}")).collect(),
            "LC_SOURCE_VERSION" => {
                let v = uint(&self.bytes, command.at + 8, 8)?;
                let fields = [v >> 40, v >> 30 & 0x3ff, v >> 20 & 0x3ff, v >> 10 & 0x3ff, v & 0x3ff];
                format!("version={}", fields.map(|f| f.to_string()).join("."))
            }
            "LC_LINKER_OPTION" => {
                let body = slice(&self.bytes, command.at + 12, command.size - 12, "options")?;
                let words = body.split(|b| *b == 0).take(word(8)? as usize);
                words.map(|w| String::from_utf8_lossy(w).into_owned()).collect::<Vec<_>>().join(" ")
            }
            "LC_ROUTINES_64" => {
                let at = uint(&self.bytes, command.at + 8, 8)?;
                format!("init={}", self.symbol_at(at).unwrap_or_else(|| format!("{at:#x}")))
            }
            _ => String::new(),
        };
        Ok(format!("{name} {rest}").trim_end().to_string())
    }

    /// The name of a symbol that is defined at `addr`, external ones first.
    pub(crate) fn symbol_at(&self, addr: u64) -> Option<String> {
        let here = |s: &&Symbol| s.is_in_section() && s.value == addr;
        let named = self.symbols.iter().filter(here).max_by_key(|s| s.is_external());
        named.map(|s| s.name.clone())
    }
}

/// `1.2.3` without a last part that is zero, from sixteen, eight and eight bits.
pub(crate) fn version(packed: u32) -> String {
    let (major, minor, patch) = (packed >> 16, packed >> 8 & 0xff, packed & 0xff);
    if patch == 0 { format!("{major}.{minor}") } else { format!("{major}.{minor}.{patch}") }
}

/// An unsigned LEB128 number at `position`, which moves on.
pub(crate) fn uleb(bytes: &[u8], position: &mut usize) -> Result<u64> {
    let (mut value, mut shift) = (0_u64, 0);
    loop {
        let byte = *bytes.get(*position).ok_or("a LEB128 number goes beyond the end")?;
        *position += 1;
        if shift > 63 || shift == 63 && byte & 0x7e != 0 {
            return Err("a LEB128 number has more than 64 bits".to_string());
        }
        value |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
}

/// A signed LEB128 number at `position`, which moves on.
pub(crate) fn sleb(bytes: &[u8], position: &mut usize) -> Result<i64> {
    let (mut value, mut shift) = (0_i64, 0);
    loop {
        let byte = *bytes.get(*position).ok_or("a LEB128 number goes beyond the end")?;
        *position += 1;
        if shift > 63 {
            return Err("a LEB128 number has more than 64 bits".to_string());
        }
        value |= i64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            let sign = shift < 64 && byte & 0x40 != 0;
            return Ok(if sign { value | -1_i64 << shift } else { value });
        }
    }
}

/// The zero-terminated text at `position`, which moves behind it.
pub(crate) fn text(bytes: &[u8], position: &mut usize) -> Result<String> {
    let found = string(bytes, *position as u64)?;
    *position += bytes[*position..].iter().position(|b| *b == 0).unwrap_or(0) + 1;
    Ok(found)
}
