//! Marks the atoms that the output keeps (`--gc-sections`).
//!
//! A root is the entry point, an exported symbol, or an atom that the format forbids to drop; what a root reaches
//! through relocations stays, and so do the unwind tables of what stays and what those refer to. Takes final
//! definitions, yields one bit an atom, changes neither. Without `--gc-sections` every linked atom is kept.
//! Cost: every relocation of a kept atom once, in an order that is near that of memory: see [`traverse`].

mod why;

pub use why::{Reason, reasons};

use super::atoms::{Atoms, Fate, Numbering, Part};
use super::definitions::{Attr, Definitions, lists_exports};
use super::format::*;
use super::frames::FileFrames;
use super::linker_defined::Boundary;
use super::load::Files;
use super::object::{Object, Place, prefetch_sections};
use super::per_symbol::PerSymbol;
use super::sections::{is_c_identifier, is_kept};
use super::symbols::{Interned, Kind, seen};
use crate::args::elf::{Args, OutputKind};
use crate::base::bitset::{AtomicBitSet, BitSet};
use crate::base::ids::{AtomId, FileId, NONE, SymbolId};
use crate::base::session::Session;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicBool, AtomicUsize};

/// What marking reads.
pub struct Marking<'x, 'a> {
    /// All files.
    pub files: &'x Files<'a>,
    /// Names.
    pub interned: &'x Interned<'a>,
    /// Numbers of sections.
    pub numbering: &'x Numbering,
    /// Where names are defined.
    pub definitions: &'x Definitions<'a>,
    /// Fates of sections.
    pub atoms: &'x Atoms<'a>,
    /// Unwind records by file.
    pub frames: &'x [FileFrames],
    /// Names that the command line keeps.
    pub roots: &'x [SymbolId],
}

/// One bit for each atom that is kept, and one for each shared object that something kept is bound to, not weakly.
pub fn mark(m: &Marking<'_, '_>, args: &Args, cx: &Session) -> (BitSet, BitSet) {
    let _t = cx.time.phase("mark live sections");
    let kept = AtomicBitSet::new(m.atoms.fate.len());
    let libraries = AtomicBitSet::new(m.files.list.len());
    if !args.gc_sections {
        for (id, attr) in m.definitions.attr.iter().enumerate() {
            if attr.has(Attr::SHARED) && m.definitions.seen[id] & seen::REFERENCED_STRONGLY != 0 {
                libraries.insert(m.definitions.winners[id].file().idx());
            }
        }
        needed_by_libraries(m, &libraries);
        let mut all = kept.into_set();
        for (i, _) in m.atoms.fate.iter().enumerate().filter(|(_, f)| is_linked(**f)) {
            all.insert(i);
        }
        return (all, libraries.into_set());
    }
    let by_name = start_stop_targets(m, args);
    let targets = targets(m, cx);
    let visit = Visit::new(m, &targets, &kept, &libraries, &by_name);
    let mut frontier = Vec::new();
    for root in m.roots {
        visit.name(*root, &mut frontier);
    }
    for id in (0..m.definitions.attr.len()).filter(|id| is_root(m, args, *id)) {
        visit.name(SymbolId(id as u32), &mut frontier);
    }
    let rooted = cx.par.map(m.files.list.len(), m.atoms.fate.len() as u64 * 64, |f| visit.file_roots(FileId(f as u32)));
    for atom in rooted.into_iter().flatten() {
        visit.atom(atom, &mut frontier);
    }
    traverse(&visit, &frontier, cx);
    needed_by_libraries(m, &libraries);
    (kept.into_set(), libraries.into_set())
}

/// So many neighbours are visited together. Words of a bit set hold no atoms of two blocks.
const BLOCK: usize = 1024;

/// Visits what `roots` reach, block by block. Atoms refer to neighbours more than to others, and headers, symbols and
/// relocations of neighbours lie together: in the order in which a graph is found, nearly every visit misses the caches.
/// What a block finds in another one waits for that one's turn.
fn traverse(visit: &Visit<'_, '_>, roots: &[AtomId], cx: &Session) {
    let (kept, visited) = (visit.kept, AtomicBitSet::new(visit.kept.len()));
    let waiting: Vec<AtomicBool> = (0..kept.len().div_ceil(BLOCK)).map(|_| AtomicBool::new(false)).collect();
    // The bit of the atom was set before; whoever takes the flag sees all bits that it stands for, since each of them
    // was announced by a read-modify-write, which continues the release sequence of the one before.
    let put_off = |atom: AtomId| !waiting[atom.idx() / BLOCK].swap(true, Release);
    // As many turns as flags are set: each takes one that is, in order as long as there are any.
    let turns: Vec<()> = roots.iter().filter(|atom| put_off(**atom)).map(|_| ()).collect();
    let next = AtomicUsize::new(0);
    let take = || loop {
        let block = next.fetch_add(1, Relaxed) % waiting.len();
        if waiting[block].load(Relaxed) && waiting[block].swap(false, Acquire) {
            return block;
        }
    };
    cx.par.traverse(turns, kept.len() as u64 * 64, |(), turns| {
        let block = take();
        let (mut found, mut batch) = (Vec::new(), Vec::new());
        loop {
            let unvisited = kept.difference(&visited, block * BLOCK..(block + 1) * BLOCK);
            let mut file = FileId(0);
            batch.extend(unvisited.map(|atom| {
                let (f, section) = visit.m.numbering.section_near(file, AtomId(atom as u32));
                file = f;
                (f, section)
            }));
            if batch.is_empty() {
                return;
            }
            for (i, &(f, section)) in batch.iter().enumerate() {
                prefetch_sections(|ahead| {
                    let (f, section) = *batch.get(i + ahead)?;
                    Some((visit.m.files[f].object()?, section))
                });
                visited.insert(visit.m.numbering.atom(f, section).idx());
                visit.edges(f, section, &mut found);
                let elsewhere = found.drain(..).filter(|atom| atom.idx() / BLOCK != block);
                turns.extend(elsewhere.filter(|atom| put_off(*atom)).map(|_| ()));
            }
            batch.clear();
        }
    });
}

/// Whether another module may use symbol `id`. What a shared object defines too takes the place of that definition, which
/// the shared object may call itself.
fn is_root(m: &Marking<'_, '_>, args: &Args, id: usize) -> bool {
    m.definitions.attr[id].has(Attr::EXPORTED)
        && (m.definitions.seen[id] & (seen::REFERENCED_BY_SHARED | seen::DEFINED_BY_SHARED) != 0
            || args.kind == OutputKind::Shared
            || args.gc_keep_exported
            || args.export_dynamic
            || lists_exports(args))
}

/// A library is needed too if a needed one uses it without naming it (GNU ld's manual, "--as-needed").
fn needed_by_libraries(m: &Marking<'_, '_>, libraries: &AtomicBitSet) {
    let shared =
        || m.files.iter().filter(|(f, _)| m.numbering.is_live(*f)).filter_map(|(f, x)| Some((f, x, x.shared()?)));
    if !shared().any(|(f, file, _)| file.lazy && !libraries.contains(f.idx())) {
        return;
    }
    let asked_for: HashSet<&[u8]> = shared().flat_map(|(.., library)| library.needed.iter().copied()).collect();
    let needed = shared().filter(|(f, file, _)| !file.lazy || libraries.contains(f.idx()));
    let mut frontier: Vec<FileId> = needed.map(|(f, ..)| f).collect();
    while let Some(f) = frontier.pop() {
        for slot in m.interned.slots(f).filter(|s| m.interned.kinds[*s].class() == Kind::UNDEFINED) {
            let id = m.interned.ids[slot] as usize;
            let owner = m.definitions.winners[id].file();
            if m.definitions.attr[id].has(Attr::SHARED)
                && m.files[owner].lazy
                && !asked_for.contains(m.files[owner].soname())
                && libraries.insert(owner.idx())
            {
                frontier.push(owner);
            }
        }
    }
}

/// Whether the output has such atoms, unless they are collected.
pub fn is_linked(fate: Fate) -> bool {
    matches!(fate, Fate::Regular | Fate::Merged | Fate::Frames)
}

/// Atoms of sections that a reference to `__start_NAME` keeps, by name; only built when such symbols exist.
fn start_stop_targets<'a>(m: &Marking<'_, 'a>, args: &Args) -> HashMap<&'a [u8], Vec<AtomId>> {
    let mut by_name: HashMap<&[u8], Vec<AtomId>> = HashMap::new();
    if args.z.start_stop_gc {
        return by_name;
    }
    for synthetic in &m.definitions.synthetic {
        if let Boundary::SectionStart(name) | Boundary::SectionStop(name) = synthetic.boundary
            && is_c_identifier(name)
        {
            by_name.insert(name, Vec::new());
        }
    }
    if by_name.is_empty() {
        return by_name;
    }
    for (f, object) in m.numbering.objects(m.files) {
        for section in 1..object.sections.len() as u32 {
            let atom = m.numbering.atom(f, section);
            if is_linked(m.atoms.fate[atom.idx()])
                && let Ok(name) = object.section_name(section)
                && let Some(list) = by_name.get_mut(name)
            {
                list.push(atom);
            }
        }
    }
    by_name
}

struct Visit<'x, 'a> {
    m: &'x Marking<'x, 'a>,
    targets: &'x Targets,
    kept: &'x AtomicBitSet,
    libraries: &'x AtomicBitSet,
    by_name: &'x HashMap<&'a [u8], Vec<AtomId>>,
    /// For each part of an output section, whether what is in it is kept for its name.
    root_parts: Vec<bool>,
}

impl<'x, 'a> Visit<'x, 'a> {
    fn new(
        m: &'x Marking<'x, 'a>,
        targets: &'x Targets,
        kept: &'x AtomicBitSet,
        libraries: &'x AtomicBitSet,
        by_name: &'x HashMap<&'a [u8], Vec<AtomId>>,
    ) -> Self {
        let is_root = |part: &Part| is_kept(m.atoms.sections[part.section as usize].name);
        let root_parts = m.atoms.parts.iter().map(is_root).collect();
        Visit { m, targets, kept, libraries, by_name, root_parts }
    }

    fn atom(&self, atom: AtomId, found: &mut Vec<AtomId>) {
        if is_linked(self.m.atoms.fate[atom.idx()]) && self.kept.insert(atom.idx()) {
            found.push(atom);
        }
    }

    fn name(&self, id: SymbolId, found: &mut Vec<AtomId>) {
        let atom = self.m.definitions.atom[id.idx()];
        if atom != NONE {
            self.atom(AtomId(atom), found);
            return;
        }
        let (attr, winner) = (self.m.definitions.attr[id.idx()], self.m.definitions.winners[id.idx()]);
        if attr.has(Attr::SHARED) {
            self.libraries.insert(winner.file().idx());
        } else if attr.has(Attr::DEFINED)
            && winner.file().0 == 0
            && let Boundary::SectionStart(name) | Boundary::SectionStop(name) =
                self.m.definitions.synthetic[winner.index() as usize].boundary
        {
            self.by_name.get(name).into_iter().flatten().for_each(|atom| self.atom(*atom, found));
        }
    }

    /// What is kept whether or not anything refers to it. Sections that are not loaded are, unless they follow another
    /// section (SHF_LINK_ORDER) or belong to a group: those live as it does.
    fn file_roots(&self, f: FileId) -> Vec<AtomId> {
        let Some(object) = self.m.files[f].object().filter(|_| self.m.numbering.is_live(f)) else { return Vec::new() };
        let mut roots = Vec::new();
        for (i, header) in object.sections.iter().enumerate().skip(1) {
            let section = i as u32;
            let atom = self.m.numbering.atom(f, section);
            let fate = self.m.atoms.fate[atom.idx()];
            if !is_linked(fate) {
                continue;
            }
            let flags = header.flags.get();
            let alone = flags & (SHF_LINK_ORDER | SHF_GROUP) == 0;
            let keep = if fate == Fate::Frames {
                // Its records live and die with the functions that they describe.
                true
            } else if flags & SHF_ALLOC == 0 {
                alone
            } else if flags & SHF_GNU_RETAIN != 0 {
                true
            } else if header.kind.get() == SHT_NOTE {
                flags & SHF_GROUP == 0
            } else {
                let is_list = matches!(header.kind.get(), SHT_INIT_ARRAY | SHT_FINI_ARRAY | SHT_PREINIT_ARRAY);
                let is_root = || match self.m.atoms.part.get(atom.idx()) {
                    Some(part) => self.root_parts[usize::from(*part)],
                    // Under -r nothing was assigned yet.
                    None => object.section_name(section).is_ok_and(is_kept),
                };
                alone && (is_list || is_root())
            };
            if keep {
                roots.push(atom);
            }
        }
        roots
    }

    fn edges(&self, f: FileId, section: u32, found: &mut Vec<AtomId>) {
        let atom = self.m.numbering.atom(f, section);
        let Some(object) = self.m.files[f].object() else { return };
        let targets = self.targets.of(f);
        let header = &object.sections[section as usize];
        let fate = self.m.atoms.fate[atom.idx()];
        // Debug sections keep nothing alive, and `.eh_frame` only through the functions it covers.
        if fate == Fate::Frames {
            return;
        }
        if fate == Fate::Regular
            && header.flags.get() & SHF_ALLOC != 0
            && let Ok(relocations) = object.relocations(section)
        {
            relocations.iter().for_each(|r| self.target(f, object, targets, r.symbol(), found));
        }
        if header.flags.get() & SHF_GROUP != 0 {
            // All of a group is kept or none of it.
            object.companions(section).for_each(|member| self.atom(self.m.numbering.atom(f, member), found));
        }
        self.followers(f, object, section, found);
        let frames = &self.m.frames[f.idx()];
        for fde in frames.referring(section) {
            let cie = &frames.cies[fde.cie as usize];
            let Ok(relocations) = object.relocations(fde.section) else { continue };
            let range = |r: (u32, u32)| relocations.get(r.0 as usize..r.1 as usize).unwrap_or(&[]);
            for r in range(fde.relocations).iter().skip(1).chain(range(cie.relocations)) {
                self.target(f, object, targets, r.symbol(), found);
            }
        }
    }

    /// SHF_LINK_ORDER sections live when the section that they describe does.
    fn followers(&self, f: FileId, object: &Object<'_>, section: u32, found: &mut Vec<AtomId>) {
        let start = object.followers.partition_point(|(leader, _)| *leader < section);
        for (_, follower) in object.followers[start..].iter().take_while(|(leader, _)| *leader == section) {
            self.atom(self.m.numbering.atom(f, *follower), found);
        }
    }

    /// What a relocation against symbol `index` refers to.
    #[inline]
    fn target(&self, f: FileId, object: &Object<'_>, targets: &[u32], index: u32, found: &mut Vec<AtomId>) {
        match targets.get(index as usize) {
            None | Some(&NONE) => {}
            Some(&ASK) => self.not_an_atom(f, object, index, found),
            Some(&atom) => {
                if self.kept.insert(atom as usize) {
                    found.push(AtomId(atom));
                }
            }
        }
    }

    #[cold]
    fn not_an_atom(&self, f: FileId, object: &Object<'_>, index: u32, found: &mut Vec<AtomId>) {
        let id = self.m.interned.id(f, index, object.first_global);
        let is_weak = object.symbols[index as usize].bind() == STB_WEAK;
        if !is_weak || !self.m.definitions.attr[id.idx()].has(Attr::SHARED) {
            self.name(id, found);
        }
    }
}

/// What relocations ask for: see [`targets`].
type Targets = PerSymbol<u32>;

/// Of symbols that lead to something else than an atom.
const ASK: u32 = NONE - 1;

/// For each symbol the atom that a reference to it keeps. [`NONE`] for what keeps nothing, [`ASK`] for a symbol of a
/// library or of the linker's own.
fn targets(m: &Marking<'_, '_>, cx: &Session) -> Targets {
    let linked = |atom: AtomId| if is_linked(m.atoms.fate[atom.idx()]) { atom.0 } else { NONE };
    let local = |f, object: &Object<'_>, i, symbol: &Sym| match object.place(i, symbol) {
        Ok(Place::Section(section)) => linked(m.numbering.atom(f, section)),
        _ => NONE,
    };
    PerSymbol::new((m.files, m.numbering, m.interned), &cx.par, local, |id| match m.definitions.atom[id.idx()] {
        NONE if m.definitions.attr[id.idx()].has(Attr::SHARED | Attr::DEFINED) => ASK,
        NONE => NONE,
        atom => linked(AtomId(atom)),
    })
}
