//! A reader for the JSON of text stubs (RFC 8259).
//!
//! Like the reader for YAML it is asked for what must come next, and nothing is recursive but the caller's closures.
//! Cost: one pass; a copy for a string with an escape.

use crate::base::view::Malformed;
use memchr::memchr2;
use sinew_arena::Bump;

pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    arena: &'a Bump,
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8], arena: &'a Bump) -> Reader<'a> {
        Reader { bytes, arena, at: 0 }
    }

    /// The place, for errors.
    pub(super) fn offset(&self) -> u64 {
        self.at as u64
    }

    /// An error here.
    #[cold]
    pub(super) fn wrong(&self, what: &str) -> Malformed {
        Malformed::new(self.offset(), what)
    }

    /// Hands each key of an object to `f`, which must take the value.
    pub(super) fn object(
        &mut self,
        mut f: impl FnMut(&mut Reader<'a>, &'a [u8]) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        self.items(b'{', b'}', |reader| {
            let key = reader.string()?;
            reader.take(b':')?;
            f(reader, key)
        })
    }

    /// Calls `f` at each element of an array, which it must take.
    pub(super) fn array(&mut self, f: impl FnMut(&mut Reader<'a>) -> Result<(), Malformed>) -> Result<(), Malformed> {
        self.items(b'[', b']', f)
    }

    /// Hands each string of an array of strings to `f`.
    #[inline]
    pub(super) fn strings(&mut self, mut f: impl FnMut(&'a [u8])) -> Result<(), Malformed> {
        self.array(|reader| {
            f(reader.string()?);
            Ok(())
        })
    }

    /// What stands between two marks, separated by commas.
    #[inline]
    fn items(
        &mut self,
        open: u8,
        close: u8,
        mut f: impl FnMut(&mut Reader<'a>) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        self.take(open)?;
        if self.next() == Some(close) {
            self.at += 1;
            return Ok(());
        }
        loop {
            f(self)?;
            match self.next() {
                Some(b',') => self.at += 1,
                Some(byte) if byte == close => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(self.wrong("neither a comma nor an end")),
            }
        }
    }

    /// A string.
    #[inline]
    pub(super) fn string(&mut self) -> Result<&'a [u8], Malformed> {
        self.take(b'"')?;
        let rest = &self.bytes[self.at..];
        match memchr2(b'"', b'\\', rest) {
            Some(len) if rest[len] == b'"' => {
                self.at += len + 1;
                Ok(&rest[..len])
            }
            _ => self.escaped_string(),
        }
    }

    /// What is left of a string that has an escape or no end.
    #[cold]
    fn escaped_string(&mut self) -> Result<&'a [u8], Malformed> {
        let mut text = Vec::new();
        loop {
            let rest = &self.bytes[self.at..];
            let Some(len) = memchr2(b'"', b'\\', rest) else { return Err(self.wrong("a string without an end")) };
            text.extend_from_slice(&rest[..len]);
            self.at += len + 1;
            if rest[len] == b'"' {
                return Ok(self.arena.copy(&text));
            }
            let simple = match rest.get(len + 1) {
                Some(byte @ (b'"' | b'\\' | b'/')) => *byte,
                Some(b'b') => 8,
                Some(b'f') => 12,
                Some(b'n') => b'\n',
                Some(b'r') => b'\r',
                Some(b't') => b'\t',
                Some(b'u') => {
                    self.at += 1;
                    let mut utf8 = [0; 4];
                    text.extend_from_slice(self.code_point()?.encode_utf8(&mut utf8).as_bytes());
                    continue;
                }
                _ => return Err(self.wrong("an unknown escape in a string")),
            };
            text.push(simple);
            self.at += 1;
        }
    }

    /// The character after `\u`; one outside the first plane is a pair of them.
    fn code_point(&mut self) -> Result<char, Malformed> {
        let first = self.hex()?;
        let code = if (0xd800..0xdc00).contains(&first) && self.bytes[self.at..].starts_with(b"\\u") {
            self.at += 2;
            0x1_0000 + ((first - 0xd800) << 10) + (self.hex()?.wrapping_sub(0xdc00) & 0x3ff)
        } else {
            first
        };
        char::from_u32(code).ok_or_else(|| self.wrong("half of a character in a string"))
    }

    fn hex(&mut self) -> Result<u32, Malformed> {
        let digits = self.bytes.get(self.at..self.at + 4).and_then(|digits| std::str::from_utf8(digits).ok());
        let value = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        self.at += 4;
        value.ok_or_else(|| Malformed::new(self.offset() - 4, "an escape without four digits"))
    }

    /// A number, as it is written.
    pub(super) fn number(&mut self) -> Result<&'a [u8], Malformed> {
        self.next();
        let rest = &self.bytes[self.at..];
        let len = rest.iter().position(|b| !matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'));
        let number = &rest[..len.unwrap_or(rest.len())];
        if number.is_empty() {
            return Err(self.wrong("something else than a number"));
        }
        self.at += number.len();
        Ok(number)
    }

    /// Passes over a value, whatever it is. Of what is inside only brackets and strings are looked at.
    pub(super) fn skip(&mut self) -> Result<(), Malformed> {
        let mut depth = 0usize;
        loop {
            match self.next() {
                Some(b'"') => {
                    self.string()?;
                }
                Some(b'{' | b'[') => {
                    depth += 1;
                    self.at += 1;
                }
                Some(b'}' | b']') if depth > 0 => {
                    depth -= 1;
                    self.at += 1;
                }
                Some(b',' | b':') if depth > 0 => self.at += 1,
                Some(b'0'..=b'9' | b'-' | b'a'..=b'z') => {
                    let rest = &self.bytes[self.at..];
                    let is_word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.');
                    self.at += rest.iter().position(|b| !is_word(b)).unwrap_or(rest.len());
                }
                _ => return Err(self.wrong("something else than a value")),
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// An error unless nothing follows.
    pub(super) fn end(&mut self) -> Result<(), Malformed> {
        match self.next() {
            None => Ok(()),
            Some(_) => Err(self.wrong("something after the end of the JSON")),
        }
    }

    /// The byte after white space.
    #[inline]
    fn next(&mut self) -> Option<u8> {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    #[inline]
    fn take(&mut self, byte: u8) -> Result<(), Malformed> {
        if self.next() != Some(byte) {
            return Err(Malformed::new(self.offset(), format!("something else than '{}'", byte as char)));
        }
        self.at += 1;
        Ok(())
    }
}
