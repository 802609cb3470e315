//! Contiguous regions of the output that the linker itself makes.

pub mod chained_fixups;
pub mod code_signature;
pub mod eh_frame;
pub mod export_trie;
pub mod unwind_info;
