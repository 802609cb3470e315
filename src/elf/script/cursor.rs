//! A place in the text of a script, and what can be read there.
//!
//! Scripts and expressions share it. What is a name depends on where it stands: of a file, of a symbol that a statement
//! assigns to, or in an expression. Cost: every byte is looked at once, but for short look-ahead.

use super::ScriptError;
use crate::elf::expr::{self, BinaryOp};

/// A place in a script. Every look ahead first skips space and comments, and counts lines.
#[derive(Clone, Copy)]
pub(in crate::elf) struct Cursor<'a> {
    pub(super) text: &'a [u8],
    pub(super) pos: usize,
    pub(super) line: u32,
}

impl<'a> Cursor<'a> {
    pub(in crate::elf) fn new(text: &'a [u8]) -> Self {
        Cursor { text, pos: 0, line: 1 }
    }

    /// What is not read yet, from the byte that [`Cursor::peek`] showed.
    pub(in crate::elf) fn rest(&self) -> &'a [u8] {
        &self.text[self.pos..]
    }

    /// The next byte that means something: not of space, nor of a comment (`/* … */`, or `#` to the end of the line).
    pub(in crate::elf) fn peek(&mut self) -> Result<Option<u8>, ScriptError> {
        loop {
            let rest = self.rest();
            match rest {
                [b'\n', ..] => {
                    self.line = self.line.saturating_add(1);
                    self.pos += 1;
                }
                [b' ' | b'\t' | b'\r' | 0x0b | 0x0c, ..] => self.pos += 1,
                [b'#', ..] => self.pos += memchr::memchr(b'\n', rest).unwrap_or(rest.len()),
                [b'/', b'*', body @ ..] => match memchr::memmem::find(body, b"*/") {
                    Some(len) => self.skip(len + 4),
                    None => return Err(self.error("a comment has no end")),
                },
                _ => return Ok(rest.first().copied()),
            }
        }
    }

    /// Steps over the byte that [`Cursor::peek`] showed.
    pub(in crate::elf) fn bump(&mut self) {
        self.pos += usize::from(self.pos < self.text.len());
    }

    /// Steps over bytes among which lines may end.
    fn skip(&mut self, len: usize) {
        let newlines = memchr::memchr_iter(b'\n', &self.text[self.pos..self.pos + len]).count();
        self.line = self.line.saturating_add(u32::try_from(newlines).unwrap_or(u32::MAX));
        self.pos += len;
    }

    /// Steps over `token` if that is next.
    pub(in crate::elf) fn eat(&mut self, token: &[u8]) -> Result<bool, ScriptError> {
        self.peek()?;
        let is_next = self.rest().starts_with(token);
        self.pos += if is_next { token.len() } else { 0 };
        Ok(is_next)
    }

    pub(in crate::elf) fn expect(&mut self, token: &[u8]) -> Result<(), ScriptError> {
        if self.eat(token)? { Ok(()) } else { Err(self.unexpected(&format!("'{}'", excerpt(token)))) }
    }

    /// The bytes from here for which `is_part` holds: maybe none.
    pub(in crate::elf) fn word(&mut self, is_part: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.rest();
        let len = rest.iter().position(|&byte| !is_part(byte)).unwrap_or(rest.len());
        self.pos += len;
        &rest[..len]
    }

    /// A name where only names can stand. It ends where a comment begins.
    pub(super) fn file_word(&mut self) -> &'a [u8] {
        let mut ahead = *self;
        let word = ahead.word(is_file_name_byte);
        let word = &word[..memchr::memmem::find(word, b"/*").unwrap_or(word.len())];
        self.pos += word.len();
        word
    }

    /// A command, or the symbol that a statement assigns to. GNU ld lets that hold a `-` even without quotes.
    pub(super) fn statement_word(&mut self) -> &'a [u8] {
        let rest = self.rest();
        let goes_on = |at: usize| match rest.get(at) {
            Some(b'-') => at > 0 && rest.get(at + 1).is_some_and(|&next| expr::is_symbol_byte(next)),
            Some(&byte) => expr::is_symbol_byte(byte),
            None => false,
        };
        let len = (0..).take_while(|&at| goes_on(at)).count();
        self.pos += len;
        &rest[..len]
    }

    /// What is between the quotes that begin here. There are no escapes, so no name holds a quote.
    pub(in crate::elf) fn quoted(&mut self) -> Result<&'a [u8], ScriptError> {
        let body = self.rest().get(1..).unwrap_or_default();
        let len = memchr::memchr(b'"', body).ok_or_else(|| self.error("a quoted name has no end"))?;
        self.skip(len + 2);
        Ok(&body[..len])
    }

    /// The assignment operator ahead, which stays ahead.
    pub(super) fn assignment_operator(&mut self) -> Result<Option<AssignmentOperator>, ScriptError> {
        self.peek()?;
        let rest = self.rest();
        Ok(OPERATORS.iter().find(|(token, _)| rest.starts_with(token) && !rest.starts_with(b"==")).copied())
    }

    #[cold]
    pub(in crate::elf) fn error(&self, what: &str) -> ScriptError {
        ScriptError { line: self.line, what: what.into() }
    }

    /// The error that what is ahead is not `wanted`.
    #[cold]
    pub(in crate::elf) fn unexpected(&self, wanted: &str) -> ScriptError {
        let rest = self.rest();
        let len = rest.iter().position(|&byte| !expr::is_symbol_byte(byte)).unwrap_or(rest.len()).max(1);
        self.error(&match rest.get(..len) {
            None => format!("expected {wanted}, found the end of the file"),
            Some(found) => format!("expected {wanted}, found '{}'", excerpt(found)),
        })
    }
}

/// The beginning of something that may be long or binary.
pub(super) fn excerpt(text: &[u8]) -> String {
    const LEN_MAX: usize = 40;
    let cut = &text[..text.len().min(LEN_MAX)];
    let dots = if cut.len() < text.len() { "…" } else { "" };
    format!("{}{dots}", cut.escape_ascii())
}

/// Bytes of a name that stands where only names can: paths, formats, sections.
fn is_file_name_byte(byte: u8) -> bool {
    !byte.is_ascii_whitespace()
        && !byte.is_ascii_control()
        && !matches!(byte, b'(' | b')' | b'{' | b'}' | b',' | b';' | b'"')
}

/// How an assignment is spelled, and what it combines the old value and the new one with.
pub(super) type AssignmentOperator = (&'static [u8], Option<BinaryOp>);

const OPERATORS: [AssignmentOperator; 10] = [
    (b"=", None),
    (b"+=", Some(BinaryOp::Add)),
    (b"-=", Some(BinaryOp::Subtract)),
    (b"*=", Some(BinaryOp::Multiply)),
    (b"/=", Some(BinaryOp::Divide)),
    (b"&=", Some(BinaryOp::And)),
    (b"|=", Some(BinaryOp::Or)),
    (b"^=", Some(BinaryOp::Xor)),
    (b"<<=", Some(BinaryOp::ShiftLeft)),
    (b">>=", Some(BinaryOp::ShiftRight)),
];
