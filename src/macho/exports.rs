//! Which names a pattern list lets through: `-exported_symbols_list`, `-unexported_symbol`, `-interposable_list` and the
//! lists of local symbols. Exact names cost one look-up however many there are; globs are tried in turn.

use super::definitions::Definition;
use super::relocs::Context;
use crate::args::macho::{Args, Exports, Interposable, LocalSymbols, Pattern};
use crate::base::diag::Reported;
use crate::base::glob::{Glob, GlobSet, Winner};
use crate::base::ids::{FileId, SymbolId};
use crate::base::session::Session;

/// A compiled list.
#[derive(Debug)]
pub struct Matcher {
    /// What the list names.
    set: GlobSet<()>,
    /// Whether what is not named is let through.
    others: bool,
    /// Whether what is named is.
    named: bool,
}

impl Matcher {
    fn new(patterns: &[Pattern], named: bool, others: bool, cx: &Session) -> Result<Matcher, Reported> {
        let mut globs = Vec::with_capacity(patterns.len());
        for pattern in patterns {
            let text = &pattern.text;
            globs.push((Glob::new(text).map_err(|e| cx.diag.fail(format_args!("bad pattern '{text}': {e}")))?, ()));
        }
        Ok(Matcher { set: GlobSet::new(globs, Winner::First), others, named })
    }

    /// Whether `name` is let through.
    #[inline]
    pub fn allows(&self, name: &[u8]) -> bool {
        if self.set.is_empty() {
            return self.others;
        }
        if self.set.find(name).is_some() { self.named } else { self.others }
    }
}

/// What one of `patterns` names, and nothing else.
pub fn named(patterns: &[Pattern], cx: &Session) -> Result<Matcher, Reported> {
    Matcher::new(patterns, true, false, cx)
}

/// What may be exported.
pub fn exportable(args: &Args, cx: &Session) -> Result<Matcher, Reported> {
    match &args.exports {
        Exports::All => Matcher::new(&[], true, true, cx),
        Exports::None => Matcher::new(&[], true, false, cx),
        Exports::Only(patterns) => Matcher::new(patterns, true, false, cx),
        Exports::AllBut(patterns) => Matcher::new(patterns, false, true, cx),
    }
}

/// What is reached through dyld although it is ours.
pub fn interposable(args: &Args, cx: &Session) -> Result<Matcher, Reported> {
    match &args.interposable {
        Interposable::None => Matcher::new(&[], true, false, cx),
        Interposable::All => Matcher::new(&[], true, true, cx),
        Interposable::Listed(patterns) => Matcher::new(patterns, true, false, cx),
    }
}

/// What libraries have and this one offers as its own (`-reexported_symbols_list`): every name of a library that the list
/// names or a pattern of it matches, with the library; in the order of their ids.
pub fn reexported(context: &Context<'_, '_>, cx: &Session) -> Result<Vec<(SymbolId, FileId)>, Reported> {
    let patterns = &context.args.reexported_symbols;
    if patterns.is_empty() {
        return Ok(Vec::new());
    }
    let (matcher, names) = (Matcher::new(patterns, true, false, cx)?, &context.interned.names);
    let of_library = |id: SymbolId| match context.definitions.place(id) {
        Definition::Import(file) if file.0 != 0 => Some((id, file)),
        _ => None,
    };
    let all = (0..context.definitions.places.len() as u32).filter_map(|id| of_library(SymbolId(id)));
    Ok(all.filter(|(id, _)| matcher.allows(names.name(*id))).collect())
}

/// Which local symbols the symbol table has.
pub fn locals(args: &Args, cx: &Session) -> Result<Matcher, Reported> {
    match &args.local_symbols {
        LocalSymbols::All => Matcher::new(&[], true, true, cx),
        LocalSymbols::None => Matcher::new(&[], true, false, cx),
        LocalSymbols::Only(patterns) => Matcher::new(patterns, true, false, cx),
        LocalSymbols::AllBut(patterns) => Matcher::new(patterns, false, true, cx),
    }
}
