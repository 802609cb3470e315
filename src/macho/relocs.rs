//! What relocations point at, and what the kept ones need: GOT slots, stubs, thread-local pointers.
//!
//! `scan` reads each relocation of each kept atom once and ORs a bit into its symbol's needs. A reference to a definition
//! of this image needs nothing, whatever the relocation: loads through the GOT become address computations.
//! Cost: one parallel region over the objects; no allocation for a relocation.

use super::atoms::Atoms;
use super::definitions::{Definition, Definitions, flag};
use super::files::Files;
use super::format::*;
use super::object::{Object, Piece, RelTarget};
use super::symbols::Interned;
use crate::args::macho::{Args, OutputKind, Undefined};
use crate::base::bitset::BitSet;
use crate::base::carve;
use crate::base::ids::{AtomId, FileId, SymbolId};
use crate::base::session::Session;
use crate::base::view::Malformed;
use crate::base::zeroed::zeroed;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// What passes after resolution read.
#[derive(Clone, Copy)]
pub struct Context<'x, 'a> {
    /// The command line.
    pub args: &'x Args,
    /// Everything that was opened.
    pub files: &'x Files<'a>,
    /// Files that are in.
    pub live: &'x BitSet,
    /// Their names.
    pub interned: &'x Interned<'a>,
    /// What these stand for.
    pub definitions: &'x Definitions,
    /// Their atoms.
    pub atoms: &'x Atoms,
}

/// What a relocation points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// An external name.
    Symbol(SymbolId),
    /// A place in an atom, not yet asked what stands in its place.
    Atom(AtomId, u64),
    /// A number.
    Absolute(u64),
}

/// One relocation, put together from its pair.
#[derive(Debug, Clone, Copy)]
pub struct Reloc {
    /// Bytes from the start of the atom.
    pub offset: u32,
    /// `ARM64_RELOC_*` of the main one.
    pub kind: u8,
    /// Exponent of the number of bytes.
    pub length: u8,
    /// What it points at.
    pub target: Target,
    /// Added to that: from `ARM64_RELOC_ADDEND`, or from the bytes.
    pub addend: i64,
    /// What is subtracted (`ARM64_RELOC_SUBTRACTOR`).
    pub minus: Option<Target>,
}

impl<'x, 'a> Context<'x, 'a> {
    /// The objects that are in.
    pub fn objects(&self) -> impl Iterator<Item = (FileId, &'x Object<'a>)> {
        let live = self.live;
        self.files.objects().filter(move |(f, _)| live.contains(f.idx()))
    }

    /// Objects in groups of about `target` bytes of files: the unit of work of a region.
    pub fn groups(&self, target: u64) -> Vec<std::ops::Range<usize>> {
        let size = |f: &super::files::File<'a>| f.object().map_or(0, |o| o.bytes.len() as u64);
        carve::groups(self.files.list.iter().map(size), target)
    }

    /// Bytes of all objects.
    pub fn weight(&self) -> u64 {
        self.objects().map(|(_, o)| o.bytes.len() as u64).sum()
    }

    /// Where symbol `index` of `file` is: a name that all files share, or a place of its own.
    #[inline]
    pub fn symbol(&self, file: FileId, object: &Object<'_>, index: u32) -> Target {
        if let Some(id) = self.interned.id(file, index) {
            return Target::Symbol(id);
        }
        match object.symbol_place(index) {
            Some((atom, offset)) => Target::Atom(self.atoms.id(file, atom), offset),
            None => Target::Absolute(object.symbols[index as usize].value.get()),
        }
    }

    /// What `target` stands for in the end: an atom is asked what is in its place.
    #[inline]
    pub fn definition(&self, target: Target) -> Definition {
        match target {
            Target::Symbol(id) => match self.definitions.place(id) {
                Definition::Atom(atom, offset) => Definition::Atom(self.atoms.canonical(atom), offset),
                other => other,
            },
            Target::Atom(atom, offset) => Definition::Atom(self.atoms.canonical(atom), offset),
            Target::Absolute(value) => Definition::Absolute(value),
        }
    }

    /// Whether the output has what `definition` stands for: an atom may have been dropped.
    pub fn is_kept(&self, definition: Definition) -> bool {
        match definition {
            Definition::Atom(atom, _) => self.atoms.kept.contains(self.atoms.canonical(atom).idx()),
            Definition::Undefined => false,
            _ => true,
        }
    }

    /// Whether a private external name is the object file's own from here on (`-r` without `-keep_private_externs`).
    pub fn becomes_local(&self, id: SymbolId) -> bool {
        self.args.kind == OutputKind::Relocatable
            && !self.args.keep_private_externs
            && self.definitions.has(id, flag::PRIVATE)
    }

    /// Whether no place of this image can stand for `target`.
    pub fn address_is_elsewhere(&self, target: Target) -> bool {
        matches!(self.definition(target), Definition::Import(_) | Definition::Undefined)
    }

    /// Whether dyld must say where `target` is.
    #[inline]
    pub fn needs_binding(&self, target: Target) -> bool {
        matches!(target, Target::Symbol(id) if self.definitions.needs_binding(id))
    }

    /// What to call an atom in a message: the first symbol in it, or its section; and the file.
    #[cold]
    pub fn atom_name(&self, atom: AtomId) -> String {
        let (file, _) = self.atoms.local(atom);
        if self.files[file].object().is_none() {
            return "a common symbol".into();
        }
        format!("{} of {}", String::from_utf8_lossy(self.atom_symbol(atom, 0)), self.files[file])
    }

    /// The last symbol of an atom up to `offset`, or the first, or the atom's section where there is none.
    #[cold]
    pub fn atom_symbol(&self, atom: AtomId, offset: u64) -> &'a [u8] {
        let (file, index) = self.atoms.local(atom);
        let Some(object) = self.files[file].object() else { return b"a common symbol" };
        let inside = (0..object.symbols.len() as u32).filter(|s| object.symbol_atoms[*s as usize] == index);
        let named = inside.filter_map(|s| Some((object.symbol_place(s)?.1, object.symbol_name(s).ok()?)));
        // Names of the assembler's own (`ltmp0`) say nothing to anybody.
        let mut named: Vec<_> = named.filter(|(_, n)| !matches!(n.first(), None | Some(b'l' | b'L'))).collect();
        named.sort_by_key(|(at, _)| *at);
        let before = named.iter().rposition(|(at, _)| *at <= offset).map(|last| named[last].0);
        // Of several at one place it is the first.
        let symbol = named.iter().find(|(at, _)| before.is_none_or(|before| *at == before));
        symbol.map_or_else(|| object.sections[object.atoms[index as usize].section as usize].full_name().1, |(_, n)| n)
    }

    /// What to call a relocation's target in a message.
    #[cold]
    pub fn target_name(&self, target: Target) -> String {
        match target {
            Target::Symbol(id) => String::from_utf8_lossy(self.interned.names.name(id)).into_owned(),
            Target::Atom(atom, 0) => self.atom_name(atom),
            Target::Atom(atom, offset) => format!("0x{offset:x} bytes into {}", self.atom_name(atom)),
            Target::Absolute(value) => format!("0x{value:x}"),
        }
    }

    /// Calls `f` for each relocation of an atom, in descending order of offset, until it fails.
    #[inline]
    pub fn each_reloc(
        &self,
        file: FileId,
        object: &Object<'a>,
        piece: &Piece,
        mut f: impl FnMut(Reloc) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        let list = object.atom_relocations(piece);
        let bytes = object.atom_bytes(piece);
        let mut at = 0;
        while at < list.len() {
            let (reloc, used) = self.decode(file, object, piece, bytes, &list[at..])?;
            at += used;
            f(reloc)?;
        }
        Ok(())
    }

    /// Calls `f` for each name that the relocations of an atom refer to. For passes that look up something of each: it lies
    /// anywhere, and can be asked for while another atom has its turn.
    #[inline]
    pub fn each_name(&self, atom: AtomId, f: impl Fn(SymbolId)) {
        let (file, _) = self.atoms.local(atom);
        if file.0 == 0 {
            return;
        }
        let (object, piece) = self.atoms.piece(self.files, atom);
        let is_there = |r: &&Relocation| r.is_external() && (r.symbol() as usize) < object.symbols.len();
        let external = object.atom_relocations(piece).iter().filter(is_there);
        external.filter_map(|r| self.interned.id(file, r.symbol())).for_each(f);
    }

    /// The relocation that `list` begins with, and of how many records it is made.
    #[inline]
    fn decode(
        &self,
        file: FileId,
        object: &Object<'a>,
        piece: &Piece,
        bytes: &[u8],
        list: &[Relocation],
    ) -> Result<(Reloc, usize), Malformed> {
        let first = &list[0];
        let bad = |what: &str| object.bad_relocation(piece.section, first, what);
        let paired = |what: &str| {
            let second = list.get(1).filter(|second| second.address.get() == first.address.get());
            second.ok_or_else(|| bad(what))
        };
        let (main, minus, mut addend, used) = match first.kind() {
            ARM64_RELOC_ADDEND => {
                let main = paired("is an addend to nothing")?;
                // 24 bits with a sign.
                (main, None, i64::from((first.symbol() << 8) as i32 >> 8), 2)
            }
            ARM64_RELOC_SUBTRACTOR => {
                let main = paired("subtracts from nothing")?;
                if main.kind() != ARM64_RELOC_UNSIGNED {
                    return Err(bad("subtracts from something that is no pointer"));
                }
                (main, Some(self.rel_target(file, object, piece.section, first, None)?), 0, 2)
            }
            _ => (first, None, 0, 1),
        };
        let offset = (main.address.get() as u64 - piece.offset) as u32;
        let kind = main.kind();
        let length = main.length() as u8;
        let size = 1usize << length;
        let place = bytes.get(offset as usize..).and_then(|tail| tail.get(..size));
        let place = place.ok_or_else(|| bad("reaches past the end of its atom"))?;
        let mut embedded = None;
        if kind == ARM64_RELOC_UNSIGNED {
            let value = match size {
                4 => i64::from(i32::from_le_bytes(place.try_into().expect("four bytes"))),
                8 => i64::from_le_bytes(place.try_into().expect("eight bytes")),
                _ => return Err(bad("is a pointer of less than four bytes")),
            };
            if main.is_external() { addend += value } else { embedded = Some(value) }
        } else if size != 4 {
            return Err(bad("patches no four bytes"));
        }
        let target = self.rel_target(file, object, piece.section, main, embedded)?;
        Ok((Reloc { offset, kind, length, target, addend, minus }, used))
    }

    /// `embedded` is the address that the bytes hold, for a relocation that names a section.
    #[inline]
    fn rel_target(
        &self,
        file: FileId,
        object: &Object<'a>,
        section: u32,
        relocation: &Relocation,
        embedded: Option<i64>,
    ) -> Result<Target, Malformed> {
        match object.target(section, relocation)? {
            RelTarget::Symbol(index) => Ok(self.symbol(file, object, index)),
            RelTarget::Section(index) => {
                let header = &object.sections[index as usize];
                let Some(value) = embedded else {
                    let what = "names a section where only a symbol can be meant";
                    return Err(object.bad_relocation(section, relocation, what));
                };
                let offset = (value as u64).wrapping_sub(header.address.get());
                let found = object.atom_at(index, offset);
                let (atom, offset) = found.ok_or_else(|| {
                    object.bad_relocation(section, relocation, "points outside of the section it names")
                })?;
                Ok(Target::Atom(self.atoms.id(file, atom), offset))
            }
        }
    }
}

/// Bits of what a name needs.
#[allow(missing_docs)]
pub mod need {
    pub const GOT: u8 = 1;
    pub const STUB: u8 = 2;
    /// A pointer to a thread-local variable of another image.
    pub const TLV: u8 = 4;
    /// A pointer in data that dyld binds.
    pub const POINTER: u8 = 8;
}

/// What the kept relocations need.
#[derive(Debug, Default)]
pub struct Needs {
    /// By symbol id: bits of [`need`].
    pub symbols: Vec<u8>,
    /// Places of this image that need a GOT slot all the same (`ARM64_RELOC_POINTER_TO_GOT`), sorted.
    pub local_got: Vec<(AtomId, u64)>,
    /// References to names that nobody defines: name, atom, offset in it; in input order.
    pub undefined: Vec<(SymbolId, AtomId, u32)>,
    /// Whether there are thread-local variables of this image's own.
    pub thread_local: bool,
}

#[derive(Default)]
struct Found {
    local_got: Vec<(AtomId, u64)>,
    undefined: Vec<(SymbolId, AtomId, u32)>,
    thread_local: bool,
}

/// Scans the relocations of kept atoms.
pub fn scan(context: &Context<'_, '_>, cx: &Session) -> Needs {
    let _t = cx.time.phase("scan relocations");
    let symbols: Vec<AtomicU8> = zeroed(context.interned.names.len());
    let groups = context.groups(1 << 20);
    let found = cx.par.map(groups.len(), context.weight(), |g| {
        let mut found = Found::default();
        for file in groups[g].clone().map(|f| FileId(f as u32)).filter(|f| context.live.contains(f.idx())) {
            let Some(object) = context.files[file].object() else { continue };
            if let Err(error) = scan_object(context, file, object, &symbols, &mut found) {
                context.files.malformed(file, &error, cx);
            }
        }
        found
    });
    let mut needs = Needs { symbols: symbols.into_iter().map(AtomicU8::into_inner).collect(), ..Needs::default() };
    for part in found {
        needs.local_got.extend(part.local_got);
        needs.undefined.extend(part.undefined);
        needs.thread_local |= part.thread_local;
    }
    needs.local_got.sort_unstable();
    needs.local_got.dedup();
    needs
}

/// Whether a relocation is one of the many that need nothing: an instruction that reaches a place of this image, or a
/// pointer in data to one.
#[inline]
fn is_near(definitions: &Definitions, is_code: bool, reloc: &Reloc) -> bool {
    let is_usual = match reloc.kind {
        ARM64_RELOC_BRANCH26
        | ARM64_RELOC_PAGE21
        | ARM64_RELOC_PAGEOFF12
        | ARM64_RELOC_GOT_LOAD_PAGE21
        | ARM64_RELOC_GOT_LOAD_PAGEOFF12 => true,
        ARM64_RELOC_UNSIGNED => reloc.minus.is_none() && reloc.length == 3 && !is_code,
        _ => false,
    };
    is_usual
        && match reloc.target {
            Target::Symbol(id) => definitions.is_fixed(id),
            Target::Atom(..) => true,
            Target::Absolute(_) => false,
        }
}

/// Why a relocation cannot be applied, however far or near its target is: what dyld knows alone cannot be part of an
/// instruction or a difference, and dyld writes whole pointers and nothing into code.
#[inline]
fn unlinkable(context: &Context<'_, '_>, object: &Object<'_>, piece: &Piece, reloc: &Reloc) -> Option<&'static str> {
    let elsewhere = |target: Target| matches!(context.definition(target), Definition::Import(_));
    match reloc.kind {
        ARM64_RELOC_UNSIGNED if reloc.minus.is_some() => {
            let either = elsewhere(reloc.target) || reloc.minus.is_some_and(elsewhere);
            either.then_some("is a difference to a symbol of another image, which is not known until the program runs")
        }
        ARM64_RELOC_UNSIGNED if matches!(context.definition(reloc.target), Definition::Absolute(_)) => None,
        ARM64_RELOC_UNSIGNED if reloc.length != 3 => Some("is an address in four bytes, and addresses have eight"),
        ARM64_RELOC_UNSIGNED => {
            let is_code = object.sections[piece.section as usize].flags.get() & S_ATTR_PURE_INSTRUCTIONS != 0;
            is_code.then_some("is a pointer in code, where dyld cannot write; it belongs in __DATA,__const")
        }
        ARM64_RELOC_PAGE21 | ARM64_RELOC_PAGEOFF12 => {
            elsewhere(reloc.target).then_some("takes the address of a symbol of another image without the GOT")
        }
        ARM64_RELOC_AUTHENTICATED_POINTER.. => Some("is for arm64e, which is another machine"),
        _ => None,
    }
}

#[cold]
fn misplaced(object: &Object<'_>, piece: &Piece, reloc: &Reloc, why: &str) -> Malformed {
    let section = &object.sections[piece.section as usize];
    let (segment, name) = section.full_name();
    let (segment, name) = (String::from_utf8_lossy(segment), String::from_utf8_lossy(name));
    let offset = piece.offset + u64::from(reloc.offset);
    Malformed::new(
        section.offset.get().into(),
        format!("the relocation at offset 0x{offset:x} of {segment},{name} {why}"),
    )
}

fn scan_object(
    context: &Context<'_, '_>,
    file: FileId,
    object: &Object<'_>,
    symbols: &[AtomicU8],
    found: &mut Found,
) -> Result<(), Malformed> {
    for atom in context.atoms.of(file).map(AtomId).filter(|a| context.atoms.kept.contains(a.idx())) {
        let piece = &object.atoms[(atom.0 - context.atoms.of(file).start) as usize];
        let section = &object.sections[piece.section as usize];
        found.thread_local |= section.kind() == S_THREAD_LOCAL_VARIABLES;
        let is_code = section.flags.get() & S_ATTR_PURE_INSTRUCTIONS != 0;
        context.each_reloc(file, object, piece, |reloc| {
            if is_near(context.definitions, is_code, &reloc) {
                return Ok(());
            }
            if let Some(why) = unlinkable(context, object, piece, &reloc) {
                return Err(misplaced(object, piece, &reloc, why));
            }
            for target in [Some(reloc.target), reloc.minus].into_iter().flatten() {
                let Target::Symbol(id) = target else { continue };
                let place = context.definitions.place(id);
                let told = context.args.undefined == Undefined::Warning && place == Definition::Import(FileId(0));
                if place == Definition::Undefined || told {
                    found.undefined.push((id, atom, reloc.offset));
                }
            }
            let bit = match reloc.kind {
                ARM64_RELOC_POINTER_TO_GOT => match context.definition(reloc.target) {
                    Definition::Atom(atom, offset) if !context.needs_binding(reloc.target) => {
                        found.local_got.push((atom, offset));
                        return Ok(());
                    }
                    _ => need::GOT,
                },
                ARM64_RELOC_GOT_LOAD_PAGE21 | ARM64_RELOC_GOT_LOAD_PAGEOFF12 => need::GOT,
                ARM64_RELOC_BRANCH26 => need::STUB,
                ARM64_RELOC_TLVP_LOAD_PAGE21 | ARM64_RELOC_TLVP_LOAD_PAGEOFF12 => need::TLV,
                ARM64_RELOC_UNSIGNED if reloc.minus.is_none() => need::POINTER,
                _ => return Ok(()),
            };
            if let Target::Symbol(id) = reloc.target
                && context.definitions.needs_binding(id)
                && symbols[id.idx()].load(Relaxed) & bit == 0
            {
                symbols[id.idx()].fetch_or(bit, Relaxed);
            }
            Ok(())
        })?;
    }
    Ok(())
}
