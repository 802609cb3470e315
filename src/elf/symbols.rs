//! Global symbols: names to ids, members to extract, one definition for each name.
//!
//! Three steps, each a few parallel regions over dense arrays. `intern` reads every global symbol once: it hashes the
//! name and keeps one byte of what the symbol is, so that the steps after it touch 5 bytes a symbol and no string.
//! `extract` finds the archive members that something needs: a name's owner is fixed by rank over everything first,
//! then a member is in when something in refers to a name it owns, so no order and no timing enter. `resolve` then
//! picks the winner of each name among the files that are in.

mod libraries;

use super::format::*;
use super::load::{Content, Files};
use super::object::{self, Object, Place};
use crate::args::elf::Args;
use crate::base::bitset::{AtomicBitSet, BitSet};
use crate::base::carve;
use crate::base::diag::Reported;
use crate::base::hash::hash_name;
use crate::base::ids::{FileId, NONE, SymbolId};
use crate::base::intern::{Bins, Names, Sorted, shard_count};
use crate::base::rank::AtomicRank;
pub use crate::base::rank::Rank;
use crate::base::session::Session;
use crate::base::view::Malformed;
use crate::base::zeroed::zeroed;
use sinew_arena::Bump;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// What one global symbol of one file is: three bits of class, a flag, two bits of visibility.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Kind(u8);

#[allow(missing_docs)]
impl Kind {
    /// Only the name is wanted (group signatures, names on the command line).
    pub const NAME: u8 = 0;
    pub const UNDEFINED: u8 = 1;
    pub const UNDEFINED_WEAK: u8 = 2;
    pub const STRONG: u8 = 3;
    pub const WEAK: u8 = 4;
    pub const COMMON: u8 = 5;
    /// Defined in a section that belongs to a group, and may be dropped with it.
    const GROUPED: u8 = 8;

    #[inline]
    pub fn class(self) -> u8 {
        self.0 & 7
    }
    #[inline]
    pub fn is_undefined(self) -> bool {
        matches!(self.class(), Kind::UNDEFINED | Kind::UNDEFINED_WEAK)
    }
    #[inline]
    pub fn is_definition(self) -> bool {
        self.class() >= Kind::STRONG
    }
    #[inline]
    fn is_grouped(self) -> bool {
        self.0 & Kind::GROUPED != 0
    }
    #[inline]
    pub fn visibility(self) -> u8 {
        self.0 >> 4 & 3
    }
}

/// Classes of a [`Rank`], strongest first. Its index counts in the file's symbol table; for the linker's own symbols, in
/// its list of them.
#[allow(missing_docs)]
pub mod class {
    /// The command line does (`--defsym`, a script): it overrides objects.
    pub const COMMAND: u64 = 0;
    pub const STRONG: u64 = 1;
    /// A tentative definition is one that happens to have no initial value: it beats a weak one, as in GNU ld.
    pub const COMMON: u64 = 2;
    pub const WEAK: u64 = 3;
    /// A shared object, or (before extraction) an archive member: the first on the command line wins.
    pub const SHARED: u64 = 4;
    pub const LAZY_COMMON: u64 = 5;
    /// Defined by the linker because nobody else did (`_end`, `__start_foo`).
    pub const PROVIDED: u64 = 6;
}

/// How a version was written in an object: `foo@V` (hidden) or `foo@@V` (default).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrittenVersion<'a> {
    /// The version's name.
    pub version: &'a [u8],
    /// `@@`.
    pub is_default: bool,
}

/// Every name of the link, and what each file says of its own.
#[derive(Debug)]
pub struct Interned<'a> {
    /// Names by id.
    pub names: Names<'a>,
    /// Id of each slot; [`NONE`] where there is no name.
    pub ids: Vec<u32>,
    /// What each slot's symbol is.
    pub kinds: Vec<Kind>,
    /// First slot of each file.
    pub slot_base: Vec<u32>,
    /// Versions written in names by (slot), for definitions and references of objects.
    pub written_versions: HashMap<u32, WrittenVersion<'a>>,
    /// Objects that hold nothing but GCC's intermediate code.
    pub slim_lto: Vec<FileId>,
    /// What shared objects offer and nobody asks for has no id.
    is_partial: bool,
}

impl<'a> Interned<'a> {
    /// The names that shared objects offer but that have no id; of one whose names overlap without end, some of them.
    pub fn unread(&self, files: &Files<'a>) -> Vec<&'a [u8]> {
        let mut names = Vec::new();
        for (f, shared) in files.iter().filter(|_| self.is_partial).filter_map(|(f, file)| Some((f, file.shared()?))) {
            let numbered = (shared.first_global..shared.symbols.len() as u32).zip(&self.ids[self.slots(f)]);
            let unread = numbered.filter(|(i, id)| **id == NONE && shared.offers(*i) && !shared.version(*i).1);
            let mut left = object::NAME_FACTOR * shared.bytes.len();
            let read = unread.map_while(|(i, _)| {
                let name = shared.symbol_name(i).ok()?;
                left = left.checked_sub(name.len())?;
                Some(name)
            });
            names.extend(read);
        }
        names
    }

    /// The id of symbol `index` (not local) of `file`, whose first global symbol is `first_global`.
    #[inline]
    pub fn id(&self, file: FileId, index: u32, first_global: u32) -> SymbolId {
        SymbolId(self.ids[(self.slot_base[file.idx()] + (index - first_global)) as usize])
    }

    /// Ranges of some 16,000 slots, fewer in a small link ([`carve::cuts`]).
    fn cuts(&self) -> Vec<Range<usize>> {
        carve::cuts(&self.slot_base, 16_384)
    }

    /// The files that have slots in `range`, each with the first of all its slots and the numbers of these.
    fn pieces(&self, range: Range<usize>) -> impl Iterator<Item = (FileId, usize, Range<u32>)> {
        let pieces = carve::pieces(&self.slot_base, range);
        pieces.map(|(f, numbers)| (f, self.slot_base[f.idx()] as usize, numbers))
    }

    /// The id of the signature of group number `group` of `object`.
    pub fn group_id(&self, file: FileId, object: &Object<'_>, group: usize) -> SymbolId {
        let globals = object.symbols.len() as u32 - object.first_global;
        match self.ids[(self.slot_base[file.idx()] + globals) as usize + group] {
            NONE => self.id(file, object.groups[group].signature, object.first_global),
            id => SymbolId(id),
        }
    }

    /// The version that the definition `winner`, which an object makes, brings along.
    pub fn written(&self, files: &Files<'a>, winner: Rank) -> Option<WrittenVersion<'a>> {
        if self.written_versions.is_empty() || winner == Rank::NOBODY {
            return None;
        }
        let object = files[winner.file()].object()?;
        let slot = self.slot_base[winner.file().idx()] + (winner.index() - object.first_global);
        self.written_versions.get(&slot).copied()
    }

    /// The slots of `file`.
    pub fn slots(&self, file: FileId) -> Range<usize> {
        self.slot_base[file.idx()] as usize..self.slot_base[file.idx() + 1] as usize
    }
}

fn slot_count(content: &Content<'_>, own_names: usize) -> usize {
    match content {
        Content::Linker => own_names,
        Content::Object(o) => o.symbols.len() - o.first_global as usize + o.groups.len(),
        // The second half is for keys with versions, `foo@V`.
        Content::Shared(s) => 2 * (s.symbols.len() - s.first_global as usize),
    }
}

/// What the bins of one job came to, beside the names.
#[derive(Default)]
struct Noted<'a> {
    versions: Vec<(u32, WrittenVersion<'a>)>,
    slim_lto: Vec<FileId>,
    wants_versions: bool,
}

/// Interns the global names of all files, and `own_names`, which belong to the linker (file 0).
pub fn intern<'a>(
    files: &Files<'a>,
    own_names: &[&'a [u8]],
    arena: &'a Bump,
    args: &Args,
    cx: &Session,
) -> Result<Interned<'a>, Reported> {
    let _t = cx.time.phase("intern names");
    let counts: Vec<usize> = files.list.iter().map(|f| slot_count(&f.content, own_names.len())).collect();
    let mut slot_base = Vec::with_capacity(counts.len() + 1);
    let mut total = 0usize;
    for count in &counts {
        slot_base.push(total as u32);
        total += count;
    }
    if u32::try_from(total).is_err() {
        return Err(cx.diag.fail(format_args!("{total} global symbols; at most 4294967295 can be linked")));
    }
    slot_base.push(total as u32);

    // 24 bytes of symbol, and its name: jobs of about a megabyte.
    let cuts = carve::cuts(&slot_base, 16_384);
    let shards = shard_count(total);
    let is_partial = libraries::are_looked_up(files, &counts, args);
    let mut kinds = vec![Kind::default(); total];
    let jobs = cuts.iter().zip(carve::carve(&mut kinds, cuts.iter().map(|range| range.len())));
    let weight = if is_partial { libraries::weight(files, total) } else { total as u64 * 64 };
    let binned = cx.par.map_jobs(jobs.collect(), weight, |(range, mut kinds)| {
        let mut bins = Bins::new(shards, kinds.len());
        let mut noted = Noted::default();
        for (file, slots) in carve::pieces(&slot_base, range.clone()) {
            let kinds = kinds.split_off_mut(..slots.len()).unwrap_or_default();
            let piece = Slots { file, base: slot_base[file.idx()], range: slots, kinds };
            let result = match &files[file].content {
                Content::Linker => {
                    for i in piece.range.clone() {
                        let name = own_names[i as usize];
                        bins.push(name, hash_name(name), piece.base + i);
                    }
                    Ok(())
                }
                Content::Object(object) => name_object(object, piece, &mut bins, &mut noted),
                Content::Shared(shared) => libraries::name(shared, piece, is_partial, &mut bins),
            };
            if let Err(error) = result {
                files.malformed(file, &error, cx);
            }
        }
        (bins.sort(), noted)
    });
    cx.diag.checkpoint()?;

    let mut bins = Vec::with_capacity(binned.len() + 2);
    let mut noted = Noted::default();
    for (b, n) in binned {
        bins.push(b);
        noted.versions.extend(n.versions);
        noted.slim_lto.extend(n.slim_lto);
        noted.wants_versions |= n.wants_versions;
    }
    if is_partial {
        bins.push(libraries::look_up(files, &slot_base, &bins, &mut kinds, shards, cx));
        cx.diag.checkpoint()?;
    }
    if noted.wants_versions {
        bins.push(versioned_keys(files, &slot_base, shards, arena));
    }
    let (names, ids) = Names::fill(&bins, total, &cx.par);
    let written_versions = noted.versions.into_iter().collect();
    let mut interned =
        Interned { names, ids, kinds, slot_base, written_versions, slim_lto: noted.slim_lto, is_partial };
    if noted.wants_versions {
        join_default_versions(&mut interned, files);
    }
    Ok(interned)
}

/// The slots of a file, or some of a large one's.
struct Slots<'k> {
    file: FileId,
    /// First slot of the file.
    base: u32,
    /// Their numbers among the file's.
    range: Range<u32>,
    /// What their symbols are.
    kinds: &'k mut [Kind],
}

impl Slots<'_> {
    /// The part that belongs to the first `count` slots of the file, as numbers of symbols when the first is `first`.
    fn symbols(&self, first: u32, count: usize) -> Range<u32> {
        first + self.range.start..first + self.range.end.min(count as u32)
    }
}

fn name_object<'a>(
    object: &Object<'a>,
    slots: Slots<'_>,
    bins: &mut Bins<'a>,
    noted: &mut Noted<'a>,
) -> Result<(), Malformed> {
    let Slots { file, base, ref range, .. } = slots;
    let first = object.first_global;
    let globals = object.symbols.len() - first as usize;
    let (mut name_bytes, first_version) = (0usize, noted.versions.len());
    let symbols = &object.symbols[first as usize..];
    for index in slots.symbols(first, globals) {
        let i = (index - first) as usize;
        let symbol = &symbols[i];
        symbols.get(i + object::NAMES_AHEAD).inspect(|later| object.prefetch_name(later));
        let slot = base + i as u32;
        let name_at = symbol.name.get() as usize;
        let tail = object.strings.get(name_at..).unwrap_or(&[]);
        // One pass finds the end of the name and a version in it.
        let name = match memchr::memchr2(0, b'@', tail) {
            Some(end) if tail[end] == 0 => &tail[..end],
            Some(at) if at > 0 => {
                let whole = object.symbol_name(index)?;
                noted.note_version(whole, at, slot, symbol.section.get() == SHN_UNDEF)
            }
            _ => object.symbol_name(index)?,
        };
        if name.len() == 14 && (name == b"__gnu_lto_slim" || name == b"__gnu_slim_lto") {
            noted.slim_lto.push(file);
        }
        if symbol.bind() == STB_LOCAL {
            return Err(object.bad_symbol(index, "is local, but stands among the global ones"));
        }
        name_bytes += name.len();
        let mut kind = match object.place(index, symbol)? {
            Place::Undefined if symbol.bind() == STB_WEAK => Kind::UNDEFINED_WEAK,
            Place::Undefined => Kind::UNDEFINED,
            Place::Common => Kind::COMMON,
            place => {
                let grouped = match place {
                    Place::Section(s) if object.is_grouped(s) => Kind::GROUPED,
                    _ => 0,
                };
                // STB_GNU_UNIQUE is strong when the program runs, and weak to the linker: it lives in COMDAT groups.
                grouped | if symbol.bind() == STB_WEAK { Kind::WEAK } else { Kind::STRONG }
            }
        };
        kind |= symbol.visibility() << 4;
        slots.kinds[i - range.start as usize] = Kind(kind);
        bins.push(name, hash_name(name), slot);
    }
    check_names(name_bytes, object.name_limit(range.len(), globals + object.groups.len()))?;
    let has_versions = noted.versions.len() > first_version;
    let is_whole = range.len() == globals + object.groups.len();
    let named = range.start.max(globals as u32)..range.end;
    for (slot, group) in named.clone().zip(&object.groups[named.start as usize - globals..]).filter(|(_, g)| g.comdat) {
        // Nearly always the signature is one of the definitions above, and its id the group's. A reference's id may be
        // changed by `--wrap`, and that of `foo@@V` is of `foo`.
        let at = group.signature.wrapping_sub(first) as usize;
        let is_named = is_whole && slots.kinds.get(at).is_some_and(|k| k.is_definition()) && !has_versions;
        if !is_named || object.symbols[group.signature as usize].kind() == STT_SECTION {
            let name = object.group_name(group)?;
            bins.push(name, hash_name(name), base + slot);
        }
    }
    Ok(())
}

/// Names may have so many bytes at most: see [`Object::name_limit`].
pub(super) fn check_names(name_bytes: usize, limit: usize) -> Result<(), Malformed> {
    if name_bytes > limit {
        return Err(Malformed::new(
            0,
            format!("symbol names overlap: {name_bytes} bytes, and at most {limit} are read"),
        ));
    }
    Ok(())
}

impl<'a> Noted<'a> {
    /// Takes `foo@V` or `foo@@V` apart; returns the name under which it is interned.
    #[cold]
    fn note_version(&mut self, whole: &'a [u8], at: usize, slot: u32, undefined: bool) -> &'a [u8] {
        let (name, version) = whole.split_at(at);
        let signs = version.iter().take_while(|c| **c == b'@').count();
        // `@@@` is `@@` for a definition and `@` for a reference (gas manual, ".symver").
        let is_default = signs == 2 || signs == 3 && !undefined;
        self.versions.push((slot, WrittenVersion { version: &version[signs..], is_default }));
        self.wants_versions |= undefined;
        if is_default { name } else { whole }
    }
}

/// Keys `foo@V` for what shared objects offer: only made when some object asks for a version by name.
fn versioned_keys<'a>(files: &Files<'a>, slot_base: &[u32], shards: usize, arena: &'a Bump) -> Sorted<'a> {
    let mut bins = Bins::new(shards, 1024);
    for (f, file) in files.iter() {
        let Some(shared) = file.shared() else { continue };
        let half = shared.symbols.len() as u32 - shared.first_global;
        for i in (shared.first_global..shared.symbols.len() as u32).filter(|i| shared.offers(*i)) {
            if let (Ok(name), Some(version)) = (shared.symbol_name(i), shared.version_name(shared.version(i).0)) {
                let key = arena.concat(&[name, b"@", version]);
                bins.push(key, hash_name(key), slot_base[f.idx()] + half + (i - shared.first_global));
            }
        }
    }
    bins.sort()
}

/// A reference to `foo@V` means the definition `foo@@V` of another object, which is interned as `foo`.
fn join_default_versions(interned: &mut Interned<'_>, files: &Files<'_>) {
    let defaults = interned
        .written_versions
        .iter()
        .filter(|(slot, written)| written.is_default && interned.kinds[**slot as usize].is_definition());
    let mut renamed = HashMap::new();
    for (slot, written) in defaults {
        let id = interned.ids[*slot as usize];
        let key = [interned.names.name(SymbolId(id)), b"@", written.version].concat();
        if let Some(versioned) = interned.names.find(&key) {
            renamed.insert(versioned.0, id);
        }
    }
    rename_references(interned, files, &renamed);
}

/// `--wrap=foo`: references to `foo` become `__wrap_foo`, and to `__real_foo` become `foo`. Definitions keep their name,
/// and so do references from the file that defines it.
pub fn wrap(interned: &mut Interned<'_>, files: &Files<'_>, args: &Args) {
    if args.wrap.is_empty() {
        return;
    }
    let mut renamed = HashMap::new();
    for name in &args.wrap {
        let find = |n: String| interned.names.find(n.as_bytes());
        let (plain, wrapped, real) =
            (find(name.clone()), find(format!("__wrap_{name}")), find(format!("__real_{name}")));
        if let (Some(plain), Some(wrapped)) = (plain, wrapped) {
            renamed.insert(plain.0, wrapped.0);
        }
        if let (Some(plain), Some(real)) = (plain, real) {
            renamed.insert(real.0, plain.0);
        }
    }
    rename_references(interned, files, &renamed);
}

fn rename_references(interned: &mut Interned<'_>, files: &Files<'_>, renamed: &HashMap<u32, u32>) {
    if renamed.is_empty() {
        return;
    }
    for (f, file) in files.iter() {
        if let Content::Object(_) = file.content {
            for slot in interned.slots(f) {
                if interned.kinds[slot].is_undefined()
                    && let Some(new) = renamed.get(&interned.ids[slot])
                {
                    interned.ids[slot] = *new;
                }
            }
        }
    }
}

/// Decides which files are in: everything that is not lazy, and what those need. `roots` are names that the command
/// line refers to (`-u`, the entry point).
pub fn extract(files: &Files<'_>, interned: &Interned<'_>, roots: &[SymbolId], cx: &Session) -> BitSet {
    let _t = cx.time.phase("extract members");
    let owners = claim(files, interned, cx, &|f| {
        let file = &files[f];
        let is_object = matches!(file.content, Content::Object(_));
        Some(move |kind: Kind| match kind.class() {
            Kind::STRONG | Kind::WEAK if file.lazy || !is_object => Some(class::SHARED),
            Kind::STRONG => Some(class::STRONG),
            Kind::WEAK => Some(class::WEAK),
            Kind::COMMON if file.lazy => Some(class::LAZY_COMMON),
            // A member that really defines the name is taken before a tentative definition.
            Kind::COMMON => Some(class::LAZY_COMMON),
            _ => None,
        })
    });
    let live = AtomicBitSet::new(files.list.len());
    let mut lazy = BitSet::default();
    lazy.refill(files.list.iter().map(|f| f.lazy));
    let mut frontier: Vec<FileId> = files.iter().filter(|(_, f)| !f.lazy).map(|(id, _)| id).collect();
    // What libraries refer to makes another library needed only if none of them asks for that one itself (GNU ld's
    // manual, "--as-needed").
    let asked_for: HashSet<&[u8]> =
        files.iter().filter_map(|(_, f)| f.shared()).flat_map(|s| s.needed.iter().copied()).collect();
    let want = |id: u32, kind: Kind, from_shared: bool, found: &mut Vec<FileId>| {
        let rank = owners[id as usize].get();
        let owner = rank.file();
        if rank == Rank::NOBODY || !lazy.contains(owner.idx()) || live.contains(owner.idx()) {
            return;
        }
        // A tentative definition takes real ones from archives, and needs no library.
        let is_library = files[owner].object().is_none();
        if is_library && (kind.class() == Kind::COMMON || from_shared && asked_for.contains(files[owner].soname())) {
            return;
        }
        if live.insert(owner.idx()) {
            found.push(owner);
        }
    };
    for root in roots {
        want(root.0, Kind(Kind::UNDEFINED), false, &mut frontier);
    }
    frontier.iter().for_each(|f| {
        live.insert(f.idx());
    });
    cx.par.traverse(frontier, interned.kinds.len() as u64 * 8, |&f, found| {
        let from_shared = files[f].shared().is_some();
        for slot in interned.slots(f) {
            let kind = interned.kinds[slot];
            if matches!(kind.class(), Kind::UNDEFINED | Kind::COMMON) {
                want(interned.ids[slot], kind, from_shared, found);
            }
        }
    });
    live.into_set()
}

/// The strongest definition of each name: one atomic minimum for each definition.
fn claim<F: Fn(Kind) -> Option<u64>>(
    files: &Files<'_>,
    interned: &Interned<'_>,
    cx: &Session,
    ranker: &(dyn Fn(FileId) -> Option<F> + Sync),
) -> Vec<AtomicRank> {
    let owners = AtomicRank::nobody(interned.names.len());
    let cuts = interned.cuts();
    cx.par.map(cuts.len(), interned.kinds.len() as u64 * 16, |j| {
        for (f, base, numbers) in interned.pieces(cuts[j].clone()) {
            let Some(rank) = ranker(f) else { continue };
            let (first, versioned) = symbols_of(&files[f].content);
            for number in numbers.start..numbers.end.min(versioned) {
                let slot = base + number as usize;
                if let Some(class) = rank(interned.kinds[slot]) {
                    owners[interned.ids[slot] as usize].claim(Rank::new(class, f, first + number));
                }
            }
            for number in numbers.start.max(versioned)..numbers.end {
                let id = interned.ids[base + number as usize];
                if id != NONE {
                    owners[id as usize].claim(Rank::new(class::SHARED, f, first + number - versioned));
                }
            }
        }
    });
    owners
}

/// Index, in the file's symbol table, of the symbol of its first slot; and how many slots stand before those of what a
/// shared object offers under `foo@V`.
fn symbols_of(content: &Content<'_>) -> (u32, u32) {
    match content {
        Content::Linker => (0, u32::MAX),
        Content::Object(o) => (o.first_global, u32::MAX),
        Content::Shared(s) => (s.first_global, s.symbols.len() as u32 - s.first_global),
    }
}

/// What the files that are in say of each name, OR-ed together.
pub mod seen {
    /// Some object refers to it.
    pub const REFERENCED: u8 = 1;
    /// Some object refers to it and not weakly.
    pub const REFERENCED_STRONGLY: u8 = 2;
    /// Some shared object refers to it.
    pub const REFERENCED_BY_SHARED: u8 = 4;
    /// Some shared object defines it too.
    pub const DEFINED_BY_SHARED: u8 = 8;
    /// Hidden (or internal) somewhere.
    pub const HIDDEN: u8 = 16;
    /// Protected somewhere.
    pub const PROTECTED: u8 = 32;
    /// Some object defines it too, in a section that was dropped with its group.
    pub const DEFINED_IN_DROPPED: u8 = 64;
}

/// The definition of each name.
#[derive(Debug)]
pub struct Resolved {
    /// Winner of each name.
    pub winners: Vec<Rank>,
    /// [`seen`] flags of each name.
    pub seen: Vec<u8>,
    /// Names with two strong definitions.
    pub duplicates: Vec<SymbolId>,
}

/// Picks the definition of each name among the files in `live`. `dropped(file, section)` tells whether a section went
/// with its COMDAT group: what it defined is then only a reference.
pub fn resolve(
    files: &Files<'_>,
    interned: &Interned<'_>,
    live: &BitSet,
    dropped: &(dyn Fn(FileId, u32) -> bool + Sync),
    cx: &Session,
) -> Resolved {
    let _t = cx.time.phase("resolve symbols");
    let names = interned.names.len();
    let owners = AtomicRank::nobody(names);
    let flags: Vec<AtomicU8> = zeroed(names);
    // Most bits are set already when a symbol is seen again: test before set keeps cache lines shared.
    let mark = |id: u32, bits: u8| {
        let flags = &flags[id as usize];
        if flags.load(Relaxed) & bits != bits {
            flags.fetch_or(bits, Relaxed);
        }
    };
    let cuts = interned.cuts();
    let duplicates = cx.par.map(cuts.len(), interned.kinds.len() as u64 * 16, |j| {
        let mut duplicates = Vec::new();
        for (id, base, numbers) in interned.pieces(cuts[j].clone()).filter(|(f, ..)| live.contains(f.idx())) {
            let slots = base + numbers.start as usize..base + numbers.end as usize;
            let (first, versioned) = symbols_of(&files[id].content);
            match &files[id].content {
                Content::Linker => {}
                Content::Object(object) => {
                    for (number, slot) in numbers.zip(slots) {
                        let kind = interned.kinds[slot];
                        let symbol = interned.ids[slot];
                        let index = first + number;
                        match kind.visibility() {
                            STV_DEFAULT => {}
                            STV_PROTECTED => mark(symbol, seen::PROTECTED),
                            _ => mark(symbol, seen::HIDDEN),
                        }
                        let class = match kind.class() {
                            Kind::UNDEFINED => {
                                mark(symbol, seen::REFERENCED | seen::REFERENCED_STRONGLY);
                                continue;
                            }
                            Kind::UNDEFINED_WEAK => {
                                mark(symbol, seen::REFERENCED);
                                continue;
                            }
                            Kind::STRONG => class::STRONG,
                            Kind::WEAK => class::WEAK,
                            Kind::COMMON => class::COMMON,
                            _ => continue,
                        };
                        if kind.is_grouped() {
                            let place = object.place(index, &object.symbols[index as usize]);
                            if let Ok(Place::Section(section)) = place
                                && dropped(id, section)
                            {
                                mark(symbol, seen::REFERENCED | seen::REFERENCED_STRONGLY | seen::DEFINED_IN_DROPPED);
                                continue;
                            }
                        }
                        let rank = Rank::new(class, id, index);
                        let previous = owners[symbol as usize].claim(rank);
                        if class == class::STRONG && previous.class() == class::STRONG {
                            duplicates.push(SymbolId(symbol));
                        }
                    }
                }
                Content::Shared(_) => {
                    for (number, slot) in numbers.zip(slots) {
                        let symbol = interned.ids[slot];
                        if symbol == NONE {
                            continue;
                        }
                        if number < versioned && interned.kinds[slot].is_undefined() {
                            mark(symbol, seen::REFERENCED_BY_SHARED);
                            continue;
                        }
                        mark(symbol, seen::DEFINED_BY_SHARED);
                        owners[symbol as usize].claim(Rank::new(class::SHARED, id, first + number % versioned));
                    }
                }
            }
        }
        duplicates
    });
    let mut duplicates: Vec<SymbolId> = duplicates.into_iter().flatten().collect();
    duplicates.sort_unstable();
    duplicates.dedup();
    Resolved {
        winners: owners.into_iter().map(AtomicRank::into_inner).collect(),
        seen: flags.into_iter().map(AtomicU8::into_inner).collect(),
        duplicates,
    }
}
