//! The Mach-O back-end. `link.rs` is its table of contents.

pub mod arch;
pub mod atoms;
pub mod boundaries;
pub mod chunks;
pub mod collect;
pub mod commands;
pub mod compact_unwind;
pub mod definitions;
pub mod dylib;
pub mod eh_frame;
pub mod exports;
pub mod files;
pub mod fixups;
pub mod format;
pub mod image;
pub mod imports;
pub mod layout;
pub mod object;
pub mod relocs;
pub mod sections;
pub mod slots;
pub mod symbols;
pub mod symtab;
