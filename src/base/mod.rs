//! Format-neutral engines and services: they know integers, ids and byte slices, and nothing of ELF or Mach-O.

pub mod adler32;
pub mod archive;
pub mod bitset;
pub mod carve;
pub mod deflate;
pub mod demangle;
pub mod diag;
pub mod dwarf_line;
pub mod dwarf_ranges;
pub mod dwarf_reader;
pub mod dwarf_unit;
pub mod glob;
pub mod hash;
pub mod ids;
pub mod inflate;
pub mod intern;
pub mod leb128;
pub mod nearest;
pub mod par;
pub mod rank;
pub mod session;
pub mod sha256;
pub mod stdout;
pub mod thunks;
pub mod time;
pub mod view;
