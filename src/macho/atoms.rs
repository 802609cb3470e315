//! All atoms of the link as arrays: ids by file, which of them stand for which, which the output keeps.
//!
//! `assign` numbers the atoms of every file that is in, and drops those whose weak definitions lost. Folding (literals of
//! one value, weak definitions, identical code) is one array: an atom that is folded has another one in its place, and
//! every question about an address is asked of that one.

use super::files::Files;
use super::object::{Object, Piece, Role};
use super::symbols::{Interned, Kind, Resolved, class};
use crate::base::bitset::BitSet;
use crate::base::carve;
use crate::base::ids::{AtomId, FileId, NONE};
use crate::base::rank::Rank;
use crate::base::session::Session;

/// All atoms.
#[derive(Debug)]
pub struct Atoms {
    /// First atom of each file, and one more for the end. File 0's are the linker's own: common symbols.
    base: Vec<u32>,
    /// The file of each atom.
    files: Vec<u32>,
    /// What stands in an atom's place: itself, or the atom that it was folded into.
    folded: Vec<u32>,
    /// Exponent of each atom's alignment: the largest of all that were folded into it.
    pub align: Vec<u8>,
    /// The linker's own atoms: zero-filled, `section` means nothing.
    pub own: Vec<Piece>,
    /// Atoms that the output has.
    pub kept: BitSet,
}

impl Atoms {
    /// Atom `index` of `file`.
    #[inline]
    pub fn id(&self, file: FileId, index: u32) -> AtomId {
        AtomId(self.base[file.idx()] + index)
    }

    /// The file of an atom, and its number there.
    #[inline]
    pub fn local(&self, atom: AtomId) -> (FileId, u32) {
        let file = self.files[atom.idx()];
        (FileId(file), atom.0 - self.base[file as usize])
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The atoms of `file`.
    #[inline]
    pub fn of(&self, file: FileId) -> std::ops::Range<u32> {
        self.base[file.idx()]..self.base[file.idx() + 1]
    }

    /// The atom that stands in the place of `atom`.
    #[inline]
    pub fn canonical(&self, atom: AtomId) -> AtomId {
        AtomId(self.folded[atom.idx()])
    }

    /// Whether another atom stands in its place.
    #[inline]
    pub fn is_folded(&self, atom: AtomId) -> bool {
        self.folded[atom.idx()] != atom.0
    }

    /// Puts `into` in the place of `atom`, which is no longer kept. `into` is not folded itself.
    pub fn fold(&mut self, atom: AtomId, into: AtomId) {
        debug_assert!(!self.is_folded(into));
        if atom != into {
            self.folded[atom.idx()] = into.0;
            self.align[into.idx()] = self.align[into.idx()].max(self.align[atom.idx()]);
            self.kept.remove(atom.idx());
        }
    }

    /// Folds each first atom into the second.
    pub fn fold_all(&mut self, folds: impl IntoIterator<Item = (AtomId, AtomId)>) {
        folds.into_iter().for_each(|(atom, into)| self.fold(atom, into));
        self.settle();
    }

    /// After atoms were folded into others that were folded later, points all at the last.
    pub fn settle(&mut self) {
        for i in 0..self.folded.len() {
            let mut last = self.folded[i];
            while self.folded[last as usize] != last {
                last = self.folded[last as usize];
            }
            self.folded[i] = last;
        }
    }

    /// An atom as its object has it.
    #[inline]
    pub fn piece<'f, 'a>(&self, files: &'f Files<'a>, atom: AtomId) -> (&'f Object<'a>, &'f Piece) {
        let (file, index) = self.local(atom);
        let object = files[file].object().expect("only objects have atoms");
        (object, &object.atoms[index as usize])
    }

    /// Bytes of an atom.
    #[inline]
    pub fn size(&self, files: &Files<'_>, atom: AtomId) -> u64 {
        let (file, index) = self.local(atom);
        match files[file].object() {
            Some(object) => object.atoms[index as usize].size,
            None => self.own[index as usize].size,
        }
    }
}

/// Numbers the atoms of files in `live`; `commons` are those of file 0. An atom is dropped, and the winner's put in its
/// place, when every external symbol in it is a weak definition that lost.
pub fn assign(
    files: &Files<'_>,
    live: &BitSet,
    commons: Vec<Piece>,
    interned: &Interned<'_>,
    resolved: &Resolved,
    cx: &Session,
) -> Atoms {
    let _t = cx.time.phase("assign atoms");
    let mut base = Vec::with_capacity(files.list.len() + 1);
    let mut total = 0u32;
    for (id, file) in files.iter() {
        base.push(total);
        total += match file.object() {
            Some(object) if live.contains(id.idx()) => object.atoms.len() as u32,
            None if id.0 == 0 => commons.len() as u32,
            _ => 0,
        };
    }
    base.push(total);
    let (mut owner, mut align) = (Vec::with_capacity(total as usize), Vec::with_capacity(total as usize));
    for (id, file) in files.iter() {
        let pieces = match file.object() {
            Some(object) if live.contains(id.idx()) => object.atoms,
            None if id.0 == 0 => &commons[..],
            _ => continue,
        };
        owner.resize(owner.len() + pieces.len(), id.0);
        align.extend(pieces.iter().map(|p| p.align));
    }
    let (folded, kept) = ((0..total).collect(), BitSet::full(total as usize));
    let mut atoms = Atoms { base, files: owner, folded, align, own: commons, kept };
    for (atom, place) in lost(&atoms, files, live, (interned, resolved), cx) {
        // The winner of one name may have lost by another: then it stays for both.
        if !atoms.is_folded(place) && !atoms.is_folded(atom) {
            atoms.fold(atom, place);
        }
    }
    atoms.settle();
    atoms
}

/// Atoms whose weak definitions lost, each with the atom of the winner; in input order.
fn lost(
    atoms: &Atoms,
    files: &Files<'_>,
    live: &BitSet,
    (interned, resolved): (&Interned<'_>, &Resolved),
    cx: &Session,
) -> Vec<(AtomId, AtomId)> {
    let groups = carve::groups(interned.slot_base.windows(2).map(|w| u64::from(w[1] - w[0]) * 16 + 8), 256 << 10);
    let found = cx.par.map(groups.len(), interned.ids.len() as u64 * 16, |g| {
        let mut found = Vec::new();
        for file in groups[g].clone().map(|f| FileId(f as u32)).filter(|f| live.contains(f.idx())) {
            match files[file].object() {
                // Otherwise an atom is a whole section, and holds what has no symbol of its own.
                Some(object) if object.subsections_via_symbols => {
                    lost_of(atoms, files, (file, object), (interned, resolved), &mut found);
                }
                _ => {}
            }
        }
        found
    });
    found.into_iter().flatten().collect()
}

fn lost_of(
    atoms: &Atoms,
    files: &Files<'_>,
    (file, object): (FileId, &Object<'_>),
    (interned, resolved): (&Interned<'_>, &Resolved),
    found: &mut Vec<(AtomId, AtomId)>,
) {
    let slots = interned.slots(file);
    if interned.kinds[slots.clone()].iter().all(|kind| kind.class() != Kind::WEAK) {
        return;
    }
    // Of each atom: whether a definition in it won, and whose place another takes.
    let (mut lost, mut won): (Vec<(u32, AtomId)>, Vec<u32>) = (Vec::new(), Vec::new());
    for (index, (kind, id)) in interned.kinds[slots.clone()].iter().zip(&interned.ids[slots]).enumerate() {
        let index = index as u32;
        if *id == NONE || !matches!(kind.class(), Kind::WEAK | Kind::STRONG) {
            continue;
        }
        let Some((atom, offset)) = object.symbol_place(index) else { continue };
        let winner = resolved.winners[*id as usize];
        if (winner.file(), winner.index()) == (file, index) {
            won.push(atom);
        } else if kind.class() == Kind::WEAK && offset == 0 {
            lost.extend(place_of(atoms, files, winner).map(|place| (atom, place)));
        }
    }
    won.sort_unstable();
    lost.retain(|(atom, _)| won.binary_search(atom).is_err());
    found.extend(lost.into_iter().map(|(atom, place)| (atoms.id(file, atom), place)));
}

/// The atom that the winner's definition begins.
fn place_of(atoms: &Atoms, files: &Files<'_>, winner: Rank) -> Option<AtomId> {
    if !matches!(winner.class(), class::STRONG | class::WEAK) {
        return None;
    }
    let object = files[winner.file()].object()?;
    let (atom, offset) = object.symbol_place(winner.index())?;
    (offset == 0 && object.roles[object.atoms[atom as usize].section as usize] == Role::Regular)
        .then(|| atoms.id(winner.file(), atom))
}
