//! Reads `ar` archives: System V/GNU, BSD/Darwin, and GNU thin ones.
//!
//! An archive is the magic and then members, each a 60-byte header of ASCII fields, its data, and a byte of padding
//! where the size is odd. There is no standard but the tools: GNU names end in `/` and long ones live in the member
//! `//` (`/123` is offset 123 of it); BSD puts a long name before the data (`#1/20` is 20 bytes of name). The first
//! member may be an index of symbols: `/` (big-endian 32-bit), `/SYM64/` (64-bit), `__.SYMDEF` and
//! `__.SYMDEF_64` (little-endian `ranlib` records). A thin archive holds paths in place of data.
//! Sources: `ar(5)` of FreeBSD, GNU `ar/ar.h` and Darwin's `mach-o/ranlib.h`.
//! Cost: one forward walk over headers, and no copy. Every step advances by a header, so a walk always ends.

use super::view::{Malformed, cstr, slice, view, view_one};
use zerocopy::{FromBytes, Immutable, KnownLayout, Unaligned, big_endian, little_endian};

const MAGIC: &[u8; 8] = b"!<arch>\n";
const THIN_MAGIC: &[u8; 8] = b"!<thin>\n";

/// The header of a member (`struct ar_hdr`): text, padded with spaces.
#[derive(FromBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
struct Header {
    name: [u8; 16],
    /// Seconds since 1970, in decimal: what a debug map remembers.
    modified: [u8; 12],
    /// Owner, group, mode: nothing that a link may depend on.
    _file: [u8; 6 + 6 + 8],
    /// Bytes of data after the header, in decimal.
    size: [u8; 10],
    end: [u8; 2],
}
const _: () = assert!(size_of::<Header>() == 60 && align_of::<Header>() == 1);

/// One file in an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member<'a> {
    /// Its name without padding or the GNU `/`; a path, in a thin archive.
    pub name: &'a [u8],
    /// Where its header begins: what the archive's index calls it by.
    pub header_offset: u64,
    /// When it was last modified, in seconds since 1970; 0 where the header does not say.
    pub modified: u64,
    /// What it holds, or where that is.
    pub data: MemberData<'a>,
}

/// The content of a [`Member`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberData<'a> {
    /// It is in the archive.
    Bytes {
        /// File offset of the first byte.
        offset: u64,
        /// The bytes. Their alignment in the file is 2.
        bytes: &'a [u8],
    },
    /// It is another file (thin archive).
    External {
        /// The file's path, relative to the folder of the archive.
        path: &'a [u8],
        /// Given when that file is itself an archive: the header offset of the member meant.
        nested: Option<u64>,
    },
}

/// An entry of an archive's index: a symbol's name, and the header offset of a member that defines it.
pub type IndexEntry<'a> = (&'a [u8], u64);

/// True for an archive, thin or not.
pub fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC) || bytes.starts_with(THIN_MAGIC)
}

/// True for a thin archive: its members are files of their own.
pub fn is_thin(bytes: &[u8]) -> bool {
    bytes.starts_with(THIN_MAGIC)
}

/// The members in file order, without index and name table.
pub fn members(bytes: &[u8]) -> Result<Vec<Member<'_>>, Malformed> {
    let mut found = Vec::new();
    let mut walk = Walk::new(bytes)?;
    while let Some(entry) = walk.next()? {
        if let Entry::Member(member) = entry {
            found.push(member);
        }
    }
    Ok(found)
}

/// Whether the first members are large: such an archive is soon walked. False for one that cannot be read, or is thin.
pub fn has_large_members(bytes: &[u8]) -> bool {
    const LARGE: u64 = 64 << 10;
    const FIRST: usize = 16;
    let sizes = || -> Result<Vec<u64>, Malformed> {
        let (mut walk, mut sizes) = (Walk::new(bytes)?, Vec::new());
        while sizes.len() < FIRST
            && let Some(entry) = walk.next()?
        {
            if let Entry::Member(Member { data: MemberData::Bytes { bytes, .. }, .. }) = entry {
                sizes.push(bytes.len() as u64);
            }
        }
        Ok(sizes)
    };
    sizes().is_ok_and(|sizes| !sizes.is_empty() && sizes.iter().sum::<u64>() / sizes.len() as u64 >= LARGE)
}

/// The members whose headers begin at `offsets`, as the index has them.
pub fn members_at<'a>(bytes: &'a [u8], offsets: &[u64]) -> Result<Vec<Member<'a>>, Malformed> {
    let mut walk = Walk::new(bytes)?;
    // What is no member stands in front of all: the names that they refer to are there.
    while !matches!(walk.next()?, None | Some(Entry::Member(_))) {}
    let at = |offset: &u64| {
        walk.offset = *offset;
        match walk.next()? {
            Some(Entry::Member(member)) => Ok(member),
            _ => Err(Malformed::new(*offset, "the archive's index names something that is no member")),
        }
    };
    offsets.iter().map(at).collect()
}

/// The archive's own index, if it has one.
///
/// The offsets are as the file says; that a member begins there is for the caller to find out.
pub fn index(bytes: &[u8]) -> Result<Option<Vec<IndexEntry<'_>>>, Malformed> {
    // Every tool writes the index first. Walking on would touch all headers of an archive without one.
    match Walk::new(bytes)?.next()? {
        Some(Entry::Index { kind, offset, data }) => {
            let entries = match kind {
                IndexKind::Gnu32 => gnu_index::<big_endian::U32>(data),
                IndexKind::Gnu64 => gnu_index::<big_endian::U64>(data),
                IndexKind::Bsd32 => bsd_index::<little_endian::U32>(data),
                IndexKind::Bsd64 => bsd_index::<little_endian::U64>(data),
            };
            entries.map(Some).map_err(|e| Malformed::new(e.offset.saturating_add(offset), e.what))
        }
        _ => Ok(None),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum IndexKind {
    Gnu32,
    Gnu64,
    Bsd32,
    Bsd64,
}

enum Entry<'a> {
    Index { kind: IndexKind, offset: u64, data: &'a [u8] },
    LongNames,
    Member(Member<'a>),
}

/// A walk over the headers of an archive.
struct Walk<'a> {
    bytes: &'a [u8],
    thin: bool,
    offset: u64,
    long_names: &'a [u8],
}

impl<'a> Walk<'a> {
    fn new(bytes: &'a [u8]) -> Result<Self, Malformed> {
        if !is_archive(bytes) {
            return Err(Malformed::new(0, "not an archive"));
        }
        Ok(Walk { bytes, thin: bytes.starts_with(THIN_MAGIC), offset: MAGIC.len() as u64, long_names: b"" })
    }

    /// The entry at the current offset; `None` at the end of the archive.
    fn next(&mut self) -> Result<Option<Entry<'a>>, Malformed> {
        let header_offset = self.offset;
        if header_offset >= self.bytes.len() as u64 {
            return Ok(None);
        }
        let header: &Header = view_one(self.bytes, header_offset, "an archive member's header")?;
        if header.end != *b"`\n" {
            return Err(Malformed::new(header_offset, "an archive member's header does not end in \"`\\n\""));
        }
        let size = decimal(&header.size)
            .ok_or_else(|| Malformed::new(header_offset, "an archive member's size is not a decimal number"))?;
        let field = header.name.trim_ascii_end();
        let data_offset = header_offset + size_of::<Header>() as u64;

        // In a thin archive the index and the long names are the only data.
        let special = matches!(field, b"/" | b"//" | b"/SYM64/") || bsd_index_kind(field).is_some();
        if self.thin && !special {
            self.offset = data_offset;
            let (path, nested) = self.gnu_name(field, header_offset)?;
            return Ok(Some(Entry::Member(Member {
                name: path,
                header_offset,
                modified: decimal(&header.modified).unwrap_or(0),
                data: MemberData::External { path, nested },
            })));
        }
        let modified = decimal(&header.modified).unwrap_or(0);
        let data = slice(self.bytes, data_offset, size, "an archive member")?;
        // The last member's padding may be missing: the walk then ends one past the file.
        self.offset = data_offset + size + size % 2;

        let gnu_kind = match field {
            b"/" => Some(IndexKind::Gnu32),
            b"/SYM64/" => Some(IndexKind::Gnu64),
            b"//" => {
                self.long_names = data;
                return Ok(Some(Entry::LongNames));
            }
            _ => None,
        };
        let (name, offset, data) = if let Some(len) = field.strip_prefix(b"#1/") {
            let len = decimal(len).filter(|len| *len <= size).ok_or_else(|| {
                Malformed::new(header_offset, "the length of an archive member's name exceeds the member")
            })?;
            let (name, data) = data.split_at(usize::try_from(len).expect("at most the length of a slice"));
            // Darwin pads names with NULs so that the data is aligned.
            let end = name.iter().rposition(|b| *b != 0).map_or(0, |last| last + 1);
            (&name[..end], data_offset + len, data)
        } else {
            (self.gnu_name(field, header_offset)?.0, data_offset, data)
        };
        if let Some(kind) = gnu_kind.or_else(|| bsd_index_kind(name)) {
            return Ok(Some(Entry::Index { kind, offset, data }));
        }
        let data = MemberData::Bytes { offset, bytes: data };
        Ok(Some(Entry::Member(Member { name, header_offset, modified, data })))
    }

    /// The name that a header's name field stands for, and after a `:` the offset in a nested archive.
    fn gnu_name(&self, field: &'a [u8], header_offset: u64) -> Result<(&'a [u8], Option<u64>), Malformed> {
        let reference = match field {
            [b'/', reference @ ..] if !reference.is_empty() && field != b"/SYM64/" => reference,
            _ => return Ok((field.strip_suffix(b"/").unwrap_or(field), None)),
        };
        let colon = reference.iter().position(|b| *b == b':');
        let (at, nested) = match colon {
            Some(colon) => (&reference[..colon], Some(&reference[colon + 1..])),
            None => (reference, None),
        };
        let numbers = decimal(at).zip(nested.map_or(Some(None), |n| decimal(n).map(Some)));
        let Some((at, nested)) = numbers else {
            return Err(Malformed::new(header_offset, "an archive member's name is not an offset of a long name"));
        };
        let tail = usize::try_from(at).ok().and_then(|at| self.long_names.get(at..)).filter(|tail| !tail.is_empty());
        let Some(tail) = tail else {
            return Err(Malformed::new(header_offset, "an archive member's long name is outside the name table"));
        };
        // GNU ends a name with "/\n", Microsoft's tools with a NUL. A path has slashes of its own.
        let end = memchr::memchr2(b'\n', 0, tail).unwrap_or(tail.len());
        let name = &tail[..end];
        Ok((name.strip_suffix(b"/").unwrap_or(name), nested))
    }
}

/// The kind of index that a BSD name announces. A sorted one has the same layout.
fn bsd_index_kind(name: &[u8]) -> Option<IndexKind> {
    match name {
        b"__.SYMDEF" | b"__.SYMDEF SORTED" => Some(IndexKind::Bsd32),
        b"__.SYMDEF_64" | b"__.SYMDEF_64 SORTED" => Some(IndexKind::Bsd64),
        _ => None,
    }
}

/// A decimal number padded with spaces. At most 20 digits reach here, and an overflow is `None`.
fn decimal(field: &[u8]) -> Option<u64> {
    let digits = field.trim_ascii();
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u64, |value, digit| {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
        value.checked_mul(10)?.checked_add(digit)
    })
}

/// A number of an index, 4 or 8 bytes in the byte order of its kind.
trait Word: FromBytes + Immutable + KnownLayout + Unaligned + Copy + Into<u64> {}
impl<T: FromBytes + Immutable + KnownLayout + Unaligned + Copy + Into<u64>> Word for T {}

fn read<T: Word>(data: &[u8], offset: u64) -> Result<u64, Malformed> {
    Ok((*view_one::<T>(data, offset, "an archive's index")?).into())
}

/// The count, that many offsets, and as many NUL-terminated names in the same order.
fn gnu_index<T: Word>(data: &[u8]) -> Result<Vec<IndexEntry<'_>>, Malformed> {
    let word = size_of::<T>();
    let count = usize::try_from(read::<T>(data, 0)?).unwrap_or(usize::MAX);
    let offsets: &[T] = view(data, word as u64, count, "an archive's index")?;
    let names_at = word + size_of_val(offsets);
    let names = &data[names_at..];
    let mut ends = memchr::memchr_iter(0, names);
    let mut start = 0;
    let mut entries = Vec::with_capacity(count);
    for offset in offsets {
        let Some(end) = ends.next() else {
            let what = format!("an archive's index has {count} symbols and {} names", entries.len());
            return Err(Malformed::new(names_at as u64, what));
        };
        entries.push((&names[start..end], (*offset).into()));
        start = end + 1;
    }
    Ok(entries)
}

/// The size of the `ranlib` records, the records (name, member), the size of the names, the names.
fn bsd_index<T: Word>(data: &[u8]) -> Result<Vec<IndexEntry<'_>>, Malformed> {
    let word = size_of::<T>() as u64;
    let records_size = read::<T>(data, 0)?;
    let count = usize::try_from(records_size / (2 * word)).unwrap_or(usize::MAX);
    let records: &[[T; 2]] = view(data, word, count, "an archive's index")?;
    // In bounds and so far from overflow: `view` has found the records in `data`.
    let names_size_at = word + 2 * word * count as u64;
    let names_size = read::<T>(data, names_size_at)?;
    let names = slice(data, names_size_at + word, names_size, "the names of an archive's index")?;
    let mut entries = Vec::with_capacity(count);
    for &[name, member] in records {
        let name = u32::try_from(name.into())
            .map_err(|_| Malformed::new(names_size_at, "a name of an archive's index is outside its names"))?;
        entries.push((cstr(names, name)?, member.into()));
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, size: usize, data: &[u8]) -> Vec<u8> {
        let mut bytes = format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{size:<10}`\n", 0, 0, 0, 644).into_bytes();
        bytes.extend_from_slice(data);
        if data.len() % 2 == 1 {
            bytes.push(b'\n');
        }
        bytes
    }

    fn archive(magic: &[u8], entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut bytes = magic.to_vec();
        entries.iter().for_each(|(name, data)| bytes.extend(entry(name, data.len(), data)));
        bytes
    }

    fn summary(bytes: &[u8]) -> Vec<(String, u64, Vec<u8>)> {
        let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
        let member = |m: &Member<'_>| match m.data {
            MemberData::Bytes { offset, bytes: data } => {
                assert_eq!(&bytes[offset as usize..][..data.len()], data);
                (text(m.name), m.header_offset, data.to_vec())
            }
            MemberData::External { path, nested } => {
                (text(m.name), m.header_offset, format!("{} {nested:?}", text(path)).into_bytes())
            }
        };
        members(bytes).unwrap().iter().map(member).collect()
    }

    fn be32(values: &[u32]) -> Vec<u8> {
        values.iter().flat_map(|v| v.to_be_bytes()).collect()
    }

    fn gnu() -> Vec<u8> {
        let index =
            [be32(&[2, 8 + 60 + 22 + 60 + 24, 8 + 60 + 22 + 60 + 24 + 64]), b"alpha\0b\0\0\0".to_vec()].concat();
        archive(
            MAGIC,
            &[
                ("/", &index),
                ("//", b"a_long_member_name.o/\n\n\n"),
                ("a.o/", b"odd"),
                ("/0", b"data"),
                ("b c.o/", b""),
            ],
        )
    }

    #[test]
    fn gnu_names_data_and_index() {
        let bytes = gnu();
        let found = summary(&bytes);
        assert_eq!(found[0], ("a.o".into(), 174, b"odd".to_vec()));
        assert_eq!(found[1], ("a_long_member_name.o".into(), 238, b"data".to_vec()));
        assert_eq!((&found[2].0[..], found.len()), ("b c.o", 3));
        assert_eq!(index(&bytes), Ok(Some(vec![(&b"alpha"[..], 174), (&b"b"[..], 238)])));
    }

    #[test]
    fn members_that_the_index_names_are_found() {
        let bytes = gnu();
        let all = members(&bytes).unwrap();
        assert_eq!(members_at(&bytes, &[238, 174]).unwrap(), [all[1], all[0]]);
        assert_eq!(members_at(&bytes, &[]).unwrap(), []);
        // The index, the names, an odd place, the end.
        for offset in [8, 8 + 60 + 22, 175, bytes.len() as u64, u64::MAX] {
            assert!(members_at(&bytes, &[174, offset]).is_err(), "{offset}");
        }
    }

    #[test]
    fn a_missing_last_pad_byte_is_no_error() {
        let mut bytes = archive(MAGIC, &[("a.o/", b"odd")]);
        assert_eq!(bytes.pop(), Some(b'\n'));
        assert_eq!(summary(&bytes).len(), 1);
        bytes.pop();
        assert!(members(&bytes).is_err());
    }

    #[test]
    fn sym64_index() {
        let mut data = 1u64.to_be_bytes().to_vec();
        data.extend(0x1_0000_0008_u64.to_be_bytes());
        data.extend(b"far\0");
        let bytes = archive(MAGIC, &[("/SYM64/", &data), ("x/", b"")]);
        assert_eq!(index(&bytes), Ok(Some(vec![(&b"far"[..], 0x1_0000_0008)])));
        assert_eq!(summary(&bytes).len(), 1);
    }

    #[test]
    fn bsd_names_and_index() {
        for name in ["__.SYMDEF", "__.SYMDEF SORTED"] {
            for long in [false, true] {
                let mut data = if long { format!("{name:\0<20}").into_bytes() } else { Vec::new() };
                data.extend([16u32, 2, 300, 0, 200, 6].iter().flat_map(|v| v.to_le_bytes()));
                data.extend(b"x\0yy\0\0");
                let header = if long { "#1/20" } else { name };
                let bytes = archive(MAGIC, &[(header, &data), ("#1/12", b"long name.o\0abc"), ("short.o", b"d")]);
                assert_eq!(index(&bytes), Ok(Some(vec![(&b"yy"[..], 300), (&b"x"[..], 200)])));
                let found = summary(&bytes);
                assert_eq!((&found[0].0[..], &found[0].2[..]), ("long name.o", &b"abc"[..]));
                assert_eq!((&found[1].0[..], &found[1].2[..]), ("short.o", &b"d"[..]));
            }
        }
        let mut data = b"__.SYMDEF_64\0\0\0\0".to_vec();
        data.extend([16u64, 1, 1 << 33, 8].iter().flat_map(|v| v.to_le_bytes()));
        data.extend(b"\0wide\0\0\0");
        assert_eq!(index(&archive(MAGIC, &[("#1/16", &data)])), Ok(Some(vec![(&b"wide"[..], 1 << 33)])));
    }

    #[test]
    fn thin_members_are_paths() {
        let mut bytes = archive(THIN_MAGIC, &[("/", &be32(&[0])), ("//", b"dir/a.o/\nsub/lib.a/\n")]);
        bytes.extend(entry("/0", 4711, b""));
        bytes.extend(entry("/9:174", 99, b""));
        bytes.extend(entry("b.o/", 12, b""));
        let contents: Vec<_> = summary(&bytes).into_iter().map(|m| String::from_utf8(m.2).unwrap()).collect();
        assert_eq!(contents, ["dir/a.o None", "sub/lib.a Some(174)", "b.o None"]);
        assert_eq!(index(&bytes), Ok(Some(vec![])));
    }

    #[test]
    fn an_archive_may_be_empty_or_without_index() {
        assert_eq!((members(MAGIC), index(MAGIC)), (Ok(vec![]), Ok(None)));
        assert_eq!(index(&archive(MAGIC, &[("a.o/", b"x")])), Ok(None));
        assert!(!is_archive(b"!<arch>"));
        assert!(members(b"\x7fELF").is_err());
    }

    #[test]
    fn lies_are_errors() {
        let cases: [(&str, &[u8]); 6] = [
            ("/7", b""),                 // no name table
            ("/x", b""),                 // no number
            ("/1:x", b""),               // nor here
            ("#1/5", b"abcd"),           // a name longer than the member
            ("#1/99999999999", b"abcd"), // much longer
            ("#1/", b"abcd"),            // no number
        ];
        for (name, data) in cases {
            assert!(members(&archive(MAGIC, &[(name, data)])).is_err(), "{name}");
        }
        for count in [3, 0x4000_0000, u32::MAX] {
            let data = [be32(&[count, 0, 0, 0]), b"a\0b\0".to_vec()].concat();
            assert!(index(&archive(MAGIC, &[("/", &data)])).is_err(), "{count}");
        }
        for words in [[8, 0, 0, 99], [u32::MAX, 0, 0, 1], [8, 7, 0, 1], [16, 0, 0, 1]] {
            let data: Vec<u8> = words.iter().flat_map(|v: &u32| v.to_le_bytes()).chain(*b"\0\0").collect();
            assert!(index(&archive(MAGIC, &[("__.SYMDEF", &data)])).is_err(), "{words:?}");
        }
        let mut wrong_end = archive(MAGIC, &[("a.o/", b"")]);
        wrong_end[8 + 58] = b' ';
        assert!(members(&wrong_end).is_err());
        let mut negative = archive(MAGIC, &[("a.o/", b"")]);
        negative[8 + 48..8 + 58].copy_from_slice(b"-1        ");
        assert!(members(&negative).is_err());
        negative[8 + 48..8 + 58].copy_from_slice(b"9999999999");
        assert!(members(&negative).is_err());
    }

    #[test]
    fn any_cut_and_any_wrong_byte_is_survived() {
        let bytes = gnu();
        for len in 0..bytes.len() {
            let _ = (members(&bytes[..len]), index(&bytes[..len]));
        }
        for at in 0..bytes.len() {
            for value in [0, b' ', b'/', b'9', b':', 0xff] {
                let mut garbled = bytes.clone();
                garbled[at] = value;
                let _ = (members(&garbled), index(&garbled));
            }
        }
    }
}
