//! Contiguous regions of the output that the linker itself makes.

pub mod chained_fixups;
pub mod code_signature;
pub mod data_in_code;
pub mod dyld_info;
pub mod eh_frame;
pub mod export_trie;
pub mod function_starts;
pub mod unwind_info;
pub mod uuid;
