//! Version scripts and dynamic lists: which symbols an output exports, and under which version.
//!
//! The grammar is that of "VERSION Command" in the GNU ld manual, read a little more leniently (labels in any order,
//! the last `;` missing), as lld does. A [`VersionScript`] is the text understood; a [`Matcher`], built once from it,
//! answers for one symbol at a time, from any number of threads. Which of several patterns wins is as in GNU ld:
//!
//! 1. a name written out, the first one in the text (of one node, `global` before `local`);
//! 2. a pattern under `global`, that of the later node; then one under `local`;
//! 3. `*` alone, again of the later node and `global` first.
//!
//! A mangled name written out beats what `extern "C++"` says of its demangled form, so that most names are never
//! demangled; GNU ld would ask which of the two nodes is first.
//! Cost: parsing is one pass that allocates only the list of patterns, whose names are slices of the text. A look-up
//! is one probe of a hash table, then a walk of the name along the sorted literal beginnings of the patterns.

use crate::base::glob::{Glob, GlobSet, Winner};
use crate::base::hash::{NameMap, hash_name};
use crate::elf::script::ScriptError;
use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Version indices are 15 bits wide on disk; 0 and 1 are taken, and the names of needed versions want some too.
const NODE_COUNT_MAX: usize = 0x4000;
/// `extern` blocks within one another.
const EXTERN_DEPTH_MAX: usize = 64;

/// What becomes of a symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It stays inside the output.
    Local,
    /// It is exported.
    Global {
        /// Under the version of this node of [`VersionScript::nodes`]; `None` without a version.
        version: Option<u16>,
    },
}

/// A named version, as `.gnu.version_d` wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node<'a> {
    /// `V1` of `V1 { … };`.
    pub name: &'a [u8],
    /// The nodes whose names follow the brace. They come earlier in the text.
    pub parents: Vec<u16>,
}

/// Nodes and patterns of one text, or of several that were added up.
#[derive(Debug, Clone, Default)]
pub struct VersionScript<'a> {
    /// In the order of the text, which is that of the version indices.
    pub nodes: Vec<Node<'a>>,
    by_name: NameMap<&'a [u8], u16>,
    /// For each pair of braces the version that it defines.
    blocks: Vec<Option<u16>>,
    /// In the order of the text.
    patterns: Vec<Pattern<'a>>,
}

#[derive(Debug, Clone)]
struct Pattern<'a> {
    body: Body<'a>,
    block: u32,
    is_local: bool,
    /// It stands for a demangled name.
    is_cxx: bool,
}

#[derive(Debug, Clone)]
enum Body<'a> {
    /// A name; a copy only if it had backslashes.
    Exact(Cow<'a, [u8]>),
    Glob(Glob),
    /// `*` alone.
    Star,
}

/// Parses a version script.
pub fn parse(text: &[u8]) -> Result<VersionScript<'_>, ScriptError> {
    let mut script = VersionScript::default();
    script.add(text, 1)?;
    Ok(script)
}

/// Parses a dynamic list: every verdict is `Global { version: None }`.
pub fn parse_dynamic_list(text: &[u8]) -> Result<VersionScript<'_>, ScriptError> {
    let mut script = VersionScript::default();
    script.add_dynamic_list(text)?;
    Ok(script)
}

impl<'a> VersionScript<'a> {
    /// Adds another version script (`--version-script` may be repeated, and scripts have `VERSION { … }`), of which the
    /// first line is number `line`. After an error, what came before that has been added.
    pub fn add(&mut self, text: &'a [u8], line: u32) -> Result<(), ScriptError> {
        Parser { text, pos: 0, first_line: line, script: self }.version_script()
    }

    /// Adds another dynamic list.
    pub fn add_dynamic_list(&mut self, text: &'a [u8]) -> Result<(), ScriptError> {
        Parser { text, pos: 0, first_line: 1, script: self }.dynamic_list()
    }

    /// The node of that name, for symbols that bring their version along (`foo@@V1`).
    pub fn node(&self, name: &[u8]) -> Option<u16> {
        self.by_name.get(name).copied()
    }

    /// Whether there is nothing that a symbol could match.
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    fn verdict(&self, pattern: &Pattern<'_>) -> Verdict {
        if pattern.is_local { Verdict::Local } else { Verdict::Global { version: self.blocks[pattern.block as usize] } }
    }
}

struct Parser<'s, 'a> {
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

impl<'a> Parser<'_, 'a> {
    fn version_script(mut self) -> Result<(), ScriptError> {
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

    fn dynamic_list(mut self) -> Result<(), ScriptError> {
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

/// A name that two nodes, or `global` and `local`, list; the first of them has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duplicate<'s> {
    /// The name, demangled if it stands in `extern "C++"`.
    pub name: &'s [u8],
    /// What becomes of it.
    pub first: Verdict,
    /// What the other place says. GNU ld refuses a script only if one of the two is local.
    pub second: Verdict,
}

/// Tells what a version script makes of a symbol.
#[derive(Debug)]
pub struct Matcher<'s> {
    script: &'s VersionScript<'s>,
    names: NameTable,
    cxx_names: NameTable,
    /// Values are the rank of the pattern (smaller wins) and its verdict.
    globs: GlobSet<(u32, Verdict)>,
    cxx_globs: GlobSet<(u32, Verdict)>,
    has_cxx: bool,
    star: Option<Verdict>,
    duplicates: Vec<Duplicate<'s>>,
    /// For each pattern that is a name, whether a symbol had it. Others, and names that never win, begin as true.
    was_matched: Vec<AtomicBool>,
}

impl<'s> Matcher<'s> {
    /// Prepares look-ups in `script`, which no longer changes.
    pub fn new(script: &'s VersionScript<'s>) -> Self {
        let exact_count = |cxx| {
            let is_exact = |p: &&Pattern<'_>| p.is_cxx == cxx && matches!(p.body, Body::Exact(_));
            script.patterns.iter().filter(is_exact).count()
        };
        let mut matcher = Matcher {
            script,
            names: NameTable::new(exact_count(false)),
            cxx_names: NameTable::new(exact_count(true)),
            globs: GlobSet::new([], Winner::First),
            cxx_globs: GlobSet::new([], Winner::First),
            has_cxx: false,
            star: None,
            duplicates: Vec::new(),
            was_matched: Vec::with_capacity(script.patterns.len()),
        };
        let mut globs = Vec::new();
        // What stars say, the best first: global, then of the later node.
        let mut stars = Vec::new();
        for (pattern, index) in script.patterns.iter().zip(0u32..) {
            let preference = (pattern.is_local, u32::MAX - pattern.block);
            matcher.was_matched.push(AtomicBool::new(!matches!(pattern.body, Body::Exact(_))));
            match &pattern.body {
                Body::Exact(name) => matcher.add_name(index, name),
                Body::Glob(glob) => globs.push((preference, glob, pattern)),
                Body::Star => stars.push((preference, script.verdict(pattern))),
            }
        }
        globs.sort_by_key(|(preference, ..)| *preference);
        let ranked = |cxx| {
            let of_language = globs.iter().zip(0u32..).filter(move |((.., pattern), _)| pattern.is_cxx == cxx);
            of_language.map(|((_, glob, pattern), rank)| ((*glob).clone(), (rank, script.verdict(pattern))))
        };
        matcher.globs = GlobSet::new(ranked(false), Winner::First);
        matcher.cxx_globs = GlobSet::new(ranked(true), Winner::First);
        matcher.has_cxx = !matcher.cxx_globs.is_empty() || matcher.cxx_names.count > 0;
        matcher.star = stars.iter().min_by_key(|(preference, _)| *preference).map(|(_, verdict)| *verdict);
        matcher
    }

    fn add_name(&mut self, index: u32, name: &'s [u8]) {
        let script = self.script;
        let pattern = &script.patterns[index as usize];
        let table = if pattern.is_cxx { &mut self.cxx_names } else { &mut self.names };
        let Some(slot) = table.insert(script, hash_name(name), name, index) else { return };
        // The name is there already. Within a node `global` comes first, wherever it stands in the text.
        let other = &script.patterns[*slot as usize];
        let replaces = other.block == pattern.block && other.is_local && !pattern.is_local;
        let loser = if replaces { std::mem::replace(slot, index) } else { index };
        self.was_matched[loser as usize] = AtomicBool::new(true);
        let (first, second) = if replaces { (pattern, other) } else { (other, pattern) };
        let (first, second) = (script.verdict(first), script.verdict(second));
        if first != second {
            self.duplicates.push(Duplicate { name, first, second });
        }
    }

    /// What becomes of the symbol `name`, if any pattern says so; `None` leaves it as it is.
    ///
    /// `demangled` is called at most once, and only if `extern "C++"` decides; where it has nothing, the name itself
    /// is compared. For a symbol with a version of its own, `foo@@V1`, ask for `foo`, if only so that `foo` counts
    /// as matched.
    #[inline]
    pub fn classify(&self, name: &[u8], demangled: impl FnOnce() -> Option<String>) -> Option<Verdict> {
        self.classify_hashed(hash_name(name), name, demangled)
    }

    /// [`Matcher::classify`] where `hash` is [`hash_name`] of `name`.
    pub fn classify_hashed(
        &self,
        hash: u64,
        name: &[u8],
        demangled: impl FnOnce() -> Option<String>,
    ) -> Option<Verdict> {
        if let Some(index) = self.names.find(self.script, hash, name) {
            return Some(self.matched(index));
        }
        let mut glob = self.globs.find(name).copied();
        if self.has_cxx {
            let demangled = demangled();
            let name = demangled.as_deref().map_or(name, str::as_bytes);
            if let Some(index) = self.cxx_names.find(self.script, hash_name(name), name) {
                return Some(self.matched(index));
            }
            let other = self.cxx_globs.find(name).copied();
            glob = match (glob, other) {
                (Some(a), Some(b)) => Some(if a.0 < b.0 { a } else { b }),
                (a, b) => a.or(b),
            };
        }
        glob.map(|(_, verdict)| verdict).or(self.star)
    }

    #[inline]
    fn matched(&self, index: u32) -> Verdict {
        let mark = &self.was_matched[index as usize];
        // A name is exported by few files, but marking is a write that other threads would have to see.
        if !mark.load(Relaxed) {
            mark.store(true, Relaxed);
        }
        self.script.verdict(&self.script.patterns[index as usize])
    }

    /// The names written out that no call of [`Matcher::classify`] asked for, in the order of the text, for
    /// `--no-undefined-version`. GNU ld complains about those that are global.
    pub fn unmatched(&self) -> impl Iterator<Item = (&'s [u8], Verdict)> + '_ {
        let marked = self.script.patterns.iter().zip(&self.was_matched);
        marked.filter(|(_, mark)| !mark.load(Relaxed)).filter_map(|(pattern, _)| match &pattern.body {
            Body::Exact(name) => Some((&**name, self.script.verdict(pattern))),
            Body::Glob(_) | Body::Star => None,
        })
    }

    /// Names that the script lists twice, to different ends.
    pub fn duplicates(&self) -> &[Duplicate<'s>] {
        &self.duplicates
    }
}

/// Names by hash: open addressing over indices of patterns, at most half full.
#[derive(Debug)]
struct NameTable {
    /// A tag of the hash, to compare few names, and the index of a pattern; `u32::MAX` is an empty slot.
    slots: Vec<(u32, u32)>,
    count: usize,
}

const EMPTY: u32 = u32::MAX;

impl NameTable {
    fn new(capacity: usize) -> Self {
        let slots = if capacity == 0 { Vec::new() } else { vec![(0, EMPTY); (2 * capacity).next_power_of_two()] };
        NameTable { slots, count: 0 }
    }

    /// The slot of `name`, or the empty one where it belongs. The tag is of other bits than the slot for tables of up
    /// to 2^32 slots.
    #[inline]
    fn slot(&self, script: &VersionScript<'_>, hash: u64, name: &[u8]) -> usize {
        let mask = self.slots.len() - 1;
        let tag = (hash >> 32) as u32;
        let mut at = hash as usize & mask;
        loop {
            let (other_tag, index) = self.slots[at];
            let is_same = || match &script.patterns[index as usize].body {
                Body::Exact(other) => **other == *name,
                Body::Glob(_) | Body::Star => false,
            };
            if index == EMPTY || other_tag == tag && is_same() {
                return at;
            }
            at = (at + 1) & mask;
        }
    }

    #[inline]
    fn find(&self, script: &VersionScript<'_>, hash: u64, name: &[u8]) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let (_, index) = self.slots[self.slot(script, hash, name)];
        (index != EMPTY).then_some(index)
    }

    /// Adds a name of which there were at most as many as the table was made for; or returns the index that has it.
    fn insert(&mut self, script: &VersionScript<'_>, hash: u64, name: &[u8], index: u32) -> Option<&mut u32> {
        let at = self.slot(script, hash, name);
        let slot = &mut self.slots[at];
        if slot.1 != EMPTY {
            return Some(&mut slot.1);
        }
        *slot = ((hash >> 32) as u32, index);
        self.count += 1;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    const fn version(node: u16) -> Option<Verdict> {
        Some(Verdict::Global { version: Some(node) })
    }
    const PLAIN: Option<Verdict> = Some(Verdict::Global { version: None });
    const LOCAL: Option<Verdict> = Some(Verdict::Local);

    fn demangle(name: &[u8]) -> Option<String> {
        match name {
            b"_ZN1a1bEi" => Some("a::b(int)".into()),
            b"_ZN1a1cEv" => Some("a::c()".into()),
            b"_ZTIN1a1dE" => Some("typeinfo for a::d".into()),
            _ => None,
        }
    }

    #[track_caller]
    fn check_script(script: &VersionScript<'_>, text: &str, cases: &[(&str, Option<Verdict>)]) {
        let matcher = Matcher::new(script);
        for (name, expected) in cases {
            let calls = Cell::new(0);
            let verdict = matcher.classify(name.as_bytes(), || {
                calls.set(calls.get() + 1);
                demangle(name.as_bytes())
            });
            assert_eq!(verdict, *expected, "{name} by {text}");
            assert!(calls.get() <= u32::from(text.contains("C++")), "{name} by {text}");
        }
    }

    #[track_caller]
    fn check(text: &str, cases: &[(&str, Option<Verdict>)]) {
        let script = parse(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"));
        check_script(&script, text, cases);
    }

    /// Each of these was put to GNU ld 2.40 (with `global:` where it insists), which agrees unless said otherwise.
    #[test]
    fn precedence_is_that_of_gnu_ld() {
        let (v1, v2) = (version(0), version(1));
        check("V1 { global: foo; }; V2 { global: foo; };", &[("foo", v1), ("bar", None)]);
        check("V1 { global: foo; foo; };", &[("foo", v1)]);
        check("V1 { global: foo; local: foo; };", &[("foo", v1)]);
        check("V1 { local: foo; global: foo; };", &[("foo", v1)]);
        check("V1 { global: foo*; local: foobar; };", &[("foo", v1), ("foobar", LOCAL), ("bar", None)]);
        check("V1 { global: foo*; }; V2 { local: foobar; };", &[("foo", v1), ("foobar", LOCAL)]);
        check("V1 { global: foo*; }; V2 { local: foob*; };", &[("foo", v1), ("foobar", v1)]);
        check("V1 { local: foo*; }; V2 { global: foob*; };", &[("foo", LOCAL), ("foobar", v2)]);
        check("V1 { global: foo*; }; V2 { global: foob*; };", &[("foo", v1), ("foobar", v2)]);
        check("V1 { global: foob*; }; V2 { global: foo*; };", &[("foo", v2), ("foobar", v2)]);
        check("V1 { global: *; local: foo*; };", &[("foo", LOCAL), ("bar", v1)]);
        check("V1 { global: *; local: *; };", &[("foo", v1)]);
        check("V1 { global: *; }; V2 { global: *; };", &[("foo", v2)]);
        check("V1 { global: **; foo*; }; V2 { local: *; };", &[("foo", v1), ("bar", v1)]);
        check("V1 { local: **; }; V2 { global: *; };", &[("foo", LOCAL)]);
        check("V1 { foo; }; V2 { global: *; local: foo*; };", &[("foo", v1), ("bar", v2), ("foobar", LOCAL)]);
        check("V1 { local: foo*; }; V2 { foo; };", &[("foo", v2), ("foobar", LOCAL)]);
        check("V1 { local: foo*; }; V2 { foob*; }; V3 { local: foobar; };", &[("foobar", LOCAL)]);
        check("V1 { global: \"foo*\"; local: *; };", &[("foo*", v1), ("foobar", LOCAL)]);
        check(
            "V1 { global: foo\\*; fo\\o; ba[!r]; local: *; };",
            &[("foo*", v1), ("foo", v1), ("bar", LOCAL), ("baz", v1)],
        );
        check("V1 { global: global; local; extern; foo; local: *; };", &[("global", v1), ("extern", v1), ("x", LOCAL)]);
        check("V1 { global : foo; local\n/**/:\n*; };", &[("foo", v1), ("global", LOCAL)]);
        // GNU ld calls these two duplicates.
        check("V1 { local: *; }; V2 { global: *; };", &[("foo", v2)]);
        check("V1 { global: *; }; V2 { local: *; };", &[("foo", v1)]);
    }

    #[test]
    fn extern_blocks_match_demangled_names() {
        let (v1, v2, b, c) = (version(0), version(1), "_ZN1a1bEi", "_ZN1a1cEv");
        check("V1 { extern \"C++\" { a::b*; \"a::c()\"; }; local: *; };", &[(b, v1), (c, v1), ("foo", LOCAL)]);
        check("V1 { extern \"C++\" { \"a::b*\"; bar; }; local: *; };", &[(b, LOCAL), ("bar", v1)]);
        check("V1 { extern \"C++\" { typeinfo?for?a::*; }; };", &[("_ZTIN1a1dE", v1), (b, None)]);
        check("V1 { extern \"C\" { extern \"C++\" { a::b*; }; a::c*; }; };", &[(b, v1), (c, None)]);
        check("V1 { extern \"C++\" { extern \"C\" { _ZN1a1b* } a::c* } foo };", &[(b, v1), (c, v1), ("foo", v1)]);
        check("V1 { foo; }; V2 { extern \"C++\" { foo; }; };", &[("foo", v1)]);
        check("V1 { foo*; }; V2 { extern \"C++\" { foo*; }; };", &[("foo", v2)]);
        check("V1 { extern \"C++\" { foo*; }; }; V2 { foo*; };", &[("foo", v2)]);
        check("V1 { _ZN*; }; V2 { extern \"C++\" { a::*; }; };", &[(b, v2), ("_ZNx", v1)]);
        check("V1 { global: _ZN*; local: extern \"C++\" { \"a::b(int)\"; a::*; }; };", &[(b, LOCAL), (c, v1)]);
        check("V1 { extern \"C++\" { *; }; local: foo; };", &[(b, v1), ("foo", LOCAL)]);
        // Here GNU ld says V1: it asks which of the two names comes first.
        check("V1 { extern \"C++\" { \"a::b(int)\"; }; }; V2 { _ZN1a1bEi; };", &[(b, v2)]);
    }

    #[test]
    fn lists_of_rustc_glibc_and_openssl() {
        check(
            "{\n  global:\n    foo;\n    bar;\n\n  local:\n    *;\n};",
            &[("foo", PLAIN), ("bar", PLAIN), ("x", LOCAL)],
        );
        check("{ foo; }", &[("foo", PLAIN), ("x", None)]);
        check("{};", &[("foo", None)]);
        check("", &[("foo", None)]);
        let libc = "GLIBC_2.2.5 {\n  global:\n    __*_chk; mem*; # a comment; {\n  local: *;\n};\n\
                    GLIBC_2.3 { memcpy; } GLIBC_2.2.5;\nGLIBC_PRIVATE { __libc_*; _dl_[a-z]*; } GLIBC_2.3 GLIBC_2.2.5";
        check(libc, &[("memcpy", version(1)), ("memmove", version(0)), ("_dl_x", version(2)), ("_dl_X", LOCAL)]);
        let script = parse(libc.as_bytes()).unwrap();
        let nodes: Vec<_> =
            script.nodes.iter().map(|n| (n.name.escape_ascii().to_string(), n.parents.clone())).collect();
        let expected = [("GLIBC_2.2.5", vec![]), ("GLIBC_2.3", vec![0]), ("GLIBC_PRIVATE", vec![1, 0])];
        assert_eq!(nodes, expected.map(|(name, parents)| (name.to_string(), parents)));
        assert_eq!((script.node(b"GLIBC_2.3"), script.node(b"GLIBC_2.4")), (Some(1), None));
    }

    #[test]
    fn dynamic_lists_only_export() {
        for text in
            ["{ foo; b*; extern \"C++\" { a::b*; }; };", "{ global: foo; }; { b*; }; { extern \"C++\" { a::b* } }"]
        {
            let script = parse_dynamic_list(text.as_bytes()).unwrap();
            let cases = [("foo", PLAIN), ("bar", PLAIN), ("_ZN1a1bEi", PLAIN), ("x", None)];
            check_script(&script, text, &cases);
        }
        let error = |text: &str| parse_dynamic_list(text.as_bytes()).unwrap_err().what;
        assert_eq!(error("{ foo; local: *; };"), "a dynamic list has no local symbols");
        assert_eq!(error("V1 { foo; };"), "expected '{', found 'V'");
        assert_eq!(error("{ foo; } V1;"), "expected ';', found 'V'");
    }

    #[test]
    fn several_texts_add_up() {
        let mut script = parse(b"{ foo; local: *; };").unwrap();
        script.add(b"{ bar; };", 1).unwrap();
        script.add(b"V1 { baz; };", 1).unwrap();
        script.add(b"V2 { ba?; } V1;", 1).unwrap();
        let cases = [("foo", PLAIN), ("bar", PLAIN), ("baz", version(0)), ("bax", version(1)), ("x", LOCAL)];
        check_script(&script, "", &cases);
        let error = script.add(b"\nV1 { };", 40).unwrap_err();
        assert_eq!((error.line, error.what.as_str()), (41, "version 'V1' occurs twice"));
    }

    #[test]
    fn errors_name_the_line() {
        for (text, line, expected) in [
            ("V1 { foo; };\nV1 { bar; };", 2, "version 'V1' occurs twice"),
            ("{ foo; };\n\nV1 { bar; };", 3, "an anonymous version cannot be combined with other versions"),
            ("V1 { bar; };\n{ foo; };", 2, "an anonymous version cannot be combined with other versions"),
            ("{ bar; };{ foo; };", 1, "an anonymous version cannot be combined with other versions"),
            ("V1 { }\nV0;", 2, "there is no version 'V0' before this one"),
            ("V1 { } V1;", 1, "there is no version 'V1' before this one"),
            ("V1 { } V2 { };", 1, "there is no version 'V2' before this one"),
            ("V1 { foo bar; };", 1, "expected ';' or '}', found 'b'"),
            ("V1 { foo, bar; };", 1, "expected ';' or '}', found ','"),
            ("V1 { a::b(int); };", 1, "expected ';' or '}', found '('"),
            ("V1 { foo:bar; };", 1, "expected ';' or '}', found ':'"),
            ("V1 { \"foo\" bar; };", 1, "expected ';' or '}', found 'b'"),
            ("V1 { foo:: :; };", 1, "expected ';' or '}', found ':'"),
            ("V1 {\n(", 2, "expected a symbol, a pattern or '}', found '('"),
            ("V1 {\n foo;\n bar", 3, "expected ';' or '}', found the end of the file"),
            ("V1 {\n foo;\n", 3, "a '{' is not closed"),
            ("V1 { extern \"C++\" { foo; };", 1, "a '{' is not closed"),
            ("V1 { extern \"Rust\" { foo; }; };", 1, "unknown language 'Rust'"),
            ("V1 { extern \"C\" foo; };", 1, "expected '{', found 'f'"),
            ("V1 { \"foo", 1, "a quoted name has no end"),
            ("V1 {\n/* foo", 2, "a comment has no end"),
            ("V1", 1, "expected '{', found the end of the file"),
            (";", 1, "expected a version or '{', found ';'"),
            ("V1 { \nfoo[; };", 2, "pattern has a '[' without its ']'"),
        ] {
            let error = parse(text.as_bytes()).unwrap_err();
            assert_eq!((error.line, error.what.as_str()), (line, expected), "{text}");
        }
    }

    #[test]
    fn names_that_nothing_matched_and_names_listed_twice_are_known() {
        let text = b"V1 { foo; bar; baz*; extern \"C++\" { \"a::b(int)\"; \"a::c()\"; }; local: qux; *; }; V2 { foo; qux; foo; };";
        let script = parse(text).unwrap();
        let matcher = Matcher::new(&script);
        let (v1, v2) = (Verdict::Global { version: Some(0) }, Verdict::Global { version: Some(1) });
        let duplicates = [
            Duplicate { name: b"foo", first: v1, second: v2 },
            Duplicate { name: b"qux", first: Verdict::Local, second: v2 },
            Duplicate { name: b"foo", first: v1, second: v2 },
        ];
        assert_eq!(matcher.duplicates(), duplicates);
        for name in ["foo", "bazaar", "_ZN1a1cEv"] {
            matcher.classify(name.as_bytes(), || demangle(name.as_bytes()));
        }
        let unmatched: Vec<_> = matcher.unmatched().collect();
        assert_eq!(unmatched, [(&b"bar"[..], v1), (b"a::b(int)", v1), (b"qux", Verdict::Local)]);
    }

    #[test]
    fn classification_is_shared_among_threads() {
        let names: Vec<String> = (0..10_000).map(|i| format!("_RNvCs{i}_4core3fmt")).collect();
        let text = format!("{{ global: {}; local: *; }};", names.join("; "));
        let script = parse(text.as_bytes()).unwrap();
        let matcher = Matcher::new(&script);
        std::thread::scope(|scope| {
            for part in names.chunks(2_500) {
                let matcher = &matcher;
                scope.spawn(move || {
                    for name in part {
                        assert_eq!(matcher.classify(name.as_bytes(), || None), PLAIN);
                        assert_eq!(matcher.classify(&name.as_bytes()[1..], || None), LOCAL);
                    }
                });
            }
        });
        assert_eq!(matcher.unmatched().count(), 0);
    }

    #[test]
    fn a_cut_or_changed_byte_never_panics() {
        let text =
            b"V1 { global: foo; a::b*; \"q\"; extern \"C++\" { x[a-z]?; \\y }; local: *; /* c */ };\nV2 { b } V1; # e";
        assert!(parse(text).is_ok());
        for cut in 0..text.len() {
            let _ = parse(&text[..cut]);
            for byte in 0..=255 {
                let mut changed = text.to_vec();
                changed[cut] = byte;
                if let Ok(script) = parse(&changed) {
                    Matcher::new(&script).classify(b"foo", || Some("x".into()));
                }
                let _ = parse_dynamic_list(&changed);
            }
        }
    }

    #[test]
    fn quantity_is_bounded() {
        assert_eq!(parse("{".repeat(1_000_000).as_bytes()).unwrap_err().line, 1);
        let deep = "extern \"C++\" {".repeat(100_000);
        assert_eq!(parse(format!("{{{deep}").as_bytes()).unwrap_err().what, "extern is nested too deeply");
        let many: String = (0..=NODE_COUNT_MAX).map(|i| format!("V{i} {{ }};")).collect();
        assert_eq!(parse(many.as_bytes()).unwrap_err().what, "there are too many versions");
    }

    /// `cargo test --release version_script -- --ignored --nocapture` prints what a million names cost.
    #[test]
    #[ignore = "measures"]
    fn cost_of_a_million_names() {
        let names: Vec<String> = (0..1_000_000).map(|i| format!("_RNvNtCs{i:07}_4core3fmt7Display")).collect();
        let text = format!("{{\n  global:\n    {};\n\n  local:\n    *;\n}};", names.join(";\n    "));
        let start = std::time::Instant::now();
        let script = parse(text.as_bytes()).unwrap();
        let parsed = start.elapsed();
        let matcher = Matcher::new(&script);
        let built = start.elapsed() - parsed;
        let hits = names.iter().filter(|n| matcher.classify(n.as_bytes(), || None) == PLAIN).count();
        let classified = start.elapsed() - parsed - built;
        assert_eq!(hits, names.len());
        println!("{} MB: parse {parsed:?}, build {built:?}, classify {classified:?}", text.len() / 1_000_000);
    }
}
