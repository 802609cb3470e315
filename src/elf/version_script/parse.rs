//! Reads the text of a version script, or of a dynamic list, into nodes and patterns.
//!
//! Takes bytes, adds to a [`VersionScript`]; what a pattern means for a symbol is the matcher's business. A word is cut
//! by a table of byte classes, which also tells names from patterns, so that a list of a million names is read at the
//! speed of memory. Cost: one pass, no allocation but the list itself.

use super::{Body, Node, Pattern, VersionScript};
use crate::base::glob::Glob;
use crate::elf::script::ScriptError;
use std::borrow::Cow;

/// Version indices are 15 bits wide on disk; 0 and 1 are taken, and the names of needed versions want some too.
pub(super) const NODE_COUNT_MAX: usize = 0x4000;
/// `extern` blocks within one another.
const EXTERN_DEPTH_MAX: usize = 64;
/// A place in one text, and the script that it adds to.
pub(super) struct Parser<'s, 'a> {
    text: &'a [u8],
    pos: usize,
    first_line: u32,
    script: &'s mut VersionScript<'a>,
}

/// What a byte may be within a pattern that has no quotes.
const ORDINARY: u8 = 0;
const WILDCARD: u8 = 1;
const BACKSLASH: u8 = 2;
/// `::` is part of a name, `:` is not; `/` is, unless it begins a comment.
const DEPENDS: u8 = 4;
const END: u8 = 8;

const CLASS: [u8; 256] = {
    let mut class = [ORDINARY; 256];
    let mut byte = 0;
    while byte < 256 {
        class[byte] = match byte as u8 {
            b'*' | b'?' | b'[' => WILDCARD,
            b'\\' => BACKSLASH,
            b':' | b'/' => DEPENDS,
            0..=b' ' | 0x7f | b';' | b'{' | b'}' | b'"' | b'#' | b'(' | b')' | b',' => END,
            _ => ORDINARY,
        };
        byte += 1;
    }
    class
};

impl<'s, 'a> Parser<'s, 'a> {
    /// At the beginning of `text`, of which the first line is number `first_line`.
    pub(super) fn new(text: &'a [u8], first_line: u32, script: &'s mut VersionScript<'a>) -> Self {
        Parser { text, pos: 0, first_line, script }
    }

    /// Adds the nodes of a version script.
    pub(super) fn version_script(mut self) -> Result<(), ScriptError> {
        // One text has one anonymous node or some named ones. A second text may differ: rustc always passes an
        // anonymous node, and its user may pass another.
        let (mut node_count, mut has_anonymous) = (0usize, false);
        while let Some(byte) = self.peek()? {
            let start = self.pos;
            let version = if byte == b'{' { None } else { Some(self.new_node()?) };
            node_count += 1;
            has_anonymous |= version.is_none();
            if has_anonymous && node_count > 1 {
                return Err(self.error(start, "an anonymous version cannot be combined with other versions"));
            }
            self.block(version, true)?;
            self.parents(version)?;
        }
        Ok(())
    }

    /// Adds the names of a dynamic list.
    pub(super) fn dynamic_list(mut self) -> Result<(), ScriptError> {
        while self.peek()?.is_some() {
            self.block(None, false)?;
            self.parents(None)?;
        }
        Ok(())
    }

    /// Adds the node whose name is here.
    fn new_node(&mut self) -> Result<u16, ScriptError> {
        let start = self.pos;
        let name = self.version_name("a version or '{'")?;
        let script = &mut *self.script;
        if script.nodes.len() >= NODE_COUNT_MAX {
            return Err(self.error(start, "there are too many versions"));
        }
        let node = script.nodes.len() as u16;
        if script.by_name.insert(name, node).is_some() {
            return Err(self.error(start, &format!("version '{}' occurs twice", name.escape_ascii())));
        }
        script.nodes.push(Node { name, parents: Vec::new() });
        Ok(node)
    }

    fn version_name(&mut self, wanted: &str) -> Result<&'a [u8], ScriptError> {
        if self.peek()? == Some(b'"') {
            return self.quoted();
        }
        match self.word().0 {
            b"" => Err(self.unexpected(wanted)),
            name => Ok(name),
        }
    }

    /// What follows the closing brace of a node.
    fn parents(&mut self, node: Option<u16>) -> Result<(), ScriptError> {
        loop {
            match (self.peek()?, node) {
                (None, _) => return Ok(()),
                (Some(b';'), _) => {
                    self.pos += 1;
                    return Ok(());
                }
                (Some(_), None) => return Err(self.unexpected("';'")),
                (Some(_), Some(node)) => {
                    let start = self.pos;
                    let name = self.version_name("a version or ';'")?;
                    match self.script.by_name.get(name) {
                        Some(&parent) if parent < node => self.script.nodes[usize::from(node)].parents.push(parent),
                        _ => {
                            let what = format!("there is no version '{}' before this one", name.escape_ascii());
                            return Err(self.error(start, &what));
                        }
                    }
                }
            }
        }
    }

    /// The patterns in braces.
    fn block(&mut self, version: Option<u16>, may_be_local: bool) -> Result<(), ScriptError> {
        if self.peek()? != Some(b'{') {
            return Err(self.unexpected("'{'"));
        }
        self.pos += 1;
        // A block takes a byte of text at least, and a text of 4 GiB would be refused before this.
        let block =
            u32::try_from(self.script.blocks.len()).map_err(|_| self.error(self.pos, "there are too many versions"))?;
        self.script.blocks.push(version);
        let mut is_local = false;
        // For each `extern` that is open, whether its patterns are demangled names.
        let mut languages: Vec<bool> = Vec::new();
        loop {
            let start = match self.peek()? {
                None => return Err(self.error(self.pos, "a '{' is not closed")),
                Some(b'}') => {
                    self.pos += 1;
                    if languages.pop().is_none() {
                        return Ok(());
                    }
                    continue;
                }
                Some(b';') => {
                    self.pos += 1;
                    continue;
                }
                Some(_) => self.pos,
            };
            let body = if self.text[start] == b'"' {
                Body::Exact(Cow::Borrowed(self.quoted()?))
            } else {
                let (word, classes) = self.word();
                let next = if self.text.get(self.pos) == Some(&b';') { Some(b';') } else { self.peek()? };
                match (word, next) {
                    (b"", _) => return Err(self.unexpected("a symbol, a pattern or '}'")),
                    (b"global" | b"local", Some(b':')) if languages.is_empty() => {
                        is_local = word == b"local";
                        if is_local && !may_be_local {
                            return Err(self.error(start, "a dynamic list has no local symbols"));
                        }
                        self.pos += 1;
                        continue;
                    }
                    (b"extern", Some(b'"')) => {
                        languages.push(self.language()?);
                        if languages.len() > EXTERN_DEPTH_MAX {
                            return Err(self.error(start, "extern is nested too deeply"));
                        }
                        continue;
                    }
                    _ => self.unquoted(start, word, classes)?,
                }
            };
            let is_cxx = languages.last().copied().unwrap_or(false);
            self.script.patterns.push(Pattern { body, block, is_local, is_cxx });
            match self.peek()? {
                Some(b';') => self.pos += 1,
                Some(b'}') => {}
                _ => return Err(self.unexpected("';' or '}'")),
            }
        }
    }

    /// `"C++" {` of `extern "C++" {`: whether names are demangled there.
    fn language(&mut self) -> Result<bool, ScriptError> {
        let start = self.pos;
        let is_cxx = match self.quoted()? {
            b"C++" => true,
            b"C" => false,
            other => return Err(self.error(start, &format!("unknown language '{}'", other.escape_ascii()))),
        };
        if self.peek()? != Some(b'{') {
            return Err(self.unexpected("'{'"));
        }
        self.pos += 1;
        Ok(is_cxx)
    }

    /// The word at `start` as a pattern.
    #[inline]
    fn unquoted(&self, start: usize, word: &'a [u8], classes: u8) -> Result<Body<'a>, ScriptError> {
        if classes & (WILDCARD | BACKSLASH) == 0 {
            return Ok(Body::Exact(Cow::Borrowed(word)));
        }
        if word == b"*" {
            return Ok(Body::Star);
        }
        let glob = Glob::new(word).map_err(|what| self.error(start, &what))?;
        Ok(match glob.literal() {
            Some(name) => Body::Exact(Cow::Owned(name.to_vec())),
            None => Body::Glob(glob),
        })
    }

    /// The next byte after space and comments.
    #[inline]
    fn peek(&mut self) -> Result<Option<u8>, ScriptError> {
        loop {
            let rest = &self.text[self.pos..];
            match rest {
                [b' ' | b'\n' | b'\t' | b'\r' | 0x0b | 0x0c, ..] => self.pos += 1,
                [b'#', ..] => self.pos += memchr::memchr(b'\n', rest).unwrap_or(rest.len()),
                [b'/', b'*', body @ ..] => match memchr::memmem::find(body, b"*/") {
                    Some(len) => self.pos += len + 4,
                    None => return Err(self.error(self.pos, "a comment has no end")),
                },
                _ => return Ok(rest.first().copied()),
            }
        }
    }

    /// The unquoted word here, maybe empty, and the classes of its bytes.
    #[inline]
    fn word(&mut self) -> (&'a [u8], u8) {
        let rest = &self.text[self.pos..];
        let (mut len, mut classes) = (0, 0);
        while let Some(&byte) = rest.get(len) {
            let class = CLASS[usize::from(byte)];
            if class & (DEPENDS | END) != 0 {
                match &rest[len..] {
                    [b':', b':', ..] => len += 2,
                    [b'/', next, ..] if *next != b'*' => len += 1,
                    [b'/'] => len += 1,
                    _ => break,
                }
                continue;
            }
            classes |= class;
            len += 1;
        }
        self.pos += len;
        (&rest[..len], classes)
    }

    /// What is between the quotes that begin here.
    fn quoted(&mut self) -> Result<&'a [u8], ScriptError> {
        let body = &self.text[self.pos + 1..];
        let len = memchr::memchr(b'"', body).ok_or_else(|| self.error(self.pos, "a quoted name has no end"))?;
        self.pos += len + 2;
        Ok(&body[..len])
    }

    /// Lines are counted when one is asked for, that is at most once a text.
    #[cold]
    fn error(&self, at: usize, what: &str) -> ScriptError {
        let newlines = memchr::memchr_iter(b'\n', &self.text[..at.min(self.text.len())]).count();
        let line = self.first_line.saturating_add(u32::try_from(newlines).unwrap_or(u32::MAX));
        ScriptError { line, what: what.into() }
    }

    /// The error that what is ahead is not `wanted`.
    #[cold]
    fn unexpected(&self, wanted: &str) -> ScriptError {
        self.error(
            self.pos,
            &match self.text.get(self.pos) {
                None => format!("expected {wanted}, found the end of the file"),
                Some(byte) => format!("expected {wanted}, found '{}'", byte.escape_ascii()),
            },
        )
    }
}
