//! Contiguous regions of the output that the linker itself makes.

pub mod unwind_info;
