//! sinew: a fast linker for ELF and Mach-O. `docs/architecture.md` is the map of the code.

pub mod args;
pub mod base;
pub mod elf;
pub mod macho;
