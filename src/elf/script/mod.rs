//! Text linker scripts: those found in the place of an object or a library (`libc.so` of glibc), and those of `-T`.
//!
//! Understood are the commands that name inputs, set properties of the link, and define symbols ("Scripts" in the GNU
//! ld manual). What lays out sections (`SECTIONS` with more than assignments, `MEMORY`, `PHDRS`, …) is an error that
//! names the command and its line, because a script that is half obeyed gives a program that is half right.
//! What the commands mean (opening files, searching, the sysroot) is for the caller: here is only the text.
//! Cost: one pass; names are slices of the text; one small allocation a command.

mod cursor;
mod parse;
#[cfg(test)]
mod tests;

use crate::elf::expr::Expr;
use std::fmt;

pub(super) use cursor::Cursor;
pub use parse::parse;

/// What is wrong with a text, and in which of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptError {
    /// Counts from 1.
    pub line: u32,
    /// What was expected or refused.
    pub what: String,
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// The commands of a script, in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script<'a> {
    /// Several may come from one line.
    pub commands: Vec<Command<'a>>,
}

/// One command and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command<'a> {
    /// Counts from 1.
    pub line: u32,
    /// What to do.
    pub what: What<'a>,
}

/// What a command asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What<'a> {
    /// `INPUT(…)`, or `GROUP(…)`, which is searched again until nothing new is defined.
    Inputs {
        /// `GROUP`.
        group: bool,
        /// In order; `AS_NEEDED` is a property of each.
        inputs: Vec<Input<'a>>,
    },
    /// `INCLUDE file`: the commands of that file come here.
    Include(&'a [u8]),
    /// `SEARCH_DIR(path)`. A leading `=` stands for the sysroot.
    SearchDir(&'a [u8]),
    /// `OUTPUT(file)`.
    Output(&'a [u8]),
    /// `OUTPUT_FORMAT(default, big, little)`: one name or three.
    OutputFormat(Vec<&'a [u8]>),
    /// `OUTPUT_ARCH(name)`.
    OutputArch(&'a [u8]),
    /// `TARGET(name)`, the format of the inputs that follow.
    Target(&'a [u8]),
    /// `ENTRY(symbol)`.
    Entry(&'a [u8]),
    /// `EXTERN(symbol…)`: as `-u` does for each.
    Extern(Vec<&'a [u8]>),
    /// `VERSION { … }`: what is between the braces, for `version_script`.
    Version {
        /// Without the braces.
        text: &'a [u8],
        /// The line that it begins in.
        line: u32,
    },
    /// `symbol = expression;` in any of its forms.
    Assign(Assignment<'a>),
    /// `ASSERT(condition, message)`.
    Assert {
        /// The link fails if this is zero.
        condition: Expr<'a>,
        /// What to say then.
        message: &'a [u8],
    },
}

/// A file that a script names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Input<'a> {
    /// What to look for, and how.
    pub name: InputName<'a>,
    /// It stands within `AS_NEEDED(…)`.
    pub as_needed: bool,
}

/// How a script names an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputName<'a> {
    /// A path, or a name to look for beside the script and along `-L`.
    File(&'a [u8]),
    /// `-lname`, without the `-l`.
    Library(&'a [u8]),
}

/// A definition of a symbol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment<'a> {
    /// The symbol.
    pub name: &'a [u8],
    /// Its value. `a += b` has become `a + b`.
    pub expr: Expr<'a>,
    /// `PROVIDE`: only if the symbol is referenced and nothing else defines it.
    pub provide: bool,
    /// `HIDDEN`, `PROVIDE_HIDDEN`: not exported.
    pub hidden: bool,
}

/// Bytes that decide whether a file is a text.
const TEXT_PROBE_SIZE: usize = 4096;

/// Whether a file that is no object and no archive reads like text, so that it is worth [`parse`]'s errors: its
/// beginning is UTF-8 or ASCII without control characters. An empty file is an empty script, as in GNU ld.
pub fn is_text_script(bytes: &[u8]) -> bool {
    let probe = &bytes[..bytes.len().min(TEXT_PROBE_SIZE)];
    let is_utf8 = match std::str::from_utf8(probe) {
        Ok(_) => true,
        // The last character may be cut in two by the end of the probe.
        Err(error) => error.error_len().is_none() && probe.len() < bytes.len(),
    };
    is_utf8 && !probe.iter().any(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace() && *byte != 0x0b)
}
