//! Symbols that no object defines but the linker: boundaries of sections, `--defsym`, script assignments, and tentative
//! definitions (COMMON), for which it allocates space.
//!
//! Sources: GNU ld's default script for the boundaries, gABI "Symbol Table" for SHN_COMMON.

use super::atoms::{Atoms, MAX_ALIGN, Numbering};
use super::definitions::Linking;
use super::expr::Expr;
use super::format::*;
use super::layout::MAX_SIZE;
use super::load::Files;
use super::sections::is_c_identifier;
use super::symbols::{Interned, Kind, Rank, Resolved, class, seen};
use crate::args::elf::Args;
use crate::base::ids::{FileId, SymbolId};
use crate::base::session::Session;
use sinew_arena::Bump;
use std::collections::HashMap;

/// What a symbol of the linker stands for; becomes an address when the layout is final.
#[derive(Debug, Clone, Copy)]
pub enum Boundary<'a> {
    /// Where the file header is mapped (`__ehdr_start`, `__executable_start`, `__dso_handle`).
    ImageStart,
    /// End of the last loaded byte (`_end`).
    ImageEnd,
    /// End of the last executable section (`_etext`).
    TextEnd,
    /// End of the last section with bytes in the file (`_edata`).
    DataEnd,
    /// Start of the first section without (`__bss_start`).
    BssStart,
    /// Start of the named output section.
    SectionStart(&'a [u8]),
    /// End of the named output section.
    SectionStop(&'a [u8]),
    /// `.rela.iplt` in static executables: what the C library's start-up code applies.
    IpltRelocationsStart,
    /// Its end.
    IpltRelocationsStop,
    /// Start of the TLS block, as a TLS symbol.
    TlsModuleBase,
    /// `--defsym` and assignments: index in the list of expressions.
    Expression(u32),
    /// Tentative definition number so-and-so.
    Common(u32),
}

/// One definition of the linker's own.
#[derive(Debug, Clone)]
pub struct Synthetic<'a> {
    /// Its name.
    pub id: SymbolId,
    /// What it stands for.
    pub boundary: Boundary<'a>,
    /// STV_*.
    pub visibility: u8,
    /// The expression is a plain number.
    pub absolute: Option<u64>,
    /// The expression is this symbol: a second name of it.
    pub alias: Option<SymbolId>,
}

impl Synthetic<'_> {
    /// Its value, when no layout is needed to know it.
    pub fn constant(&self) -> Option<u64> {
        self.absolute
    }

    /// It moves with no section.
    pub fn is_absolute(&self) -> bool {
        self.absolute.is_some()
    }
}

/// A tentative definition.
#[derive(Debug, Clone, Copy)]
pub struct Common {
    /// Bytes.
    pub size: u64,
    /// Alignment in bytes.
    pub align: u64,
    /// Thread-local.
    pub tls: bool,
    /// Bytes from the start of the chunk of all tentative definitions of its kind.
    pub offset: u64,
}

/// `NAME = EXPR` from `--defsym` or a script.
#[derive(Debug)]
pub struct Assigned<'a> {
    /// The symbol.
    pub name: &'a [u8],
    /// Its value.
    pub expr: Expr<'a>,
    /// Only when something refers to it and nothing defines it.
    pub provide: bool,
    /// Not exported.
    pub hidden: bool,
}

const BOUNDARIES: [(&[u8], Boundary<'static>, bool); 26] = [
    (b"__ehdr_start", Boundary::ImageStart, true),
    (b"__executable_start", Boundary::ImageStart, true),
    (b"__dso_handle", Boundary::ImageStart, true),
    (b"_end", Boundary::ImageEnd, false),
    (b"__end", Boundary::ImageEnd, false),
    (b"end", Boundary::ImageEnd, false),
    (b"_etext", Boundary::TextEnd, false),
    (b"__etext", Boundary::TextEnd, false),
    (b"etext", Boundary::TextEnd, false),
    (b"_edata", Boundary::DataEnd, false),
    (b"edata", Boundary::DataEnd, false),
    (b"__bss_start", Boundary::BssStart, false),
    (b"__init_array_start", Boundary::SectionStart(b".init_array"), true),
    (b"__init_array_end", Boundary::SectionStop(b".init_array"), true),
    (b"__fini_array_start", Boundary::SectionStart(b".fini_array"), true),
    (b"__fini_array_end", Boundary::SectionStop(b".fini_array"), true),
    (b"__preinit_array_start", Boundary::SectionStart(b".preinit_array"), true),
    (b"__preinit_array_end", Boundary::SectionStop(b".preinit_array"), true),
    (b"__rela_iplt_start", Boundary::IpltRelocationsStart, true),
    (b"__rela_iplt_end", Boundary::IpltRelocationsStop, true),
    (b"_GLOBAL_OFFSET_TABLE_", Boundary::SectionStart(b".got.plt"), true),
    (b"_PROCEDURE_LINKAGE_TABLE_", Boundary::SectionStart(b".plt"), true),
    (b"_DYNAMIC", Boundary::SectionStart(b".dynamic"), true),
    (b"__GNU_EH_FRAME_HDR", Boundary::SectionStart(b".eh_frame_hdr"), true),
    (b"__eh_frame_hdr_start", Boundary::SectionStart(b".eh_frame_hdr"), true),
    (b"_TLS_MODULE_BASE_", Boundary::TlsModuleBase, true),
];

/// Names that the linker may define or that the command line refers to: they are interned with everything else.
pub fn names<'a>(args: &'a Args, assigned: &[Assigned<'a>], more: &[&'a [u8]], arena: &'a Bump) -> Vec<&'a [u8]> {
    let mut names: Vec<&[u8]> = BOUNDARIES.iter().map(|(name, ..)| *name).collect();
    names.extend(more);
    for a in assigned {
        names.push(a.name);
        names.extend(a.expr.symbols());
    }
    let lists = [&args.undefined, &args.require_defined, &args.trace_symbols];
    names.extend(lists.into_iter().flatten().map(|s| s.as_bytes()));
    for name in &args.wrap {
        names.extend([name.as_bytes(), arena.concat(&[b"__wrap_", name.as_bytes()])]);
    }
    names.extend([args.entry.as_deref().unwrap_or("_start"), &args.init, &args.fini].map(str::as_bytes));
    names
}

/// Defines what is left for the linker to define; `resolved.winners` then names file 0 for those.
pub fn provide<'a>(
    files: &Files<'a>,
    interned: &Interned<'a>,
    numbering: &Numbering,
    resolved: &mut Resolved,
    (assigned, atoms): (&[Assigned<'a>], &Atoms<'a>),
    args: &Args,
    cx: &Session,
) -> (Vec<Synthetic<'a>>, Vec<Common>) {
    let _t = cx.time.phase("linker-defined symbols");
    let mut list: Vec<Synthetic<'a>> = Vec::new();
    let wanted = |resolved: &Resolved, id: SymbolId| {
        let (winner, seen) = (resolved.winners[id.idx()], resolved.seen[id.idx()]);
        seen & (seen::REFERENCED | seen::REFERENCED_BY_SHARED) != 0 && winner.class() >= class::SHARED
    };
    let mut define = |resolved: &mut Resolved, synthetic: Synthetic<'a>, class: u64| {
        resolved.winners[synthetic.id.idx()] = Rank::new(class, FileId(0), list.len() as u32);
        list.push(synthetic);
    };
    for (i, a) in assigned.iter().enumerate() {
        let Some(id) = interned.names.find(a.name) else { continue };
        if a.provide && !wanted(resolved, id) {
            continue;
        }
        let absolute = match a.expr.section(&mut |_| Some(0)) {
            None => a.expr.eval(&mut |_| None).ok().map(|v| v.value),
            Some(_) => None,
        };
        let alias = a.expr.as_symbol().and_then(|name| interned.names.find(name));
        let boundary = Boundary::Expression(i as u32);
        define(
            resolved,
            Synthetic { id, boundary, visibility: if a.hidden { STV_HIDDEN } else { STV_DEFAULT }, absolute, alias },
            class::COMMAND,
        );
    }
    let has_shared = files.iter().any(|(f, file)| file.shared().is_some() && numbering.is_live(f));
    let is_dynamic = Linking::new(args, has_shared).dynamic;
    for (name, boundary, hidden) in BOUNDARIES {
        // Programs ask whether they are linked statically by a weak reference to it.
        if name == b"_DYNAMIC" && !is_dynamic {
            continue;
        }
        let visibility = if hidden { STV_HIDDEN } else { STV_DEFAULT };
        if let Some(id) = interned.names.find(name).filter(|id| wanted(resolved, *id)) {
            // What shared objects want of these is their own copy, unless they really ask.
            if resolved.seen[id.idx()] & seen::REFERENCED == 0 && hidden {
                continue;
            }
            define(resolved, Synthetic { id, boundary, visibility, absolute: None, alias: None }, class::PROVIDED);
        }
    }
    let commons = allocate_commons((files, cx), interned, numbering, resolved, &mut define);
    start_stop(interned, atoms, resolved, args, &mut define);
    (list, commons)
}

/// `__start_NAME` and `__stop_NAME` for sections whose names are C identifiers, where there are any.
fn start_stop<'a>(
    interned: &Interned<'a>,
    atoms: &Atoms<'a>,
    resolved: &mut Resolved,
    args: &Args,
    define: &mut dyn FnMut(&mut Resolved, Synthetic<'a>, u64),
) {
    for id in 0..interned.names.len() as u32 {
        let id = SymbolId(id);
        if resolved.seen[id.idx()] & seen::REFERENCED == 0 || resolved.winners[id.idx()].class() < class::SHARED {
            continue;
        }
        let name = interned.names.name(id);
        if !name.starts_with(b"__st") {
            continue;
        }
        let boundary = if let Some(section) = name.strip_prefix(b"__start_").filter(|s| is_c_identifier(s)) {
            Boundary::SectionStart(section)
        } else if let Some(section) = name.strip_prefix(b"__stop_").filter(|s| is_c_identifier(s)) {
            Boundary::SectionStop(section)
        } else {
            continue;
        };
        let (Boundary::SectionStart(name) | Boundary::SectionStop(name)) = boundary else { continue };
        if !atoms.sections.iter().any(|s| s.name == name) {
            continue;
        }
        let visibility = args.z.start_stop_visibility;
        define(resolved, Synthetic { id, boundary, visibility, absolute: None, alias: None }, class::PROVIDED);
    }
}

/// Gives each tentative definition that won the largest size and alignment that anyone asked for.
fn allocate_commons<'a>(
    (files, cx): (&Files<'a>, &Session),
    interned: &Interned<'a>,
    numbering: &Numbering,
    resolved: &mut Resolved,
    define: &mut dyn FnMut(&mut Resolved, Synthetic<'a>, u64),
) -> Vec<Common> {
    let mut winners: Vec<(Rank, SymbolId)> = (resolved.winners.iter().enumerate())
        .filter(|(_, rank)| rank.class() == class::COMMON && **rank != Rank::NOBODY)
        .map(|(id, rank)| (*rank, SymbolId(id as u32)))
        .collect();
    if winners.is_empty() {
        return Vec::new();
    }
    winners.sort_unstable();
    let mut commons = vec![Common { size: 0, align: 1, tls: false, offset: 0 }; winners.len()];
    let places: HashMap<u32, usize> = winners.iter().enumerate().map(|(i, (_, id))| (id.0, i)).collect();
    for (f, object) in numbering.objects(files) {
        for (i, slot) in interned.slots(f).enumerate() {
            if interned.kinds[slot].class() != Kind::COMMON {
                continue;
            }
            if let Some(&at) = places.get(&interned.ids[slot]) {
                let symbol = &object.symbols[object.first_global as usize + i];
                let common = &mut commons[at];
                let (size, align) = (symbol.size.get(), symbol.value.get().max(1));
                if size > MAX_SIZE || align > MAX_ALIGN || !align.is_power_of_two() {
                    let what = format!("is a common symbol of {size} bytes, aligned to {align}");
                    files.malformed(f, &object.bad_symbol(object.first_global + i as u32, &what), cx);
                    continue;
                }
                common.size = common.size.max(size);
                common.align = common.align.max(align);
                common.tls |= symbol.kind() == STT_TLS;
            }
        }
    }
    // A library's own definition may be larger: code there was compiled for all of it, and will find the one here.
    for (f, file) in files.iter().filter(|(f, _)| numbering.is_live(*f)) {
        let Some(shared) = file.shared() else { continue };
        let own = shared.symbols.len() - shared.first_global as usize;
        for (i, slot) in interned.slots(f).take(own).enumerate() {
            if interned.kinds[slot].is_definition()
                && let Some(&at) = places.get(&interned.ids[slot])
            {
                let symbol = &shared.symbols[shared.first_global as usize + i];
                commons[at].size = commons[at].size.max(symbol.size.get());
            }
        }
    }
    for tls in [false, true] {
        let mut at = 0u64;
        for common in commons.iter_mut().filter(|c| c.tls == tls) {
            // What adds up to more than there are addresses is refused with its section.
            at = at.checked_next_multiple_of(common.align).unwrap_or(u64::MAX);
            common.offset = at;
            at = at.saturating_add(common.size);
        }
    }
    for (i, (_, id)) in winners.into_iter().enumerate() {
        define(
            resolved,
            Synthetic {
                id,
                boundary: Boundary::Common(i as u32),
                visibility: STV_DEFAULT,
                absolute: None,
                alias: None,
            },
            class::COMMON,
        );
    }
    commons
}

/// Bytes and alignment of all tentative definitions: ordinary ones, then thread-local ones.
pub fn extents(commons: &[Common]) -> [(u64, u64); 2] {
    [false, true].map(|tls| {
        let of_kind = || commons.iter().filter(|c| c.tls == tls);
        let end = of_kind().map(|c| c.offset.saturating_add(c.size)).max().unwrap_or(0);
        (end, of_kind().map(|c| c.align).max().unwrap_or(1))
    })
}
