//! LC_SYMTAB, LC_DYSYMTAB and the indirect table.

use super::dump::MachO;
use crate::dump::{Result, slice, string, uint};

/// `nlist_64`.
#[derive(Debug, Clone)]
pub(crate) struct Symbol {
    pub(crate) name: String,
    pub(crate) strx: u64,
    pub(crate) kind: u8,
    /// One-based; 0 is no section.
    pub(crate) section: u8,
    pub(crate) desc: u16,
    pub(crate) value: u64,
}

pub(crate) const N_PEXT: u8 = 0x10;
pub(crate) const N_WEAK_REF: u16 = 0x40;
pub(crate) const N_WEAK_DEF: u16 = 0x80;

/// Marks in the indirect table instead of an index.
pub(crate) const INDIRECT_SYMBOL_LOCAL: u32 = 0x8000_0000;
pub(crate) const INDIRECT_SYMBOL_ABS: u32 = 0x4000_0000;

impl Symbol {
    pub(crate) fn is_stab(&self) -> bool {
        self.kind & 0xe0 != 0
    }

    /// N_TYPE, which a debugging entry does not have.
    fn class(&self) -> u8 {
        self.kind & 0x0e
    }

    pub(crate) fn is_external(&self) -> bool {
        !self.is_stab() && self.kind & 1 != 0
    }

    pub(crate) fn is_in_section(&self) -> bool {
        !self.is_stab() && self.class() == 0x0e
    }

    pub(crate) fn is_absolute(&self) -> bool {
        !self.is_stab() && self.class() == 0x02
    }

    pub(crate) fn is_indirect(&self) -> bool {
        !self.is_stab() && self.class() == 0x0a
    }

    /// Undefined, and not tentative.
    pub(crate) fn is_undefined(&self) -> bool {
        !self.is_stab() && self.class() == 0 && !self.is_common()
    }

    pub(crate) fn is_common(&self) -> bool {
        !self.is_stab() && self.class() == 0 && self.kind & 1 != 0 && self.value != 0
    }

    /// The library ordinal of an undefined symbol, as bind opcodes count: the last two are flat lookup and the main
    /// executable.
    pub(crate) fn ordinal(&self) -> i64 {
        match self.desc >> 8 {
            0xfe => -2,
            0xff => -1,
            n => n.into(),
        }
    }
}

/// Reads the tables into `file`.
pub(crate) fn read(file: &mut MachO) -> Result<()> {
    if let Some(command) = file.command("LC_SYMTAB") {
        let word = |offset| uint(&file.bytes, command.at + offset, 4);
        let (at, count, strings_at, strings_len) = (word(8)?, word(12)?, word(16)?, word(20)?);
        let table = slice(&file.bytes, at, count * 16, "symbol table")?;
        let strings = slice(&file.bytes, strings_at, strings_len, "string table")?;
        for entry in table.chunks_exact(16) {
            let strx = uint(entry, 0, 4)?;
            file.symbols.push(Symbol {
                name: string(strings, strx)?,
                strx,
                kind: entry[4],
                section: entry[5],
                desc: uint(entry, 6, 2)? as u16,
                value: uint(entry, 8, 8)?,
            });
        }
        file.strings = strings.to_vec();
        file.blobs.insert("symbols", (at, count * 16));
        file.blobs.insert("strings", (strings_at, strings_len));
    }
    if let Some(command) = file.command("LC_DYSYMTAB") {
        let word = |offset| uint(&file.bytes, command.at + offset, 4);
        file.partition = Some([word(8)?, word(12)?, word(16)?, word(20)?, word(24)?, word(28)?]);
        let (at, count) = (word(56)?, word(60)?);
        let table = slice(&file.bytes, at, count * 4, "indirect symbols")?;
        file.indirect = table.chunks_exact(4).map(|e| uint(e, 0, 4).map(|v| v as u32)).collect::<Result<_>>()?;
        file.blobs.insert("indirect", (at, count * 4));
    }
    Ok(())
}
