//! The image as it will be in memory: the address of everything that a relocation can ask for.
//!
//! Where a byte of an input lies in the output is asked of [`Image::place`] alone, since atoms fold; where a branch goes
//! is asked of [`Image::branch`], since it may go to a stub.

use super::definitions::Definition;
use super::layout::Layout;
use super::relocs::{Context, Target};
use super::sections::Chunk;
use super::slots::Slots;
use crate::base::ids::{AtomId, NONE, SymbolId};
use crate::base::session::Session;
use sinew_mmap::memory::prefetch;

/// Final addresses.
pub struct Image<'x, 'a> {
    /// What the link resolved to.
    pub context: Context<'x, 'a>,
    /// Where sections and atoms are.
    pub layout: Layout,
    /// Slots of the linker's own sections.
    pub slots: &'x Slots,
    /// By symbol id: the address of the definition, and where a branch goes. A relocation asks for nothing else, mostly,
    /// and then costs one look at a place that is far from the last.
    symbols: Vec<[u64; 2]>,
    /// Addresses of boundaries, in the order of `Definitions::boundaries`.
    boundaries: Vec<u64>,
    /// Virtual addresses of `__got`, `__stubs`, `__la_symbol_ptr`, `__thread_ptrs`.
    chunks: [u64; 4],
    /// Where the template of thread-local variables starts.
    pub thread_template: u64,
}

/// No address, or one that nobody has.
const NOWHERE: u64 = u64::MAX;

/// Names that one job looks up.
const BLOCK: usize = 16 << 10;

impl<'x, 'a> Image<'x, 'a> {
    /// Addresses by `layout`.
    pub fn new(context: Context<'x, 'a>, layout: Layout, slots: &'x Slots, cx: &Session) -> Image<'x, 'a> {
        let _t = cx.time.phase("symbol addresses");
        use super::format::{S_THREAD_LOCAL_REGULAR, S_THREAD_LOCAL_ZEROFILL, SECTION_TYPE};
        let is_template = |flags: u32| matches!(flags & SECTION_TYPE, S_THREAD_LOCAL_REGULAR | S_THREAD_LOCAL_ZEROFILL);
        let thread_template = layout.sections.iter().find(|s| is_template(s.flags)).map_or(0, |s| s.address);
        let boundaries = context.definitions.boundaries.iter().map(|boundary| {
            let found = match &boundary.section {
                Some(name) => layout
                    .sections
                    .iter()
                    .find(|s| s.name.0 == boundary.segment && s.name.1 == *name)
                    .map(|s| (s.address, s.size)),
                None => layout.segment(&boundary.segment).map(|s| (s.address, s.vm_size)),
            };
            found.map_or(layout.base, |(address, size)| if boundary.is_end { address + size } else { address })
        });
        let boundaries = boundaries.collect();
        let chunks = [Chunk::Got, Chunk::Stubs, Chunk::LazyPointers, Chunk::ThreadPointers];
        let chunks = chunks.map(|chunk| layout.chunk_address(chunk));
        let mut image = Image { context, layout, slots, symbols: Vec::new(), boundaries, chunks, thread_template };
        let count = context.definitions.places.len();
        let blocks = cx.par.map(count.div_ceil(BLOCK), count as u64 * 32, |b| {
            let ids = (b * BLOCK..count.min((b + 1) * BLOCK)).map(|id| SymbolId(id as u32));
            let both = ids.map(|id| {
                let address = image.address_of(context.definitions.place(id));
                let stub = slots.of(id).stub;
                let branch = if stub == NONE { address } else { Some(image.stub(stub)) };
                [address, branch].map(|address| address.unwrap_or(NOWHERE))
            });
            both.collect::<Vec<_>>()
        });
        image.symbols = blocks.concat();
        image
    }

    /// Virtual address of the byte at `offset` of an atom, wherever the atom went.
    #[inline]
    pub fn place(&self, atom: AtomId, offset: u64) -> u64 {
        self.layout.addresses[self.context.atoms.canonical(atom).idx()] + offset
    }

    /// Virtual address that a definition stands for; `None` for what only dyld knows.
    #[inline]
    pub fn address_of(&self, definition: Definition) -> Option<u64> {
        match definition {
            Definition::Atom(atom, offset) => Some(self.place(atom, offset)),
            Definition::Absolute(value) => Some(value),
            Definition::Header => Some(self.layout.base),
            Definition::Boundary(index) => Some(self.boundaries[index as usize]),
            Definition::Import(_) | Definition::Undefined => None,
        }
    }

    /// Virtual address of a relocation's target; `None` for what only dyld knows.
    #[inline]
    pub fn address(&self, target: Target) -> Option<u64> {
        match target {
            Target::Symbol(id) => match self.symbols[id.idx()][0] {
                NOWHERE => self.address_of(self.context.definitions.place(id)),
                address => Some(address),
            },
            Target::Atom(atom, offset) => Some(self.place(atom, offset)),
            Target::Absolute(value) => Some(value),
        }
    }

    /// Asks for the addresses of a name, which are wanted soon.
    #[inline]
    pub fn ask_ahead(&self, id: SymbolId) {
        prefetch(&self.symbols[id.idx()]);
    }

    /// Where a branch to `target` goes: its stub if it has one.
    #[inline]
    pub fn branch(&self, target: Target) -> Option<u64> {
        match target {
            Target::Symbol(id) if self.symbols[id.idx()][1] != NOWHERE => Some(self.symbols[id.idx()][1]),
            _ => self.address(target),
        }
    }

    /// Virtual address of stub number `stub`.
    pub fn stub(&self, stub: u32) -> u64 {
        self.chunks[1] + u64::from(stub) * super::arch::arm64::STUB_SIZE
    }

    /// Virtual address of slot number `slot` of `__got`.
    pub fn got(&self, slot: u32) -> u64 {
        self.chunks[0] + u64::from(slot) * 8
    }

    /// Virtual address of lazy pointer number `slot`.
    pub fn lazy(&self, slot: u32) -> u64 {
        self.chunks[2] + u64::from(slot) * 8
    }

    /// Virtual address of the slot that holds `target`'s address, if it has one.
    #[inline]
    pub fn got_of(&self, target: Target) -> Option<u64> {
        let slot = match target {
            Target::Symbol(id) => Some(self.slots.of(id).got).filter(|slot| *slot != NONE),
            _ => None,
        };
        // Few images have slots of places, and then what the target stands for need not be asked.
        let of_place = || match self.context.definition(target) {
            Definition::Atom(atom, offset) => self.slots.of_place(atom, offset),
            _ => None,
        };
        let slot = slot.or_else(|| if self.slots.any_of_place() { of_place() } else { None })?;
        Some(self.got(slot))
    }

    /// Virtual address of the slot of `__thread_ptrs` that a name has.
    #[inline]
    pub fn thread_pointer(&self, id: SymbolId) -> Option<u64> {
        let slot = self.slots.of(id).tlv;
        (slot != NONE).then(|| self.chunks[3] + u64::from(slot) * 8)
    }
}

impl Image<'_, '_> {
    /// What lies at a virtual address, for messages: a symbol of the input and an offset.
    #[cold]
    pub fn describe(&self, address: u64) -> String {
        let section = self.layout.sections.iter().find(|s| (s.address..s.address + s.size).contains(&address));
        let Some(section) = section else { return "no section".into() };
        let (segment, name) = (String::from_utf8_lossy(&section.name.0), String::from_utf8_lossy(&section.name.1));
        let after = section.atoms().partition_point(|a| self.layout.addresses[a.idx()] <= address);
        let atom = after.checked_sub(1).map(|i| section.atoms()[i]);
        match atom {
            Some(atom) => {
                let offset = address - self.layout.addresses[atom.idx()];
                format!("{}+0x{offset:x} in {segment},{name}", self.context.atom_name(atom))
            }
            None => format!("{segment},{name}"),
        }
    }
}
