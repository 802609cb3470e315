//! The Mach-O back-end.

pub mod chunks;
pub mod compact_unwind;
pub mod fixups;
pub mod format;
