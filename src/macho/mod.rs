//! The Mach-O back-end.

pub mod chunks;
pub mod fixups;
pub mod format;
