//! `-r`: several relocatable objects become one, to be linked again later.
//!
//! Names are resolved and COMDAT groups chosen as in any link; nothing gets an address. Sections of one name, type and
//! flags are joined (those of a group only with each other), symbols and relocations move with them. What the final
//! link decides stays open: COMMON stays COMMON, undefined names stay undefined, strings are not merged.
//!
//! Format: gABI "Object Files"; behaviour: GNU ld's manual, "-r". Cost: one serial walk over the sections, parallel
//! regions over symbols and over bytes with their relocations.

pub mod records;
pub mod sections;
pub mod symbols;
pub mod write;

use super::atoms::Numbering;
use super::definitions::Linking;
use super::gc::{self, Marking};
use super::linker_defined::Assigned;
use super::load::Files;
use super::relocs::Context;
use super::symbols::{Interned, Resolved};
use super::{check, frames, notes, reports};
use crate::args::elf::Args;
use crate::base::bitset::BitSet;
use crate::base::diag::Reported;
use crate::base::ids::SymbolId;
use crate::base::session::Session;
use sinew_mmap::output::Leftover;
use std::collections::HashSet;

pub use sections::Moved;

/// What the link knows once names are resolved.
pub struct Sources<'x, 'a> {
    /// The command line.
    pub args: &'x Args,
    /// All files.
    pub files: &'x Files<'a>,
    /// Names.
    pub interned: &'x Interned<'a>,
    /// Numbers of sections.
    pub numbering: &'x Numbering,
    /// Sections that went with their COMDAT group.
    pub dropped: &'x BitSet,
    /// Winners.
    pub resolved: &'x Resolved,
    /// Names that the command line needs.
    pub roots: &'x [SymbolId],
    /// `--defsym`.
    pub assigned: &'x [Assigned<'a>],
    /// `--retain-symbols-file`.
    pub retained: Option<HashSet<Vec<u8>>>,
}

/// Writes one relocatable object.
pub fn link(s: &Sources<'_, '_>, cx: &Session) -> Result<Leftover, Reported> {
    refuse(s, cx)?;
    let atoms = sections::classify(s, cx)?;
    let definitions = symbols::definitions(s);
    check::required(s.args, s.interned, &definitions, cx)?;

    // Keep: everything, unless --gc-sections names roots.
    let frames = frames::parse(s.files, s.numbering, &atoms, cx)?;
    let marking = Marking {
        files: s.files,
        interned: s.interned,
        numbering: s.numbering,
        definitions: &definitions,
        atoms: &atoms,
        frames: &frames,
        roots: s.roots,
    };
    let (mut kept, _) = gc::mark(&marking, s.args, cx);
    sections::drop_followers(s, &mut kept);
    reports::unused_sections(&marking, &kept, s.args, cx)?;

    // Plan: which bytes go where. Section header indices are final below this block.
    let records = records::plan(s, &atoms, &frames, &kept, cx);
    let (property, _) = notes::properties(s.files, s.numbering, &atoms, s.args, cx);
    let mut joined = sections::join(s, &atoms, &kept, &records, cx)?;
    let commons = symbols::commons(s);
    let allocated = if s.args.define_common { joined.allocate(&commons) } else { Vec::new() };
    joined.number();
    let moved = Moved { s, joined: &joined, records: &records };
    let table = symbols::plan(&moved, &kept, &commons, &allocated, cx)?;
    let context = Context {
        args: s.args,
        linking: Linking::new(s.args, false),
        files: s.files,
        interned: s.interned,
        definitions: &definitions,
        numbering: s.numbering,
        atoms: &atoms,
        kept: &kept,
    };
    reports::joined(&context, &moved, s.args, cx)?;
    write::all(&moved, &table, property, cx)
}

/// What -r cannot do.
fn refuse(s: &Sources<'_, '_>, cx: &Session) -> Result<(), Reported> {
    for (f, file) in s.files.iter().filter(|(f, file)| file.shared().is_some() && s.numbering.is_live(*f)) {
        cx.diag.error_at(u64::from(f.0) << 32, format_args!("{file}: a shared object cannot be part of -r output"));
    }
    let a = s.args;
    let named = a.entry.is_some() || !a.undefined.is_empty() || !a.require_defined.is_empty();
    if a.gc_sections && !named && a.undefined_globs.is_empty() {
        cx.diag.error("-r --gc-sections needs to know what to keep; name it with -u, -e or --require-defined");
    }
    cx.diag.checkpoint()
}
