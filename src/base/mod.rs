//! Format-neutral engines and services: they know integers, ids and byte slices, and nothing of ELF or Mach-O.

pub mod archive;
pub mod carve;
pub mod diag;
pub mod glob;
pub mod hash;
pub mod ids;
pub mod intern;
pub mod par;
pub mod session;
pub mod time;
pub mod view;
