//! Reports that a user asks for: `--trace`, `--print-gc-sections`, `-Map`, `--cref`, `--dependency-file`.

use super::image::Image;
use super::open::Opened;
use crate::args::elf::Args;
use crate::base::diag::Reported;
use crate::base::session::Session;

/// Reports that need the layout.
pub fn before_writing(_image: &Image<'_, '_>, _opened: &Opened, _cx: &Session) {}

/// Reports that describe a link that worked.
pub fn after_writing(_opened: &Opened, _args: &Args, _cx: &Session) -> Result<(), Reported> {
    Ok(())
}
