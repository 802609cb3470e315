//! Decides which chunks the output has and how large each is: everything the linker makes, before addresses.

use super::arch::x86_64::plt;
use super::definitions::Linking;
use super::dynsym::DynSymbols;
use super::eh_frame;
use super::format::*;
use super::layout::{Chunk, NewSection};
use super::notes;
use super::relocs::{Context, Needs};
use super::slots::{self, Slots};
use super::symtab;
use crate::args::elf::{Args, OutputKind, Relr, Strip};

/// Numbers of dynamic relocations, in the order of `.rela.dyn`.
#[derive(Debug, Default, Clone, Copy)]
pub struct RelaCounts {
    /// Relative ones of atoms, then of the GOT.
    pub relative: (u64, u64),
    /// Ones with symbols: of atoms, then of the GOT.
    pub symbolic: (u64, u64),
    /// Copies.
    pub copies: u64,
    /// Indirect functions; last, since resolving them may call what the others bind.
    pub indirect: u64,
}

impl RelaCounts {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.relative.0 + self.relative.1 + self.symbolic.0 + self.symbolic.1 + self.copies + self.indirect
    }

    /// Counts what atoms and slots need.
    pub fn new(needs: &Needs, slots: &Slots, args: &Args, linking: Linking) -> Self {
        let mut counts = RelaCounts { copies: slots.copies.len() as u64, ..RelaCounts::default() };
        for [relative, symbolic] in needs.dynamic.counts() {
            counts.relative.0 += u64::from(*relative);
            counts.symbolic.0 += u64::from(*symbolic);
        }
        for entry in &slots.got {
            let (relative, symbolic, indirect) = slots::got_relocations(entry, slots, linking);
            counts.relative.1 += if args.relr == Relr::None { u64::from(relative) } else { 0 };
            counts.symbolic.1 += u64::from(symbolic);
            counts.indirect += u64::from(indirect);
        }
        counts
    }
}

/// What the sizes depend on.
pub struct Parts<'x, 'a> {
    /// Symbols and atoms.
    pub c: &'x Context<'x, 'a>,
    /// Needs.
    pub needs: &'x Needs,
    /// GOT, PLT, copies.
    pub slots: &'x Slots,
    /// Dynamic symbols.
    pub dynsym: &'x DynSymbols,
    /// `.rela.dyn`.
    pub rela: RelaCounts,
    /// Unwind records.
    pub frame_plan: &'x eh_frame::Plan,
    /// Symbol table.
    pub symtab: &'x symtab::Plan,
    /// `.note.gnu.property`.
    pub property: &'x [u8],
    /// PLT entries begin with landing pads.
    pub ibt: bool,
}

/// Bytes of one GOT header with what `.eh_frame_hdr` has before its table.
const FRAME_HEADER_SIZE: u64 = 12;

/// The chunks. Whether there is a `.relr.dyn` is known; how large it is, when addresses are.
pub fn chunks<'a>(p: &Parts<'_, '_>, has_relr: bool) -> Vec<NewSection<'a>> {
    let mut list = Vec::new();
    let mut add = |chunk, name: &'static [u8], kind, flags, (entsize, align): (u64, u64), size: u64| {
        if size > 0 {
            list.push(NewSection { chunk, name, kind, flags, entsize, align, size });
        }
    };
    const RO: u64 = SHF_ALLOC;
    const RW: u64 = SHF_ALLOC | SHF_WRITE;
    const RX: u64 = SHF_ALLOC | SHF_EXECINSTR;
    let args = p.c.args;
    if p.c.linking.dynamic
        && let Some(path) = &args.dynamic_linker
        && args.kind != OutputKind::Relocatable
    {
        add(Chunk::Interp, b".interp", SHT_PROGBITS, RO, (0, 1), path.len() as u64 + 1);
    }
    add(Chunk::Property, b".note.gnu.property", SHT_NOTE, RO, (0, 8), p.property.len() as u64);
    let build_id = notes::build_id_size(args) as u64;
    add(
        Chunk::BuildId,
        b".note.gnu.build-id",
        SHT_NOTE,
        RO,
        (0, 4),
        if build_id > 0 { (16 + build_id).next_multiple_of(4) } else { 0 },
    );
    add(Chunk::Package, b".note.package", SHT_NOTE, RO, (0, 4), notes::package(args).map_or(0, |n| n.len() as u64));
    let d = p.dynsym;
    if p.c.linking.dynamic {
        add(Chunk::SysvHash, b".hash", SHT_HASH, RO, (4, 8), d.sysv_hash.len() as u64);
        add(Chunk::GnuHash, b".gnu.hash", SHT_GNU_HASH, RO, (0, 8), d.gnu_hash.len() as u64);
        add(Chunk::Dynsym, b".dynsym", SHT_DYNSYM, RO, (24, 8), 24 * (d.list.len() as u64 + 1));
        add(Chunk::Dynstr, b".dynstr", SHT_STRTAB, RO, (0, 1), d.strings.len() as u64);
        add(Chunk::Versym, b".gnu.version", SHT_GNU_VERSYM, RO, (2, 2), d.versym.len() as u64);
        add(Chunk::Verdef, b".gnu.version_d", SHT_GNU_VERDEF, RO, (0, 8), d.verdef.0.len() as u64);
        add(Chunk::Verneed, b".gnu.version_r", SHT_GNU_VERNEED, RO, (0, 8), d.verneed.0.len() as u64);
    }
    let rela_name: &'static [u8] = if p.c.linking.dynamic { b".rela.dyn" } else { b".rela.iplt" };
    add(Chunk::RelaDyn, rela_name, SHT_RELA, RO, (24, 8), 24 * p.rela.total());
    // Grows once addresses are known.
    add(Chunk::Relr, b".relr.dyn", SHT_RELR, RO, (8, 8), if has_relr { 8 } else { 0 });
    let plt = p.slots.plt.len() as u64;
    add(Chunk::RelaPlt, b".rela.plt", SHT_RELA, RO | SHF_INFO_LINK, (24, 8), 24 * plt);
    if plt > 0 {
        add(Chunk::Plt, b".plt", SHT_PROGBITS, RX, (16, 16), plt::HEADER_SIZE + plt * plt::ENTRY_SIZE);
        add(Chunk::PltSec, b".plt.sec", SHT_PROGBITS, RX, (16, 16), if p.ibt { plt * plt::ENTRY_SIZE } else { 0 });
    }
    let iplt = p.slots.iplt.len() as u64;
    add(Chunk::Iplt, b".iplt", SHT_PROGBITS, RX, (16, 16), iplt * plt::IPLT_ENTRY_SIZE);
    if args.eh_frame_hdr && p.frame_plan.size > 0 {
        let size = FRAME_HEADER_SIZE + 8 * u64::from(p.frame_plan.fde_count);
        add(Chunk::FrameHeader, b".eh_frame_hdr", SHT_PROGBITS, RO, (0, 4), size);
    }
    add(Chunk::Frames, b".eh_frame", SHT_PROGBITS, RO, (0, 8), p.frame_plan.size);
    // Counted once the other sections are known.
    let dynamic_flags = if args.z.rodynamic { RO } else { RW };
    add(Chunk::Dynamic, b".dynamic", SHT_DYNAMIC, dynamic_flags, (16, 8), if p.c.linking.dynamic { 16 } else { 0 });
    add(Chunk::Got, b".got", SHT_PROGBITS, RW, (8, 8), 8 * u64::from(p.slots.got_slots));
    let wants_base = p.needs.got_base || plt > 0;
    let got_plt = if wants_base { 8 * (plt::GOT_PLT_RESERVED + plt) } else { 0 };
    add(Chunk::GotPlt, b".got.plt", SHT_PROGBITS, RW, (8, 8), got_plt);
    if args.gdb_index && args.strip == Strip::None {
        // Made when the file is otherwise done.
        add(Chunk::GdbIndex, b".gdb_index", SHT_PROGBITS, 0, (0, 4), 1);
    }
    if args.strip != Strip::All {
        add(Chunk::Symtab, b".symtab", SHT_SYMTAB, 0, (24, 8), 24 * p.symtab.count);
        add(Chunk::Strtab, b".strtab", SHT_STRTAB, 0, (0, 1), p.symtab.string_size);
    }
    // Filled when all names are known.
    add(Chunk::Shstrtab, b".shstrtab", SHT_STRTAB, 0, (0, 1), 1);
    list
}
