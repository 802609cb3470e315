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

mod matcher;
mod parse;
#[cfg(test)]
mod tests;

use crate::base::glob::Glob;
use crate::base::hash::NameMap;
use crate::elf::script::ScriptError;
use parse::Parser;
use std::borrow::Cow;

pub use matcher::{Duplicate, Matcher};

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
        Parser::new(text, line, self).version_script()
    }

    /// Adds another dynamic list.
    pub fn add_dynamic_list(&mut self, text: &'a [u8]) -> Result<(), ScriptError> {
        Parser::new(text, 1, self).dynamic_list()
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
