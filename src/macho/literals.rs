//! Merges literals: strings of both widths, numbers, and pointers to them (references to selectors and classes, constant
//! CFStrings).
//!
//! Literals are atoms; merging folds each into the first of its value, in input order. What makes two equal is the output
//! section, the bytes, and for pointers what they point to, which is why strings come first. Strings are interned in
//! parallel by hash shard; pointers, of which there are fewer, in order.
//! Cost: a hash of every literal's bytes, one probe each.

use super::atoms::Atoms;
use super::definitions::Definition;
use super::files::Files;
use super::format::ARM64_RELOC_UNSIGNED;
use super::object::{Object, Piece, Role};
use super::relocs::{Context, Target};
use crate::base::bitset::BitSet;
use crate::base::carve;
use crate::base::hash::hash_name;
use crate::base::ids::{AtomId, FileId, SymbolId};
use crate::base::intern::{Bins, Names, shard_count};
use crate::base::session::Session;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

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
    let (names, ids) = Names::fill(&bins, total, &cx.par);
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

/// The most pointers that a literal has: each is of eight bytes, and a CFString has 32.
const POINTERS: usize = 4;

/// What makes two pointer literals equal: their section, the bytes between pointers, and for each pointer its place, what it
/// points to, and what is added.
#[derive(PartialEq, Eq, Hash)]
struct Key<'a> {
    section: (&'a [u8], &'a [u8]),
    bytes: [u8; 8 * POINTERS],
    pointers: [Option<(u32, Target, i64)>; POINTERS],
}

/// The literals with relocations, each with the one that stands for it.
pub fn equal_pointers(context: &Context<'_, '_>, cx: &Session) -> Vec<(AtomId, AtomId)> {
    let _t = cx.time.phase("merge pointer literals");
    let mut first: HashMap<Key<'_>, AtomId> = HashMap::new();
    let mut folds = Vec::new();
    for (file, object) in context.objects() {
        for index in 0..object.sections.len() {
            if !matches!(object.roles[index], Role::Literals(_)) || object.relocations[index].is_empty() {
                continue;
            }
            for local in object.atoms_of(index as u32) {
                let atom = context.atoms.id(file, local);
                if context.atoms.is_folded(atom) {
                    continue;
                }
                let Some(key) = key(context, (file, object), &object.atoms[local as usize]) else { continue };
                match first.entry(key) {
                    Entry::Occupied(stands) => folds.push((atom, *stands.get())),
                    Entry::Vacant(place) => _ = place.insert(atom),
                }
            }
        }
    }
    folds
}

/// `None` for what is like nothing else. Whatever is wrong with it, the scan will report.
fn key<'x, 'a>(context: &Context<'x, 'a>, (file, object): (FileId, &'x Object<'a>), piece: &Piece) -> Option<Key<'x>> {
    let section = object.sections[piece.section as usize].full_name();
    let mut key = Key { section, bytes: [0; 8 * POINTERS], pointers: [None; POINTERS] };
    let content = object.atom_bytes(piece);
    key.bytes.get_mut(..content.len())?.copy_from_slice(content);
    let (mut places, mut is_plain) = (key.pointers.iter_mut(), true);
    let result = context.each_reloc(file, object, piece, |reloc| {
        let target = match context.definition(reloc.target) {
            Definition::Atom(atom, offset) if !context.needs_binding(reloc.target) => Target::Atom(atom, offset),
            _ => reloc.target,
        };
        // What the bytes say beneath is the addend, or an address of the object, which says nothing.
        key.bytes[reloc.offset as usize..][..1 << reloc.length].fill(0);
        is_plain &= reloc.minus.is_none() && reloc.kind == ARM64_RELOC_UNSIGNED;
        match places.next() {
            Some(place) => *place = Some((reloc.offset, target, reloc.addend)),
            None => is_plain = false,
        }
        Ok(())
    });
    (result.is_ok() && is_plain).then_some(key)
}
