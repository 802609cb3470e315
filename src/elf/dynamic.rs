//! `.dynamic`: what the dynamic linker reads first (gABI, "Dynamic Section").
//!
//! Built twice by one function: once to count the entries, once with addresses, so that both agree.

use super::check;
use super::definitions::lists_exports;
use super::dynsym::DynSymbols;
use super::format::*;
use super::layout::{Chunk, Content, OutSection};
use super::relocs::{Context, Needs};
use super::synthesize::RelaCounts;
use crate::args::elf::{Args, Bsymbolic, OutputKind};

/// Numbers that entries are made from, besides addresses.
#[derive(Debug, Default, Clone)]
pub struct Facts {
    /// (tag, offset in `.dynstr`) of entries that are strings.
    pub strings: Vec<(u64, u32)>,
    /// Address of `_init` and `_fini`, when they exist.
    pub init: Option<u64>,
    /// See `init`.
    pub fini: Option<u64>,
    /// Number of R_X86_64_RELATIVE at the start of `.rela.dyn`.
    pub relative_count: u64,
    /// Number of entries of `.gnu.version_d` and `.gnu.version_r`.
    pub version_counts: (u32, u32),
    /// DF_STATIC_TLS.
    pub static_tls: bool,
    /// DT_TEXTREL.
    pub text_relocations: bool,
}

impl Facts {
    /// What is known before addresses are.
    pub fn new(c: &Context<'_, '_>, needs: &Needs, dynsym: &DynSymbols, rela: RelaCounts) -> Self {
        let defined = |name| check::defined(c.interned, c.definitions, name).map(|_| 0);
        Facts {
            strings: dynsym.tags.clone(),
            init: defined(&c.args.init),
            fini: defined(&c.args.fini),
            relative_count: rela.relative.0 + rela.relative.1,
            version_counts: (dynsym.verdef.1, dynsym.verneed.1),
            static_tls: needs.static_tls,
            text_relocations: needs.text_relocations,
        }
    }

    /// Adds addresses of symbols.
    pub fn locate(&mut self, address_of: impl Fn(&str) -> Option<u64>, args: &Args) {
        self.init = self.init.and(address_of(&args.init));
        self.fini = self.fini.and(address_of(&args.fini));
    }
}

/// The bytes of `.dynamic`. The addresses of `sections` may not be final yet; their number and names are.
pub fn build(args: &Args, facts: &Facts, sections: &[OutSection<'_>]) -> Vec<u8> {
    let mut entries: Vec<(u64, u64)> = facts.strings.iter().map(|(tag, at)| (*tag, u64::from(*at))).collect();
    let chunk = |chunk| {
        sections.iter().find(|s| s.regions.iter().any(|r| r.content == Content::Chunk(chunk))).map(|s| (s.addr, s.size))
    };
    let named = |name: &[u8]| sections.iter().find(|s| *s.name == *name && s.size > 0).map(|s| (s.addr, s.size));
    entries.extend(facts.init.map(|init| (DT_INIT, init)));
    entries.extend(facts.fini.map(|fini| (DT_FINI, fini)));
    let arrays = [
        (&b".preinit_array"[..], DT_PREINIT_ARRAY, DT_PREINIT_ARRAYSZ),
        (b".init_array", DT_INIT_ARRAY, DT_INIT_ARRAYSZ),
        (b".fini_array", DT_FINI_ARRAY, DT_FINI_ARRAYSZ),
    ];
    for (name, tag, size_tag) in arrays {
        // Only the program itself may have initialisers that run before those of its libraries.
        let allowed = name != b".preinit_array" || args.kind != OutputKind::Shared;
        if let Some((addr, size)) = named(name).filter(|_| allowed) {
            entries.extend([(tag, addr), (size_tag, size)]);
        }
    }
    entries.extend(chunk(Chunk::SysvHash).map(|(addr, _)| (DT_HASH, addr)));
    entries.extend(chunk(Chunk::GnuHash).map(|(addr, _)| (DT_GNU_HASH, addr)));
    if let Some((addr, size)) = chunk(Chunk::Dynstr) {
        entries.extend([(DT_STRTAB, addr), (DT_STRSZ, size)]);
    }
    if let Some((addr, _)) = chunk(Chunk::Dynsym) {
        entries.extend([(DT_SYMTAB, addr), (DT_SYMENT, 24)]);
    }
    // The dynamic linker writes to this one for debuggers.
    if args.kind != OutputKind::Shared && !args.z.rodynamic {
        entries.push((DT_DEBUG, 0));
    }
    if let Some((addr, size)) = chunk(Chunk::RelaPlt) {
        let got = chunk(Chunk::GotPlt).map_or(0, |(addr, _)| addr);
        entries.extend([(DT_PLTGOT, got), (DT_PLTRELSZ, size), (DT_PLTREL, DT_RELA), (DT_JMPREL, addr)]);
    }
    if let Some((addr, size)) = chunk(Chunk::RelaDyn) {
        entries.extend([(DT_RELA, addr), (DT_RELASZ, size), (DT_RELAENT, 24)]);
        if facts.relative_count > 0 {
            entries.push((DT_RELACOUNT, facts.relative_count));
        }
    }
    if let Some((addr, size)) = chunk(Chunk::Relr) {
        entries.extend([(DT_RELR, addr), (DT_RELRSZ, size), (DT_RELRENT, 8)]);
    }
    entries.extend(chunk(Chunk::Versym).map(|(addr, _)| (DT_VERSYM, addr)));
    if let Some((addr, _)) = chunk(Chunk::Verdef) {
        entries.extend([(DT_VERDEF, addr), (DT_VERDEFNUM, facts.version_counts.0.into())]);
    }
    if let Some((addr, _)) = chunk(Chunk::Verneed) {
        entries.extend([(DT_VERNEED, addr), (DT_VERNEEDNUM, facts.version_counts.1.into())]);
    }
    flags(args, facts, &mut entries);
    entries.extend(std::iter::repeat_n((DT_NULL, 0), 1 + args.spare_dynamic_tags));
    let bytes = entries.iter().flat_map(|(tag, value)| [tag.to_le_bytes(), value.to_le_bytes()]);
    bytes.flatten().collect()
}

fn flags(args: &Args, facts: &Facts, entries: &mut Vec<(u64, u64)>) {
    let z = &args.z;
    // The dynamic linker would bind here what a list leaves to others.
    let symbolic = args.bsymbolic == Bsymbolic::All && args.kind == OutputKind::Shared && !lists_exports(args);
    let mut flags = 0;
    let mut flags_1 = 0;
    let mut set = |on: bool, flag: u32, flag_1: u32| {
        if on {
            flags |= flag;
            flags_1 |= flag_1;
        }
    };
    set(z.now, DF_BIND_NOW, DF_1_NOW);
    set(z.origin, DF_ORIGIN, DF_1_ORIGIN);
    set(symbolic, DF_SYMBOLIC, 0);
    set(facts.text_relocations, DF_TEXTREL, 0);
    set(facts.static_tls, DF_STATIC_TLS, 0);
    set(z.nodelete, 0, DF_1_NODELETE);
    set(z.nodlopen, 0, DF_1_NOOPEN);
    set(z.nodump, 0, DF_1_NODUMP);
    set(z.nodefaultlib, 0, DF_1_NODEFLIB);
    set(z.initfirst, 0, DF_1_INITFIRST);
    set(z.interpose, 0, DF_1_INTERPOSE);
    set(z.global, 0, DF_1_GLOBAL);
    set(z.loadfltr, 0, DF_1_LOADFLTR);
    set(args.kind == OutputKind::Pie, 0, DF_1_PIE);
    if facts.text_relocations {
        entries.push((DT_TEXTREL, 0));
    }
    if symbolic {
        entries.push((DT_SYMBOLIC, 0));
    }
    if flags != 0 {
        entries.push((DT_FLAGS, flags.into()));
    }
    if flags_1 != 0 {
        entries.push((DT_FLAGS_1, flags_1.into()));
    }
}
