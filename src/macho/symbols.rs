//! External symbols: names to ids, archive members to extract, one definition for each name.
//!
//! Three steps over dense arrays. `intern` reads every external symbol once and keeps a byte of what it is, so that the
//! steps after it touch no string. `extract` finds the members that something needs: a name's owner is fixed by rank over
//! everything first, so that no timing enters; among libraries, archives and dynamic ones alike, the first on the command
//! line owns it (two-level namespaces record which). `resolve` picks the winner of each name among the files that are in.
//! Cost: three parallel regions over the slots; one probe of the name table a symbol.

use super::files::{Content, Files};
use super::format::*;
use super::object::{MAX_SIZE, Object};
use crate::args::macho::Commons;
use crate::base::bitset::{AtomicBitSet, BitSet};
use crate::base::carve;
use crate::base::diag::Reported;
use crate::base::hash::hash_name;
use crate::base::ids::{FileId, NONE, SymbolId};
use crate::base::intern::{Bins, Names, shard_count};
use crate::base::rank::AtomicRank;
use crate::base::rank::Rank;
use crate::base::session::Session;
use crate::base::view::Malformed;
use crate::base::zeroed::zeroed;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// What one external symbol of one file is: three bits of class, and flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kind(pub u8);

#[allow(missing_docs)]
impl Kind {
    /// Not external, or a name that only the command line uses.
    pub const NAME: u8 = 0;
    pub const UNDEFINED: u8 = 1;
    /// The symbol may be missing at run time.
    pub const UNDEFINED_WEAK: u8 = 2;
    pub const STRONG: u8 = 3;
    /// Any one of the same name will do.
    pub const WEAK: u8 = 4;
    /// A tentative definition.
    pub const COMMON: u8 = 5;
    /// A dynamic library exports it.
    pub const DYLIB: u8 = 6;
    pub const DYLIB_WEAK: u8 = 7;
    /// Other images do not see this definition.
    pub const PRIVATE: u8 = 8;
    /// No other image needs to see this definition: nobody compares its address (`.weak_def_can_be_hidden`).
    pub const CAN_HIDE: u8 = 16;
    /// Stays although nothing refers to it.
    pub const NO_DEAD_STRIP: u8 = 32;
    /// Looked up by name at run time.
    pub const REFERENCED_DYNAMICALLY: u8 = 64;

    #[inline]
    pub fn class(self) -> u8 {
        self.0 & 7
    }
    #[inline]
    pub fn has(self, flag: u8) -> bool {
        self.0 & flag != 0
    }
    #[inline]
    pub fn is_undefined(self) -> bool {
        matches!(self.class(), Kind::UNDEFINED | Kind::UNDEFINED_WEAK)
    }
}

/// Classes of a [`Rank`], strongest first.
#[allow(missing_docs)]
pub mod class {
    /// `-alias` and what else the command line defines.
    pub const COMMAND: u64 = 0;
    pub const STRONG: u64 = 1;
    pub const WEAK: u64 = 2;
    /// Before extraction a library's definition beats a tentative one, as in ld64: the archive's member is extracted.
    pub const LIBRARY: u64 = 3;
    pub const COMMON: u64 = 4;
    /// After it, a tentative definition beats a dynamic library's.
    pub const DYLIB: u64 = 5;
    /// Defined by the linker because nobody else did.
    pub const PROVIDED: u64 = 6;
}

/// Every name of the link, and what each file says of its own.
#[derive(Debug)]
pub struct Interned<'a> {
    /// Names by id.
    pub names: Names<'a>,
    /// Id of each slot; [`NONE`] where there is no external symbol.
    pub ids: Vec<u32>,
    /// What each slot's symbol is.
    pub kinds: Vec<Kind>,
    /// First slot of each file: a slot for each symbol of an object, each export of a library.
    pub slot_base: Vec<u32>,
    /// Slots of objects whose name is that of a message stub, in order.
    pub message_stubs: Vec<u32>,
}

impl Interned<'_> {
    /// The id of symbol `index` of `file`, if it is external.
    #[inline]
    pub fn id(&self, file: FileId, index: u32) -> Option<SymbolId> {
        let id = self.ids[(self.slot_base[file.idx()] + index) as usize];
        (id != NONE).then_some(SymbolId(id))
    }

    /// The slots of `file`.
    #[inline]
    pub fn slots(&self, file: FileId) -> std::ops::Range<usize> {
        self.slot_base[file.idx()] as usize..self.slot_base[file.idx() + 1] as usize
    }
}

/// What names of message stubs begin with; the selector follows (see [`super::objc::stubs`]).
pub const MESSAGE_STUB: &[u8] = b"_objc_msgSend$";

/// Interns the external names of all files, and `own_names`, which belong to the linker (file 0).
pub fn intern<'a>(files: &Files<'a>, own_names: &[&'a [u8]], cx: &Session) -> Result<Interned<'a>, Reported> {
    let _t = cx.time.phase("intern names");
    let counts: Vec<usize> = files
        .list
        .iter()
        .map(|f| match &f.content {
            Content::Linker => own_names.len(),
            Content::Object(object) | Content::Made(object) => object.symbols.len(),
            Content::Dylib(library) => library.exports.len(),
        })
        .collect();
    let total: usize = counts.iter().sum();
    if u32::try_from(total).is_err() {
        return Err(cx.diag.fail(format_args!("{total} symbols; at most 4294967295 can be linked")));
    }
    let mut slot_base = Vec::with_capacity(counts.len() + 1);
    slot_base.push(0u32);
    counts.iter().for_each(|count| slot_base.push(slot_base[slot_base.len() - 1] + *count as u32));

    let groups = carve::groups(counts.iter().map(|&c| c as u64 * 64), 1 << 20);
    let shards = shard_count(total);
    let mut kinds = vec![Kind::default(); total];
    let per_group = groups.iter().map(|g| (slot_base[g.end] - slot_base[g.start]) as usize);
    let jobs = groups.iter().cloned().zip(carve::carve(&mut kinds, per_group));
    let named = cx.par.map_jobs(jobs.collect(), total as u64 * 64, |(range, mut kinds)| {
        let (mut bins, mut message_stubs) = (Bins::new(shards, kinds.len()), Vec::new());
        for f in range {
            let (mine, rest) = std::mem::take(&mut kinds).split_at_mut(counts[f]);
            kinds = rest;
            let base = slot_base[f];
            match &files.list[f].content {
                Content::Linker if f == 0 => {
                    own_names.iter().enumerate().for_each(|(i, n)| bins.push(n, hash_name(n), base + i as u32));
                }
                Content::Linker => {}
                Content::Object(object) | Content::Made(object) => {
                    if let Err(error) = name_object(object, base, mine, (&mut bins, &mut message_stubs)) {
                        files.malformed(FileId(f as u32), &error, cx);
                    }
                }
                Content::Dylib(library) => {
                    for (i, export) in library.exports.iter().enumerate() {
                        let weak = export.is_weak_definition();
                        mine[i] = Kind(if weak { Kind::DYLIB_WEAK } else { Kind::DYLIB });
                        bins.push(export.name, hash_name(export.name), base + i as u32);
                    }
                }
            }
        }
        (bins.sort(), message_stubs)
    });
    cx.diag.checkpoint()?;
    let (bins, message_stubs): (Vec<_>, Vec<_>) = named.into_iter().unzip();
    let (names, ids) = Names::fill(&bins, total, &cx.par);
    Ok(Interned { names, ids, kinds, slot_base, message_stubs: message_stubs.concat() })
}

fn name_object<'a>(
    object: &Object<'a>,
    base: u32,
    kinds: &mut [Kind],
    (bins, message_stubs): (&mut Bins<'a>, &mut Vec<u32>),
) -> Result<(), Malformed> {
    let mut name_bytes = 0;
    for (i, symbol) in object.symbols.iter().enumerate() {
        if symbol.is_stab() || !symbol.is_external() {
            continue;
        }
        let name = object.symbol_name(i as u32)?;
        if name.is_empty() {
            return Err(Malformed::new(0, format!("external symbol {i} has no name")));
        }
        // A string table of a megabyte may be the name of every symbol, which would take for ever to read.
        name_bytes += name.len();
        if name_bytes / 64 > object.bytes.len() {
            return Err(Malformed::new(0, format!("symbol names overlap: {name_bytes} bytes in a smaller file")));
        }
        kinds[i] = kind_of(symbol, name)?;
        if name.starts_with(MESSAGE_STUB) {
            message_stubs.push(base + i as u32);
        }
        bins.push(name, hash_name(name), base + i as u32);
    }
    Ok(())
}

fn kind_of(symbol: &Nlist, name: &[u8]) -> Result<Kind, Malformed> {
    let class = match symbol.class() {
        N_UNDF if symbol.value.get() > MAX_SIZE => {
            let (name, size) = (String::from_utf8_lossy(name), symbol.value.get());
            return Err(Malformed::new(0, format!("tentative definition {name} has {size} bytes")));
        }
        N_UNDF if symbol.value.get() != 0 => Kind::COMMON,
        N_UNDF | N_PBUD if symbol.has(N_WEAK_REF) => return Ok(Kind(Kind::UNDEFINED_WEAK)),
        N_UNDF | N_PBUD => return Ok(Kind(Kind::UNDEFINED)),
        N_SECT if symbol.has(N_WEAK_DEF) => Kind::WEAK,
        N_SECT | N_ABS | N_INDR => Kind::STRONG,
        other => {
            let name = String::from_utf8_lossy(name);
            return Err(Malformed::new(0, format!("symbol {name} has type {other}, which no assembler writes")));
        }
    };
    let can_hide = class == Kind::WEAK && symbol.has(N_WEAK_REF);
    let flag = |set: bool, flag: u8| if set { flag } else { 0 };
    Ok(Kind(
        class
            | flag(symbol.is_private_external(), Kind::PRIVATE)
            | flag(can_hide, Kind::CAN_HIDE)
            | flag(symbol.has(N_NO_DEAD_STRIP) && class != Kind::COMMON, Kind::NO_DEAD_STRIP)
            | flag(symbol.has(REFERENCED_DYNAMICALLY) && class != Kind::COMMON, Kind::REFERENCED_DYNAMICALLY),
    ))
}

/// The files that take part: what the command line names, and the members that these need.
#[derive(Debug)]
pub struct Extracted {
    /// One bit a file.
    pub live: BitSet,
    /// For each member that was extracted, the name that first asked for it, and the file that did (0: the command line).
    pub reasons: Vec<(FileId, SymbolId, FileId)>,
}

/// Finds the archive members that something needs. `roots` are names that the command line asks for, `forced` the
/// members that are taken whatever they define.
pub fn extract(
    files: &Files<'_>,
    interned: &Interned<'_>,
    roots: &[SymbolId],
    forced: &BitSet,
    cx: &Session,
) -> Extracted {
    let _t = cx.time.phase("extract members");
    let is_in = |f: usize| !files.list[f].lazy || forced.contains(f);
    let live = AtomicBitSet::new(files.list.len());
    (0..files.list.len()).filter(|f| is_in(*f)).for_each(|f| _ = live.insert(f));
    if !files.list.iter().any(|f| f.lazy) {
        return Extracted { live: live.into_set(), reasons: Vec::new() };
    }
    let owners = AtomicRank::nobody(interned.names.len());
    each_slot(files, interned, cx, |f, index, id, kind| {
        let class = match kind.class() {
            _ if files[f].lazy && !forced.contains(f.idx()) => match kind.class() {
                Kind::STRONG | Kind::WEAK => class::LIBRARY,
                Kind::COMMON => class::COMMON,
                _ => return,
            },
            Kind::STRONG => class::STRONG,
            Kind::WEAK => class::WEAK,
            Kind::COMMON => class::COMMON,
            Kind::DYLIB | Kind::DYLIB_WEAK => class::LIBRARY,
            _ => return,
        };
        owners[id.idx()].claim(Rank::new(class, f, index));
    });

    // In rounds, so that the reason given for a member is the first in input order, whatever the number of threads.
    let mut reasons: Vec<(FileId, SymbolId, FileId)> = Vec::new();
    let ask = |id: SymbolId, by: FileId, found: &mut Vec<(FileId, SymbolId, FileId)>| {
        let owner = owners[id.idx()].get();
        if owner != Rank::NOBODY && files[owner.file()].lazy && live.insert(owner.file().idx()) {
            found.push((owner.file(), id, by));
        }
    };
    // A tentative definition is data: a function of its name is something else.
    let is_data = |id: SymbolId| {
        let owner = owners[id.idx()].get();
        let object = if owner == Rank::NOBODY { None } else { files[owner.file()].object() };
        object.is_some_and(|object| !object.is_in_code(owner.index()))
    };
    roots.iter().for_each(|id| ask(*id, FileId(0), &mut reasons));
    let first: Vec<FileId> = files.objects().map(|(f, _)| f).filter(|f| is_in(f.idx())).collect();
    let mut frontier = first;
    frontier.extend(reasons.iter().map(|r| r.0));
    while !frontier.is_empty() {
        let mut found = Vec::new();
        for &f in &frontier {
            let slots = interned.slots(f);
            for (kind, id) in interned.kinds[slots.clone()].iter().zip(&interned.ids[slots]) {
                let id = SymbolId(*id);
                if kind.is_undefined() || kind.class() == Kind::COMMON && is_data(id) {
                    ask(id, f, &mut found);
                }
            }
        }
        frontier = found.iter().map(|r| r.0).collect();
        reasons.extend(found);
    }
    Extracted { live: live.into_set(), reasons }
}

/// One definition for each name.
#[derive(Debug)]
pub struct Resolved {
    /// Winner of each name.
    pub winners: Vec<Rank>,
    /// What all files that are in say of each name, OR-ed: `Resolved::*` bits.
    pub said: Vec<u8>,
}

#[allow(missing_docs)]
impl Resolved {
    /// Someone needs it at run time: a reference that is not weak.
    pub const REFERENCED: u8 = 1;
    /// Someone refers to it, weakly.
    pub const REFERENCED_WEAKLY: u8 = 2;
    /// One of its definitions is not private.
    pub const PUBLIC: u8 = 4;
    /// One of its weak definitions must be visible.
    pub const SHOWN: u8 = 8;
    pub const NO_DEAD_STRIP: u8 = 16;
    pub const REFERENCED_DYNAMICALLY: u8 = 32;
    /// A dynamic library defines it weakly: ours may have to give way at run time.
    pub const WEAK_IN_DYLIB: u8 = 64;
    /// Two definitions of it are neither weak nor tentative.
    pub const DUPLICATE: u8 = 128;
}

/// Picks the winner of each name among the files that are in.
pub fn resolve(files: &Files<'_>, interned: &Interned<'_>, live: &BitSet, commons: Commons, cx: &Session) -> Resolved {
    let _t = cx.time.phase("resolve symbols");
    let winners = AtomicRank::nobody(interned.names.len());
    let said: Vec<AtomicU8> = zeroed(interned.names.len());
    // With `-commons use_dylibs` a library's definition is better than a tentative one.
    let common = if commons == Commons::UseDylibs { class::PROVIDED } else { class::COMMON };
    each_slot(files, interned, cx, |f, index, id, kind| {
        if !live.contains(f.idx()) {
            return;
        }
        let (class, mut bits) = match kind.class() {
            Kind::UNDEFINED => (None, Resolved::REFERENCED),
            Kind::UNDEFINED_WEAK => (None, Resolved::REFERENCED_WEAKLY),
            Kind::STRONG => (Some(class::STRONG), Resolved::SHOWN),
            Kind::WEAK => (Some(class::WEAK), 0),
            Kind::COMMON => (Some(common), Resolved::SHOWN),
            Kind::DYLIB => (Some(class::DYLIB), 0),
            Kind::DYLIB_WEAK => (Some(class::DYLIB), Resolved::WEAK_IN_DYLIB),
            _ => return,
        };
        if let Some(class) = class {
            // Whichever of two comes later finds the other there.
            let other = winners[id.idx()].claim(Rank::new(class, f, index));
            if class == class::STRONG && other.class() == class::STRONG {
                bits |= Resolved::DUPLICATE;
            }
            if class < class::DYLIB {
                let hidden = files[f].hidden;
                bits |= if kind.has(Kind::PRIVATE) || hidden { 0 } else { Resolved::PUBLIC };
                bits |= if kind.has(Kind::CAN_HIDE) { 0 } else { Resolved::SHOWN };
                bits |= if kind.has(Kind::NO_DEAD_STRIP) { Resolved::NO_DEAD_STRIP } else { 0 };
                bits |= if kind.has(Kind::REFERENCED_DYNAMICALLY) { Resolved::REFERENCED_DYNAMICALLY } else { 0 };
            }
        }
        // Most names are referred to over and over: a load is cheaper than a locked OR.
        if said[id.idx()].load(Relaxed) & bits != bits {
            said[id.idx()].fetch_or(bits, Relaxed);
        }
    });
    let settled = |winner: Rank| match winner.class() {
        class::PROVIDED if winner != Rank::NOBODY => Rank::new(class::COMMON, winner.file(), winner.index()),
        _ => winner,
    };
    let winners = winners.into_iter().map(|w| settled(w.into_inner())).collect();
    Resolved { winners, said: said.into_iter().map(AtomicU8::into_inner).collect() }
}

/// Calls `f(file, index, id, kind)` for each external symbol of every file, in parallel.
fn each_slot(files: &Files<'_>, interned: &Interned<'_>, cx: &Session, f: impl Fn(FileId, u32, SymbolId, Kind) + Sync) {
    let groups = carve::groups(interned.slot_base.windows(2).map(|w| u64::from(w[1] - w[0]) * 8 + 8), 256 << 10);
    debug_assert_eq!(files.list.len() + 1, interned.slot_base.len());
    cx.par.map(groups.len(), interned.ids.len() as u64 * 8, |g| {
        for file in groups[g].clone() {
            let file = FileId(file as u32);
            let slots = interned.slots(file);
            for (index, (kind, id)) in interned.kinds[slots.clone()].iter().zip(&interned.ids[slots]).enumerate() {
                if *id != NONE {
                    f(file, index as u32, SymbolId(*id), *kind);
                }
            }
        }
    });
}
