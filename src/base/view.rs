//! Bounds-checked views of mapped bytes: the only way in which numbers from a file become slices.

use std::fmt;
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned};

/// What is wrong with an input, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// File offset, in bytes, of the structure that is wrong (relative to the member, inside an archive).
    pub offset: u64,
    /// What it was meant to be, and why it is not.
    pub what: String,
}

impl Malformed {
    /// `what` at file offset `offset`.
    pub fn new(offset: u64, what: impl Into<String>) -> Self {
        Malformed { offset, what: what.into() }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "malformed input at offset 0x{:x}: {}", self.offset, self.what)
    }
}

#[cold]
fn outside(offset: u64, what: &str) -> Malformed {
    Malformed::new(offset, format!("{what} reaches past the end of the file"))
}

/// `count` consecutive `T`s at `offset`. `what` names them in the error.
#[inline]
pub fn view<'a, T>(bytes: &'a [u8], offset: u64, count: usize, what: &str) -> Result<&'a [T], Malformed>
where
    T: FromBytes + Immutable + KnownLayout + Unaligned,
{
    let tail =
        usize::try_from(offset).ok().and_then(|start| bytes.get(start..)).ok_or_else(|| outside(offset, what))?;
    match <[T]>::ref_from_prefix_with_elems(tail, count) {
        Ok((items, _)) => Ok(items),
        Err(_) => Err(outside(offset, what)),
    }
}

/// One `T` at `offset`.
#[inline]
pub fn view_one<'a, T>(bytes: &'a [u8], offset: u64, what: &str) -> Result<&'a T, Malformed>
where
    T: FromBytes + Immutable + KnownLayout + Unaligned,
{
    Ok(&view::<T>(bytes, offset, 1, what)?[0])
}

/// `size` bytes at `offset`.
#[inline]
pub fn slice<'a>(bytes: &'a [u8], offset: u64, size: u64, what: &str) -> Result<&'a [u8], Malformed> {
    let start = usize::try_from(offset).map_err(|_| outside(offset, what))?;
    let end = usize::try_from(size).ok().and_then(|size| start.checked_add(size));
    end.and_then(|end| bytes.get(start..end)).ok_or_else(|| outside(offset, what))
}

/// The bytes of the NUL-terminated string at `offset` in a string table, without the NUL.
#[inline]
pub fn cstr(table: &[u8], offset: u32) -> Result<&[u8], Malformed> {
    let tail = table.get(offset as usize..).ok_or_else(|| outside(offset.into(), "a name in the string table"))?;
    match memchr::memchr(0, tail) {
        Some(end) => Ok(&tail[..end]),
        None => Err(Malformed::new(offset.into(), "a name in the string table has no end")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zerocopy::little_endian::U32;

    #[test]
    fn views_end_where_the_bytes_do() {
        let bytes = [1, 0, 0, 0, 2, 0, 0, 0, 3];
        assert_eq!(view::<U32>(&bytes, 0, 2, "x").map(|v| v[1].get()), Ok(2));
        assert!(view::<U32>(&bytes, 1, 3, "x").is_err());
        assert!(view::<U32>(&bytes, u64::MAX, 1, "x").is_err());
        assert!(view::<U32>(&bytes, 0, usize::MAX, "x").is_err());
        assert!(slice(&bytes, 8, 2, "x").is_err());
        assert_eq!(slice(&bytes, 8, 1, "x"), Ok(&[3][..]));
    }

    #[test]
    fn strings_need_their_nul() {
        assert_eq!(cstr(b"ab\0c", 0), Ok(&b"ab"[..]));
        assert!(cstr(b"ab\0c", 3).is_err());
        assert!(cstr(b"ab\0c", 9).is_err());
    }
}
