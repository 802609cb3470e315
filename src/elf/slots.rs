//! Gives every symbol with needs its places: GOT slots, PLT entries, copies, `.dynsym` indices.
//!
//! Global symbols in order of their id, then local ones in order of files; nothing here depends on addresses.
//! Cost: one walk over the bytes of needs.

use super::definitions::{Attr, Linking};
use super::format::*;
use super::relocs::{Context, Needs, need};
use super::shared::Shared;
use crate::base::ids::{FileId, NONE, SymbolId};
use crate::base::session::Session;
use std::collections::HashMap;

/// Who a set of slots belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// A global name.
    Global(SymbolId),
    /// Symbol number so-and-so of a file.
    Local(FileId, u32),
}

/// The places of one symbol; [`NONE`] for what it does not have. GOT slots count 8 bytes from the start of `.got`.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Places {
    pub owner: Owner,
    pub attr: Attr,
    pub got: u32,
    pub gottp: u32,
    pub tlsgd: u32,
    pub tlsdesc: u32,
    /// Index of the lazy or eager PLT entry.
    pub plt: u32,
    /// Index of the PLT entry of a local indirect function.
    pub iplt: u32,
    /// GOT slot that the PLT entry of a local indirect function jumps through.
    pub indirect: u32,
    /// The PLT entry is the symbol's address.
    pub canonical: bool,
    /// Index in [`Slots::copies`].
    pub copy: u32,
    /// Index in `.dynsym`, once that is ordered.
    pub dynsym: u32,
}

/// What a GOT slot (or the first of a pair) holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GotKind {
    /// Address.
    Address,
    /// Address of a local indirect function, found at start-up.
    Indirect,
    /// Offset from the thread pointer.
    TlsOffset,
    /// Module and offset.
    TlsPair,
    /// Function and argument.
    TlsDescriptor,
    /// Module of this output, and zero.
    TlsModule,
}

/// One entry of `.got`.
#[derive(Debug, Clone, Copy)]
pub struct GotEntry {
    /// What it holds.
    pub kind: GotKind,
    /// Index in [`Slots::places`]; [`NONE`] for [`GotKind::TlsModule`].
    pub places: u32,
    /// First slot.
    pub slot: u32,
}

/// Data of a shared object that this output holds.
#[derive(Debug, Clone, Copy)]
pub struct Copied {
    /// The symbol that the dynamic linker copies.
    pub id: SymbolId,
    /// Bytes.
    pub size: u64,
    /// Alignment in bytes.
    pub align: u64,
    /// Bytes from the start of the chunk.
    pub offset: u64,
    /// Read-only in its library, and here once it is copied.
    pub relro: bool,
}

/// All places.
#[derive(Debug, Default)]
pub struct Slots {
    /// Symbols with needs.
    pub places: Vec<Places>,
    of_global: Vec<u32>,
    of_local: Locals,
    /// `.got` in order.
    pub got: Vec<GotEntry>,
    /// Number of 8-byte slots in `.got`.
    pub got_slots: u32,
    /// PLT entries: indices in `places`.
    pub plt: Vec<u32>,
    /// PLT entries of local indirect functions.
    pub iplt: Vec<u32>,
    /// Copies.
    pub copies: Vec<Copied>,
    /// Bytes of all copies: of writable data, of read-only data.
    copies_size: [u64; 2],
    /// First slot of the module's own pair; [`NONE`] when there is none.
    pub tls_module: u32,
}

/// The places of local symbols, which lie together: by file, then by symbol.
#[derive(Debug, Default)]
struct Locals {
    /// Index in [`Slots::places`] of the first one.
    first: usize,
    /// The first entry of each file in `symbols`, and the end.
    base: Vec<u32>,
    /// Their symbols.
    symbols: Vec<u32>,
}

impl Locals {
    fn find(&self, file: FileId, symbol: u32) -> Option<usize> {
        let base = *self.base.get(file.idx())? as usize;
        let of_file = self.symbols.get(base..*self.base.get(file.idx() + 1)? as usize)?;
        Some(self.first + base + of_file.binary_search(&symbol).ok()?)
    }
}

/// Dynamic relocations of a GOT entry: relative, symbolic, indirect.
pub fn got_relocations(entry: &GotEntry, slots: &Slots, linking: Linking) -> (u32, u32, u32) {
    if !linking.dynamic && entry.kind != GotKind::Indirect {
        return (0, 0, 0);
    }
    let attr = slots.places.get(entry.places as usize).map_or(Attr(0), |p| p.attr);
    let dynamic = attr.has(Attr::DYNAMIC);
    match entry.kind {
        GotKind::Indirect => (0, 0, 1),
        GotKind::Address if dynamic => (0, 1, 0),
        GotKind::Address => {
            let fixed = attr.has(Attr::ABSOLUTE | Attr::UNDEFINED_WEAK | Attr::UNDEFINED);
            (u32::from(linking.pic && !fixed), 0, 0)
        }
        GotKind::TlsOffset => (0, u32::from(dynamic || linking.shared), 0),
        GotKind::TlsPair if dynamic => (0, 2, 0),
        GotKind::TlsPair | GotKind::TlsModule => (0, u32::from(linking.shared), 0),
        GotKind::TlsDescriptor => (0, 1, 0),
    }
}

impl Slots {
    /// The places of a global symbol.
    #[inline]
    pub fn global(&self, id: SymbolId) -> Option<&Places> {
        self.places.get(*self.of_global.get(id.idx())? as usize)
    }

    /// The places of a local symbol.
    #[inline]
    pub fn local(&self, file: FileId, index: u32) -> Option<&Places> {
        self.places.get(self.of_local.find(file, index)?)
    }

    /// Mutable places of a global symbol, made if there are none.
    pub fn global_mut(&mut self, id: SymbolId, attr: Attr) -> &mut Places {
        if self.of_global[id.idx()] == NONE {
            self.of_global[id.idx()] = self.places.len() as u32;
            self.places.push(Places::new(Owner::Global(id), attr));
        }
        &mut self.places[self.of_global[id.idx()] as usize]
    }

    /// Bytes and alignment of all copies of writable data, and of read-only data.
    pub fn copies_extents(&self) -> [(u64, u64); 2] {
        [false, true].map(|relro| {
            let aligns = self.copies.iter().filter(|c| c.relro == relro).map(|c| c.align);
            (self.copies_size[usize::from(relro)], aligns.max().unwrap_or(1))
        })
    }

    fn push_got(&mut self, kind: GotKind, places: u32) -> u32 {
        let slot = self.got_slots;
        self.got.push(GotEntry { kind, places, slot });
        self.got_slots += match kind {
            GotKind::TlsPair | GotKind::TlsDescriptor | GotKind::TlsModule => 2,
            _ => 1,
        };
        slot
    }

    fn assign(&mut self, number: u32, needs: u8, linking: Linking) {
        let attr = self.places[number as usize].attr;
        let indirect = attr.has(Attr::IFUNC) && !attr.has(Attr::DYNAMIC);
        let canonical = needs & need::CANONICAL_PLT != 0;
        let mut p = self.places[number as usize];
        p.canonical = canonical;
        if indirect && needs & (need::PLT | need::CANONICAL_PLT | need::GOT) != 0 {
            // The slot that the PLT entry jumps through serves GOT loads too, unless the entry is the address.
            p.got = self.push_got(GotKind::Indirect, number);
            p.indirect = p.got;
            if needs & (need::PLT | need::CANONICAL_PLT) != 0 {
                p.iplt = self.iplt.len() as u32;
                self.iplt.push(number);
            }
            if canonical && needs & need::GOT != 0 {
                p.got = self.push_got(GotKind::Address, number);
            }
        } else {
            if needs & need::GOT != 0 {
                p.got = self.push_got(GotKind::Address, number);
            }
            if needs & (need::PLT | need::CANONICAL_PLT) != 0 && linking.dynamic {
                p.plt = self.plt.len() as u32;
                self.plt.push(number);
            }
        }
        if needs & need::GOTTP != 0 {
            p.gottp = self.push_got(GotKind::TlsOffset, number);
        }
        if needs & need::TLSGD != 0 {
            p.tlsgd = self.push_got(GotKind::TlsPair, number);
        }
        if needs & need::TLSDESC != 0 {
            p.tlsdesc = self.push_got(GotKind::TlsDescriptor, number);
        }
        self.places[number as usize] = p;
    }
}

impl Places {
    fn new(owner: Owner, attr: Attr) -> Self {
        Places {
            owner,
            attr,
            got: NONE,
            gottp: NONE,
            tlsgd: NONE,
            tlsdesc: NONE,
            plt: NONE,
            iplt: NONE,
            indirect: NONE,
            canonical: false,
            copy: NONE,
            dynsym: NONE,
        }
    }
}

/// Assigns all places.
pub fn assign(c: &Context<'_, '_>, needs: &Needs, cx: &Session) -> Slots {
    let _t = cx.time.phase("assign slots");
    let mut slots = Slots { of_global: vec![NONE; needs.global.len()], tls_module: NONE, ..Slots::default() };
    let locals: usize = needs.local.iter().map(Vec::len).sum();
    let count = needs.global.iter().filter(|bits| **bits != 0).count() + locals;
    slots.places.reserve(count);
    slots.got.reserve(count);
    slots.of_local.symbols.reserve_exact(locals);
    // Libraries are relocated before the executable: one that asked for the address of an indirect function of the
    // executable would run its resolver too early. The address of a PLT entry needs no resolver.
    let is_offered = |attr: Attr| attr.has(Attr::IFUNC) && attr.has(Attr::EXPORTED) && !c.linking.shared;
    for (id, &bits) in needs.global.iter().enumerate() {
        let (id, attr) = (SymbolId(id as u32), c.definitions.attr[id]);
        let bits = bits | if is_offered(attr) { need::CANONICAL_PLT } else { 0 };
        if bits == 0 {
            continue;
        }
        slots.global_mut(id, attr);
        let number = slots.of_global[id.idx()];
        slots.assign(number, bits, c.linking);
    }
    slots.of_local.first = slots.places.len();
    for (f, list) in needs.local.iter().enumerate() {
        let file = FileId(f as u32);
        slots.of_local.base.push(slots.of_local.symbols.len() as u32);
        let Some(object) = c.files[file].object() else { continue };
        for &(index, bits) in list {
            let site = super::relocs::Site { file, object, section: 0 };
            let attr = c.target(site, &Rela::new(0, 0, index, 0)).map(|target| target.attr);
            let number = slots.places.len() as u32;
            slots.places.push(Places::new(Owner::Local(file, index), attr.unwrap_or(Attr(0))));
            slots.of_local.symbols.push(index);
            // The scan counts no needs for what is no target; a gap would move the places that follow.
            slots.assign(number, if attr.is_some() { bits } else { 0 }, c.linking);
        }
    }
    slots.of_local.base.push(slots.of_local.symbols.len() as u32);
    if needs.tls_ld {
        slots.tls_module = slots.push_got(GotKind::TlsModule, NONE);
    }
    let copied: Vec<SymbolId> = (needs.global.iter().enumerate())
        .filter(|(_, n)| **n & need::COPY != 0)
        .map(|(id, _)| SymbolId(id as u32))
        .collect();
    copy_relocations(c, &mut slots, copied);
    slots
}

/// Allocates copies. Other names of the same data in its library are bound to the same copy: a program may use
/// `environ` where the library uses `__environ`.
fn copy_relocations(c: &Context<'_, '_>, slots: &mut Slots, mut copied: Vec<SymbolId>) {
    copied.sort_by_key(|id| c.definitions.winners[id.idx()]);
    let mut by_address: HashMap<(FileId, u64), u32> = HashMap::new();
    for id in copied {
        let winner = c.definitions.winners[id.idx()];
        let Some(shared) = c.files[winner.file()].shared() else { continue };
        let symbol = &shared.symbols[winner.index() as usize];
        let key = (winner.file(), symbol.value.get());
        let attr = c.definitions.attr[id.idx()];
        if let Some(&copy) = by_address.get(&key) {
            slots.global_mut(id, attr).copy = copy;
            continue;
        }
        // The section's alignment is an upper bound; the address often shows a smaller one.
        let section = shared.sections.get(usize::from(symbol.section.get()));
        let bound = section.map_or(16, |s| s.align.get().clamp(1, 4096));
        let align = (1u64 << symbol.value.get().trailing_zeros().min(12)).min(bound.next_power_of_two());
        let relro = is_read_only(shared, symbol.value.get());
        let chunk_size = slots.copies_size[usize::from(relro)];
        let offset = chunk_size.checked_next_multiple_of(align).unwrap_or(u64::MAX);
        let copy = slots.copies.len() as u32;
        // The largest of the names decides.
        let mut size = symbol.size.get();
        for (i, other) in shared.symbols.iter().enumerate().skip(shared.first_global as usize) {
            if other.value.get() == symbol.value.get()
                && other.section.get() == symbol.section.get()
                && other.kind() != STT_TLS
                && shared.offers(i as u32)
                && let Ok(name) = shared.symbol_name(i as u32)
                && let Some(alias) = c.interned.names.find(name)
                && c.definitions.winners[alias.idx()].file() == winner.file()
            {
                size = size.max(other.size.get());
                let attr = c.definitions.attr[alias.idx()];
                slots.global_mut(alias, attr).copy = copy;
            }
        }
        slots.global_mut(id, attr).copy = copy;
        slots.copies.push(Copied { id, size, align, offset, relro });
        slots.copies_size[usize::from(relro)] = offset.saturating_add(size.min(1 << 46));
        by_address.insert(key, copy);
    }
}

/// Whether the library may not write to `addr` either, once it is relocated.
fn is_read_only(shared: &Shared<'_>, addr: u64) -> bool {
    let holds = |s: &&Phdr| addr.wrapping_sub(s.vaddr.get()) < s.memsz.get();
    shared.segments.iter().filter(holds).any(|s| match s.kind.get() {
        PT_LOAD => s.flags.get() & PF_W == 0,
        kind => kind == PT_GNU_RELRO,
    })
}
