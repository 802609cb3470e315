//! A reader for the YAML that text stubs are written in.
//!
//! A stub is a few mappings of a known shape, so the reader is asked for what must come next: the keys of a mapping
//! ([`Reader::mapping`]), a sequence of mappings, a list of strings in either style, a scalar. That is all there is of
//! YAML here: no anchors, no mappings in braces, no scalar of several lines, except in values that are skipped.
//! Nothing is recursive but what the caller's closures are. Cost: one pass; a copy for a quoted scalar with an escape.

use crate::base::view::Malformed;
use memchr::{memchr, memchr2, memchr3};
use sinew_arena::Bump;

/// What a mapping's keys are handed to: it must take the value.
type TakeValue<'c, 'a> = &'c mut dyn FnMut(&mut Reader<'a>, &'a [u8]) -> Result<(), Malformed>;

pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    arena: &'a Bump,
    at: usize,
    /// Where the line begins that `at` is in.
    line: usize,
    /// The column of the keys of the innermost mapping.
    indent: usize,
    /// Where the line begins that the last key, or dash of a sequence, is in.
    key_line: usize,
}

/// What ends a word of a plain scalar in brackets.
const ENDS_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let ends = b",] \t\r\n";
    let mut i = 0;
    while i < ends.len() {
        table[ends[i] as usize] = true;
        i += 1;
    }
    table
};

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8], arena: &'a Bump) -> Reader<'a> {
        Reader { bytes, arena, at: 0, line: 0, indent: 0, key_line: 0 }
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

    /// Goes to the next document, whose tag it returns; empty where there is none. `None` at the end of the file.
    pub(super) fn next_document(&mut self) -> Result<Option<&'a [u8]>, Malformed> {
        let is_first = self.at == 0;
        loop {
            if self.peek().is_some() {
                // Without a mark there may be one document; what stands after another's end is no document.
                return match self.bytes[self.at] {
                    b'%' => {
                        self.skip_line();
                        continue;
                    }
                    _ if is_first => Ok(Some(b"")),
                    _ => Err(self.wrong("neither a key of this document nor the mark of the next")),
                };
            }
            if self.at == self.bytes.len() {
                return Ok(None);
            }
            let is_end = self.bytes[self.at] == b'.';
            self.at += 3;
            if !is_end {
                return Ok(Some(self.rest_of_line()));
            }
        }
    }

    /// Hands each key of the mapping that begins here to `f`, until a line stands further left or the document ends.
    pub(super) fn mapping(&mut self, f: TakeValue<'_, 'a>) -> Result<(), Malformed> {
        let Some(indent) = self.peek() else { return Ok(()) };
        let outer = std::mem::replace(&mut self.indent, indent);
        while let Some(column) = self.peek().filter(|column| *column >= indent) {
            if column > indent {
                return Err(self.wrong("a value or a key that stands too far right"));
            }
            let key = self.key()?;
            self.key_line = self.line;
            f(self, key)?;
        }
        self.indent = outer;
        Ok(())
    }

    /// Calls `f` at the mapping in each element of the block sequence that is the value here.
    pub(super) fn mappings(
        &mut self,
        f: &mut dyn FnMut(&mut Reader<'a>) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        let Some(column) = self.value() else { return Ok(()) };
        if self.bytes[self.at] == b'[' {
            let mut count = 0;
            self.flow(|_| count += 1)?;
            return if count == 0 { Ok(()) } else { Err(self.wrong("strings where there must be mappings")) };
        }
        if !self.is_dash() {
            return Err(self.wrong("a value that must be a sequence"));
        }
        while self.peek() == Some(column) && self.is_dash() {
            self.at += 1;
            f(self)?;
        }
        Ok(())
    }

    /// Hands each string of the list that is the value here to `f`: in brackets, on lines with dashes, or alone.
    #[inline]
    pub(super) fn strings(&mut self, mut f: impl FnMut(&'a [u8])) -> Result<(), Malformed> {
        let Some(column) = self.value() else { return Ok(()) };
        if self.bytes[self.at] == b'[' {
            return self.flow(f);
        }
        if !self.is_dash() {
            f(self.scalar()?);
            return Ok(());
        }
        let outer = std::mem::replace(&mut self.indent, column);
        while self.peek() == Some(column) && self.is_dash() {
            self.key_line = self.line;
            self.at += 1;
            f(self.scalar()?);
        }
        self.indent = outer;
        Ok(())
    }

    /// The scalar that is the value here; empty if there is none.
    pub(super) fn scalar(&mut self) -> Result<&'a [u8], Malformed> {
        if self.value().is_none() || self.is_dash() {
            return Ok(b"");
        }
        match self.bytes[self.at] {
            b'\'' | b'"' => self.quoted(),
            b'[' | b'{' | b'|' | b'>' | b'&' | b'*' | b'!' => Err(self.wrong("a value that must be a simple one")),
            _ => Ok(self.rest_of_line()),
        }
    }

    /// Whether the value here is a sequence of lines with dashes.
    pub(super) fn at_sequence(&mut self) -> bool {
        self.value().is_some() && self.is_dash()
    }

    /// Passes over the value here, whatever it is.
    pub(super) fn skip(&mut self) -> Result<(), Malformed> {
        if self.value().is_none() {
            return Ok(());
        }
        if matches!(self.bytes[self.at], b'[' | b'{') {
            return self.skip_brackets();
        }
        loop {
            self.skip_line();
            match self.peek() {
                Some(column) if column > self.indent || column == self.indent && self.is_dash() => {}
                _ => return Ok(()),
            }
        }
    }

    /// Passes over nested brackets, of which only the number counts.
    fn skip_brackets(&mut self) -> Result<(), Malformed> {
        let mut depth = 0usize;
        while self.peek().is_some() {
            match self.bytes[self.at] {
                b'[' | b'{' => depth += 1,
                b']' | b'}' => depth -= 1,
                b'\'' | b'"' => {
                    self.quoted()?;
                    continue;
                }
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Ok(());
            }
        }
        Err(self.wrong("brackets without an end"))
    }

    /// Passes over blanks, line ends and comments. The column of what comes then; `None` where the document ends.
    #[inline]
    fn peek(&mut self) -> Option<usize> {
        loop {
            match self.bytes.get(self.at)? {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\n' => {
                    self.at += 1;
                    self.line = self.at;
                }
                b'#' => self.skip_line(),
                b'-' | b'.' if self.at == self.line && self.is_mark() => return None,
                _ => return Some(self.at - self.line),
            }
        }
    }

    /// Whether `---` or `...` stands here.
    fn is_mark(&self) -> bool {
        let text = &self.bytes[self.at..];
        text.starts_with(b"---") || text.starts_with(b"...")
    }

    /// Goes to the end of the line.
    fn skip_line(&mut self) {
        let text = &self.bytes[self.at..];
        self.at += memchr(b'\n', text).unwrap_or(text.len());
    }

    /// Goes to the value of the last key and returns its column: on the key's line, or on a later one further right. The
    /// dashes of a sequence may stand under the key. `None` if there is no value.
    #[inline]
    fn value(&mut self) -> Option<usize> {
        let column = self.peek()?;
        let is_here = self.line == self.key_line || column > self.indent || column == self.indent && self.is_dash();
        is_here.then_some(column)
    }

    /// Whether an element of a block sequence begins here.
    fn is_dash(&self) -> bool {
        self.bytes.get(self.at) == Some(&b'-')
            && self.bytes.get(self.at + 1).is_none_or(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'))
    }

    /// A key, behind whose colon the reader then stands.
    fn key(&mut self) -> Result<&'a [u8], Malformed> {
        if matches!(self.bytes[self.at], b'\'' | b'"') {
            let key = self.quoted()?;
            if self.bytes.get(self.at) != Some(&b':') {
                return Err(self.wrong("a key without a colon"));
            }
            self.at += 1;
            return Ok(key);
        }
        let text = &self.bytes[self.at..];
        match memchr2(b':', b'\n', text) {
            Some(end) if text[end] == b':' && !self.is_dash() => {
                self.at += end + 1;
                Ok(text[..end].trim_ascii_end())
            }
            _ => Err(self.wrong("a line that is neither a key nor a value")),
        }
    }

    /// What stands on the line from here on, without blanks around it and a comment.
    fn rest_of_line(&mut self) -> &'a [u8] {
        let start = self.at;
        self.skip_line();
        let text = &self.bytes[start..self.at];
        let is_comment = |at: &usize| *at == 0 || matches!(text[at - 1], b' ' | b'\t');
        let end = memchr::memchr_iter(b'#', text).find(is_comment).unwrap_or(text.len());
        text[..end].trim_ascii()
    }

    /// Hands each string between brackets to `f`.
    #[inline]
    fn flow(&mut self, mut f: impl FnMut(&'a [u8])) -> Result<(), Malformed> {
        self.at += 1;
        loop {
            if self.peek().is_none() {
                return Err(self.wrong("a list without an end"));
            }
            match self.bytes[self.at] {
                b']' => break,
                b'\'' | b'"' => f(self.quoted()?),
                b'[' | b'{' | b'}' | b',' => return Err(self.wrong("a list of something else than strings")),
                _ => f(self.word()),
            }
            if self.peek().is_none() {
                return Err(self.wrong("a list without an end"));
            }
            match self.bytes[self.at] {
                b']' => break,
                b',' => self.at += 1,
                _ => return Err(self.wrong("a list whose strings are not separated")),
            }
        }
        self.at += 1;
        Ok(())
    }

    /// A plain scalar in brackets. It may have blanks inside.
    #[inline]
    fn word(&mut self) -> &'a [u8] {
        let start = self.at;
        loop {
            let rest = &self.bytes[self.at..];
            self.at += rest.iter().position(|b| ENDS_WORD[usize::from(*b)]).unwrap_or(rest.len());
            let end = self.at;
            while matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\r')) {
                self.at += 1;
            }
            if self.at == end || matches!(self.bytes.get(self.at), None | Some(b',' | b']' | b'\n' | b'#')) {
                return &self.bytes[start..end];
            }
        }
    }

    /// A quoted scalar.
    fn quoted(&mut self) -> Result<&'a [u8], Malformed> {
        let open = self.at;
        let quote = self.bytes[open];
        let mut start = open + 1;
        // What stands before `start` if an escape was met: only then is there a copy.
        let mut unescaped: Option<Vec<u8>> = None;
        loop {
            let rest = &self.bytes[start..];
            let found = match quote {
                b'\'' => memchr2(b'\'', b'\n', rest),
                _ => memchr3(b'"', b'\\', b'\n', rest),
            };
            let Some(len) = found.filter(|len| rest[*len] != b'\n') else {
                return Err(self.wrong("a quoted string that does not end on its line"));
            };
            let piece = &rest[..len];
            let after = rest.get(len + 1).copied();
            if rest[len] == quote && (quote == b'"' || after != Some(b'\'')) {
                self.at = start + len + 1;
                return Ok(match unescaped {
                    None => piece,
                    Some(before) => self.arena.concat(&[&before, piece]),
                });
            }
            let escaped = match (rest[len], after) {
                (b'\'', _) => b'\'',
                (_, Some(b'n')) => b'\n',
                (_, Some(b't')) => b'\t',
                (_, Some(other @ (b'"' | b'\\' | b'/' | b' '))) => other,
                _ => return Err(self.wrong("an unknown escape in a quoted string")),
            };
            let text = unescaped.get_or_insert_default();
            text.extend_from_slice(piece);
            text.push(escaped);
            start += len + 2;
        }
    }
}
