//! x86-64 (psABI 1.0, "Relocation"; "ELF Handling For Thread-Local Storage").
//!
//! `scan` and `apply` decide alike because they ask the same functions of [`rules`].

pub mod apply;
pub mod encoding;
pub mod plt;
pub mod rules;
pub mod scan;
