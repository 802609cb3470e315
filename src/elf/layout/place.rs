//! Gives every section its address and its place in the file.
//!
//! Takes sections in file order, yields the finished [`Layout`]. Between two segments the address goes on to the next
//! page while the file goes on where it is, so that one page of the file shows in both, unless the command line wants
//! them apart. Sums saturate until they are checked. Cost: one walk over some dozens of sections.

use super::segments::{permissions, segments, splits};
use super::{Content, Inputs, Layout, MAX_SIZE, OutSection, Sizes, explicit_start, page_sizes, round_up, too_large};
use crate::args::elf::{Args, OutputKind, Separate};
use crate::base::diag::Reported;
use crate::base::session::Session;
use crate::elf::format::*;
use std::sync::Arc;

/// Gives every section its address and file offset.
pub fn place<'a>(
    inputs: &Inputs<'_, 'a>,
    sizes: Arc<Sizes>,
    mut list: Vec<OutSection<'a>>,
    cx: &Session,
) -> Result<Layout<'a>, Reported> {
    let _t = cx.time.phase("place sections");
    let args = inputs.args;
    let pic = matches!(args.kind, OutputKind::Pie | OutputKind::Shared);
    let image_base = args.image_base.unwrap_or(if pic { 0 } else { 0x40_0000 });
    // The number of program headers depends on which sections there are, not on where they go.
    let header_size = match args.oformat_binary {
        true => 0,
        false => 64 + 56 * segments(&list, inputs, 0, 0).len() as u64,
    };
    let mut offset = walk(&mut list, image_base, header_size, args);
    // Below this block no sum of addresses, offsets and sizes can overflow.
    check_room(&list, offset, cx)?;
    let segments = segments(&list, inputs, image_base, header_size);
    if segments.len() >= usize::from(u16::MAX) {
        return Err(cx.diag.fail(format_args!("{} program headers; at most 65534 can be made", segments.len())));
    }
    if args.oformat_binary {
        offset = memory_image(&mut list, cx)?;
    }
    if args.check_sections || args.oformat_binary {
        check_overlap(&list, cx);
    }
    let (section_headers, file_size) = with_headers(offset, list.len(), args);
    let tls = segments.iter().find(|s| s.kind == PT_TLS);
    let tls = tls.map_or((0, 0), |s| (s.addr, round_up(s.addr + s.memory_size, s.align)));
    let mut parts = vec![(0, u32::MAX); sizes.parts.len()];
    let mut classes = vec![(0, u32::MAX); inputs.merged.classes.len()];
    for (i, section) in list.iter().enumerate() {
        for region in &section.regions {
            let at = (section.addr + region.offset, i as u32);
            match region.content {
                Content::Part(p) => parts[usize::from(p)] = at,
                Content::Merged(c) => classes[c as usize] = at,
                _ => {}
            }
        }
    }
    let sections = list;
    Ok(Layout { sections, segments, header_size, image_base, section_headers, file_size, parts, classes, sizes, tls })
}

/// Places one section after the other behind the headers. Returns where the file ends.
fn walk(list: &mut [OutSection<'_>], image_base: u64, header_size: u64, args: &Args) -> u64 {
    let (_, relro_page) = page_sizes(args);
    let mut next = Next { args, addr: image_base.saturating_add(header_size), offset: header_size, tbss_end: None };
    let mut previous: Option<usize> = None;
    for i in 0..list.len() {
        if !list[i].is_alloc() {
            next.unloaded(&mut list[i]);
            continue;
        }
        if let Some(p) = previous {
            if splits(&list[p], &list[i], args) {
                next.segment(permissions(&list[p], args) | permissions(&list[i], args));
            } else if list[p].relro && !list[i].relro {
                next.align(relro_page);
            }
        }
        next.loaded(&mut list[i]);
        previous = Some(i);
    }
    next.offset
}

/// Where the next section may begin.
struct Next<'x> {
    args: &'x Args,
    addr: u64,
    offset: u64,
    tbss_end: Option<u64>,
}

impl Next<'_> {
    /// Goes on to the next multiple of `align` in memory, and as far in the file.
    fn align(&mut self, align: u64) {
        let aligned = round_up(self.addr, align);
        self.offset = self.offset.saturating_add(aligned - self.addr);
        self.addr = aligned;
    }

    /// Goes on to another segment; `flags` are the PF_* of it and of the one before.
    fn segment(&mut self, flags: u32) {
        let (page, _) = page_sizes(self.args);
        let apart = match self.args.z.separate {
            // Without padding in the file, a page of it shows in two segments.
            _ if self.args.nmagic => false,
            Separate::All => true,
            Separate::Code => flags & PF_X != 0,
            Separate::None => false,
        };
        if apart && page > 1 {
            self.offset = round_up(self.offset, page);
            self.addr = round_up(self.addr, page);
        } else {
            // The next page in memory shows the same page of the file.
            self.addr = round_up(self.addr, page).saturating_add(self.offset % page);
        }
    }

    /// Places a section that memory has no room for.
    fn unloaded(&mut self, section: &mut OutSection<'_>) {
        if section.has_bytes() {
            self.offset = round_up(self.offset, section.align);
        }
        section.offset = self.offset;
        if section.has_bytes() {
            self.offset = self.offset.saturating_add(section.size);
        }
    }

    /// Places a section that the program sees.
    fn loaded(&mut self, section: &mut OutSection<'_>) {
        if let Some(start) = explicit_start(self.args, &section.name) {
            self.addr = start;
            // Congruent to the page that the kernel maps, even where the segment claims no alignment.
            let page = page_sizes(self.args).0.max(4096);
            self.offset = self.offset.saturating_add(self.addr.wrapping_sub(self.offset) % page);
        }
        if section.is_tbss() {
            // The block goes on from one `.tbss` to the next; everything else notices no more than its alignment.
            if self.tbss_end.is_none() {
                self.align(section.align);
            }
            section.addr = round_up(self.tbss_end.unwrap_or(self.addr), section.align);
            section.offset = self.offset.wrapping_add(section.addr.wrapping_sub(self.addr));
            self.tbss_end = Some(section.addr.saturating_add(section.size));
            return;
        }
        self.align(section.align);
        (section.addr, section.offset) = (self.addr, self.offset);
        self.addr = self.addr.saturating_add(section.size);
        if section.has_bytes() {
            self.offset = self.offset.saturating_add(section.size);
        }
    }
}

/// Where the section headers begin behind `offset`, and where the file ends.
fn with_headers(offset: u64, section_count: usize, args: &Args) -> (u64, u64) {
    if !args.z.section_header || args.oformat_binary {
        return (offset, offset);
    }
    let headers = offset.next_multiple_of(8);
    (headers, headers + 64 * (section_count as u64 + 1))
}

/// `--oformat=binary`: the file is what memory will hold, from the lowest address on. Returns its size.
fn memory_image(list: &mut [OutSection<'_>], cx: &Session) -> Result<u64, Reported> {
    let base = list.iter().filter(|s| s.has_bytes() && s.size > 0).map(|s| s.addr).min().unwrap_or(0);
    let mut size = 0;
    for section in list {
        section.offset = section.addr.saturating_sub(base);
        if section.has_bytes() && section.size > 0 {
            size = size.max(section.offset.saturating_add(section.size));
        }
    }
    if size > MAX_SIZE {
        return Err(cx
            .diag
            .fail(format_args!("the memory image would be {size} bytes; at most {MAX_SIZE} can be linked")));
    }
    Ok(size)
}

/// Gives what is not loaded its place in the file anew. Returns where section headers begin and where the file ends.
pub fn end_of_file(list: &mut [OutSection<'_>], header_size: u64, args: &Args) -> (u64, u64) {
    let loaded = list.iter().filter(|s| s.is_alloc());
    let mut offset = loaded.map(|s| s.offset + if s.has_bytes() { s.size } else { 0 }).max().unwrap_or(header_size);
    for section in list.iter_mut().filter(|s| !s.is_alloc()) {
        offset = offset.next_multiple_of(section.align);
        section.offset = offset;
        offset += if section.has_bytes() { section.size } else { 0 };
    }
    with_headers(offset, list.len(), args)
}

/// Every section has a place in memory and in the file.
fn check_room(list: &[OutSection<'_>], file_end: u64, cx: &Session) -> Result<(), Reported> {
    for section in list {
        let name = String::from_utf8_lossy(&section.name);
        if section.size > MAX_SIZE {
            cx.diag.error(too_large(&name, section.size));
        } else if section.is_alloc() && section.addr.checked_add(section.size).is_none_or(|end| end == u64::MAX) {
            let (addr, size) = (section.addr, section.size);
            cx.diag.error(format_args!("section {name} of {size} bytes at 0x{addr:x} ends beyond the last address"));
        }
    }
    if list.len() >= usize::from(SHN_LORESERVE) - 1 {
        cx.diag.error(format_args!("{} output sections; at most {} can be made", list.len(), SHN_LORESERVE - 2));
    }
    if file_end > MAX_SIZE {
        cx.diag.error(format_args!("the output would be {file_end} bytes; at most {MAX_SIZE} can be linked"));
    }
    cx.diag.checkpoint()
}

fn check_overlap(list: &[OutSection<'_>], cx: &Session) {
    let mut loaded: Vec<_> = list.iter().filter(|s| s.is_alloc() && s.size > 0 && !s.is_tbss()).collect();
    loaded.sort_by_key(|s| s.addr);
    for pair in loaded.windows(2) {
        if pair[0].addr + pair[0].size > pair[1].addr {
            let name = |s: &OutSection<'_>| String::from_utf8_lossy(&s.name).into_owned();
            cx.diag.error(format_args!(
                "sections {} and {} overlap at address 0x{:x}",
                name(pair[0]),
                name(pair[1]),
                pair[1].addr
            ));
        }
    }
}
