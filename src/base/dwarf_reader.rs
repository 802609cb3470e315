//! Steps through a table of DWARF: numbers, LEB128, strings and units of a slice, one after the other.
//!
//! `None` stands for the end of the bytes and for whatever makes no sense there: who reads debug information carries on
//! without the rest of it.

use super::leb128::{read_sleb, read_uleb};

/// A place in a table.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'b> {
    /// The table.
    pub bytes: &'b [u8],
    /// What is read next.
    pub at: usize,
}

impl<'b> Reader<'b> {
    /// At `offset`, maybe beyond the end.
    pub fn new(bytes: &'b [u8], offset: u64) -> Self {
        Reader { bytes, at: usize::try_from(offset).unwrap_or(usize::MAX) }
    }

    /// Nothing follows.
    pub fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// The next `len` bytes.
    pub fn take(&mut self, len: u64) -> Option<&'b [u8]> {
        let end = self.at.checked_add(usize::try_from(len).ok()?)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    /// A little-endian number of up to 8 bytes.
    pub fn uint(&mut self, len: u64) -> Option<u64> {
        let mut value = [0; 8];
        value.get_mut(..len as usize)?.copy_from_slice(self.take(len)?);
        Some(u64::from_le_bytes(value))
    }

    /// One byte.
    pub fn byte(&mut self) -> Option<u8> {
        Some(self.take(1)?[0])
    }

    /// An unsigned LEB128 number (7.6).
    pub fn uleb(&mut self) -> Option<u64> {
        read_uleb(self.bytes, &mut self.at).ok()
    }

    /// A signed one.
    pub fn sleb(&mut self) -> Option<i64> {
        read_sleb(self.bytes, &mut self.at).ok()
    }

    /// The bytes before the next NUL, which is read too.
    pub fn string(&mut self) -> Option<&'b [u8]> {
        let tail = self.bytes.get(self.at..)?;
        let end = memchr::memchr(0, tail)?;
        self.at += end + 1;
        Some(&tail[..end])
    }

    /// The next unit without its length, and whether it is of the 64-bit format (7.4).
    pub fn unit(&mut self) -> Option<(Reader<'b>, bool)> {
        let length = self.uint(4)?;
        let wide = length == 0xffff_ffff;
        let length = if wide { self.uint(8)? } else { length };
        Some((Reader { bytes: self.take(length)?, at: 0 }, wide))
    }
}
