//! The ELF back-end. `link.rs` is the table of contents.

pub mod arch;
pub mod atoms;
pub mod check;
pub mod comdat;
pub mod compress;
pub mod definitions;
pub mod dynamic;
pub mod dynsym;
pub mod eh_frame;
pub mod embed;
pub mod emit;
pub mod expr;
pub mod format;
pub mod frames;
pub mod gc;
pub mod gdb_index;
pub mod image;
pub mod layout;
pub mod link;
pub mod linker_defined;
pub mod load;
pub mod merge;
pub mod notes;
pub mod object;
pub mod open;
pub mod order;
pub mod overflow;
pub mod relocatable;
pub mod relocs;
pub mod relr;
pub mod reports;
pub mod script;
pub mod sections;
pub mod shared;
pub mod slots;
pub mod source;
pub mod symbols;
pub mod symtab;
pub mod synthesize;
pub mod tail;
pub mod texts;
pub mod undefined;
pub mod version_script;
pub mod write;

pub use link::link;

use sinew_mmap::output::Leftover;

/// What a program that links can do around a link. The library itself never forks and never leaves.
pub struct Host<'h> {
    /// Called once, before any thread is left running, with the number of bytes of all inputs.
    pub opened: &'h mut dyn FnMut(u64),
    /// Called when the output is in place, with what is left to free; it may end the process.
    pub done: &'h mut dyn FnMut(Leftover),
}
