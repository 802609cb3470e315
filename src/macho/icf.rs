//! Folds functions that are identical (`--icf`): same bytes, same relocations to the same things, same unwinding.
//!
//! Functions and their exception tables are compared; what they refer to is equal when it is the same, or is folded too.
//! `--icf=all` folds every function; `--icf=safe` only those whose address nobody takes, as the compiler says in
//! `__DATA,__llvm_addrsig`. Of an object without that section, every symbol counts as taken.
//! Yields what folds into what, the first in input order standing for the others. Cost: the bytes and relocations of all
//! candidates hashed once, in parallel; then the rounds of `base::fold`.

use super::definitions::Definition;
use super::format::*;
use super::object::{Object, Role};
use super::relocs::{Context, Target};
use super::unwind::{Record, Records};
use crate::args::macho::Icf;
use crate::base::bitset::BitSet;
use crate::base::fold;
use crate::base::hash::hash128;
use crate::base::ids::{AtomId, FileId, NONE};
use crate::base::session::Session;
use crate::base::view::Malformed;

/// Each atom that is to be folded, with the one that takes its place.
pub fn identical(context: &Context<'_, '_>, records: &Records, cx: &Session) -> Vec<(AtomId, AtomId)> {
    let _t = cx.time.phase("fold identical code");
    let taken = match context.args.icf {
        Icf::None => return Vec::new(),
        Icf::Safe => Some(taken(context)),
        Icf::All => None,
    };
    let candidates = candidates(context, records, taken.as_ref());
    let mut number = vec![NONE; context.atoms.len()];
    candidates.iter().enumerate().for_each(|(i, atom)| number[atom.idx()] = i as u32);
    let blocks: Vec<&[AtomId]> = candidates.chunks(BLOCK).collect();
    let hashed = cx.par.map(blocks.len(), candidates.len() as u64 * 256, |b| {
        let mut content = Content { context, number: &number, bytes: Vec::new(), references: Vec::new() };
        let mut found = Vec::with_capacity(blocks[b].len());
        for &atom in blocks[b] {
            content.of(atom, records);
            found.push((hash128(&content.bytes), content.references.len() as u32));
        }
        (found, content.references)
    });
    let (mut contents, mut starts, mut targets) = (Vec::with_capacity(candidates.len()), vec![0], Vec::new());
    for (found, references) in hashed {
        let base = targets.len() as u32;
        for (hash, end) in found {
            contents.push(hash);
            starts.push(base + end);
        }
        targets.extend(references);
    }
    let first = fold::identical(contents, &starts, &targets, &cx.par);
    let folds = first.iter().enumerate().filter(|(i, first)| *i as u32 != **first);
    folds.map(|(i, first)| (candidates[i], candidates[*first as usize])).collect()
}

/// Atoms that one job hashes.
const BLOCK: usize = 512;

/// Atoms that may fold, in input order.
fn candidates(context: &Context<'_, '_>, records: &Records, taken: Option<&BitSet>) -> Vec<AtomId> {
    let mut found = Vec::new();
    for (file, object) in context.objects().filter(|(_, object)| object.subsections_via_symbols) {
        for (index, section) in object.sections.iter().enumerate() {
            let is_code = section.flags.get() & S_ATTR_PURE_INSTRUCTIONS != 0;
            let is_table = section.full_name() == (b"__TEXT", b"__gcc_except_tab");
            if object.roles[index] != Role::Regular || !is_code && !is_table {
                continue;
            }
            for local in object.atoms_of(index as u32) {
                let atom = context.atoms.id(file, local);
                // Two FDEs are not compared: what needs one stays.
                let has_frame = |r: &Record| r.encoding & UNWIND_ARM64_MODE_MASK == UNWIND_ARM64_MODE_DWARF;
                if context.atoms.kept.contains(atom.idx())
                    && object.atoms[local as usize].size > 0
                    && taken.is_none_or(|taken| !taken.contains(atom.idx()))
                    && !records.of(atom).iter().any(has_frame)
                {
                    found.push(atom);
                }
            }
        }
    }
    found
}

/// Atoms whose address may be compared with another's.
fn taken(context: &Context<'_, '_>) -> BitSet {
    let mut taken = BitSet::new(context.atoms.len());
    let mut take = |file: FileId, object: &Object<'_>, symbol: u32| {
        if let Definition::Atom(atom, _) = context.definition(context.symbol(file, object, symbol)) {
            taken.insert(atom.idx());
        }
    };
    for (file, object) in context.objects() {
        let table = object.sections.iter().position(|s| s.full_name() == (b"__DATA", b"__llvm_addrsig"));
        match table {
            // The section is empty but for relocations: one for each symbol whose address is taken.
            Some(index) => {
                let symbols = object.relocations[index].iter().filter(|r| r.is_external()).map(|r| r.symbol());
                symbols.filter(|s| (*s as usize) < object.symbols.len()).for_each(|s| take(file, object, s));
            }
            None => {
                let symbols = (0..object.symbols.len()).filter(|i| !object.symbols[*i].is_stab());
                symbols.for_each(|i| take(file, object, i as u32));
            }
        }
    }
    taken
}

/// What an atom is made of, as bytes to be compared by their hash.
struct Content<'x, 'a> {
    context: &'x Context<'x, 'a>,
    /// By atom: its number among the candidates.
    number: &'x [u32],
    bytes: Vec<u8>,
    /// Candidates that atoms refer to, one atom's behind the other's.
    references: Vec<u32>,
}

impl Content<'_, '_> {
    /// Puts the content of `atom` in `bytes`, and adds its references.
    fn of(&mut self, atom: AtomId, records: &Records) {
        let context = self.context;
        let (object, piece) = context.atoms.piece(context.files, atom);
        let section = &object.sections[piece.section as usize];
        let (segment, name) = section.full_name();
        self.bytes.clear();
        self.bytes.extend_from_slice(object.atom_bytes(piece));
        if self.relocations(atom).is_err() {
            self.number(u64::from(atom.0)); // The scan will report it; until then it is equal to nothing.
        }
        for record in records.of(atom) {
            [record.offset, record.length.into(), record.encoding.into()].into_iter().for_each(|n| self.number(n));
            self.target(record.personality);
            self.target(record.lsda);
        }
        self.number(piece.size);
        self.bytes.extend_from_slice(segment);
        self.bytes.extend_from_slice(name);
    }

    fn relocations(&mut self, atom: AtomId) -> Result<(), Malformed> {
        let context = self.context;
        let (object, piece) = context.atoms.piece(context.files, atom);
        context.each_reloc(context.atoms.local(atom).0, object, piece, |reloc| {
            if reloc.kind == ARM64_RELOC_UNSIGNED {
                // An address of the object, or the addend, which is compared as such.
                self.bytes[reloc.offset as usize..][..1 << reloc.length].fill(0);
            }
            self.number(u64::from(reloc.offset) << 32 | u64::from(reloc.kind) << 8 | u64::from(reloc.length));
            self.number(reloc.addend as u64);
            self.target(Some(reloc.target));
            self.target(reloc.minus);
            Ok(())
        })
    }

    fn number(&mut self, number: u64) {
        self.bytes.extend_from_slice(&number.to_le_bytes());
    }

    fn target(&mut self, target: Option<Target>) {
        let Some(target) = target else { return self.number(0) };
        let definition = match target {
            Target::Symbol(id) if self.context.needs_binding(target) => return self.tagged(1, id.0.into(), 0),
            _ => self.context.definition(target),
        };
        match definition {
            Definition::Atom(atom, offset) => match self.number[atom.idx()] {
                NONE => self.tagged(2, atom.0.into(), offset),
                candidate => {
                    self.references.push(candidate);
                    self.tagged(3, 0, offset);
                }
            },
            Definition::Absolute(value) => self.tagged(4, value, 0),
            Definition::Header => self.tagged(5, 0, 0),
            Definition::Boundary(index) => self.tagged(6, index.into(), 0),
            Definition::Import(_) | Definition::Undefined => match target {
                Target::Symbol(id) => self.tagged(1, id.0.into(), 0),
                _ => self.tagged(7, 0, 0),
            },
        }
    }

    fn tagged(&mut self, tag: u64, what: u64, offset: u64) {
        [tag, what, offset].into_iter().for_each(|n| self.number(n));
    }
}
