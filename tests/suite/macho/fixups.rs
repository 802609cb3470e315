//! What the loader applies: chained fixups walked page by page, or the opcodes of LC_DYLD_INFO_ONLY interpreted.

use super::dump::{MachO, sleb, text, uleb};
use crate::dump::{Result, slice, string, uint};

/// A name that is looked up, in which library, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Import {
    pub(crate) name: String,
    /// As bind opcodes count: 0 self, -1 main executable, -2 flat, -3 weak, else one-based.
    pub(crate) ordinal: i64,
    pub(crate) weak: bool,
    pub(crate) addend: i64,
}

/// What becomes of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An address in the image, with the top byte that is put over it.
    Rebase { target: u64, high8: u8 },
    /// The address of an import (an index into the imports), and an addend of the place's own.
    Bind { import: usize, addend: i64 },
}

/// Which stream told about a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    Chain,
    Rebase,
    Bind,
    Weak,
    Lazy,
}

/// One place that the loader writes.
#[derive(Debug, Clone)]
pub(crate) struct Fixup {
    pub(crate) at: u64,
    pub(crate) kind: Kind,
    pub(crate) stream: Stream,
}

/// The imports and the fixups of whichever format the file has.
pub(crate) fn read(file: &MachO) -> Result<(Vec<Import>, Vec<Fixup>)> {
    match file.blobs.get("chained fixups") {
        Some((at, len)) => chained(file, slice(&file.bytes, *at, *len, "chained fixups")?),
        None => classic(file),
    }
}

fn chained(file: &MachO, blob: &[u8]) -> Result<(Vec<Import>, Vec<Fixup>)> {
    let word = |at| uint(blob, at, 4);
    let (version, starts, imports_at, symbols_at) = (word(0)?, word(4)?, word(8)?, word(12)?);
    let (count, format, compressed) = (word(16)?, word(20)?, word(24)?);
    if version != 0 || compressed != 0 {
        return Err(format!("chained fixups have version {version}, symbols format {compressed}"));
    }
    let names = slice(blob, symbols_at, blob.len() as u64 - symbols_at.min(blob.len() as u64), "import names")?;
    let mut imports = Vec::new();
    let entry_size = match format {
        1 => 4,
        2 => 8,
        3 => 16,
        _ => return Err(format!("chained imports have format {format}")),
    };
    for index in 0..count {
        let at = imports_at + index * entry_size;
        let (ordinal, weak, name, addend) = if format == 3 {
            let word = uint(blob, at, 8)?;
            (i64::from(word as u16 as i16), word >> 16 & 1, word >> 32, uint(blob, at + 8, 8)? as i64)
        } else {
            let word = uint(blob, at, 4)?;
            let addend = if format == 2 { i64::from(uint(blob, at + 4, 4)? as u32 as i32) } else { 0 };
            (i64::from(word as u8 as i8), word >> 8 & 1, word >> 9, addend)
        };
        // Ordinals are unsigned but for the few negative ones.
        let ordinal = match (ordinal, format) {
            (n, 3) if n < -15 => n + 0x1_0000,
            (n, 1 | 2) if n < -15 => n + 0x100,
            (n, _) => n,
        };
        imports.push(Import { name: string(names, name)?, ordinal, weak: weak == 1, addend });
    }
    let mut fixups = Vec::new();
    let segments = uint(blob, starts, 4)?;
    if segments != file.segments.len() as u64 {
        return Err(format!("chained starts have {segments} segments, the file {}", file.segments.len()));
    }
    for index in 0..segments {
        let offset = uint(blob, starts + 4 + index * 4, 4)?;
        if offset != 0 {
            let chains = Chains { file, blob, at: starts + offset, segment: index as usize, imports: imports.len() };
            chains.walk(&mut fixups)?;
        }
    }
    Ok((imports, fixups))
}

/// `dyld_chained_starts_in_segment` at `at`.
struct Chains<'a> {
    file: &'a MachO,
    blob: &'a [u8],
    at: u64,
    segment: usize,
    imports: usize,
}

impl Chains<'_> {
    fn walk(&self, fixups: &mut Vec<Fixup>) -> Result<()> {
        let segment = &self.file.segments[self.segment];
        let word = |offset, len| uint(self.blob, self.at + offset, len);
        let (size, page_size, format) = (word(0, 4)?, word(4, 2)?, word(6, 2)?);
        let (segment_offset, pages) = (word(8, 8)?, word(20, 2)?);
        if size < 22 + pages * 2 || page_size != 0x4000 || !matches!(format, 2 | 6) {
            return Err(format!("{}: chain size {size}, page size {page_size:#x}, format {format}", segment.name));
        }
        if segment_offset != segment.addr - self.file.base()
            || pages * page_size > segment.memsz.next_multiple_of(0x4000)
        {
            return Err(format!("{}: chains at {segment_offset:#x}, {pages} pages", segment.name));
        }
        for page in 0..pages {
            let start = word(22 + page * 2, 2)?;
            match start {
                0xffff => continue,
                0x8000.. => return Err(format!("{}: page {page} has several starts", segment.name)),
                _ => {}
            }
            let (begin, mut offset) = (segment.addr + page * page_size, start);
            loop {
                if offset % 4 != 0 || offset + 8 > page_size {
                    return Err(format!("{}: page {page}: a fixup at {offset:#x} leaves its page", segment.name));
                }
                let value = uint(self.file.memory(begin + offset, 8)?, 0, 8)?;
                fixups.push(Fixup { at: begin + offset, kind: self.decode(value, format)?, stream: Stream::Chain });
                match value >> 51 & 0xfff {
                    0 => break,
                    next => offset += next * 4,
                }
            }
        }
        Ok(())
    }

    fn decode(&self, value: u64, format: u64) -> Result<Kind> {
        if value >> 63 == 0 {
            let base = if format == 6 { self.file.base() } else { 0 };
            if value >> 44 & 0x7f != 0 {
                return Err(format!("a rebase has reserved bits: {value:#x}"));
            }
            return Ok(Kind::Rebase { target: base + (value & 0xf_ffff_ffff), high8: (value >> 36) as u8 });
        }
        let (import, addend) = ((value & 0xff_ffff) as usize, (value >> 24 & 0xff) as i64);
        if value >> 32 & 0x7_ffff != 0 || import >= self.imports {
            return Err(format!("a bind has reserved bits or no such import: {value:#x}"));
        }
        Ok(Kind::Bind { import, addend })
    }
}

fn classic(file: &MachO) -> Result<(Vec<Import>, Vec<Fixup>)> {
    let mut state = Opcodes { file, imports: Vec::new(), fixups: Vec::new() };
    for (name, stream) in [("bind", Stream::Bind), ("weak bind", Stream::Weak), ("lazy bind", Stream::Lazy)] {
        if let Some((at, len)) = file.blobs.get(name) {
            state.bind(slice(&file.bytes, *at, *len, name)?, stream).map_err(|e| format!("{name} opcodes: {e}"))?;
        }
    }
    if let Some((at, len)) = file.blobs.get("rebase") {
        state.rebase(slice(&file.bytes, *at, *len, "rebase")?).map_err(|e| format!("rebase opcodes: {e}"))?;
    }
    Ok((state.imports, state.fixups))
}

struct Opcodes<'a> {
    file: &'a MachO,
    imports: Vec<Import>,
    fixups: Vec<Fixup>,
}

impl Opcodes<'_> {
    fn segment(&self, index: u8) -> Result<u64> {
        let segment = self.file.segments.get(usize::from(index)).ok_or("no such segment")?;
        Ok(segment.addr)
    }

    fn rebase(&mut self, code: &[u8]) -> Result<()> {
        let (mut position, mut at) = (0, 0_u64);
        while position < code.len() {
            let (opcode, low) = (code[position] & 0xf0, code[position] & 0x0f);
            position += 1;
            let mut number = || uleb(code, &mut position);
            let (times, skip) = match opcode {
                0x00 => break,
                0x10 if low == 1 => continue,
                0x20 => {
                    at = self.segment(low)?.wrapping_add(number()?);
                    continue;
                }
                0x30 => {
                    at = at.wrapping_add(number()?);
                    continue;
                }
                0x40 => {
                    at = at.wrapping_add(u64::from(low) * 8);
                    continue;
                }
                0x50 => (low.into(), 0),
                0x60 => (number()?, 0),
                0x70 => (1, number()?),
                0x80 => (number()?, number()?),
                _ => return Err(format!("{opcode:#x} with {low} is unknown")),
            };
            for _ in 0..times {
                let target = uint(self.file.memory(at, 8)?, 0, 8)?;
                let kind = Kind::Rebase { target: target & ((1 << 56) - 1), high8: (target >> 56) as u8 };
                self.fixups.push(Fixup { at, kind, stream: Stream::Rebase });
                at = at.wrapping_add(8).wrapping_add(skip);
            }
        }
        Ok(())
    }

    fn bind(&mut self, code: &[u8], stream: Stream) -> Result<()> {
        let ordinal = if stream == Stream::Weak { -3 } else { 0 };
        let mut import = Import { name: String::new(), ordinal, weak: false, addend: 0 };
        let (mut position, mut at, mut addend, mut strong) = (0, 0_u64, 0, false);
        while position < code.len() {
            let (opcode, low) = (code[position] & 0xf0, code[position] & 0x0f);
            position += 1;
            let (times, skip) = match opcode {
                // In the lazy stream it ends one entry, not the list.
                0x00 if stream == Stream::Lazy => continue,
                0x00 => break,
                0x10 => {
                    import.ordinal = low.into();
                    continue;
                }
                0x20 => {
                    import.ordinal = uleb(code, &mut position)? as i64;
                    continue;
                }
                0x30 => {
                    import.ordinal = if low == 0 { 0 } else { i64::from((low | 0xf0) as i8) };
                    continue;
                }
                0x40 => {
                    import.name = text(code, &mut position)?;
                    (import.weak, strong) = (low & 1 != 0, low & 8 != 0);
                    // A strong definition is only announced: nothing is bound.
                    if strong && stream == Stream::Weak {
                        self.import(&import);
                    }
                    continue;
                }
                0x50 if low == 1 => continue,
                0x60 => {
                    addend = sleb(code, &mut position)?;
                    continue;
                }
                0x70 => {
                    at = self.segment(low)?.wrapping_add(uleb(code, &mut position)?);
                    continue;
                }
                0x80 => {
                    at = at.wrapping_add(uleb(code, &mut position)?);
                    continue;
                }
                0x90 => (1, 0),
                0xa0 => (1, uleb(code, &mut position)?),
                0xb0 => (1, u64::from(low) * 8),
                0xc0 => (uleb(code, &mut position)?, uleb(code, &mut position)?),
                _ => return Err(format!("{opcode:#x} with {low} is unknown")),
            };
            if import.name.is_empty() || strong {
                return Err("a bind without a symbol, or of one that is only announced".to_string());
            }
            for _ in 0..times {
                self.file.memory(at, 8)?;
                let import = self.import(&import);
                self.fixups.push(Fixup { at, kind: Kind::Bind { import, addend }, stream });
                at = at.wrapping_add(8).wrapping_add(skip);
            }
        }
        Ok(())
    }

    fn import(&mut self, import: &Import) -> usize {
        let known = self.imports.iter().position(|i| i == import);
        known.unwrap_or_else(|| {
            self.imports.push(import.clone());
            self.imports.len() - 1
        })
    }
}
