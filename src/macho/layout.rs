//! Addresses: where each section, segment and atom lies in memory and in the file.
//!
//! The image begins with `__PAGEZERO` (executables), then `__TEXT`, whose first bytes are the header and load commands,
//! then the other segments, each from a page of its own, and `__LINKEDIT` last, whose size is not known here. Within a
//! segment, memory and file agree byte for byte up to the zero-filled sections at its end.
//! Sections are placed in order, so that when the unwind tables are sized the addresses of the code are final.
//! Cost: one pass over the atoms, parallel by section.

use super::atoms::Atoms;
use super::files::Files;
use super::format::*;
use super::sections::{Chunk, Content, OutSection};
use super::thunks::Pool;
use crate::args::macho::Args;
use crate::base::diag::Reported;
use crate::base::session::Session;
use std::ops::Range;

/// A segment of the output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutSegment {
    /// Such as `__TEXT`.
    pub name: Vec<u8>,
    /// Its sections, by index.
    pub sections: Range<usize>,
    /// Virtual address.
    pub address: u64,
    /// Bytes of memory, a multiple of the page size.
    pub vm_size: u64,
    /// File offset.
    pub offset: u64,
    /// Bytes in the file.
    pub file_size: u64,
    /// `VM_PROT_*` that it may have.
    pub max_protection: u32,
    /// `VM_PROT_*` that it starts with.
    pub protection: u32,
    /// `SG_*`.
    pub flags: u32,
}

/// Where everything is.
#[derive(Debug)]
pub struct Layout {
    /// In order of addresses; the last is `__LINKEDIT`, still empty.
    pub segments: Vec<OutSegment>,
    /// In order of addresses.
    pub sections: Vec<OutSection>,
    /// Virtual address of the header.
    pub base: u64,
    /// By atom: virtual address; meaningless for atoms that are not kept.
    pub addresses: Vec<u64>,
    /// Range-extension thunks, in order of addresses.
    pub pools: Vec<Pool>,
    /// Bytes of a page.
    pub page_size: u64,
}

impl Layout {
    /// The segment of that name.
    pub fn segment(&self, name: &[u8]) -> Option<&OutSegment> {
        self.segments.iter().find(|s| s.name == name)
    }

    /// Where in the file the byte at a virtual address is; 0, the header, for an address that is in no segment.
    pub fn file_offset(&self, address: u64) -> u64 {
        let holds = |s: &&OutSegment| (s.address..s.address + s.file_size).contains(&address);
        self.segments.iter().find(holds).map_or(0, |s| s.offset + (address - s.address))
    }

    /// The section that is this chunk.
    pub fn chunk(&self, chunk: Chunk) -> Option<&OutSection> {
        self.sections.iter().find(|s| s.content == Content::Chunk(chunk))
    }

    /// Virtual address of dyld's own word; 0 if there is none.
    pub fn private_address(&self) -> u64 {
        let shared = self.sections.iter().find(|s| s.room > 0).map(|s| s.address + s.size - s.room);
        shared.unwrap_or_else(|| self.chunk_address(Chunk::Private))
    }

    /// Virtual address of a chunk; 0 if there is none.
    pub fn chunk_address(&self, chunk: Chunk) -> u64 {
        self.chunk(chunk).map_or(0, |s| s.address)
    }
}

/// Says how many bytes a chunk has, once the addresses before it (by atom; 0 for what is not placed yet) are known, and
/// whether these were all that it needs. The last argument is the address of the header.
pub type Late<'l> = dyn FnMut(Chunk, &[u64], u64) -> Result<Option<(u64, bool)>, Reported> + 'l;

/// Places everything. `header_size` is that of header and load commands with their padding, in bytes; `late` is asked for
/// the size of chunks that depend on addresses before them, and is given these and that of the header.
pub fn place(
    (mut sections, mut pools): (Vec<OutSection>, Vec<Pool>),
    header_size: u64,
    (files, atoms): (&Files<'_>, &Atoms),
    late: &mut Late<'_>,
    args: &Args,
    cx: &Session,
) -> Result<Layout, Reported> {
    let _t = cx.time.phase("place sections");
    let page_size = 1 << 14;
    let mut addresses = vec![0; atoms.len()];
    let relative = offsets(&sections, &pools, (files, atoms), cx);
    sections.iter_mut().zip(&relative.sizes).for_each(|(section, size)| section.size = *size);
    let fixed = |wanted: &[u8]| args.segment_addresses.iter().find(|(name, _)| **name == *wanted).map(|(_, at)| *at);
    let start = fixed(b"__TEXT").or(args.image_base).unwrap_or(args.pagezero_size());
    let align = args.segment_align.unwrap_or(page_size).max(page_size);
    let mut segments = outline(&sections, args);
    // Unwind tables of code that lies behind them are sized again when its addresses are known, until nothing moves.
    for rounds in 0.. {
        let mut settled = true;
        let (mut address, mut offset) = (start, 0);
        for segment in segments.iter_mut().filter(|s| s.name != b"__PAGEZERO") {
            if let Some(wanted) = fixed(&segment.name) {
                if wanted < address || !wanted.is_multiple_of(page_size) {
                    let name = String::from_utf8_lossy(&segment.name);
                    let why = format_args!("lies on what comes before it, which ends at 0x{address:x}, or on no page");
                    return Err(cx.diag.fail(format_args!("-segaddr {name} 0x{wanted:x} {why}")));
                }
                address = wanted;
            }
            let own = args.segment_page_sizes.iter().find(|(name, _)| **name == segment.name[..]);
            let align = own.map_or(align, |(_, size)| align.max(*size));
            let mut at = address + if segment.name == b"__TEXT" { header_size } else { 0 };
            let mut file_end = at;
            for index in segment.sections.clone() {
                at = at.next_multiple_of(1 << sections[index].align);
                sections[index].address = at;
                if let Content::Chunk(chunk) = sections[index].content
                    && let Some((size, is_final)) = late(chunk, &addresses, start)?
                {
                    settled &= is_final && (rounds == 0 || size == sections[index].size);
                    sections[index].size = size;
                }
                for (atom, place) in sections[index].atoms().iter().zip(&relative.atoms[index]) {
                    addresses[atom.idx()] = at + place;
                }
                at += sections[index].size;
                if !sections[index].is_zero_fill() {
                    sections[index].offset = offset + (sections[index].address - address);
                    file_end = at;
                }
            }
            (segment.address, segment.offset) = (address, offset);
            segment.vm_size = (at - address).next_multiple_of(align);
            segment.file_size = (file_end - address).next_multiple_of(page_size);
            if segment.vm_size > 1 << 40 || offset + segment.file_size > u64::from(u32::MAX) {
                return Err(cx.diag.fail("the output is larger than a Mach-O file can be"));
            }
            (address, offset) = (address + segment.vm_size, offset + segment.file_size);
        }
        if settled {
            break;
        }
        if rounds == 8 {
            return Err(cx.diag.fail("the unwind tables of code outside of __TEXT find no size that fits"));
        }
    }
    for (pool, offset) in pools.iter_mut().zip(relative.pools) {
        pool.address = sections[pool.section].address + offset;
    }
    Ok(Layout { segments, sections, base: start, addresses, pools, page_size })
}

/// The segments that there will be, without places: `__TEXT` even when nothing but the header is in it, `__LINKEDIT`
/// last. `sections` are in order.
pub fn outline(sections: &[OutSection], args: &Args) -> Vec<OutSegment> {
    let mut segments = Vec::new();
    if args.pagezero_size() > 0 {
        let zero = OutSegment { vm_size: args.pagezero_size(), ..segment(b"__PAGEZERO", 0..0, args) };
        segments.push(OutSegment { max_protection: 0, protection: 0, ..zero });
    }
    if sections.first().is_none_or(|s| s.name.0 != b"__TEXT") {
        segments.push(segment(b"__TEXT", 0..0, args));
    }
    let mut next = 0;
    while let Some(first) = sections.get(next) {
        let end = next + sections[next..].iter().take_while(|s| s.name.0 == first.name.0).count();
        segments.push(segment(&first.name.0, next..end, args));
        next = end;
    }
    segments.push(segment(b"__LINKEDIT", next..next, args));
    segments
}

fn segment(name: &[u8], sections: Range<usize>, args: &Args) -> OutSegment {
    let (protection, flags) = match name {
        b"__TEXT" | b"__TEXT_EXEC" => (VM_PROT_READ | VM_PROT_EXECUTE, 0),
        b"__LINKEDIT" => (VM_PROT_READ, 0),
        // dyld writes it, and makes it read-only then.
        b"__DATA_CONST" => (VM_PROT_READ | VM_PROT_WRITE, SG_READ_ONLY),
        _ => (VM_PROT_READ | VM_PROT_WRITE, 0),
    };
    let asked = args.segment_protections.iter().find(|p| p.segment[..] == *name);
    let (max_protection, protection) = asked.map_or((protection, protection), |p| (p.max, p.init));
    let (address, vm_size, offset, file_size) = (0, 0, 0, 0);
    OutSegment { name: name.to_vec(), sections, address, vm_size, offset, file_size, max_protection, protection, flags }
}

/// Places within sections.
pub struct Offsets {
    /// By section, in the order of its atoms.
    pub atoms: Vec<Vec<u64>>,
    /// By pool of thunks.
    pub pools: Vec<u64>,
    /// Bytes of each section.
    pub sizes: Vec<u64>,
}

/// Gives atoms and pools of thunks their offsets in their sections, and each section its size.
pub fn offsets(sections: &[OutSection], pools: &[Pool], (files, atoms): (&Files<'_>, &Atoms), cx: &Session) -> Offsets {
    let mut offsets = Offsets { atoms: Vec::new(), pools: Vec::new(), sizes: Vec::new() };
    let placed = cx.par.map(sections.len(), atoms.len() as u64 * 16, |i| {
        let mut pools = pools.iter().filter(|pool| pool.section == i).peekable();
        // Pools move what follows them and leave the padding as it would be without: `at` does not count them.
        let (mut at, mut moved) = (0u64, 0);
        let mut pool_places = Vec::new();
        let list = sections[i].atoms();
        let mut places = Vec::with_capacity(list.len());
        for index in 0..=list.len() {
            if let Some(pool) = pools.next_if(|pool| pool.before == index) {
                pool_places.push(at.next_multiple_of(4) + moved);
                moved += pool.room;
            }
            let Some(&atom) = list.get(index) else { break };
            let start = at.next_multiple_of(1 << atoms.align[atom.idx()]);
            at = start + atoms.size(files, atom);
            places.push(start + moved);
        }
        (places, pool_places, at + moved)
    });
    for (section, (places, pools, size)) in sections.iter().zip(placed) {
        let size = if section.room > 0 { size.next_multiple_of(8) + section.room } else { size };
        offsets.sizes.push(if let Content::Atoms(_) = section.content { size } else { section.size });
        offsets.atoms.push(places);
        offsets.pools.extend(pools);
    }
    offsets
}
