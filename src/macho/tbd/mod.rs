//! Text stubs.
use super::dylib::Dylib;
use crate::args::macho::{Arch, Target};
use crate::base::view::Malformed;
use sinew_arena::Bump;
/// Whether it is one.
pub fn is_tbd(bytes: &[u8]) -> bool { bytes.starts_with(b"---") || bytes.starts_with(b"{") }
/// Parses it.
pub fn parse<'a>(_: &'a [u8], _: Arch, _: Target, _: &'a Bump) -> Result<Option<Dylib<'a>>, Malformed> { Ok(None) }

/// V
pub fn version(_: &[u8]) -> Option<crate::args::macho::Version> { None }
