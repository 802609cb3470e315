//! What each external name stands for, in arrays that are dense by symbol id.
//!
//! `compute` turns winners into places: an atom and an offset, an absolute value, a library's symbol, or something that
//! has no address before layout (the header, a boundary of a section or segment). It decides what is exported, what goes
//! through dyld although it is ours (weak definitions, `-interposable`), and what may be looked up at run time.
//! Cost: a few bytes a name; one parallel region over the names when there are patterns to match.

use super::atoms::Atoms;
use super::boundaries::Boundary;
use super::exports::Matcher;
use super::files::{Content, Files};
use super::format::*;
use super::symbols::{Interned, Kind, Resolved, class};
use crate::args::macho::{Args, OutputKind, Undefined, WeakMismatch};
use crate::base::ids::{AtomId, FileId, SymbolId};
use crate::base::rank::Rank;
use crate::base::session::Session;
use sinew_mmap::memory::prefetch;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Definition {
    /// Nothing: nobody defines it.
    #[default]
    Undefined,
    /// A place in an atom.
    Atom(AtomId, u64),
    /// A number.
    Absolute(u64),
    /// A symbol of a library, or of any image if the file is 0.
    Import(FileId),
    /// The image's header.
    Header,
    /// A boundary of the layout: index into the list of them.
    Boundary(u32),
}

/// Flags of a name.
#[allow(missing_docs)]
pub mod flag {
    /// Other images see it.
    pub const EXPORTED: u8 = 1;
    /// External in the files, private to the image.
    pub const PRIVATE: u8 = 2;
    /// One of several that are equal: all images agree on one when the program starts. Of an import: in its library.
    pub const WEAK: u8 = 4;
    /// It may be missing at run time, and is 0 then.
    pub const WEAK_IMPORT: u8 = 8;
    /// Reached through dyld although this image defines it.
    pub const INTERPOSABLE: u8 = 16;
    pub const NO_DEAD_STRIP: u8 = 32;
    pub const REFERENCED_DYNAMICALLY: u8 = 64;
    pub const THREAD_LOCAL: u8 = 128;
}

/// All names.
#[derive(Debug)]
pub struct Definitions {
    /// By symbol id.
    pub places: Vec<Definition>,
    /// By symbol id: bits of [`flag`].
    pub flags: Vec<u8>,
    /// By symbol id: whether it is in this image and dyld has no say in where.
    fixed: Vec<bool>,
    /// By symbol id: who defines it.
    pub winners: Vec<Rank>,
    /// What [`Definition::Boundary`] means.
    pub boundaries: Vec<Boundary>,
    /// Exported definitions of this image that libraries define weakly: theirs give way at run time.
    pub overrides: Vec<SymbolId>,
}

impl Definitions {
    /// What `id` stands for.
    #[inline]
    pub fn place(&self, id: SymbolId) -> Definition {
        self.places[id.idx()]
    }

    /// Whether `bit` of [`flag`] is set for `id`.
    #[inline]
    pub fn has(&self, id: SymbolId, bit: u8) -> bool {
        self.flags[id.idx()] & bit != 0
    }

    /// Whether it is in this image, and dyld has no say in where.
    #[inline]
    pub fn is_fixed(&self, id: SymbolId) -> bool {
        self.fixed[id.idx()]
    }

    /// Whether dyld has to say where it is.
    #[inline]
    pub fn needs_binding(&self, id: SymbolId) -> bool {
        matches!(self.place(id), Definition::Import(_)) || self.has(id, flag::INTERPOSABLE)
    }
}

/// What `compute` reads.
pub struct Sources<'x, 'a> {
    /// Everything that was opened.
    pub files: &'x Files<'a>,
    /// Their names.
    pub interned: &'x Interned<'a>,
    /// Winners among them.
    pub resolved: Resolved,
    /// All atoms.
    pub atoms: &'x Atoms,
    /// Names that the linker defines when nobody else does.
    pub own: Vec<(SymbolId, Definition)>,
    /// Boundaries among them.
    pub boundaries: Vec<Boundary>,
    /// `-exported_symbols_list` and its like.
    pub exports: &'x Matcher,
    /// `-interposable`.
    pub interposable: &'x Matcher,
}

/// Turns winners into places.
pub fn compute(sources: Sources<'_, '_>, args: &Args, cx: &Session) -> Definitions {
    let _t = cx.time.phase("define symbols");
    let Sources { files, interned, resolved, atoms, own, boundaries, exports, interposable } = sources;
    let count = interned.names.len();
    let blocks = count.div_ceil(BLOCK);
    let computed = cx.par.map(blocks, count as u64 * 32, |b| {
        let ids = (b * BLOCK..((b + 1) * BLOCK).min(count)).map(|i| SymbolId(i as u32));
        ids.map(|id| {
            ask_ahead(files, &resolved.winners, id.idx());
            let (winner, said) = (resolved.winners[id.idx()], resolved.said[id.idx()]);
            if winner == Rank::NOBODY {
                return (Definition::Undefined, weakness(said, args));
            }
            let (place, mut flags) = place_of(files, atoms, winner);
            if let Definition::Import(file) = place {
                let optional = files[file].library().is_some_and(|l| l.load.weak);
                let slot = interned.slot_base[file.idx()] + winner.index();
                flags |= if interned.kinds[slot as usize].class() == Kind::DYLIB_WEAK { flag::WEAK } else { 0 };
                return (place, flags | weakness(said, args) | if optional { flag::WEAK_IMPORT } else { 0 });
            }
            let name = interned.names.name(id);
            // What may be hidden (`.weak_def_can_be_hidden`) is hidden from other images, not from other objects.
            let unseen = said & Resolved::SHOWN == 0 && args.kind != OutputKind::Relocatable;
            let hidden = said & Resolved::PUBLIC == 0 || unseen;
            flags |= if hidden || !exports.allows(name) { flag::PRIVATE } else { flag::EXPORTED };
            if flags & flag::EXPORTED == 0 {
                flags &= !flag::WEAK;
            }
            // dyld chooses among all images: what it chooses must be asked of it, or two images disagree.
            let ours = flags & flag::EXPORTED != 0;
            // A flat namespace may have a name before this image; a program comes first in it.
            let flat = args.flat_namespace && args.kind != OutputKind::Execute;
            if ours && (flags & flag::WEAK != 0 || flat || interposable.allows(name)) {
                flags |= flag::INTERPOSABLE;
            }
            flags |= if said & Resolved::NO_DEAD_STRIP != 0 { flag::NO_DEAD_STRIP } else { 0 };
            flags |= if said & Resolved::REFERENCED_DYNAMICALLY != 0 { flag::REFERENCED_DYNAMICALLY } else { 0 };
            (place, flags)
        })
        .unzip()
    });
    let (places, flags): (Vec<Vec<Definition>>, Vec<Vec<u8>>) = computed.into_iter().unzip();
    let (mut places, mut flags) = (places.concat(), flags.concat());
    for (id, place) in own {
        if matches!(places[id.idx()], Definition::Undefined) {
            places[id.idx()] = place;
            if resolved.winners[id.idx()] == Rank::NOBODY {
                // Of the linker's own names only the header of a program is there for others to see.
                let name = interned.names.name(id);
                let shown = name == b"__mh_execute_header" && exports.allows(name);
                flags[id.idx()] = if shown { flag::EXPORTED } else { flag::PRIVATE };
            }
        }
    }
    alias(&mut places, &mut flags, (files, interned, &resolved), (args, exports), cx);
    let overrides = |id: &SymbolId| {
        resolved.said[id.idx()] & Resolved::WEAK_IN_DYLIB != 0
            && flags[id.idx()] & (flag::EXPORTED | flag::WEAK) == flag::EXPORTED
    };
    let overrides = (0..count as u32).map(SymbolId).filter(overrides).collect();
    let fixed = Vec::new();
    let mut definitions = Definitions { places, flags, fixed, winners: resolved.winners, boundaries, overrides };
    leave_to_dyld(&mut definitions, interned, args);
    definitions.fixed = (definitions.places.iter().zip(&definitions.flags))
        .map(|(place, flags)| {
            !matches!(place, Definition::Import(_) | Definition::Undefined) && flags & flag::INTERPOSABLE == 0
        })
        .collect();
    definitions
}

/// Names a region handles at once.
const BLOCK: usize = 4096;

/// Names that stand for others: `-alias`, and indirect symbols (`N_INDR`) of objects.
fn alias(
    places: &mut [Definition],
    flags: &mut [u8],
    (files, interned, resolved): (&Files<'_>, &Interned<'_>, &Resolved),
    (args, exports): (&Args, &Matcher),
    cx: &Session,
) {
    let mut pairs: Vec<(SymbolId, SymbolId)> = Vec::new();
    for (id, winner) in resolved.winners.iter().enumerate() {
        let is_open = places[id] == Definition::Undefined && winner.class() == class::STRONG;
        // In an object file one name goes on standing for another.
        if !is_open || args.kind == OutputKind::Relocatable {
            continue;
        }
        let Some(object) = files[winner.file()].object() else { continue };
        // The value of an indirect symbol is where the other's name is among the strings.
        let name = u32::try_from(object.symbols[winner.index() as usize].value.get());
        let name = name.ok().and_then(|at| crate::base::view::cstr(object.strings, at).ok());
        let other = name.and_then(|name| interned.names.find(name));
        pairs.extend(other.map(|other| (SymbolId(id as u32), other)));
    }
    for alias in &args.aliases {
        let (symbol, name) = (interned.names.find(&alias.symbol), interned.names.find(&alias.alias));
        pairs.extend(name.zip(symbol));
    }
    for (id, other) in pairs {
        match places[other.idx()] {
            Definition::Undefined | Definition::Import(_) => {
                let (base, name) = (interned.names.name(other), interned.names.name(id));
                let (base, name) = (String::from_utf8_lossy(base), String::from_utf8_lossy(name));
                cx.diag.error(format_args!("undefined base symbol '{base}' for alias '{name}'"));
            }
            place => {
                let kept = flags[other.idx()] & (flag::THREAD_LOCAL | flag::NO_DEAD_STRIP);
                let hidden = flags[id.idx()] & flag::PRIVATE != 0 || !exports.allows(interned.names.name(id));
                places[id.idx()] = place;
                flags[id.idx()] = kept | if hidden { flag::PRIVATE } else { flag::EXPORTED };
            }
        }
    }
}

fn weakness(said: u8, args: &Args) -> u8 {
    let both = match args.weak_mismatch {
        WeakMismatch::Weak => 0,
        _ => Resolved::REFERENCED,
    };
    let only_weakly = said & (both | Resolved::REFERENCED_WEAKLY) == Resolved::REFERENCED_WEAKLY;
    if only_weakly { flag::WEAK_IMPORT } else { 0 }
}

/// How many names before its turn a step of [`ask_ahead`] is taken.
const AHEAD: usize = 8;

/// Asks for what [`place_of`] will read of the names behind `at`, which is all over the files: what a step needs was asked
/// for by the one before.
fn ask_ahead(files: &Files<'_>, winners: &[Rank], at: usize) {
    let known = |ahead: usize| winners.get(at + ahead * AHEAD).filter(|winner| **winner != Rank::NOBODY);
    let symbol = |winner: &Rank| Some((files[winner.file()].object()?, winner.index() as usize));
    if let Some((object, index)) = known(2).and_then(symbol) {
        prefetch(&object.symbols[index]);
        prefetch(&object.symbol_atoms[index]);
    }
    if let Some((object, index)) = known(1).and_then(symbol) {
        object.atoms.get(object.symbol_atoms[index] as usize).into_iter().for_each(prefetch);
        let section = (object.symbols[index].section as usize).checked_sub(1);
        section.and_then(|section| object.sections.get(section)).into_iter().for_each(prefetch);
    }
}

/// Where a winner is, and what its own file says of it.
fn place_of(files: &Files<'_>, atoms: &Atoms, winner: Rank) -> (Definition, u8) {
    let (file, index) = (winner.file(), winner.index());
    match &files[file].content {
        Content::Linker => (Definition::Undefined, 0),
        Content::Dylib(_) => (Definition::Import(file), 0),
        Content::Object(object) | Content::Made(object) => {
            if winner.class() == class::COMMON {
                return (Definition::Undefined, 0); // The common symbol's atom comes with the linker's own names.
            }
            let symbol = &object.symbols[index as usize];
            if symbol.class() == N_INDR {
                return (Definition::Undefined, 0); // What it stands for is known when all others are.
            }
            let weak = if symbol.has(N_WEAK_DEF) { flag::WEAK } else { 0 };
            match object.symbol_place(index) {
                Some((atom, offset)) => {
                    let section = &object.sections[object.atoms[atom as usize].section as usize];
                    let local = if section.kind() == S_THREAD_LOCAL_VARIABLES { flag::THREAD_LOCAL } else { 0 };
                    (Definition::Atom(atoms.id(file, atom), offset), weak | local)
                }
                None => (Definition::Absolute(symbol.value.get()), weak),
            }
        }
    }
}

/// Undefined names that dyld may find: `-undefined dynamic_lookup`, `-U`, and weak references of a flat namespace.
fn leave_to_dyld(definitions: &mut Definitions, interned: &Interned<'_>, args: &Args) {
    let every = args.undefined != Undefined::Error;
    let named = args.allowed_undefined.iter().filter_map(|name| interned.names.find(name));
    let all = (0..definitions.places.len()).map(|i| SymbolId(i as u32)).filter(|_| every);
    for id in named.chain(all) {
        if definitions.places[id.idx()] == Definition::Undefined && !interned.names.name(id).is_empty() {
            definitions.places[id.idx()] = Definition::Import(FileId(0));
        }
    }
}
