//! The final picture: where every symbol and every byte of every atom is.
//!
//! One function, `place_of`, answers where (atom, offset) went; nothing else adds an atom's address and an offset. Global
//! symbols get their address once, into one dense array.

use super::arch::x86_64::plt;
use super::atoms::Fate;
use super::definitions::Attr;
use super::dynsym::DynSymbols;
use super::eh_frame;
use super::expr::{Expr, Query, Value};
use super::format::*;
use super::frames::FileFrames;
use super::layout::{Chunk, Content, Layout};
use super::linker_defined::{Assigned, Boundary, Common};
use super::merge::{Merged, View};
use super::object::{Object, Place};
use super::per_symbol::PerSymbol;
use super::relocs::{Context, Needs, Site, Target};
use super::slots::{Places, Slots};
use super::symbols::Rank;
use super::texts::Assert;
use crate::base::diag::Reported;
use crate::base::ids::{AtomId, NONE, SymbolId};
use crate::base::session::Session;
use std::sync::Arc;

/// Everything that writing asks.
pub struct Image<'x, 'a> {
    /// Symbols and atoms.
    pub c: &'x Context<'x, 'a>,
    /// Places.
    pub layout: &'x Layout<'a>,
    /// Merged pieces.
    pub merged: &'x Merged<'a>,
    /// GOT, PLT, copies.
    pub slots: &'x Slots,
    /// Needs.
    pub needs: &'x Needs,
    /// Dynamic symbols.
    pub dynsym: &'x DynSymbols,
    /// Unwind records.
    pub frames: &'x [FileFrames],
    /// Which of them are written where.
    pub frame_plan: &'x eh_frame::Plan,
    /// Tentative definitions.
    pub commons: &'x [Common],
    /// Addresses of the tables that relocations ask for.
    pub tables: Tables,
    /// Address of each atom that is copied whole; [`DROPPED`] for those that are not kept, [`SPLIT`] for merged ones.
    pub atom_addr: Vec<u64>,
    /// Value of each symbol of each object, for relocations.
    pub near: Near,
    /// Address of each global symbol.
    pub symbol_addr: Vec<u64>,
    /// Section index of each of the linker's own symbols: [`SHN_ABS`] or a section header index.
    pub synthetic_section: Vec<u32>,
}

/// Addresses of chunks, looked up once; 0 for those that are not there.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Tables {
    pub got: u64,
    pub got_plt: u64,
    pub plt: u64,
    pub plt_sec: u64,
    pub iplt: u64,
}

impl Tables {
    /// From the final layout.
    pub fn new(layout: &Layout<'_>) -> Self {
        Tables {
            got: layout.chunk_addr(Chunk::Got),
            got_plt: layout.chunk_addr(Chunk::GotPlt),
            plt: layout.chunk_addr(Chunk::Plt),
            plt_sec: layout.chunk_addr(Chunk::PltSec),
            iplt: layout.chunk_addr(Chunk::Iplt),
        }
    }
}

impl<'x, 'a> Image<'x, 'a> {
    /// Where byte `offset` of `atom` is; `None` when the output does not have it.
    #[inline]
    pub fn atom_address(&self, atom: AtomId, offset: u64) -> Option<u64> {
        place_of(self.c, self.layout, self.merged, &self.atom_addr, atom, offset)
    }

    /// Whether the entry `value` of [`Near`] is an address.
    #[inline]
    pub fn is_plain(value: u64) -> bool {
        value & SPECIAL_BITS != SPECIAL
    }

    /// What the entry `value` of [`Near`] means with an addend; `None` where that takes more.
    #[inline]
    pub fn near_address(&self, value: u64, addend: i64) -> Option<u64> {
        if Image::is_plain(value) {
            return Some(value.wrapping_add(addend as u64));
        }
        let (addr, view) = self.near_view(value)?;
        Some(addr.wrapping_add(view.place(addend as u64)?))
    }

    /// For an entry of [`Near`] that stands for a merged atom: the address of its class, and where its bytes went.
    #[inline]
    pub fn near_view(&self, value: u64) -> Option<(u64, View<'x>)> {
        let view = self.merged.view(AtomId(u32::try_from(value.wrapping_sub(SPECIAL)).ok()?))?;
        Some((self.layout.classes[view.class].0, view))
    }

    /// The section header index of an atom.
    pub fn atom_section(&self, atom: AtomId, offset: u64) -> Option<u32> {
        if !self.c.kept.contains(atom.idx()) {
            return None;
        }
        match self.c.atoms.fate[atom.idx()] {
            Fate::Regular => Some(self.layout.parts[usize::from(self.c.atoms.part[atom.idx()])].1 + 1),
            Fate::Merged => Some(self.layout.classes[self.merged.place(atom, offset)?.0].1 + 1),
            Fate::Frames => {
                let frames = |s: &super::layout::OutSection<'_>| s.regions[0].content == Content::Chunk(Chunk::Frames);
                Some(self.layout.sections.iter().position(frames)? as u32 + 1)
            }
            _ => None,
        }
    }

    /// Whether a target has no address because it lies beyond what was merged, and not because that was dropped.
    #[cold]
    pub fn is_beyond(&self, site: Site<'_, 'a>, target: Target) -> bool {
        let atom = match target.id {
            Some(id) => AtomId(self.c.definitions.atom[id.idx()]),
            None => match site.object.place(target.index, &site.object.symbols[target.index as usize]) {
                Ok(Place::Section(section)) => self.c.numbering.atom(site.file, section),
                _ => return false,
            },
        };
        self.c.kept.contains(atom.idx()) && self.c.atoms.fate.get(atom.idx()) == Some(&Fate::Merged)
    }

    /// Value and addend of a relocation's target: a reference into a merged section by way of its section symbol uses
    /// up the addend. `None` when what it refers to was dropped.
    #[inline]
    pub fn value(&self, site: Site<'_, 'a>, target: Target, r: &Rela) -> Option<(u64, i64)> {
        if let Some(id) = target.id {
            let addr = self.symbol_addr[id.idx()];
            return (addr != DROPPED).then_some((addr, r.addend()));
        }
        self.local_value(site, target, r.addend())
    }

    #[inline]
    fn local_value(&self, site: Site<'_, 'a>, target: Target, addend: i64) -> Option<(u64, i64)> {
        let symbol = &site.object.symbols[target.index as usize];
        if target.attr.has(Attr::IFUNC)
            && let Some(places) = self.slots.local(site.file, target.index)
            && places.canonical
        {
            return Some((self.iplt_addr(places), addend));
        }
        match site.object.place(target.index, symbol) {
            Ok(Place::Section(section)) => {
                let atom = self.c.numbering.atom(site.file, section);
                if symbol.kind() == STT_SECTION && self.c.atoms.fate[atom.idx()] == Fate::Merged {
                    let offset = symbol.value.get().wrapping_add(addend as u64);
                    return Some((self.atom_address(atom, offset)?, 0));
                }
                Some((self.atom_address(atom, symbol.value.get())?, addend))
            }
            Ok(Place::Absolute) => Some((symbol.value.get(), addend)),
            Ok(Place::Undefined) => Some((0, addend)),
            _ => None,
        }
    }

    /// The address of a local symbol, for tables that need it outside of a relocation.
    pub fn local_address(&self, site: Site<'_, 'a>, index: u32) -> Option<u64> {
        let target = self.c.target(site, &Rela::new(0, 0, index, 0))?;
        Some(self.local_value(site, target, 0)?.0)
    }

    /// The places of a target.
    #[inline]
    pub fn places(&self, site: Site<'_, 'a>, target: Target) -> Option<&Places> {
        match target.id {
            Some(id) => self.slots.global(id),
            None => self.slots.local(site.file, target.index),
        }
    }

    /// Address of GOT slot number `slot`.
    pub fn got_addr(&self, slot: u32) -> u64 {
        self.tables.got + u64::from(slot) * 8
    }

    /// What `_GLOBAL_OFFSET_TABLE_` is: `.got.plt`, or `.got` without one.
    pub fn got_base(&self) -> u64 {
        if self.tables.got_plt == 0 { self.tables.got } else { self.tables.got_plt }
    }

    /// Address of the PLT entry of an indirect function.
    pub fn iplt_addr(&self, places: &Places) -> u64 {
        self.tables.iplt + u64::from(places.iplt) * plt::IPLT_ENTRY_SIZE
    }

    /// Address to call for a symbol with a PLT entry.
    pub fn plt_addr(&self, places: &Places) -> Option<u64> {
        if places.iplt != NONE {
            return Some(self.iplt_addr(places));
        }
        (places.plt != NONE).then(|| plt::entry_addr(&self.tables, places.plt))
    }
}

/// The address of a symbol whose definition was dropped, and of an atom that is not kept.
pub const DROPPED: u64 = u64::MAX - 1;
/// "Ask for each offset": the atom went to several places.
pub const SPLIT: u64 = u64::MAX - 2;

/// The value of each symbol of each object that is in, where it is something that nothing can stand in for: what nearly
/// all relocations ask for, in one load. [`FAR`] for those that need more thought, [`GONE`] for local symbols of sections
/// that the output does not have, and for section symbols of merged sections the number of the atom.
pub type Near = PerSymbol<u64>;

/// No address of x86-64 has these upper 16 bits, and the numbers of atoms are below them. What has them nevertheless is
/// [`FAR`].
const SPECIAL: u64 = 0x8000 << 48;
/// Ask for everything.
const FAR: u64 = SPECIAL | 0xffff_ffff_ffff;
/// There is no such place.
pub const GONE: u64 = FAR - 1;
const SPECIAL_BITS: u64 = 0xffff << 48;

/// Looks at every symbol of the objects that are in.
pub fn near(c: &Context<'_, '_>, atom_addr: &[u64], symbol_addr: &[u64], cx: &Session) -> Near {
    let _t = cx.time.phase("symbol values");
    let plain = |value: u64| if Image::is_plain(value) { value } else { FAR };
    let local = |f, object: &Object<'_>, i, symbol: &Sym| match object.place(i, symbol) {
        Ok(Place::Section(section)) if symbol.kind() != STT_GNU_IFUNC => {
            let atom = c.numbering.atom(f, section);
            match atom_addr[atom.idx()] {
                DROPPED => GONE,
                SPLIT => {
                    let is_whole = symbol.kind() == STT_SECTION && symbol.value.get() == 0;
                    let is_merged = c.atoms.fate[atom.idx()] == Fate::Merged;
                    if is_whole && is_merged { SPECIAL | u64::from(atom.0) } else { FAR }
                }
                addr => plain(addr.wrapping_add(symbol.value.get())),
            }
        }
        _ => FAR,
    };
    PerSymbol::new((c.files, c.numbering, c.interned), &cx.par, local, |id| match symbol_addr[id.idx()] {
        addr if addr != DROPPED && c.definitions.attr[id.idx()].is_near() => plain(addr),
        _ => FAR,
    })
}

/// The address of each atom, in the memory of the offsets in parts: these are gone from `layout` then, and nobody needs
/// them any more.
pub fn atom_addresses(c: &Context<'_, '_>, layout: &mut Layout<'_>, cx: &Session) -> Vec<u64> {
    let _t = cx.time.phase("atom addresses");
    const BLOCK: usize = 16_384;
    let mut addr = match Arc::get_mut(&mut layout.sizes) {
        Some(sizes) => std::mem::take(&mut sizes.offset),
        None => layout.sizes.offset.clone(),
    };
    let jobs: Vec<_> = addr.chunks_mut(BLOCK).enumerate().collect();
    cx.par.consume(jobs, c.atoms.fate.len() as u64 * 16, |(b, chunk)| {
        for (i, addr) in chunk.iter_mut().enumerate() {
            let atom = b * BLOCK + i;
            *addr = match c.atoms.fate[atom] {
                _ if !c.kept.contains(atom) => DROPPED,
                Fate::Regular => layout.parts[usize::from(c.atoms.part[atom])].0.wrapping_add(*addr),
                Fate::Merged | Fate::Frames => SPLIT,
                Fate::Skipped | Fate::Dropped => DROPPED,
            };
        }
    });
    addr
}

#[inline]
fn place_of(
    c: &Context<'_, '_>,
    layout: &Layout<'_>,
    merged: &Merged<'_>,
    atom_addr: &[u64],
    atom: AtomId,
    offset: u64,
) -> Option<u64> {
    match atom_addr[atom.idx()] {
        DROPPED => None,
        SPLIT if c.atoms.fate[atom.idx()] == Fate::Merged => {
            let (class, at) = merged.place(atom, offset)?;
            Some(layout.classes[class].0.wrapping_add(at))
        }
        // Start-up files mark the beginning of `.eh_frame` for registration.
        SPLIT => Some(layout.chunk_addr(Chunk::Frames)),
        addr => Some(addr.wrapping_add(offset)),
    }
}

/// The address of each global symbol and the section of each of the linker's own.
#[allow(clippy::too_many_arguments)]
pub fn addresses(
    c: &Context<'_, '_>,
    layout: &Layout<'_>,
    (merged, atom_addr): (&Merged<'_>, &[u64]),
    slots: &Slots,
    commons: &[Common],
    (assigned, asserts): (&[Assigned<'_>], &[Assert<'_, '_>]),
    cx: &Session,
) -> Result<(Vec<u64>, Vec<u32>), Reported> {
    let _t = cx.time.phase("symbol addresses");
    let d = c.definitions;
    const BLOCK: usize = 8192;
    let count = d.attr.len();
    let mut addr = vec![0u64; count];
    let jobs: Vec<_> = addr.chunks_mut(BLOCK).enumerate().collect();
    let copies = [false, true]
        .map(|relro| layout.find(Content::Copies { relro }).map_or(layout.image_base, |(s, r)| s.addr + r.offset));
    let tables = Tables::new(layout);
    cx.par.consume(jobs, count as u64 * 32, |(b, chunk)| {
        for (i, addr) in chunk.iter_mut().enumerate() {
            let id = b * BLOCK + i;
            if d.atom[id] != NONE {
                let place = place_of(c, layout, merged, atom_addr, AtomId(d.atom[id]), d.value[id]);
                *addr = place.unwrap_or(DROPPED);
            } else if d.attr[id].has(Attr::ABSOLUTE) {
                *addr = d.value[id];
            }
            if let Some(p) = slots.global(SymbolId(id as u32)) {
                if p.copy != NONE {
                    let copied = &slots.copies[p.copy as usize];
                    *addr = copies[usize::from(copied.relro)] + copied.offset;
                } else if p.canonical && p.iplt != NONE {
                    *addr = tables.iplt + u64::from(p.iplt) * plt::IPLT_ENTRY_SIZE;
                } else if p.canonical && p.plt != NONE {
                    *addr = plt::entry_addr(&tables, p.plt);
                }
            }
        }
    });
    let mut sections = Vec::with_capacity(d.synthetic.len());
    for (i, s) in d.synthetic.iter().enumerate() {
        if d.winners[s.id.idx()] != Rank::new(d.winners[s.id.idx()].class(), crate::base::ids::FileId(0), i as u32) {
            sections.push(u32::from(SHN_ABS));
            continue;
        }
        let (value, section) = boundary(layout, commons, c.linking.shared, &s.boundary);
        addr[s.id.idx()] = value;
        sections.push(section);
    }
    for (i, s) in d.synthetic.iter().enumerate() {
        if let Boundary::Expression(e) = s.boundary {
            let result = evaluate(c, layout, &assigned[e as usize].expr, &addr, &sections);
            match result {
                Ok(value) => {
                    addr[s.id.idx()] = value.value;
                    sections[i] = value.section.unwrap_or(u32::from(SHN_ABS));
                }
                Err(what) => {
                    let name = String::from_utf8_lossy(assigned[e as usize].name);
                    cx.diag.error(format_args!("{name} = …: {what}"));
                }
            }
        }
    }
    for assert in asserts {
        match evaluate(c, layout, assert.condition, &addr, &sections) {
            Ok(value) if value.value != 0 => {}
            Ok(_) => cx.diag.error(format_args!("assertion failed: {}", String::from_utf8_lossy(assert.message))),
            Err(what) => cx.diag.error(format_args!("ASSERT: {what}")),
        }
    }
    cx.diag.checkpoint()?;
    Ok((addr, sections))
}

/// Address and section header index of what the linker defines.
fn boundary(layout: &Layout<'_>, commons: &[Common], shared: bool, boundary: &Boundary<'_>) -> (u64, u32) {
    let alloc = || layout.sections.iter().enumerate().filter(|(_, s)| s.is_alloc() && !s.is_tbss());
    let end_of = |found: Option<(usize, &super::layout::OutSection<'_>)>| match found {
        Some((i, s)) => (s.addr + s.size, i as u32 + 1),
        None => (layout.image_base, u32::from(SHN_ABS)),
    };
    let small = |s: &super::layout::OutSection<'_>| s.flags & SHF_X86_64_LARGE == 0;
    match boundary {
        Boundary::ImageStart => (layout.image_base, if layout.sections.is_empty() { SHN_ABS.into() } else { 1 }),
        Boundary::ImageEnd => end_of(alloc().filter(|(_, s)| small(s)).max_by_key(|(_, s)| s.addr + s.size)),
        Boundary::TextEnd => end_of(alloc().rfind(|(_, s)| s.flags & SHF_EXECINSTR != 0 && small(s))),
        Boundary::DataEnd => end_of(alloc().rfind(|(_, s)| s.has_bytes() && small(s))),
        Boundary::BssStart => match alloc().find(|(_, s)| !s.has_bytes() && small(s)) {
            Some((i, s)) => (s.addr, i as u32 + 1),
            None => end_of(alloc().rfind(|(_, s)| s.has_bytes() && small(s))),
        },
        Boundary::SectionStart(name) => match layout.by_name(name).or_else(|| fallback(layout, name)) {
            Some((i, s)) => (s.addr, i as u32 + 1),
            None => (layout.image_base, SHN_ABS.into()),
        },
        Boundary::SectionStop(name) => match layout.by_name(name) {
            Some((i, s)) => (s.addr + s.size, i as u32 + 1),
            None => (layout.image_base, SHN_ABS.into()),
        },
        Boundary::IpltRelocationsStart | Boundary::IpltRelocationsStop => {
            // Only where no dynamic linker applies them is there such a table.
            match layout.sections.iter().position(|s| *s.name == *b".rela.iplt") {
                Some(i) => {
                    let s = &layout.sections[i];
                    let stop = matches!(boundary, Boundary::IpltRelocationsStop);
                    (s.addr + if stop { s.size } else { 0 }, i as u32 + 1)
                }
                None => (layout.image_base, SHN_ABS.into()),
            }
        }
        Boundary::TlsModuleBase => {
            let first = layout.sections.iter().position(|s| s.flags & SHF_TLS != 0);
            // In a program offsets in the module were rewritten to count from the thread pointer.
            let base = if shared { layout.tls.0 } else { layout.tls.1 };
            (base, first.map_or(SHN_ABS.into(), |i| i as u32 + 1))
        }
        Boundary::Common(i) => {
            let common = &commons[*i as usize];
            match layout.find(Content::Commons { tls: common.tls }) {
                Some((s, r)) => {
                    let index = layout.sections.iter().position(|x| x.addr == s.addr && x.name == s.name);
                    (s.addr + r.offset + common.offset, index.map_or(SHN_ABS.into(), |i| i as u32 + 1))
                }
                // Of no size at all.
                None => (layout.image_base, SHN_ABS.into()),
            }
        }
        Boundary::Expression(_) => (0, SHN_ABS.into()),
    }
}

/// Without a PLT of its own, the GOT is what `_GLOBAL_OFFSET_TABLE_` means.
fn fallback<'l, 'a>(layout: &'l Layout<'a>, name: &[u8]) -> Option<(usize, &'l super::layout::OutSection<'a>)> {
    if name == b".got.plt" { layout.by_name(b".got") } else { None }
}

fn evaluate(
    c: &Context<'_, '_>,
    layout: &Layout<'_>,
    expr: &Expr<'_>,
    addr: &[u64],
    sections: &[u32],
) -> Result<Value, String> {
    let d = c.definitions;
    let symbol = |name: &[u8]| {
        let id = c.interned.names.find(name)?;
        let attr = d.attr[id.idx()];
        if !attr.has(Attr::DEFINED) {
            return None;
        }
        let value = addr[id.idx()];
        let winner = d.winners[id.idx()];
        let section = match () {
            _ if attr.has(Attr::ABSOLUTE) => None,
            _ if winner.file().0 == 0 => {
                sections.get(winner.index() as usize).copied().filter(|s| *s != u32::from(SHN_ABS))
            }
            _ => layout
                .sections
                .iter()
                .position(|s| s.is_alloc() && s.addr <= value && value <= s.addr + s.size)
                .map(|i| i as u32 + 1),
        };
        Some(Value { value, section })
    };
    let section = |name: &[u8]| layout.by_name(name).map(|(i, s)| (i as u32 + 1, s));
    let result = expr.eval(&mut |query| match query {
        Query::Symbol(name) => symbol(name),
        Query::Defined(name) => symbol(name),
        Query::Address(name) | Query::LoadAddress(name) => section(name).map(|(i, s)| Value::in_section(i, s.addr)),
        Query::Size(name) => Some(Value::absolute(section(name).map_or(0, |(_, s)| s.size))),
        Query::Alignment(name) => Some(Value::absolute(section(name).map_or(0, |(_, s)| s.align))),
        Query::HeadersSize => Some(Value::absolute(layout.header_size)),
        Query::MaxPageSize => Some(Value::absolute(super::layout::page_sizes(c.args).0)),
        Query::CommonPageSize => Some(Value::absolute(super::layout::page_sizes(c.args).1)),
        Query::Here => {
            let end = layout.sections.iter().filter(|s| s.is_alloc()).map(|s| s.addr + s.size).max();
            end.map(Value::absolute)
        }
    });
    result.map_err(|e| e.to_string())
}
