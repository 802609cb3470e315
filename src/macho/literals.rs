//! Merges literals: strings, numbers, and pointers to them (selector references, constant CFStrings).
//!
//! Literals are atoms; merging folds each into the first of its value, in input order. What makes two equal is the output
//! section, the bytes, and for pointers what they point to, which is why strings come first. Strings are interned in
//! parallel by hash shard; pointers, of which there are few, in order.
//! Cost: a hash of every literal's bytes, one probe each.

use super::atoms::Atoms;
use super::files::Files;
use super::object::Role;
use super::relocs::{Context, Target};
use crate::base::bitset::BitSet;
use crate::base::carve;
use crate::base::hash::hash_name;
use crate::base::ids::{AtomId, FileId, SymbolId};
use crate::base::intern::{Bins, Names, shard_count};
use crate::base::session::Session;
use std::collections::HashMap;

/// Folds literals without relocations into the first of their value.
pub fn merge_bytes(atoms: &mut Atoms, files: &Files<'_>, live: &BitSet, cx: &Session) {
    let _t = cx.time.phase("merge literals");
    // Sections by name, in order of appearance: literals of different sections are different.
    let mut classes: Vec<(&[u8], &[u8])> = Vec::new();
    let mut lists: Vec<Vec<(FileId, u32)>> = Vec::new();
    for (file, object) in files.objects().filter(|(f, _)| live.contains(f.idx())) {
        for (index, section) in object.sections.iter().enumerate() {
            let plain = object.roles[index].is_literal() && object.relocations[index].is_empty();
            if plain {
                let name = section.full_name();
                let class = classes.iter().position(|c| *c == name).unwrap_or_else(|| {
                    classes.push(name);
                    lists.push(Vec::new());
                    classes.len() - 1
                });
                lists[class].push((file, index as u32));
            }
        }
    }
    for sections in lists {
        merge_class(atoms, files, &sections, cx);
    }
}

fn merge_class(atoms: &mut Atoms, files: &Files<'_>, sections: &[(FileId, u32)], cx: &Session) {
    let object = |file: FileId| files[file].object().expect("only objects have sections");
    let counts: Vec<u32> = sections.iter().map(|(f, s)| object(*f).atoms_of(*s).len() as u32).collect();
    let sizes = sections.iter().map(|(f, s)| object(*f).section_bytes(*s).len() as u64);
    let (groups, weight) = (carve::groups(sizes.clone(), 256 << 10), sizes.sum());
    let mut base = vec![0u32];
    counts.iter().for_each(|count| base.push(base[base.len() - 1] + count));
    let total = base[base.len() - 1] as usize;
    let shards = shard_count(total);
    let bins = cx.par.map(groups.len(), weight, |g| {
        let range = groups[g].clone();
        let mut bins = Bins::new(shards, (base[range.end] - base[range.start]) as usize);
        for (at, (file, section)) in range.clone().zip(&sections[range]) {
            let object = object(*file);
            for (i, atom) in object.atoms_of(*section).enumerate() {
                let bytes = object.atom_bytes(&object.atoms[atom as usize]);
                bins.push(bytes, hash_name(bytes), base[at] + i as u32);
            }
        }
        bins.sort()
    });
    let (names, ids) = Names::fill(&bins, total, cx.par);
    // The first of each value in input order stands for all.
    let mut first: Vec<u32> = vec![u32::MAX; names.len()];
    for (at, (file, section)) in sections.iter().enumerate() {
        for (i, local) in object(*file).atoms_of(*section).enumerate() {
            let value = SymbolId(ids[base[at] as usize + i]);
            let atom = atoms.id(*file, local);
            match first[value.idx()] {
                u32::MAX => first[value.idx()] = atom.0,
                stands => atoms.fold(atom, AtomId(stands)),
            }
        }
    }
}

/// What makes two pointer literals equal: output section, bytes, and for each relocation its place, target and addend.
type Key<'a> = ((&'a [u8], &'a [u8]), &'a [u8], Vec<(u32, Target, i64)>);

/// The literals with relocations, each with the one that stands for it.
pub fn equal_pointers(context: &Context<'_, '_>, cx: &Session) -> Vec<(AtomId, AtomId)> {
    let _t = cx.time.phase("merge pointer literals");
    let mut first: HashMap<Key<'_>, AtomId> = HashMap::new();
    let mut folds = Vec::new();
    for (file, object) in context.objects() {
        for (index, section) in object.sections.iter().enumerate() {
            if !matches!(object.roles[index], Role::Literals(_)) || object.relocations[index].is_empty() {
                continue;
            }
            for local in object.atoms_of(index as u32) {
                let (atom, piece) = (context.atoms.id(file, local), &object.atoms[local as usize]);
                if context.atoms.is_folded(atom) {
                    continue;
                }
                let mut targets = Vec::new();
                let result = context.each_reloc(file, object, piece, |reloc| {
                    let target = match reloc.target {
                        Target::Atom(atom, offset) => Target::Atom(context.atoms.canonical(atom), offset),
                        other => other,
                    };
                    targets.push((reloc.offset, target, reloc.addend));
                    Ok(())
                });
                if result.is_err() {
                    continue; // The scan will report it.
                }
                // Bytes under a relocation to a section are an address of the object, which says nothing.
                let bytes = if targets.iter().any(|t| matches!(t.1, Target::Atom(..))) && piece.size == 8 {
                    &[][..]
                } else {
                    object.atom_bytes(piece)
                };
                match first.entry((section.full_name(), bytes, targets)) {
                    std::collections::hash_map::Entry::Occupied(stands) => folds.push((atom, *stands.get())),
                    std::collections::hash_map::Entry::Vacant(place) => _ = place.insert(atom),
                }
            }
        }
    }
    folds
}
