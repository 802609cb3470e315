//! `.symtab` and `.strtab`: for debuggers, profilers and `nm`; nothing reads them at run time.
//!
//! Local symbols are chosen once atoms are final. Jobs are files, or pieces of large ones, both to choose and to write.
//! A global symbol is written by the file that defines it; undefined ones and the linker's own come last.
//! Cost: one walk over the symbols of kept files and their names, then those that were chosen; 8 bytes for each of them.

use super::definitions::Attr;
use super::format::*;
use super::image::{DROPPED, Image};
use super::object::{NAMES_AHEAD, Object, Place};
use super::relocs::Context;
use super::symbols::{Kind, check_names, seen};
use crate::args::elf::{Discard, Strip};
use crate::base::carve;
use crate::base::ids::{FileId, NONE, SymbolId};
use crate::base::session::Session;
use crate::base::view::Malformed;
use sinew_mmap::memory::prefetch;
use std::collections::HashSet;
use std::ops::Range;
use zerocopy::IntoBytes;

/// Room that the symbols of a file, or of a piece of a large one, take.
#[derive(Debug, Clone, Copy, Default)]
pub struct Share {
    /// Whose they are; of file 0, the linker's own and what no file defines.
    pub file: FileId,
    /// Number of local symbols (hidden ones included).
    pub locals: u32,
    /// Number of global symbols.
    pub globals: u32,
    /// Bytes of names.
    pub strings: u64,
    /// Where in [`Plan::chosen`] they are listed.
    chosen: (u32, u32),
}

/// The whole table.
#[derive(Debug, Default)]
pub struct Plan {
    /// In the order of files.
    pub shares: Vec<Share>,
    /// Number of symbols, the null symbol included; 0 when there is no table.
    pub count: u64,
    /// Number of local symbols, the null symbol included.
    pub local_count: u32,
    /// Bytes of `.strtab`.
    pub string_size: u64,
    /// Section symbols after the null symbol (`--emit-relocs`): number so-and-so is for section so-and-so.
    pub section_symbols: u32,
    /// What is written, by job; a file's are in the order in which they are written.
    chosen: Vec<Vec<Chosen>>,
}

/// One symbol that goes to the output. To find its end, or that it is not wanted, its name had to be read: that need
/// not be done again.
#[derive(Debug, Clone, Copy)]
struct Chosen {
    /// Its index in the table of its file, or its id among those that no file defines.
    index: u32,
    /// Bytes of its name.
    name_size: u32,
}

/// Chooses what will be written.
pub fn plan(c: &Context<'_, '_>, retained: Option<HashSet<Vec<u8>>>, cx: &Session) -> Plan {
    let _t = cx.time.phase("size .symtab");
    let mut plan = Plan::default();
    if c.args.strip == Strip::All {
        return plan;
    }
    let keep = |name: &[u8]| retained.as_ref().is_none_or(|set| set.contains(name));
    let own: Vec<_> = (0..c.definitions.attr.len()).step_by(BLOCK).collect();
    let base = c.numbering.row(c.files, |object| object.symbols.len());
    let cuts = carve::cuts(&base, BLOCK as u64);
    let found = cx.par.map(own.len() + cuts.len(), base[base.len() - 1] * 48, |j| {
        let (mut shares, mut chosen) = (Vec::new(), Vec::with_capacity(8192));
        let Some(cut) = j.checked_sub(own.len()) else {
            let mut choice = Choice::new(c, &keep, FileId(0), false, &mut chosen);
            others(c, own[j]..c.definitions.attr.len().min(own[j] + BLOCK), &mut choice);
            shares.push((choice.share, choice.source));
            return (shares, chosen);
        };
        for (file, symbols) in carve::pieces(&base, cuts[cut].clone()) {
            let Some(object) = c.files[file].object() else { continue };
            let mut choice = Choice::new(c, &keep, file, symbols.start > 0, &mut chosen);
            if let Err(error) = of_object(c, object, symbols, &mut choice) {
                c.files.malformed(file, &error, cx);
            }
            shares.push((choice.share, choice.source));
        }
        // A job may find few; what it does not need serves the next one.
        chosen.shrink_to_fit();
        (shares, chosen)
    });
    let mut pending = None;
    for (j, (shares, mut chosen)) in found.into_iter().enumerate() {
        for (mut share, source) in shares {
            share.chosen.0 = j as u32;
            pending = source.join(c, &mut share, &mut chosen, pending);
            plan.shares.push(share);
        }
        plan.chosen.push(chosen);
    }
    let locals: u64 = plan.shares.iter().map(|s| u64::from(s.locals)).sum();
    let globals: u64 = plan.shares.iter().map(|s| u64::from(s.globals)).sum();
    plan.count = 1 + locals + globals;
    plan.local_count = locals as u32 + 1;
    plan.string_size = 1 + plan.shares.iter().map(|s| s.strings).sum::<u64>();
    if plan.string_size.max(plan.count) > u64::from(u32::MAX) {
        let (count, size) = (plan.count, plan.string_size);
        cx.diag.error(format_args!(
            "{count} symbols with {size} bytes of names; .symtab holds 4 GiB of them (-s leaves it out)"
        ));
    }
    plan
}

impl Plan {
    /// Puts a symbol for each of `count` sections in front.
    pub fn add_section_symbols(&mut self, count: u32) {
        self.section_symbols = count;
        self.local_count += count;
        self.count += u64::from(count);
    }

    /// The number of each name that the table has; [`NONE`] for the others.
    pub fn numbers(&self, c: &Context<'_, '_>) -> Vec<u32> {
        let mut numbers = vec![NONE; c.interned.names.len()];
        let (mut local, mut global) = (1 + self.section_symbols, self.local_count);
        for share in &self.shares {
            for chosen in self.chosen(share) {
                let origin = origin(c, share.file, chosen.index);
                let next = if is_local(c, origin) { &mut local } else { &mut global };
                if let Origin::Defined(id, _) | Origin::Other(id) = origin {
                    numbers[id.idx()] = *next;
                }
                *next += 1;
            }
        }
        numbers
    }

    fn chosen(&self, share: &Share) -> &[Chosen] {
        let (list, first) = share.chosen;
        &self.chosen[list as usize][first as usize..][..(share.locals + share.globals) as usize]
    }
}

/// Where the value of a symbol comes from.
#[derive(Clone, Copy)]
enum Origin<'o, 'a> {
    /// A local symbol of an object.
    Local(&'o Object<'a>),
    /// A name that an object defines.
    Defined(SymbolId, &'o Object<'a>),
    /// A name that the linker or nobody defines.
    Other(SymbolId),
}

#[inline]
fn origin<'o, 'a>(c: &'o Context<'_, 'a>, f: FileId, index: u32) -> Origin<'o, 'a> {
    match c.files[f].object() {
        Some(object) if index < object.first_global => Origin::Local(object),
        Some(object) => Origin::Defined(c.interned.id(f, index, object.first_global), object),
        None => Origin::Other(SymbolId(index)),
    }
}

/// Whether it stands among the local symbols.
#[inline]
fn is_local(c: &Context<'_, '_>, origin: Origin<'_, '_>) -> bool {
    let d = c.definitions;
    match origin {
        Origin::Local(_) => true,
        Origin::Defined(id, _) => d.attr[id.idx()].has(Attr::LOCAL),
        Origin::Other(id) => {
            let (attr, winner) = (d.attr[id.idx()], d.winners[id.idx()]);
            let own = attr.has(Attr::DEFINED) && winner.file().0 == 0;
            own && (attr.has(Attr::LOCAL) || d.synthetic[winner.index() as usize].visibility == STV_HIDDEN)
        }
    }
}

/// Symbols that one job looks at.
const BLOCK: usize = 32 << 10;

/// The choice among the symbols of one share.
struct Choice<'x, 'a> {
    c: &'x Context<'x, 'a>,
    keep: &'x (dyn Fn(&[u8]) -> bool + Sync),
    share: Share,
    source: Source,
    chosen: &'x mut Vec<Chosen>,
}

/// The name of a source file (STT_FILE) is written once a symbol is that comes after it. What a piece knows of that:
#[derive(Debug, Clone, Copy, Default)]
struct Source {
    /// It has seen no such name, and chosen nothing: what was pending before it still is.
    is_before: bool,
    /// What is pending at its start comes in front of all that it has chosen.
    is_wanted: bool,
    /// What is pending at its end.
    pending: Option<u32>,
}

impl<'x, 'a> Choice<'x, 'a> {
    fn new(
        c: &'x Context<'x, 'a>,
        keep: &'x (dyn Fn(&[u8]) -> bool + Sync),
        file: FileId,
        is_before: bool,
        chosen: &'x mut Vec<Chosen>,
    ) -> Self {
        let share = Share { file, chosen: (0, chosen.len() as u32), ..Share::default() };
        Choice { c, keep, share, source: Source { is_before, ..Source::default() }, chosen }
    }

    /// Symbol `index` names the source of those that follow it.
    fn source(&mut self, index: u32) {
        (self.source.is_before, self.source.pending) = (false, Some(index));
    }

    /// Takes symbol `index` if its name is to be kept.
    #[inline]
    fn offer(&mut self, index: u32, name: &[u8], is_local: bool) {
        if !(self.keep)(name) {
            return;
        }
        if std::mem::take(&mut self.source.is_before) {
            self.source.is_wanted = true;
        } else if let Some(file) = self.source.pending.take()
            && let Some(name_size) = source_name_size(self.c, self.share.file, file)
        {
            self.add(file, name_size, true);
        }
        self.add(index, name.len(), is_local);
    }

    #[inline]
    fn add(&mut self, index: u32, name_size: usize, is_local: bool) {
        self.share.add(name_size, is_local);
        self.chosen.push(Chosen { index, name_size: name_size as u32 });
    }
}

impl Share {
    #[inline]
    fn add(&mut self, name_size: usize, is_local: bool) {
        *(if is_local { &mut self.locals } else { &mut self.globals }) += 1;
        self.strings += name_size as u64 + 1;
    }
}

impl Source {
    /// Puts what is `pending` in front of a share that wants it. Returns what is pending behind it.
    fn join(
        self,
        c: &Context<'_, '_>,
        share: &mut Share,
        chosen: &mut Vec<Chosen>,
        pending: Option<u32>,
    ) -> Option<u32> {
        if self.is_wanted
            && let Some(index) = pending
            && let Some(name_size) = source_name_size(c, share.file, index)
        {
            // The only share of its job, as pieces of files are.
            share.add(name_size, true);
            chosen.insert(share.chosen.1 as usize, Chosen { index, name_size: name_size as u32 });
        }
        if self.is_before { pending } else { self.pending }
    }
}

/// The size of a source file's name, if the output has such names.
fn source_name_size(c: &Context<'_, '_>, file: FileId, index: u32) -> Option<usize> {
    let object = c.files[file].object().filter(|_| c.args.discard != Discard::All);
    object.and_then(|o| o.symbol_name(index).ok()).map(|name| name.len())
}

/// Chooses among some symbols of an object.
fn of_object(
    c: &Context<'_, '_>,
    object: &Object<'_>,
    symbols: Range<u32>,
    choice: &mut Choice<'_, '_>,
) -> Result<(), Malformed> {
    let f = choice.share.file;
    let limit = object.name_limit(symbols.len(), object.symbols.len());
    let locals = &object.symbols[..object.first_global as usize];
    for i in symbols.start.max(1)..symbols.end.min(object.first_global) {
        let symbol = &locals[i as usize];
        locals.get(i as usize + NAMES_AHEAD).inspect(|later| object.prefetch_name(later));
        if symbol.kind() == STT_FILE {
            choice.source(i);
        } else if let Some(name) = kept_local(c, f, object, i, symbol) {
            choice.offer(i, name, true);
            check_names(choice.share.strings as usize, limit)?;
        }
    }
    let all = c.interned.slots(f).start;
    let slot_of = |index: u32| all + (index - object.first_global) as usize;
    let end = slot_of(symbols.end.max(object.first_global));
    let is_candidate = |slot: usize| {
        let kind = c.interned.kinds[slot];
        kind.is_definition() && kind.class() != Kind::COMMON
    };
    for index in symbols.start.max(object.first_global)..symbols.end {
        let slot = slot_of(index);
        let later = slot + NAMES_AHEAD;
        if later < end && is_candidate(later) {
            let id = SymbolId(c.interned.ids[later]);
            prefetch(&c.definitions.winners[id.idx()]);
            prefetch(&c.definitions.atom[id.idx()]);
            c.interned.names.prefetch(id);
        }
        if !is_candidate(slot) {
            continue;
        }
        let id = SymbolId(c.interned.ids[slot]);
        let winner = c.definitions.winners[id.idx()];
        if winner.file() != f || winner.index() != index {
            continue;
        }
        let atom = c.definitions.atom[id.idx()];
        if atom == NONE || c.kept.contains(atom as usize) {
            // What the object's own table has, but for a version behind it.
            choice.offer(index, c.interned.names.name(id), c.definitions.attr[id.idx()].has(Attr::LOCAL));
        }
    }
    check_names(choice.share.strings as usize, limit)
}

/// The name of a local symbol that the output keeps.
fn kept_local<'a>(c: &Context<'_, 'a>, f: FileId, object: &Object<'a>, i: u32, symbol: &Sym) -> Option<&'a [u8]> {
    if symbol.kind() == STT_SECTION || c.args.discard == Discard::All {
        return None;
    }
    match object.place(i, symbol).ok()? {
        Place::Section(section) if c.kept.contains(c.numbering.atom(f, section).idx()) => {}
        Place::Absolute => {}
        _ => return None,
    }
    let name = object.symbol_name(i).ok()?;
    let is_temporary = name.starts_with(b".L") && c.args.discard != Discard::None;
    (!name.is_empty() && !is_temporary).then_some(name)
}

/// Of the names with these ids, those undefined and imported ones that objects refer to, and what the linker defines.
fn others(c: &Context<'_, '_>, ids: Range<usize>, choice: &mut Choice<'_, '_>) {
    let d = c.definitions;
    for (id, attr) in ids.clone().zip(&d.attr[ids]) {
        let own = attr.has(Attr::DEFINED) && d.winners[id].file().0 == 0;
        let foreign =
            attr.has(Attr::SHARED | Attr::UNDEFINED | Attr::UNDEFINED_WEAK) && d.seen[id] & seen::REFERENCED != 0;
        if own || foreign {
            let id = SymbolId(id as u32);
            choice.offer(id.0, c.interned.names.name(id), is_local(c, Origin::Other(id)));
        }
    }
}

/// The three pieces of the file that one share fills.
pub struct Pieces<'o> {
    /// Local symbols.
    pub locals: &'o mut [u8],
    /// Global symbols.
    pub globals: &'o mut [u8],
    /// Names.
    pub strings: &'o mut [u8],
    /// Offset of `strings` in `.strtab`.
    pub string_base: u64,
}

/// Writes the symbols of some shares: every byte of their pieces.
pub fn write(image: &Image<'_, '_>, plan: &Plan, shares: Range<usize>, pieces: Pieces<'_>) {
    let c = image.c;
    let (mut locals, mut globals) = (pieces.locals.chunks_exact_mut(24), pieces.globals.chunks_exact_mut(24));
    let mut at = 0usize;
    for share in &plan.shares[shares] {
        let (f, list, near) = (share.file, plan.chosen(share), image.near.of(share.file));
        for (i, chosen) in list.iter().enumerate() {
            if let (Some(later), Some(object)) = (list.get(i + NAMES_AHEAD), c.files[f].object()) {
                object.prefetch_name(&object.symbols[later.index as usize]);
            }
            let (index, size) = (chosen.index, chosen.name_size as usize);
            let origin = origin(c, f, index);
            // Found in the order of the file, where it is known; anything else lies in the order of names.
            let addr = near.get(index as usize).copied().filter(|value| Image::is_plain(*value));
            let (name, mut symbol) = match origin {
                Origin::Local(object) => (name_at(object, index), local(image, f, object, index, addr)),
                Origin::Defined(id, object) => {
                    let source = object.symbols[index as usize];
                    let section = section_of(image, f, index, &source);
                    let addr = addr.unwrap_or_else(|| image.symbol_addr[id.idx()]);
                    (name_at(object, index), defined(image, id, source, section, addr))
                }
                Origin::Other(id) => (c.interned.names.name(id), other(image, id)),
            };
            pieces.strings[at..at + size].copy_from_slice(&name[..size]);
            pieces.strings[at + size] = 0;
            symbol.name = ((pieces.string_base + at as u64) as u32).into();
            at += size + 1;
            let is_local = is_local(c, origin);
            if is_local {
                symbol.info = STB_LOCAL << 4 | symbol.info & 15;
            } else if symbol.bind() == STB_GNU_UNIQUE && !c.args.gnu_unique {
                symbol.info = STB_GLOBAL << 4 | symbol.info & 15;
            }
            let out = if is_local { locals.next() } else { globals.next() };
            out.expect("as many symbols as were counted").copy_from_slice(symbol.as_bytes());
        }
    }
}

/// The name of a symbol and what follows it: its end is known.
fn name_at<'a>(object: &Object<'a>, index: u32) -> &'a [u8] {
    object.strings.get(object.symbols[index as usize].name.get() as usize..).unwrap_or(&[])
}

fn section_index(section: Option<u32>) -> u16 {
    // More than 65,279 output sections are refused at layout.
    section.map_or(SHN_ABS, |s| s as u16)
}

fn section_of(image: &Image<'_, '_>, f: FileId, i: u32, symbol: &Sym) -> Option<u32> {
    let object = image.c.files[f].object()?;
    match object.place(i, symbol).ok()? {
        Place::Section(section) => image.atom_section(image.c.numbering.atom(f, section), symbol.value.get()),
        _ => None,
    }
}

/// Writes the section symbols.
pub fn write_section_symbols(image: &Image<'_, '_>, out: &mut [u8]) {
    for (i, (section, out)) in image.layout.sections.iter().zip(out.chunks_exact_mut(24)).enumerate() {
        let section_number = section_index(Some(i as u32 + 1)).into();
        let info = STB_LOCAL << 4 | STT_SECTION;
        let symbol = Sym { info, section: section_number, value: section.addr.into(), ..Sym::default() };
        out.copy_from_slice(symbol.as_bytes());
    }
}

/// Symbols of type STT_TLS hold offsets in the TLS block.
fn value_of(image: &Image<'_, '_>, kind: u8, addr: u64) -> u64 {
    if kind == STT_TLS { addr.wrapping_sub(image.layout.tls.0) } else { addr }
}

fn local(image: &Image<'_, '_>, f: FileId, object: &Object<'_>, i: u32, addr: Option<u64>) -> Sym {
    let mut symbol = object.symbols[i as usize];
    symbol.other = 0;
    match object.place(i, &symbol) {
        Ok(Place::Section(section)) => {
            let atom = image.c.numbering.atom(f, section);
            let addr = addr.or_else(|| image.atom_address(atom, symbol.value.get())).unwrap_or(0);
            symbol.section = section_index(image.atom_section(atom, symbol.value.get())).into();
            symbol.value = value_of(image, symbol.kind(), addr).into();
        }
        _ => symbol.section = SHN_ABS.into(),
    }
    symbol
}

fn defined(image: &Image<'_, '_>, id: SymbolId, mut symbol: Sym, section: Option<u32>, addr: u64) -> Sym {
    let addr = if addr == DROPPED { 0 } else { addr };
    symbol.value = value_of(image, symbol.kind(), addr).into();
    symbol.section = section_index(section).into();
    symbol.other = visibility(image, id, symbol.visibility());
    // A canonical entry makes an indirect function an ordinary one for everyone else.
    if symbol.kind() == STT_GNU_IFUNC
        && let Some(p) = image.slots.global(id)
        && p.canonical
    {
        symbol.info = symbol.info & 0xf0 | STT_FUNC;
        let iplt = image.layout.sections.iter().position(|s| *s.name == *b".iplt");
        symbol.section = section_index(iplt.map(|i| i as u32 + 1)).into();
    }
    symbol
}

fn visibility(image: &Image<'_, '_>, id: SymbolId, own: u8) -> u8 {
    let seen = image.c.definitions.seen[id.idx()];
    if seen & seen::HIDDEN != 0 {
        return if own == STV_INTERNAL { STV_INTERNAL } else { STV_HIDDEN };
    }
    if seen & seen::PROTECTED != 0 { STV_PROTECTED } else { own }
}

/// What the linker defines, or nobody here.
fn other(image: &Image<'_, '_>, id: SymbolId) -> Sym {
    let d = image.c.definitions;
    let winner = d.winners[id.idx()];
    let attr = d.attr[id.idx()];
    if attr.has(Attr::DEFINED) {
        let section = image.synthetic_section[winner.index() as usize];
        let synthetic = &d.synthetic[winner.index() as usize];
        let (kind, size) = match synthetic.boundary {
            super::linker_defined::Boundary::Common(i) => {
                let common = &image.commons[i as usize];
                (if common.tls { STT_TLS } else { STT_OBJECT }, common.size)
            }
            super::linker_defined::Boundary::TlsModuleBase => (STT_TLS, 0),
            super::linker_defined::Boundary::Expression(_) => (alias_kind(image, synthetic.alias), 0),
            _ => (STT_NOTYPE, 0),
        };
        return Sym {
            info: STB_GLOBAL << 4 | kind,
            other: visibility(image, id, synthetic.visibility),
            section: (section as u16).into(),
            value: value_of(image, kind, image.symbol_addr[id.idx()]).into(),
            size: size.into(),
            ..Sym::default()
        };
    }
    imported(image, id)
}

/// The type of a second name is that of the first.
fn alias_kind(image: &Image<'_, '_>, alias: Option<SymbolId>) -> u8 {
    let Some(winner) = alias.map(|id| image.c.definitions.winners[id.idx()]) else { return STT_NOTYPE };
    let object = image.c.files.list.get(winner.file().idx()).and_then(|f| f.object());
    match object.and_then(|o| o.symbols.get(winner.index() as usize)).map_or(STT_NOTYPE, |s| s.kind()) {
        STT_GNU_IFUNC => STT_FUNC,
        kind => kind,
    }
}

/// A symbol of another module, as `.symtab` and `.dynsym` show it.
fn imported(image: &Image<'_, '_>, id: SymbolId) -> Sym {
    let c = image.c;
    let d = c.definitions;
    let attr = d.attr[id.idx()];
    let winner = d.winners[id.idx()];
    let source = c.files.list.get(winner.file().idx()).and_then(|f| f.shared()).filter(|_| attr.has(Attr::SHARED));
    let source = source.map(|s| s.symbols[winner.index() as usize]);
    let kind = match source.map_or(STT_NOTYPE, |s| s.kind()) {
        STT_GNU_IFUNC => STT_FUNC,
        kind => kind,
    };
    let bind = if attr.has(Attr::WEAK) { STB_WEAK } else { STB_GLOBAL };
    let mut symbol = Sym { info: bind << 4 | kind, ..Sym::default() };
    if let Some(p) = image.slots.global(id) {
        if p.copy != crate::base::ids::NONE {
            let copied = &image.slots.copies[p.copy as usize];
            let content = super::layout::Content::Copies { relro: copied.relro };
            let holds = |s: &super::layout::OutSection<'_>| s.regions.iter().any(|r| r.content == content);
            let index = image.layout.sections.iter().position(holds).map_or(SHN_ABS.into(), |i| i + 1);
            symbol.info = source.map_or(STB_GLOBAL, |s| s.bind()) << 4 | kind;
            symbol.section = (index as u16).into();
            symbol.value = image.symbol_addr[id.idx()].into();
            symbol.size = source.map_or(copied.size, |s| s.size.get()).into();
        } else if p.canonical {
            symbol.value = image.symbol_addr[id.idx()].into();
        }
    }
    symbol
}

/// The entry of `.dynsym` for `id`, without its name.
pub fn dynamic(image: &Image<'_, '_>, id: SymbolId) -> Sym {
    let d = image.c.definitions;
    let winner = d.winners[id.idx()];
    if !d.attr[id.idx()].has(Attr::DEFINED) {
        return imported(image, id);
    }
    match image.c.files[winner.file()].object() {
        Some(object) => {
            let source = object.symbols[winner.index() as usize];
            let section = section_of(image, winner.file(), winner.index(), &source);
            let mut symbol = defined(image, id, source, section, image.symbol_addr[id.idx()]);
            if symbol.bind() == STB_GNU_UNIQUE && !image.c.args.gnu_unique {
                symbol.info = STB_GLOBAL << 4 | symbol.info & 15;
            }
            symbol
        }
        None => other(image, id),
    }
}
