//! `__TEXT,__objc_methlist`: lists of methods without pointers (`-objc_relative_method_lists`).
//!
//! A compiler writes the methods of a class as records of three pointers in `__DATA,__objc_const`: name, types, function.
//! Since the systems of autumn 2020 the runtime takes three 32-bit distances as well, the first to a reference to the
//! selector, and such a list needs no fixup and is shared among processes (`objc-runtime-new.h`, `method_list_t`):
//!
//! ```text
//! 24, count, { pointers to: name, types, function }…        0x8000_000c, count, { distances to: reference, … }…
//! ```
//!
//! The lists of an object move here to a section of their own, as differences of symbols, and the references that they
//! need to another one, where they merge with those that code uses. Nobody else has to know. A list that does not look
//! as clang and Swift write it stays as it is, which the runtime takes too.
//! Cost, of objects with `__objc_const` alone: a touch of the relocations, the symbols of that section, and a copy of the
//! symbol table.

use super::super::format::*;
use super::super::object::{Object, Piece, Role};
use super::made::{self, Made};
use crate::base::ids::NONE;
use sinew_arena::Bump;
use std::collections::HashMap;

/// What the names of lists of methods begin with: clang's, and Swift's.
const NAMES: [&[u8]; 8] = [
    b"__OBJC_$_INSTANCE_METHODS_",
    b"__OBJC_$_CLASS_METHODS_",
    b"__OBJC_$_CATEGORY_INSTANCE_METHODS_",
    b"__OBJC_$_CATEGORY_CLASS_METHODS_",
    b"__INSTANCE_METHODS_",
    b"__CLASS_METHODS_",
    b"__CATEGORY_INSTANCE_METHODS_",
    b"__CATEGORY_CLASS_METHODS_",
];

/// Bytes before the first record.
const HEADER: u64 = 8;
/// Bytes of a record of pointers.
const ABSOLUTE: u64 = 24;
/// Bytes of a record of distances.
const RELATIVE: u64 = 12;
/// Says in a list's header that it has distances.
const IS_RELATIVE: u32 = 0x8000_0000;

/// A list that can be rewritten.
struct List {
    /// The symbol that it begins with, which the distances count from.
    symbol: u32,
    atom: u32,
    /// Of each method: the symbols of its name, its types and its function.
    methods: Vec<[u32; 3]>,
}

/// `object` with relative lists; `None` if it has none that could be.
pub fn relative<'a>(object: &Object<'a>, arena: &'a Bump) -> Option<Object<'a>> {
    let section = object.sections.iter().position(|s| s.full_name() == (b"__DATA", b"__objc_const"))? as u32;
    // A symbol can name 255 sections, and there will be two more.
    if !object.subsections_via_symbols || object.sections.len() > 253 {
        return None;
    }
    let lists = lists(object, section);
    // What names the section alone would not find a list that has moved.
    let names_section = |r: &Relocation| !r.is_external() && r.symbol() == section + 1;
    if lists.is_empty() || object.relocations.iter().any(|list| list.iter().any(names_section)) {
        return None;
    }
    let method_count: usize = lists.iter().map(|list| list.methods.len()).sum();
    let end = object.sections.iter().map(|s| s.address.get() + s.size.get()).max()?.checked_next_multiple_of(8)?;
    // Symbols of relocations have 24 bits.
    if object.symbols.len() + method_count >= 1 << 24 || end.checked_add(method_count as u64 * 64).is_none() {
        return None;
    }
    Some(rewrite(object, &lists, end, arena))
}

/// The lists of an object, in the order of their atoms.
fn lists(object: &Object<'_>, section: u32) -> Vec<List> {
    let atoms = object.atoms_of(section);
    let (mut lists, mut entered) = (Vec::new(), Vec::new());
    for symbol in 0..object.symbols.len() as u32 {
        let Some((atom, offset)) = object.symbol_place(symbol).filter(|(atom, _)| atoms.contains(atom)) else {
            continue;
        };
        if offset != 0 {
            entered.push(atom);
        } else if object.symbol_name(symbol).is_ok_and(|name| NAMES.iter().any(|start| name.starts_with(start)))
            && let Some(methods) = methods(object, symbol, &object.atoms[atom as usize])
        {
            lists.push(List { symbol, atom, methods });
        }
    }
    lists.sort_by_key(|list| list.atom);
    lists.dedup_by_key(|list| list.atom);
    // A symbol in the middle of a list would lose its place.
    entered.sort_unstable();
    lists.retain(|list| entered.binary_search(&list.atom).is_err());
    lists
}

/// The methods of the list that `symbol` is and `piece` holds, if it is one.
fn methods(object: &Object<'_>, symbol: u32, piece: &Piece) -> Option<Vec<[u32; 3]>> {
    if object.symbols[symbol as usize].is_external() {
        return None; // Another file's may win.
    }
    let bytes = object.atom_bytes(piece);
    let word = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().expect("four bytes")));
    let (record_size, count) = (word(0)?, u64::from(word(4)?));
    let relocations = object.atom_relocations(piece);
    let fits = record_size == ABSOLUTE as u32
        && piece.size == HEADER + count * ABSOLUTE
        && relocations.len() as u64 == count * 3
        && bytes[HEADER as usize..].iter().all(|byte| *byte == 0);
    // A list of nothing gains nothing.
    if !fits || count == 0 {
        return None;
    }
    // From the last to the first, as they are.
    let mut pointers = Vec::with_capacity(relocations.len());
    for (i, relocation) in relocations.iter().rev().enumerate() {
        let here = piece.offset + HEADER + i as u64 * 8;
        let target = object.symbols.get(relocation.symbol() as usize)?;
        let is_pointer = (relocation.kind(), relocation.length()) == (ARM64_RELOC_UNSIGNED, 3);
        // What another file may define could turn out to be in another image, to which there is no distance.
        if relocation.address.get() as u64 != here
            || !is_pointer
            || !relocation.is_external()
            || target.class() != N_SECT
            || object.symbol_atoms[relocation.symbol() as usize] == NONE
        {
            return None;
        }
        pointers.push(relocation.symbol());
    }
    let methods: Vec<[u32; 3]> = pointers.chunks_exact(3).map(|m| [m[0], m[1], m[2]]).collect();
    let is_string = |symbol: u32| {
        let (atom, offset) = object.symbol_place(symbol).expect("it was looked at");
        offset == 0 && object.roles[object.atoms[atom as usize].section as usize] == Role::Strings
    };
    methods.iter().all(|method| is_string(method[0])).then_some(methods)
}

/// Puts `lists` and references to their selectors into two sections behind all others, the first at address `start`.
fn rewrite<'a>(object: &Object<'a>, lists: &[List], start: u64, arena: &'a Bump) -> Object<'a> {
    let mut symbols = object.symbols.to_vec();
    // Symbols without a name: no symbol table will show them.
    let nameless = memchr::memchr(0, object.strings).expect("names end") as u32;
    let methods = lists.iter().map(|list| list.methods.len() as u64);
    let size: u64 = methods.map(|count| HEADER + count * RELATIVE).sum();
    let mut moved = Made::new((b"__TEXT", b"__objc_methlist"), Role::Regular, S_REGULAR, 2, start);
    let references = (&b"__DATA"[..], &b"__objc_selrefs"[..]);
    let references_at = (start + size).next_multiple_of(8);
    let mut references = Made::new(references, Role::Literals(8), S_LITERAL_POINTERS, 3, references_at);
    let ordinal = object.sections.len() as u8 + 1;
    // By the symbol of a selector's string: that of the reference to it.
    let mut known: HashMap<u32, u32> = HashMap::new();
    for list in lists {
        let base = moved.bytes.len();
        moved.bytes.extend_from_slice(&(IS_RELATIVE | RELATIVE as u32).to_le_bytes());
        moved.bytes.extend_from_slice(&(list.methods.len() as u32).to_le_bytes());
        for &[name, types, function] in &list.methods {
            let reference = *known.entry(name).or_insert_with(|| {
                let at = references.bytes.len();
                references.relocate(at, ARM64_RELOC_UNSIGNED, 3, name);
                references.bytes.extend_from_slice(&[0; 8]);
                references.cut();
                let (name, value) = (nameless.into(), (references_at + at as u64).into());
                symbols.push(Nlist { name, kind: N_SECT, section: ordinal + 1, value, ..Nlist::default() });
                symbols.len() as u32 - 1
            });
            for target in [reference, types, function] {
                let at = moved.bytes.len();
                moved.relocate(at, ARM64_RELOC_UNSIGNED, 2, target);
                moved.relocate(at, ARM64_RELOC_SUBTRACTOR, 2, list.symbol);
                // Distances count from where they are, and not from the list's symbol.
                moved.bytes.extend_from_slice(&((base as i32).wrapping_sub(at as i32)).to_le_bytes());
            }
        }
        moved.cut();
    }

    // Atoms are numbered by section: those that moved leave a gap, and come behind all others.
    let is_moved = |atom: u32| lists.binary_search_by_key(&atom, |list| list.atom);
    let before = |atom: u32| lists.partition_point(|list| list.atom < atom) as u32;
    let stay = (0..object.atoms.len() as u32).filter(|atom| is_moved(*atom).is_err());
    let atoms: Vec<Piece> = stay.map(|atom| object.atoms[atom as usize]).collect();
    let section_atoms: Vec<u32> = object.section_atoms.iter().map(|first| first - before(*first)).collect();
    let mut symbol_atoms = object.symbol_atoms.to_vec();
    for (symbol, atom) in symbols.iter_mut().zip(&mut symbol_atoms).filter(|(_, atom)| **atom != NONE) {
        *atom = match is_moved(*atom) {
            Ok(list) => {
                symbol.section = ordinal;
                symbol.value = (start + moved.atoms[list].offset).into();
                (atoms.len() + list) as u32
            }
            Err(_) => *atom - before(*atom),
        };
    }
    symbol_atoms.extend((0..references.atoms.len()).map(|i| (atoms.len() + lists.len() + i) as u32));
    let rest = Object { symbols: arena.copy(&symbols), symbol_atoms: arena.copy(&symbol_atoms), ..*object };
    made::with_sections(rest, (atoms, section_atoms), &[moved, references], arena)
}
