//! Command lines: response files, flag tables, and what they add up to.

pub mod elf;
pub mod macho;
pub mod personality;
pub mod response;
mod suggest;
