//! Scans relocations: finds out which symbols need a GOT or PLT slot, a copy, a dynamic relocation, before any address is
//! known.
//!
//! Takes kept atoms and final definitions, yields one byte of needs a symbol and two counts an atom. A need of a
//! global symbol is OR-ed atomically; one of a local symbol goes to a short list of its file. Nothing is allocated per
//! relocation.
//! Cost: every relocation of a kept, loaded atom once; one parallel region.

use super::arch::x86_64;
use super::atoms::{Atoms, Fate, Numbering};
use super::definitions::{Attr, Definitions, Linking};
use super::format::*;
use super::frames::FileFrames;
use super::load::Files;
use super::near_symbols::{self, NearSymbols};
use super::object::{Object, Place};
use super::relr;
use super::source::Sources;
use super::symbols::Interned;
use super::undefined::{self, Use};
use crate::args::elf::{Args, TextRelocs, Unresolved};
use crate::base::bitset::BitSet;
use crate::base::demangle::demangle;
use crate::base::diag::Reported;
use crate::base::ids::{AtomId, FileId, SymbolId};
use crate::base::session::Session;
use crate::base::zeroed::zeroed;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering::Relaxed};

/// What a symbol needs, one bit each.
#[allow(missing_docs)]
pub mod need {
    /// A GOT slot with its address.
    pub const GOT: u8 = 1;
    /// A PLT entry to call through.
    pub const PLT: u8 = 2;
    /// A GOT slot with its offset from the thread pointer.
    pub const GOTTP: u8 = 4;
    /// Two GOT slots for `__tls_get_addr`.
    pub const TLSGD: u8 = 8;
    /// Two GOT slots for a TLS descriptor.
    pub const TLSDESC: u8 = 16;
    /// Space in this output that the dynamic linker copies it to.
    pub const COPY: u8 = 32;
    /// A PLT entry that is its address for the whole program.
    pub const CANONICAL_PLT: u8 = 64;
    /// A place in `.dynsym`, for a dynamic relocation.
    pub const DYNSYM: u8 = 128;
}

/// Everything the scan found.
#[derive(Debug)]
pub struct Needs {
    /// [`need`] flags by symbol id.
    pub global: Vec<u8>,
    /// Needs of local symbols by file: (symbol index, flags), sorted.
    pub local: Vec<Vec<(u32, u8)>>,
    /// Dynamic relocations of each atom: relative ones, and ones with a symbol.
    pub dynamic: Dynamic,
    /// Relative relocations that go to `.relr.dyn` instead, in the order of atoms.
    pub packed: Vec<relr::Word>,
    /// `R_X86_64_TLSLD` remains: one pair of GOT slots for the module.
    pub tls_ld: bool,
    /// DF_STATIC_TLS.
    pub static_tls: bool,
    /// DT_TEXTREL.
    pub text_relocations: bool,
    /// Something refers to the GOT itself.
    pub got_base: bool,
}

/// How many dynamic relocations of each kind atoms have. Few atoms have any.
#[derive(Debug)]
pub struct Dynamic(Vec<(AtomId, [u32; 2])>);

impl Dynamic {
    /// All counts but zeros.
    pub fn counts(&self) -> impl Iterator<Item = &[u32; 2]> {
        self.0.iter().map(|(_, counts)| counts)
    }

    /// For one question after the other, about atoms that mostly ascend.
    pub fn visit(&self) -> impl FnMut(AtomId) -> [u32; 2] {
        let (list, mut next) = (&self.0[..], 0usize);
        move |atom| {
            if list.get(next.wrapping_sub(1)).is_some_and(|(before, _)| *before >= atom) {
                next = list.partition_point(|(a, _)| *a < atom);
            }
            while list.get(next).is_some_and(|(a, _)| *a < atom) {
                next += 1;
            }
            list.get(next).filter(|(a, _)| *a == atom).map_or([0; 2], |(_, counts)| *counts)
        }
    }
}

/// What the scan of an atom, and later its relocation, may ask.
pub struct Context<'x, 'a> {
    /// The command line.
    pub args: &'x Args,
    /// The kind of output.
    pub linking: Linking,
    /// All files.
    pub files: &'x Files<'a>,
    /// Names.
    pub interned: &'x Interned<'a>,
    /// Where names are defined.
    pub definitions: &'x Definitions<'a>,
    /// Numbers of sections.
    pub numbering: &'x Numbering,
    /// Fates of sections.
    pub atoms: &'x Atoms<'a>,
    /// Atoms that the output has.
    pub kept: &'x BitSet,
}

/// The symbol a relocation names.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its number in the file's symbol table.
    pub index: u32,
    /// Its id, for symbols that are not local.
    pub id: Option<SymbolId>,
    /// Facts.
    pub attr: Attr,
}

/// Where a relocation is, for messages.
#[derive(Clone, Copy)]
pub struct Site<'x, 'a> {
    /// The file.
    pub file: FileId,
    /// Its object.
    pub object: &'x Object<'a>,
    /// Index of the section.
    pub section: u32,
}

impl<'a> Context<'_, 'a> {
    /// The target of `r`, with what is known of it before layout.
    #[inline]
    pub fn target(&self, site: Site<'_, 'a>, r: &Rela) -> Option<Target> {
        let index = r.symbol();
        if index >= site.object.first_global {
            if index as usize >= site.object.symbols.len() {
                return None;
            }
            let id = self.interned.id(site.file, index, site.object.first_global);
            return Some(Target { index, id: Some(id), attr: self.definitions.attr[id.idx()] });
        }
        let symbol = site.object.symbols.get(index as usize)?;
        let mut bits = match symbol.kind() {
            STT_TLS => Attr::TLS,
            STT_GNU_IFUNC => Attr::IFUNC | Attr::FUNC,
            STT_FUNC => Attr::FUNC,
            _ => 0,
        };
        match site.object.place(index, symbol) {
            Ok(Place::Section(_)) => bits |= Attr::DEFINED,
            Ok(Place::Absolute) => bits |= Attr::DEFINED | Attr::ABSOLUTE,
            // Symbol 0: the relocation is its addend.
            Ok(Place::Undefined) if index == 0 => bits |= Attr::DEFINED | Attr::ABSOLUTE,
            _ => return None,
        }
        Some(Target { index, id: None, attr: Attr(bits) })
    }

    /// Flags of the section that a local target is in. Few rules ask; reading them for every relocation would cost a
    /// cache miss each.
    pub fn local_section_flags(&self, site: Site<'_, 'a>, target: Target) -> u64 {
        let symbol = site.object.symbols.get(target.index as usize).filter(|_| target.id.is_none());
        match symbol.map(|s| site.object.place(target.index, s)) {
            Some(Ok(Place::Section(section))) => site.object.sections[section as usize].flags.get(),
            _ => 0,
        }
    }

    /// The name of a target, demangled as the user wants it.
    pub fn target_name(&self, site: Site<'_, 'a>, index: u32) -> String {
        let name = site.object.symbols.get(index as usize).map(|symbol| {
            if symbol.kind() == STT_SECTION {
                return match site.object.place(index, symbol) {
                    Ok(Place::Section(section)) => site.object.section_name(section).unwrap_or(b"?"),
                    _ => b"?",
                };
            }
            site.object.symbol_name(index).unwrap_or(b"?")
        });
        display_name(name.unwrap_or(b"?"), self.args)
    }

    /// `main.o:(.text+0x1c)`.
    pub fn place_name(&self, site: Site<'_, 'a>, offset: u64) -> String {
        let section = site.object.section_name(site.section).unwrap_or(b"?");
        format!("{}:({}+0x{offset:x})", self.files[site.file], String::from_utf8_lossy(section))
    }
}

/// A name as messages show it: demangled, unless the user wants it as it is.
pub fn display_name(name: &[u8], args: &Args) -> String {
    let readable = if args.demangle { demangle(name) } else { None };
    readable.unwrap_or_else(|| String::from_utf8_lossy(name).into_owned())
}

/// What the scan of one file collects.
pub struct FileScan<'x> {
    /// Needs of all global symbols.
    pub global: &'x [AtomicU8],
    /// Needs of this file's local symbols.
    pub local: Vec<(u32, u8)>,
    /// Relative and symbolic dynamic relocations of the atom being scanned.
    pub dynamic: [u32; 2],
    /// See [`Needs::packed`]; of all atoms of the file.
    pub packed: Vec<relr::Word>,
    /// Set when seen.
    pub flags: &'x Flags,
    /// Ids of the file's symbols that are not local.
    global_ids: &'x [u32],
    /// Those of all its symbols that a relocation need not read more of.
    near: near_symbols::OfFile<'x>,
    /// A message has told the source line of the file's first mistake; the others are not worth reading its table for.
    pub told: bool,
}

/// What is true of the link once it is true of one relocation.
#[derive(Debug, Default)]
pub struct Flags {
    /// See [`Needs::tls_ld`].
    pub tls_ld: AtomicBool,
    /// See [`Needs::static_tls`].
    pub static_tls: AtomicBool,
    /// See [`Needs::text_relocations`].
    pub text_relocations: AtomicBool,
    /// See [`Needs::got_base`].
    pub got_base: AtomicBool,
}

impl FileScan<'_> {
    /// Notes that `target` needs `bits`.
    #[inline]
    pub fn need(&mut self, target: Target, bits: u8) {
        match target.id {
            Some(id) => {
                let needs = &self.global[id.idx()];
                if needs.load(Relaxed) & bits != bits {
                    needs.fetch_or(bits, Relaxed);
                }
            }
            None => match self.local.iter_mut().rev().take(8).find(|(index, _)| *index == target.index) {
                Some((_, needs)) => *needs |= bits,
                None => self.local.push((target.index, bits)),
            },
        }
    }
}

/// Scans every kept atom.
pub fn scan(c: &Context<'_, '_>, frames: &[FileFrames], cx: &Session) -> Result<Needs, Reported> {
    let _t = cx.time.phase("scan relocations");
    let global: Vec<AtomicU8> = zeroed(c.interned.names.len());
    let flags = Flags::default();
    let missing: Mutex<Vec<Use>> = Mutex::default();
    let near = NearSymbols::find(c, cx);
    let cuts = c.numbering.cuts(2048);
    let found = cx.par.map(cuts.len(), c.numbering.atom_count() as u64 * 256, |j| {
        let (mut lists, mut packed, mut dynamic) = (Vec::new(), Vec::new(), Vec::new());
        for (f, sections) in c.numbering.pieces(cuts[j].clone()) {
            let Some(object) = c.files[f].object() else { continue };
            let globals = object.symbols.len() - object.first_global as usize;
            let mut scan = FileScan {
                global: &global,
                local: Vec::new(),
                dynamic: [0; 2],
                packed,
                flags: &flags,
                told: false,
                global_ids: &c.interned.ids[c.interned.slots(f)][..globals],
                near: near.of(f),
            };
            let fates = &c.atoms.fate[c.numbering.atom(f, sections.start).idx()..];
            for (section, fate) in sections.clone().zip(fates) {
                // Most sections are of other kinds: their headers need not be read.
                let atom = c.numbering.atom(f, section);
                if *fate != Fate::Regular
                    || !c.kept.contains(atom.idx())
                    || object.sections[section as usize].flags.get() & SHF_ALLOC == 0
                {
                    continue;
                }
                scan_atom(c, Site { file: f, object, section }, &mut scan, &missing, cx);
                if scan.dynamic != [0; 2] {
                    dynamic.push((atom, std::mem::take(&mut scan.dynamic)));
                }
            }
            // A piece of a file has its share of the unwind records too.
            let records = &frames[f.idx()];
            let share = |section: u32| records.fdes.len() * section as usize / object.sections.len();
            let fdes = share(sections.start)..share(sections.end);
            scan_frames(c, (f, object), (records, fdes), &mut scan, &missing, cx);
            join_needs(&mut scan.local);
            packed = scan.packed;
            if !scan.local.is_empty() {
                lists.push((f, scan.local));
            }
        }
        (lists, packed, dynamic)
    });
    undefined::report(c, missing.into_inner().unwrap_or_else(|e| e.into_inner()), cx);
    cx.diag.checkpoint()?;
    let (mut packed, mut dynamic) = (Vec::new(), Vec::new());
    let mut local: Vec<Vec<(u32, u8)>> = vec![Vec::new(); c.files.list.len()];
    for (lists, words, counts) in found {
        for (f, list) in lists {
            let of_file = &mut local[f.idx()];
            let is_second_piece = !of_file.is_empty();
            of_file.extend(list);
            if is_second_piece {
                join_needs(of_file);
            }
        }
        packed.extend(words);
        dynamic.extend(counts);
    }
    Ok(Needs {
        global: global.into_iter().map(AtomicU8::into_inner).collect(),
        local,
        dynamic: Dynamic(dynamic),
        packed,
        tls_ld: flags.tls_ld.into_inner(),
        static_tls: flags.static_tls.into_inner(),
        text_relocations: flags.text_relocations.into_inner(),
        got_base: flags.got_base.into_inner(),
    })
}

/// Sorts a file's list, with one entry for each symbol.
fn join_needs(list: &mut Vec<(u32, u8)>) {
    list.sort_unstable();
    list.dedup_by(|next, first| {
        let is_same = next.0 == first.0;
        first.1 |= if is_same { next.1 } else { 0 };
        is_same
    });
}

fn scan_atom<'a>(
    c: &Context<'_, 'a>,
    site: Site<'_, 'a>,
    scan: &mut FileScan<'_>,
    missing: &Mutex<Vec<Use>>,
    cx: &Session,
) {
    let result = site.object.relocations(site.section).and_then(|relocations| {
        if relocations.is_empty() {
            return Ok(());
        }
        let bytes = site.object.section_bytes(site.section)?;
        scan_range(c, site, bytes, relocations, scan, missing, cx);
        Ok(())
    });
    if let Err(error) = result {
        c.files.malformed(site.file, &error, cx);
    }
}

/// Scans some of a file's unwind records. Only those of functions that are kept count.
fn scan_frames<'a>(
    c: &Context<'_, 'a>,
    (file, object): (FileId, &Object<'a>),
    (records, fdes): (&FileFrames, Range<usize>),
    scan: &mut FileScan<'_>,
    missing: &Mutex<Vec<Use>>,
    cx: &Session,
) {
    let packed = scan.packed.len();
    let mut used = vec![false; if fdes.is_empty() { 0 } else { records.cies.len() }];
    let mut source = (0, &[][..], &[][..]);
    let lives = |section: u32| section != 0 && c.kept.contains(c.numbering.atom(file, section).idx());
    for fde in records.fdes[fdes].iter().filter(|fde| lives(fde.function)) {
        let section = fde.section;
        if source.0 != section {
            // Records were found in both: they can be read.
            let (bytes, relocations) = (object.section_bytes(section), object.relocations(section));
            source = (section, bytes.unwrap_or_default(), relocations.unwrap_or_default());
        }
        let site = Site { file, object, section };
        let mut scan = |(first, end): (u32, u32)| {
            scan_range(c, site, source.1, &source.2[first as usize..end as usize], scan, missing, cx);
        };
        scan(fde.relocations);
        if !std::mem::replace(&mut used[fde.cie as usize], true) {
            scan(records.cies[fde.cie as usize].relocations);
        }
    }
    // The unwinder applies no dynamic relocations here: all that is used is relative to the place.
    scan.dynamic = [0; 2];
    scan.packed.truncate(packed);
}

fn scan_range<'a>(
    c: &Context<'_, 'a>,
    site: Site<'_, 'a>,
    bytes: &[u8],
    relocations: &[Rela],
    scan: &mut FileScan<'_>,
    missing: &Mutex<Vec<Use>>,
    cx: &Session,
) {
    let mut rest = relocations.iter();
    let near_end = bytes.len().saturating_sub(4) as u64;
    let first_global = site.object.first_global;
    while let Some(r) = rest.next() {
        // What stays at a fixed distance needs nothing: not even a look at the symbol, where that is local.
        let is_near = matches!(r.kind(), r_x86_64::R_X86_64_PC32 | r_x86_64::R_X86_64_PLT32)
            && r.offset.get() <= near_end
            && bytes.len() >= 4;
        let index = r.symbol();
        if is_near && scan.near.contains(index) {
            continue;
        }
        let target = match scan.global_ids.get(index.wrapping_sub(first_global) as usize) {
            Some(&id) => Some(Target { index, id: Some(SymbolId(id)), attr: c.definitions.attr[id as usize] }),
            None if r.kind() == r_x86_64::R_X86_64_64 && scan.near.contains(index) => {
                Some(Target { index, id: None, attr: Attr(Attr::DEFINED) })
            }
            None => c.target(site, r),
        };
        let Some(target) = target else {
            bad_target(c, site, r, cx);
            continue;
        };
        let is_dynamic = target.attr.has(Attr::DYNAMIC);
        // With --warn-unresolved-symbols both a warning and the dynamic linker get it.
        let is_warned = c.args.unresolved == Unresolved::Warn && c.args.no_undefined;
        if target.attr.has(Attr::UNDEFINED) && (!is_dynamic || is_warned) && r.kind() != 0 {
            if c.args.unresolved != Unresolved::Ignore
                && let Some(id) = target.id
            {
                let place = Use { id, file: site.file, section: site.section, offset: r.offset.get() };
                missing.lock().unwrap_or_else(|e| e.into_inner()).push(place);
            }
            if !is_dynamic {
                continue;
            }
        }
        // An object file may say anything: what lies outside the section is an error and not read.
        match x86_64::scan::relocation(c, site, bytes, r, target, scan) {
            Ok(skip) => (0..skip).for_each(|_| _ = rest.next()),
            Err(what) => {
                let order = u64::from(site.file.0) << 32 | u64::from(site.section);
                let place = c.place_name(site, r.offset.get());
                let name = c.target_name(site, target.index);
                let kind = r_x86_64::name(r.kind());
                let mut text = format!("{place}: relocation {kind} against '{name}' {what}");
                if !std::mem::replace(&mut scan.told, true) {
                    let source = Sources::new(c.files, c.args).place(site.file, site.section, r.offset.get());
                    text += &format!("\n>>> referenced by {source}");
                }
                cx.diag.error_at(order, text);
            }
        }
    }
}

#[cold]
fn bad_target(c: &Context<'_, '_>, site: Site<'_, '_>, r: &Rela, cx: &Session) {
    let order = u64::from(site.file.0) << 32 | u64::from(site.section);
    let section = site.object.section_name(site.section).unwrap_or(b"?");
    let place = format!("{}:({}+0x{:x})", c.files[site.file], String::from_utf8_lossy(section), r.offset);
    cx.diag.error_at(order, format_args!("{place}: relocation names symbol {}, which is not usable", r.symbol()));
}

/// Whether relocations that the dynamic linker applies to read-only sections are allowed.
pub fn allows_text_relocations(args: &Args) -> bool {
    args.z.text == TextRelocs::Allow
}
