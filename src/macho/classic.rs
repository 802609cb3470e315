//! Fixups as the opcodes of `LC_DYLD_INFO_ONLY`, for systems before chained fixups.

use super::commands::Part;
use super::linkedit::{Sources, Tail};
use crate::base::diag::Reported;
use crate::base::session::Session;

/// Puts the opcode streams into `tail`.
pub fn put(
    _sources: &Sources<'_, '_>,
    _tail: &mut Tail,
    _put: &mut dyn FnMut(&[u8], &mut Tail) -> Part,
    cx: &Session,
) -> Result<(), Reported> {
    Err(cx.diag.fail("classic fixups are on their way"))
}
