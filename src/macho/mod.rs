//! The Mach-O back-end.

pub mod chunks;
pub mod compact_unwind;
pub mod dylib;
pub mod fat;
pub mod fixups;
pub mod format;
pub mod tbd;
