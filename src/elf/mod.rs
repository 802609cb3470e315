//! The ELF back-end. `link.rs` is the table of contents.

pub mod arch;
pub mod atoms;
pub mod check;
pub mod comdat;
pub mod definitions;
pub mod dynamic;
pub mod dynsym;
pub mod eh_frame;
pub mod expr;
pub mod format;
pub mod frames;
pub mod gc;
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
pub mod relocs;
pub mod relr;
pub mod reports;
pub mod script;
pub mod sections;
pub mod shared;
pub mod slots;
pub mod symbols;
pub mod symtab;
pub mod synthesize;
pub mod texts;
pub mod version_script;
pub mod write;

pub use link::{Host, link};
