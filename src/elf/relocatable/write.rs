//! Writes the object: contents, then all relocations, then tables and headers.
//!
//! Contents lie in the file in the order of their sections, and relocations in the same order, so a job owns one run of
//! each. A relocation keeps its type; its place and the symbol (or, for section symbols, the addend) move. One whose
//! target was dropped with its group becomes R_X86_64_NONE, as GNU ld has it, where that can do no harm.
//! Cost: every kept byte and relocation once, in jobs of about 256 KiB.

use super::super::format::r_x86_64::{self, *};
use super::super::format::*;
use super::super::notes;
use super::super::object::{Object, Place};
use super::super::write::{build_id_of, describe, fill};
use super::Sources;
use super::sections::Moved;
use super::symbols::{Table, section_symbol};
use crate::args::elf::BuildId;
use crate::base::diag::Reported;
use crate::base::hash::hash_block;
use crate::base::ids::{AtomId, FileId, NONE};
use crate::base::inflate::inflate_zlib;
use crate::base::session::Session;
use crate::base::view::Malformed;
use sinew_mmap::output::{Leftover, Output, Scratch, Slot};
use std::io;
use std::ops::Range;
use std::sync::Mutex;
use zerocopy::IntoBytes;

/// Bytes of output that make one job.
const JOB_SIZE: u64 = 256 << 10;

/// A section without inputs, in memory.
struct Made {
    name: &'static [u8],
    header: Shdr,
    bytes: Vec<u8>,
}

/// Where things are in the file.
struct Plan {
    /// Offset of each joined section's contents.
    contents: Vec<u64>,
    /// Offset of its relocations.
    relocations: Vec<u64>,
    /// Groups, notes, tables.
    made: Vec<(u64, Made)>,
    /// Section header index of `.symtab`.
    symtab: u32,
    symbols: u64,
    strings: u64,
    headers: u64,
    file_size: u64,
}

enum What<'p> {
    /// Atoms number so-and-so of the list of all.
    Atoms(Range<usize>),
    Symbols {
        piece: usize,
        string_base: u32,
    },
    Bytes(&'p [u8]),
}

struct Job<'p> {
    what: What<'p>,
    ranges: [Range<u64>; 3],
}

/// Writes and commits the output.
pub fn all(moved: &Moved<'_, '_>, table: &Table, property: Vec<u8>, cx: &Session) -> Result<Leftover, Reported> {
    let _t = cx.time.phase("write");
    let args = moved.s.args;
    let failed = |e: io::Error| cx.diag.fail(format_args!("cannot write {}: {}", args.output.display(), describe(&e)));
    let (plan, headers) = plan(moved, table, property);
    if plan.file_size > 1 << 46 {
        return Err(cx.diag.fail(format_args!("the output would be {} bytes", plan.file_size)));
    }
    let mut output = Output::create(&args.output, plan.file_size, false, cx.par.workers()).map_err(failed)?;
    let order: Vec<AtomId> = moved.joined.sections.iter().flat_map(|s| s.atoms.iter().copied()).collect();
    let mut jobs = atom_jobs(moved, &plan, &order);
    let header = file_header(moved, table, &plan);
    jobs.push(Job { what: What::Bytes(header.as_bytes()), ranges: [0..64, 0..0, 0..0] });
    let end = plan.headers + headers.len() as u64;
    jobs.push(Job { what: What::Bytes(&headers), ranges: [plan.headers..end, 0..0, 0..0] });
    for (at, made) in plan.made.iter().filter(|(_, m)| !m.bytes.is_empty()) {
        jobs.push(Job { what: What::Bytes(&made.bytes), ranges: [*at..*at + made.bytes.len() as u64, 0..0, 0..0] });
    }
    let (mut symbols, mut strings) = (plan.symbols, plan.strings + 1);
    for (piece, p) in table.pieces.iter().enumerate() {
        let (a, b) = (symbols + 24 * p.entries.len() as u64, strings + p.strings.len() as u64);
        let string_base = (strings - plan.strings) as u32;
        jobs.push(Job { what: What::Symbols { piece, string_base }, ranges: [symbols..a, strings..b, 0..0] });
        (symbols, strings) = (a, b);
    }
    let hashes: Mutex<Vec<(u64, u128)>> = Mutex::default();
    let error: Mutex<Option<io::Error>> = Mutex::default();
    let writer = Writer { moved, table, plan: &plan, order: &order, cx, hashes: &hashes };
    let mut scratch: Vec<[Scratch; 3]> = (0..cx.par.workers()).map(|_| Default::default()).collect();
    let slots = output.lend(jobs.iter().map(|job| &job.ranges)).map_err(failed)?;
    let lent = jobs.into_iter().map(|job| job.what).zip(slots).collect();
    cx.par.consume_with(&mut scratch, lent, plan.file_size, |scratch, (what, slots)| {
        if let Err(e) = writer.run(what, slots, scratch) {
            error.lock().unwrap_or_else(|e| e.into_inner()).get_or_insert(e);
        }
    });
    if let Some(e) = error.into_inner().unwrap_or_else(|e| e.into_inner()) {
        return Err(failed(e));
    }
    cx.diag.checkpoint()?;
    let hashes = hashes.into_inner().unwrap_or_else(|e| e.into_inner());
    if let Some(id) = build_id_of(args, hashes).map_err(failed)?
        && let Some((at, _)) = plan.made.iter().find(|(_, m)| m.name == BUILD_ID)
    {
        output.patch(at + 16, &id).map_err(failed)?;
    }
    let _t = cx.time.phase("commit");
    output.commit().map_err(failed)
}

const BUILD_ID: &[u8] = b".note.gnu.build-id";

/// The words of each group: its flags, then the indices of its members and of their relocations.
fn groups(moved: &Moved<'_, '_>, table: &Table, symtab: u32) -> Vec<Made> {
    let joined = moved.joined;
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); joined.groups.len()];
    let mut first: Vec<u32> = vec![NONE; joined.groups.len()];
    for (number, section) in joined.sections.iter().enumerate().filter(|(_, s)| s.group != NONE) {
        let list = &mut members[section.group as usize];
        list.push(section.index);
        list.extend(Some(section.rela_index).filter(|i| *i != 0));
        let first = &mut first[section.group as usize];
        *first = (*first).min(number as u32);
    }
    let made = joined.groups.iter().zip(members).zip(first).map(|((group, members), first)| {
        let Some(object) = moved.s.files[group.file].object() else { unreachable!("only objects have groups") };
        let source = &object.groups[group.number as usize];
        // What nothing names any more is called like its first member.
        let signature = signature(moved, table, group.file, object, source.signature);
        let signature = signature.unwrap_or(if first == NONE { 0 } else { section_symbol(first) });
        let flags = if source.comdat { GRP_COMDAT } else { 0 };
        let words: Vec<u8> = std::iter::once(flags).chain(members).flat_map(u32::to_le_bytes).collect();
        let header = Shdr {
            kind: SHT_GROUP.into(),
            link: symtab.into(),
            info: signature.into(),
            align: 4.into(),
            entsize: 4.into(),
            ..Shdr::default()
        };
        Made { name: b".group", header, bytes: words }
    });
    made.collect()
}

fn signature(moved: &Moved<'_, '_>, table: &Table, file: FileId, object: &Object<'_>, index: u32) -> Option<u32> {
    let r = Rela::new(0, R_X86_64_NONE, index, 0);
    Some(target(moved, table, file, object, &r).ok()??.0).filter(|number| *number != 0)
}

/// The symbol and addend of a relocation in the output; `None` when its target was dropped.
fn target(
    moved: &Moved<'_, '_>,
    table: &Table,
    file: FileId,
    object: &Object<'_>,
    r: &Rela,
) -> Result<Option<(u32, i64)>, Malformed> {
    let index = r.symbol();
    if index == 0 {
        return Ok(Some((0, r.addend())));
    }
    let Some(symbol) = object.symbols.get(index as usize) else {
        return Err(Malformed::new(r.offset.get(), format!("a relocation names symbol {index}, which does not exist")));
    };
    if index >= object.first_global {
        let number = table.globals[moved.s.interned.id(file, index, object.first_global).idx()];
        return Ok((number != NONE).then_some((number, r.addend())));
    }
    if symbol.kind() == STT_SECTION {
        let Place::Section(section) = object.place(index, symbol)? else { return Ok(None) };
        let atom = moved.s.numbering.atom(file, section);
        // In .eh_frame records move one by one, and the addend tells which one is meant.
        let inside = if moved.records.contains_key(&atom) { r.addend() } else { 0 };
        let offset = symbol.value.get().wrapping_add(inside as u64);
        let place = moved.place(atom, offset);
        return Ok(place.map(|(section, at)| {
            (section_symbol(section), (at as i64).wrapping_add(r.addend().wrapping_sub(inside)))
        }));
    }
    let (base, map) = &table.locals[file.idx()];
    let number = map.get(index as usize).copied().unwrap_or(NONE);
    Ok((number != NONE).then(|| (base + number, r.addend())))
}

fn plan(moved: &Moved<'_, '_>, table: &Table, property: Vec<u8>) -> (Plan, Vec<u8>) {
    let joined = moved.joined;
    let args = moved.s.args;
    let mut at = 64u64;
    let mut contents = Vec::with_capacity(joined.sections.len());
    for section in &joined.sections {
        // Nothing is mapped from here: the file keeps no more alignment than reading it in place can use.
        at = at.next_multiple_of(section.align.min(64));
        contents.push(at);
        at += if section.kind == SHT_NOBITS { 0 } else { section.size };
    }
    at = at.next_multiple_of(8);
    let mut relocations = Vec::with_capacity(joined.sections.len());
    for section in &joined.sections {
        relocations.push(at);
        at += 24 * section.relocation_count;
    }
    let note =
        |align: u64| Shdr { kind: SHT_NOTE.into(), flags: SHF_ALLOC.into(), align: align.into(), ..Shdr::default() };
    let mut notes_made = Vec::new();
    if !property.is_empty() {
        notes_made.push(Made { name: b".note.gnu.property", header: note(8), bytes: property });
    }
    if args.build_id != BuildId::None {
        let bytes = notes::note(b"GNU\0", NT_GNU_BUILD_ID, &vec![0; notes::build_id_size(args)], 4);
        notes_made.push(Made { name: BUILD_ID, header: note(4), bytes });
    }
    let symtab = joined.next_index() + notes_made.len() as u32;
    let mut made: Vec<Made> = groups(moved, table, symtab);
    made.append(&mut notes_made);
    let made = made.into_iter().map(|m| {
        at = at.next_multiple_of(m.header.align.get().max(1));
        let start = at;
        at += m.bytes.len() as u64;
        (start, m)
    });
    let mut made: Vec<(u64, Made)> = made.collect();
    at = at.next_multiple_of(8);
    let symbols = at;
    at += 24 * u64::from(table.count);
    let extended = table.pieces.iter().flat_map(|p| &p.entries).any(|e| e.section >= SHN_LORESERVE.into());
    let strings_index = symtab + 1 + u32::from(extended);
    if extended {
        let words: Vec<u8> = table.pieces.iter().flat_map(|p| &p.entries).flat_map(|e| xindex(e.section)).collect();
        let header = Shdr {
            kind: SHT_SYMTAB_SHNDX.into(),
            link: symtab.into(),
            align: 4.into(),
            entsize: 4.into(),
            ..Shdr::default()
        };
        let start = at;
        at += words.len() as u64;
        made.push((start, Made { name: b".symtab_shndx", header, bytes: words }));
    }
    let strings = at;
    at += 1 + table.pieces.iter().map(|p| p.strings.len() as u64).sum::<u64>();
    let mut plan = Plan { contents, relocations, made, symtab, symbols, strings, headers: 0, file_size: 0 };
    let (bytes, names) = headers(moved, table, &mut plan, strings_index, at);
    at += names.bytes.len() as u64;
    let header =
        Shdr { kind: SHT_STRTAB.into(), align: 1.into(), size: (names.bytes.len() as u64).into(), ..Shdr::default() };
    plan.made.push((at - names.bytes.len() as u64, Made { name: b".shstrtab", header, bytes: names.bytes }));
    plan.headers = at.next_multiple_of(8);
    plan.file_size = plan.headers + bytes.len() as u64;
    (plan, bytes)
}

/// The extended index of a symbol's section (gABI, SHT_SYMTAB_SHNDX): 0 where the symbol has room for it.
fn xindex(section: u32) -> [u8; 4] {
    if section >= SHN_LORESERVE.into() { section.to_le_bytes() } else { [0; 4] }
}

/// Section names; `.rela.text.f` holds `.text.f`.
struct Names<'a> {
    bytes: Vec<u8>,
    known: crate::base::hash::NameMap<&'a [u8], u32>,
}

impl<'a> Names<'a> {
    fn add(&mut self, name: &'a [u8], relocated: bool) -> u32 {
        if let Some(at) = self.known.get(name).filter(|_| !relocated) {
            return *at;
        }
        let mut at = self.bytes.len() as u32;
        if relocated {
            self.bytes.extend_from_slice(b".rela");
            at += 5;
        }
        self.bytes.extend_from_slice(name);
        self.bytes.push(0);
        self.known.insert(name, at);
        at
    }
}

/// The section header table and the names in it, which begin at file offset `names_at`.
fn headers<'a>(
    moved: &Moved<'_, 'a>,
    table: &Table,
    plan: &mut Plan,
    strings_index: u32,
    names_at: u64,
) -> (Vec<u8>, Names<'a>) {
    let joined = moved.joined;
    let mut names = Names { bytes: vec![0], known: Default::default() };
    let mut list: Vec<Shdr> = vec![Shdr::default()];
    let mut relocated: crate::base::hash::NameMap<&[u8], u32> = Default::default();
    let made = |names: &mut Names<'a>, (at, made): &(u64, Made)| Shdr {
        name: names.add(made.name, false).into(),
        offset: (*at).into(),
        size: (made.bytes.len() as u64).into(),
        ..made.header
    };
    let (groups, rest) = plan.made.split_at(joined.groups.len());
    for group in groups {
        list.push(made(&mut names, group));
    }
    for (i, section) in joined.sections.iter().enumerate() {
        let name = match relocated.get(section.name) {
            Some(at) => *at,
            None if section.rela_index != 0 => {
                let at = names.add(section.name, true);
                relocated.insert(section.name, at);
                at
            }
            None => names.add(section.name, false),
        };
        list.push(Shdr {
            name: name.into(),
            kind: section.kind.into(),
            flags: section.flags.into(),
            offset: plan.contents[i].into(),
            size: section.size.into(),
            link: if section.leader == NONE { 0 } else { joined.sections[section.leader as usize].index }.into(),
            align: section.align.into(),
            entsize: section.entsize.into(),
            ..Shdr::default()
        });
        if section.rela_index != 0 {
            list.push(Shdr {
                name: (name - 5).into(),
                kind: SHT_RELA.into(),
                flags: (SHF_INFO_LINK | section.flags & SHF_GROUP).into(),
                offset: plan.relocations[i].into(),
                size: (24 * section.relocation_count).into(),
                link: plan.symtab.into(),
                info: section.index.into(),
                align: 8.into(),
                entsize: 24.into(),
                ..Shdr::default()
            });
        }
    }
    let notes = rest.iter().filter(|(_, m)| m.header.kind.get() != SHT_SYMTAB_SHNDX);
    for note in notes {
        list.push(made(&mut names, note));
    }
    list.push(Shdr {
        name: names.add(b".symtab", false).into(),
        kind: SHT_SYMTAB.into(),
        offset: plan.symbols.into(),
        size: (24 * u64::from(table.count)).into(),
        link: strings_index.into(),
        info: table.first_global.into(),
        align: 8.into(),
        entsize: 24.into(),
        ..Shdr::default()
    });
    for shndx in rest.iter().filter(|(_, m)| m.header.kind.get() == SHT_SYMTAB_SHNDX) {
        list.push(made(&mut names, shndx));
    }
    list.push(Shdr {
        name: names.add(b".strtab", false).into(),
        kind: SHT_STRTAB.into(),
        offset: plan.strings.into(),
        size: (names_at - plan.strings).into(),
        align: 1.into(),
        ..Shdr::default()
    });
    let own_name = names.add(b".shstrtab", false);
    list.push(Shdr {
        name: own_name.into(),
        kind: SHT_STRTAB.into(),
        offset: names_at.into(),
        size: (names.bytes.len() as u64).into(),
        align: 1.into(),
        ..Shdr::default()
    });
    // Numbers that the file header has no room for (gABI, e_shnum and e_shstrndx).
    let count = list.len() as u64;
    if count >= SHN_LORESERVE.into() {
        list[0].size = count.into();
    }
    if count > SHN_LORESERVE.into() {
        list[0].link = (count as u32 - 1).into();
    }
    (list.as_bytes().to_vec(), names)
}

fn file_header(moved: &Moved<'_, '_>, table: &Table, plan: &Plan) -> Ehdr {
    let count = (plan.file_size - plan.headers) / 64;
    let mut ident = [0; 16];
    ident[..4].copy_from_slice(&ELFMAG);
    (ident[4], ident[5], ident[6]) = (ELFCLASS64, ELFDATA2LSB, EV_CURRENT);
    let gnu = |s: &Sym| s.bind() == STB_GNU_UNIQUE || s.kind() == STT_GNU_IFUNC;
    if table.pieces.iter().flat_map(|p| &p.entries).any(|e| gnu(&e.symbol))
        || moved.joined.sections.iter().any(|s| s.flags & SHF_GNU_RETAIN != 0)
    {
        ident[7] = ELFOSABI_GNU;
    }
    let reserved = u64::from(SHN_LORESERVE);
    Ehdr {
        ident,
        kind: ET_REL.into(),
        machine: EM_X86_64.into(),
        version: 1.into(),
        shoff: plan.headers.into(),
        ehsize: 64.into(),
        shentsize: 64.into(),
        shnum: if count < reserved { count as u16 } else { 0 }.into(),
        shstrndx: if count - 1 < reserved { (count - 1) as u16 } else { SHN_XINDEX }.into(),
        ..Ehdr::default()
    }
}

fn atom_jobs<'p>(moved: &Moved<'_, '_>, plan: &Plan, order: &[AtomId]) -> Vec<Job<'p>> {
    let joined = moved.joined;
    // Places of an atom's bytes and relocations.
    let mut starts: Vec<(u64, u64)> = Vec::with_capacity(order.len() + 1);
    let mut relocations = plan.relocations.first().copied().unwrap_or(0);
    let mut end = 64u64;
    for (i, section) in joined.sections.iter().enumerate() {
        for atom in &section.atoms {
            let inside = if section.kind == SHT_NOBITS { 0 } else { joined.offset[atom.idx()] };
            starts.push((plan.contents[i] + inside, relocations));
            relocations += 24 * u64::from(joined.relocation_count[atom.idx()]);
        }
        end = plan.contents[i] + if section.kind == SHT_NOBITS { 0 } else { section.size };
    }
    starts.push((end, relocations));
    let mut jobs = Vec::new();
    let mut first = 0;
    for i in 1..starts.len() {
        let (from, to) = (starts[first], starts[i]);
        if to.0 - from.0 + (to.1 - from.1) >= JOB_SIZE || i + 1 == starts.len() {
            jobs.push(Job { what: What::Atoms(first..i), ranges: [from.0..to.0, from.1..to.1, 0..0] });
            first = i;
        }
    }
    jobs
}

struct Writer<'x, 'a> {
    moved: &'x Moved<'x, 'a>,
    table: &'x Table,
    plan: &'x Plan,
    order: &'x [AtomId],
    cx: &'x Session,
    hashes: &'x Mutex<Vec<(u64, u128)>>,
}

impl<'a> Writer<'_, 'a> {
    fn run(&self, what: What<'_>, slots: [Option<Slot<'_>>; 3], scratch: &mut [Scratch; 3]) -> io::Result<()> {
        let [a, b, _] = slots;
        let starts = [&a, &b].map(|s| s.as_ref().map(|s| s.range().start));
        let [sa, sb, _] = scratch;
        let mut sums = [0u128; 2];
        let hashed = !matches!(self.moved.s.args.build_id, BuildId::None | BuildId::Uuid | BuildId::Hex(_));
        fill(a, sa, |a| {
            fill(b, sb, |b| {
                match &what {
                    What::Atoms(range) => self.atoms(range.clone(), starts[0], a, b),
                    What::Symbols { piece, string_base } => self.symbols(*piece, *string_base, a, b),
                    What::Bytes(bytes) => a.copy_from_slice(bytes),
                }
                if hashed {
                    sums = [hash_block(a), hash_block(b)];
                }
            })
        })??;
        if hashed {
            let mut hashes = self.hashes.lock().unwrap_or_else(|e| e.into_inner());
            hashes.extend(starts.iter().zip(sums).filter_map(|(start, sum)| Some(((*start)?, sum))));
        }
        Ok(())
    }

    fn symbols(&self, piece: usize, string_base: u32, out: &mut [u8], strings: &mut [u8]) {
        let piece = &self.table.pieces[piece];
        for (entry, out) in piece.entries.iter().zip(out.chunks_exact_mut(24)) {
            let mut symbol = entry.symbol;
            if symbol.name.get() != 0 {
                symbol.name = (symbol.name.get() - 1 + string_base).into();
            }
            if entry.section != 0 {
                let small = u16::try_from(entry.section).ok().filter(|s| *s < SHN_LORESERVE);
                symbol.section = small.unwrap_or(SHN_XINDEX).into();
            }
            out.copy_from_slice(symbol.as_bytes());
        }
        strings.copy_from_slice(&piece.strings);
    }

    /// `start` is the file offset of `out`; there is none when all that is empty.
    fn atoms(&self, range: Range<usize>, start: Option<u64>, out: &mut [u8], mut relas: &mut [u8]) {
        let joined = self.moved.joined;
        for atom in &self.order[range] {
            let number = joined.section[atom.idx()] as usize;
            let (file, index) = self.moved.s.numbering.section_of(*atom);
            let Some(object) = self.moved.s.files[file].object() else { continue };
            let section = &joined.sections[number];
            let count = joined.relocation_count[atom.idx()] as usize;
            let (own, rest) = std::mem::take(&mut relas).split_at_mut(24 * count);
            relas = rest;
            let mut none = [];
            let bytes = if section.kind == SHT_NOBITS {
                &mut none[..]
            } else {
                let at = self.plan.contents[number] + joined.offset[atom.idx()];
                let at = start.map_or(0, |start| at - start) as usize;
                &mut out[at..at + joined.size[atom.idx()] as usize]
            };
            let one =
                One { w: self, file, object, section: index, atom: *atom, loaded: section.flags & SHF_ALLOC != 0 };
            let result = one.contents(bytes).and_then(|()| one.relocations(bytes, own));
            if let Err(error) = result {
                self.moved.s.files.malformed(file, &error, self.cx);
            }
        }
    }
}

/// One input section on its way out.
struct One<'w, 'x, 'a> {
    w: &'w Writer<'x, 'a>,
    file: FileId,
    object: &'w Object<'a>,
    section: u32,
    atom: AtomId,
    loaded: bool,
}

impl One<'_, '_, '_> {
    fn contents(&self, out: &mut [u8]) -> Result<(), Malformed> {
        let bytes = self.object.section_bytes(self.section)?;
        let header = &self.object.sections[self.section as usize];
        let number = self.w.moved.joined.section[self.atom.idx()] as usize;
        if let Some(records) = self.w.moved.records.get(&self.atom) {
            for r in &records.list {
                let to = &mut out[r.to as usize..(r.to + r.size) as usize];
                to.copy_from_slice(&bytes[r.from as usize..(r.from + r.size) as usize]);
                if let Some(cie) = r.cie {
                    // Distance from this field back to the CIE.
                    to[4..8].copy_from_slice(&(r.to + 4 - cie).to_le_bytes());
                }
            }
        } else if header.flags.get() & SHF_COMPRESSED & !self.w.moved.joined.sections[number].flags != 0 {
            let stream = bytes.get(24..).unwrap_or(&[]);
            inflate_zlib(stream, out).map_err(|what| Malformed::new(header.offset.get(), what))?;
        } else if !out.is_empty() {
            out.copy_from_slice(bytes);
        }
        Ok(())
    }

    fn relocations(&self, bytes: &mut [u8], out: &mut [u8]) -> Result<(), Malformed> {
        let list = self.object.relocations(self.section)?;
        let mut out = out.chunks_exact_mut(24);
        match self.w.moved.records.get(&self.atom) {
            Some(records) => {
                for record in &records.list {
                    let (first, end) = record.relocations;
                    for r in &list[first as usize..end as usize] {
                        let at = r.offset.get() - u64::from(record.from) + u64::from(record.to);
                        self.relocation(r, at, bytes, out.next())?;
                    }
                }
            }
            None => {
                for r in list {
                    self.relocation(r, r.offset.get(), bytes, out.next())?;
                }
            }
        }
        Ok(())
    }

    /// Rewrites `r`, whose place is now at `at` of this section's bytes.
    fn relocation(&self, r: &Rela, at: u64, bytes: &mut [u8], out: Option<&mut [u8]>) -> Result<(), Malformed> {
        let w = self.w;
        let place = at.wrapping_add(w.moved.joined.offset[self.atom.idx()]);
        let new = match target(w.moved, w.table, self.file, self.object, r)? {
            Some((symbol, addend)) => Rela::new(place, r.kind(), symbol, addend),
            None => {
                self.dropped(r, at, bytes);
                Rela::new(place, R_X86_64_NONE, 0, 0)
            }
        };
        if let Some(out) = out {
            out.copy_from_slice(new.as_bytes());
        }
        Ok(())
    }

    /// What a reference to something dropped leaves behind: zeros, or an error where a program would use them.
    fn dropped(&self, r: &Rela, at: u64, bytes: &mut [u8]) {
        let name = self.object.section_name(self.section).unwrap_or(b"?");
        let harmless = name.starts_with(b".gcc_except_table") || name.starts_with(b".eh_frame");
        if self.loaded && !harmless {
            let s: &Sources<'_, '_> = self.w.moved.s;
            let (kind, section) = (r_x86_64::name(r.kind()), String::from_utf8_lossy(name));
            let symbol = self.object.symbol_name(r.symbol()).unwrap_or(b"?");
            let symbol = super::super::relocs::display_name(symbol, s.args);
            self.w.cx.diag.error_at(
                u64::from(self.file.0) << 32 | u64::from(self.section),
                format_args!(
                    "{}:({section}+0x{:x}): relocation {kind} against '{symbol}' refers to a section that was dropped \
                     with its group",
                    s.files[self.file], r.offset
                ),
            );
            return;
        }
        let wide = matches!(r.kind(), R_X86_64_64 | R_X86_64_PC64 | R_X86_64_DTPOFF64 | R_X86_64_SIZE64);
        let width = if wide { 8 } else { 4 };
        let field = usize::try_from(at).ok().and_then(|at| bytes.get_mut(at..)?.get_mut(..width));
        if let Some(field) = field {
            field.fill(0);
            // A pair of zeros would end these lists (DWARF 5, 2.17.3).
            field[0] = u8::from(matches!(name, b".debug_loc" | b".debug_ranges"));
        }
    }
}
