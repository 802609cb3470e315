//! The ELF back-end. `link.rs` is the table of contents.

pub mod expr;
pub mod script;
pub mod version_script;

use crate::args::elf::Args;
use crate::base::{diag::Reported, session::Session};

/// Links what `args` describes.
pub fn link(_args: &Args, cx: &Session) -> Result<(), Reported> {
    Err(cx.diag.fail("the ELF driver is not there"))
}
