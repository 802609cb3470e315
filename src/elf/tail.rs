//! Sections whose size is known only when addresses are final: compressed debug information, `.gdb_index`.
//!
//! None of them is loaded, so that only what follows in the file moves: [`place`] closes the file up around them.
//! Cost: nothing when there are none.

use super::format::*;
use super::image::Image;
use super::layout::{self, Layout};
use super::write::Plan;
use super::{compress, gdb_index};
use crate::args::elf::Args;
use crate::base::session::Session;
use std::sync::Arc;

/// A section of the output whose bytes are made before the file is written.
#[derive(Debug)]
pub struct Late {
    /// Index in [`Layout::sections`].
    pub section: usize,
    /// Its bytes in the file.
    pub pieces: Vec<Vec<u8>>,
    /// SHF_COMPRESSED.
    pub compressed: bool,
}

impl Late {
    /// Bytes in the file.
    pub fn size(&self) -> u64 {
        self.pieces.iter().map(|p| p.len() as u64).sum()
    }
}

/// Makes all of them.
pub fn build(image: &Image<'_, '_>, plan: &Plan<'_>, args: &Args, cx: &Session) -> Vec<Late> {
    let mut list = compress::debug(image, plan, args, cx);
    list.extend(gdb_index::build(image, plan, args, cx));
    list
}

/// The layout with their final sizes; `None` when there are none.
pub fn place<'a>(layout: &Layout<'a>, list: &[Late], args: &Args) -> Option<Layout<'a>> {
    if list.is_empty() {
        return None;
    }
    let mut sections = layout.sections.clone();
    for late in list {
        let section = &mut sections[late.section];
        section.size = late.size();
        if late.compressed {
            section.flags |= SHF_COMPRESSED;
            // What an `Elf64_Chdr` in memory is aligned to.
            section.align = 8;
        }
    }
    let (section_headers, file_size) = layout::end_of_file(&mut sections, layout.header_size, args);
    Some(Layout {
        sections,
        section_headers,
        file_size,
        segments: layout.segments.clone(),
        parts: layout.parts.clone(),
        classes: layout.classes.clone(),
        sizes: Arc::clone(&layout.sizes),
        ..*layout
    })
}
