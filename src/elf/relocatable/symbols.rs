//! The symbol table of `-r`: a section symbol for each section, the locals of each file, then every global name once.
//!
//! Values are offsets in sections, so a symbol moves as far as its section did. Visibility is the most constraining one
//! that any input asked for (gABI, "Symbol Visibility"). What relocations name is kept whatever `-x`, `-X` and `-s`
//! say. Cost: one parallel walk over local symbols, a serial one over global ones.

use super::super::definitions::{Attr, Definitions};
use super::super::dynsym::plain_name;
use super::super::expr::{Query, Value};
use super::super::format::*;
use super::super::linker_defined::{Boundary, Synthetic};
use super::super::object::{Object, Place};
use super::super::sections::is_c_identifier;
use super::super::symbols::{Kind, Rank, class, seen};
use super::Sources;
use super::sections::Moved;
use crate::args::elf::{Discard, Strip};
use crate::base::bitset::BitSet;
use crate::base::diag::Reported;
use crate::base::ids::{FileId, NONE, SymbolId};
use crate::base::session::Session;
use crate::base::view::Malformed;
use std::collections::{HashMap, HashSet};

/// Where names are defined, as marking wants to know it: nothing is exported, nothing dynamic.
pub fn definitions<'a>(s: &Sources<'_, 'a>) -> Definitions<'a> {
    let count = s.interned.names.len();
    let mut d = Definitions {
        winners: s.resolved.winners.clone(),
        seen: s.resolved.seen.clone(),
        attr: vec![Attr::default(); count],
        atom: vec![NONE; count],
        value: vec![0; count],
        version: Vec::new(),
        synthetic: Vec::new(),
    };
    for (id, winner) in s.resolved.winners.iter().enumerate() {
        let symbol = SymbolId(id as u32);
        if *winner == Rank::NOBODY {
            // `__start_NAME` keeps sections called NAME.
            let name = s.interned.names.name(symbol);
            let section = name.strip_prefix(b"__start_").or_else(|| name.strip_prefix(b"__stop_"));
            if let Some(section) = section.filter(|n| is_c_identifier(n)) {
                let boundary = Boundary::SectionStart(section);
                d.synthetic.push(Synthetic {
                    id: symbol,
                    boundary,
                    visibility: STV_DEFAULT,
                    absolute: None,
                    alias: None,
                });
            }
            continue;
        }
        let Some(object) = s.files[winner.file()].object() else { continue };
        d.attr[id] = Attr(Attr::DEFINED);
        let place = object.place(winner.index(), &object.symbols[winner.index() as usize]);
        if let Ok(Place::Section(section)) = place {
            d.atom[id] = s.numbering.atom(winner.file(), section).0;
        }
    }
    for a in s.assigned {
        if let Some(id) = s.interned.names.find(a.name) {
            d.attr[id.idx()] = Attr(Attr::DEFINED);
        }
    }
    d
}

/// A tentative definition that nothing replaces.
#[derive(Debug, Clone, Copy)]
pub struct Common {
    /// Its name.
    pub id: SymbolId,
    /// The largest size that any input asks for.
    pub size: u64,
    /// The largest alignment.
    pub align: u64,
    /// Thread-local.
    pub tls: bool,
    /// In `.lbss`, not `.bss`.
    pub large: bool,
}

/// All tentative definitions, in order of first occurrence.
pub fn commons(s: &Sources<'_, '_>) -> Vec<Common> {
    let mut list: Vec<Common> = Vec::new();
    let mut known: HashMap<u32, usize> = HashMap::new();
    for (f, object) in s.numbering.objects(s.files) {
        for (i, slot) in s.interned.slots(f).enumerate() {
            let id = s.interned.ids[slot];
            if s.interned.kinds[slot].class() != Kind::COMMON
                || s.resolved.winners[id as usize].class() != class::COMMON
            {
                continue;
            }
            let symbol = &object.symbols[object.first_global as usize + i];
            let at = *known.entry(id).or_insert_with(|| {
                list.push(Common { id: SymbolId(id), size: 0, align: 1, tls: false, large: false });
                list.len() - 1
            });
            let align = symbol.value.get();
            list[at].size = list[at].size.max(symbol.size.get());
            list[at].align = list[at].align.max(if align.is_power_of_two() && align <= 1 << 32 { align } else { 1 });
            list[at].tls |= symbol.kind() == STT_TLS;
            list[at].large |= symbol.section.get() == SHN_X86_64_LCOMMON;
        }
    }
    list
}

/// One symbol of the output. Its name is an offset in the strings of its piece.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// All but the name's and, if `section` is not 0, the section's final number.
    pub symbol: Sym,
    /// Section header index; 0 when `symbol` has a reserved one.
    pub section: u32,
}

/// Part of the table.
#[derive(Debug, Default)]
pub struct Piece {
    /// Symbols.
    pub entries: Vec<Entry>,
    /// Their names.
    pub strings: Vec<u8>,
}

impl Piece {
    fn push(&mut self, name: &[u8], mut symbol: Sym, section: u32) {
        symbol.name = 0.into();
        if !name.is_empty() {
            // Pieces are small against 4 GiB, and the sum of all is checked.
            symbol.name = (self.strings.len() as u32 + 1).into();
            self.strings.extend_from_slice(name);
            self.strings.push(0);
        }
        self.entries.push(Entry { symbol, section });
    }
}

/// The whole table.
#[derive(Debug)]
pub struct Table {
    /// In order; the null symbol and section symbols are first. Names count from 1 in each piece, 0 is no name.
    pub pieces: Vec<Piece>,
    /// By file: number of its first local symbol, and the distance from it of each local symbol that is kept.
    pub locals: Vec<(u32, Vec<u32>)>,
    /// By [`SymbolId`]; [`NONE`] where the output has none.
    pub globals: Vec<u32>,
    /// Number of the first symbol that is not local.
    pub first_global: u32,
    /// Number of symbols.
    pub count: u32,
}

/// Builds the table.
pub fn plan(
    moved: &Moved<'_, '_>,
    kept: &BitSet,
    commons: &[Common],
    allocated: &[(u32, u64)],
    cx: &Session,
) -> Result<Table, Reported> {
    let _t = cx.time.phase("build .symtab");
    let s = moved.s;
    let mut pieces = vec![section_symbols(moved)];
    let groups = s.numbering.file_groups(2048);
    let weight = s.numbering.atom_count() as u64 * 64;
    let locals_of = cx.par.map(groups.len(), weight, |g| {
        let mut piece = Piece::default();
        let maps = groups[g].clone().map(|f| FileId(f as u32)).map(|f| {
            let start = piece.entries.len() as u32;
            let map = match s.files[f].object().filter(|_| s.numbering.is_live(f)) {
                Some(object) => locals(moved, kept, f, object, &mut piece).unwrap_or_else(|error| {
                    s.files.malformed(f, &error, cx);
                    Vec::new()
                }),
                None => Vec::new(),
            };
            (start, map)
        });
        (maps.collect::<Vec<_>>(), piece)
    });
    cx.diag.checkpoint()?;
    let mut count = pieces[0].entries.len() as u64;
    let mut locals = Vec::with_capacity(s.files.list.len());
    for (maps, piece) in locals_of {
        locals.extend(maps.into_iter().map(|(start, map)| (count as u32 + start, map)));
        count += piece.entries.len() as u64;
        pieces.push(piece);
    }
    let first_global = count as u32;
    let mut globals = Globals {
        moved,
        used: used_globals(moved, kept),
        allocated,
        commons: commons.iter().enumerate().map(|(i, c)| (c.id.0, (i, *c))).collect(),
        first: first_global,
        numbers: vec![NONE; s.interned.names.len()],
        piece: Piece::default(),
    };
    globals.all(cx);
    cx.diag.checkpoint()?;
    count += globals.piece.entries.len() as u64;
    let numbers = globals.numbers;
    pieces.push(globals.piece);
    let string_size: u64 = pieces.iter().map(|p| p.strings.len() as u64).sum();
    if count >= u64::from(u32::MAX) || string_size >= u64::from(u32::MAX) {
        return Err(cx.diag.fail(format_args!(
            "{count} symbols with {string_size} bytes of names; an object file holds 4294967295 of either"
        )));
    }
    Ok(Table { pieces, locals, globals: numbers, first_global, count: count as u32 })
}

fn section_symbols(moved: &Moved<'_, '_>) -> Piece {
    let mut piece = Piece::default();
    piece.push(b"", Sym::default(), 0);
    for section in &moved.joined.sections {
        piece.push(b"", Sym { info: STB_LOCAL << 4 | STT_SECTION, ..Sym::default() }, section.index);
    }
    piece
}

/// Number of the section symbol of joined section `section`.
pub fn section_symbol(section: u32) -> u32 {
    section + 1
}

/// Writes the local symbols of `f`; returns the number of each, counted from the first one written.
fn locals(
    moved: &Moved<'_, '_>,
    kept: &BitSet,
    f: FileId,
    object: &Object<'_>,
    piece: &mut Piece,
) -> Result<Vec<u32>, Malformed> {
    let args = moved.s.args;
    let mut map = vec![NONE; object.first_global as usize];
    let start = piece.entries.len() as u32;
    let is_listed = |name: &[u8]| moved.s.retained.as_ref().is_none_or(|list| list.contains(name));
    let keeps_all = matches!(args.discard, Discard::Default | Discard::None) && moved.s.retained.is_none();
    let all = keeps_all && args.strip != Strip::All;
    let used = if all { BitSet::new(0) } else { used_locals(moved, kept, f, object)? };
    let mut pending_file: Option<u32> = None;
    for i in 1..object.first_global {
        let symbol = &object.symbols[i as usize];
        match symbol.kind() {
            STT_SECTION => continue,
            STT_FILE => {
                // Written once something of that source is.
                pending_file = Some(i);
                continue;
            }
            _ => {}
        }
        let name = object.symbol_name(i)?;
        let discarded = match args.discard {
            _ if args.strip == Strip::All || !is_listed(name) => true,
            Discard::All => true,
            Discard::Locals => name.starts_with(b".L"),
            Discard::Default | Discard::None => false,
        };
        if discarded && !(used.contains(i as usize)) {
            continue;
        }
        let Some((symbol, section)) = move_symbol(moved, f, object, i, symbol)? else { continue };
        if let Some(file) = pending_file.take().filter(|_| args.discard != Discard::All && args.strip != Strip::All) {
            map[file as usize] = piece.entries.len() as u32 - start;
            piece.push(object.symbol_name(file)?, object.symbols[file as usize], 0);
        }
        map[i as usize] = piece.entries.len() as u32 - start;
        piece.push(name, symbol, section);
    }
    Ok(map)
}

/// Local symbols that relocations and groups of the output name.
fn used_locals(moved: &Moved<'_, '_>, kept: &BitSet, f: FileId, object: &Object<'_>) -> Result<BitSet, Malformed> {
    let mut used = BitSet::new(object.first_global as usize);
    for section in 1..object.sections.len() as u32 {
        if kept.contains(moved.s.numbering.atom(f, section).idx()) {
            for r in object.relocations(section)?.iter().filter(|r| r.symbol() < object.first_global) {
                used.insert(r.symbol() as usize);
            }
        }
    }
    for group in object.groups.iter().filter(|g| g.signature < object.first_global) {
        used.insert(group.signature as usize);
    }
    Ok(used)
}

/// Global symbols that relocations and groups of the output name.
fn used_globals(moved: &Moved<'_, '_>, kept: &BitSet) -> Option<BitSet> {
    let s = moved.s;
    s.retained.as_ref()?;
    let mut used = BitSet::new(s.interned.names.len());
    for (f, object) in s.numbering.objects(s.files) {
        let globals = object.first_global..object.symbols.len() as u32;
        let mut note = |symbol: u32| {
            if globals.contains(&symbol) {
                used.insert(s.interned.id(f, symbol, object.first_global).idx());
            }
        };
        for section in (1..object.sections.len() as u32).filter(|i| kept.contains(s.numbering.atom(f, *i).idx())) {
            object.relocations(section).unwrap_or(&[]).iter().for_each(|r| note(r.symbol()));
        }
        object.groups.iter().for_each(|group| note(group.signature));
    }
    Some(used)
}

/// The symbol with its value and section in the output; `None` when the output does not have what it names.
fn move_symbol(
    moved: &Moved<'_, '_>,
    f: FileId,
    object: &Object<'_>,
    index: u32,
    symbol: &Sym,
) -> Result<Option<(Sym, u32)>, Malformed> {
    let mut out = *symbol;
    match object.place(index, symbol)? {
        Place::Section(section) => {
            let atom = moved.s.numbering.atom(f, section);
            if let Some((section, value)) = moved.place(atom, symbol.value.get()) {
                out.value = value.into();
                return Ok(Some((out, moved.joined.sections[section as usize].index)));
            }
            // Signatures that the assembler makes up live in the group's own section.
            let group = object.groups.iter().position(|g| g.section == section);
            let group = group.and_then(|g| moved.joined.group_at.get(&(f, g as u32)));
            Ok(group.map(|g| (out, g + 1)))
        }
        Place::Absolute => Ok(Some((out, 0))),
        Place::Common | Place::Undefined => Ok(None),
    }
}

struct Globals<'x, 'a> {
    moved: &'x Moved<'x, 'a>,
    /// What `--retain-symbols-file` cannot leave out, by symbol id; `None` without one.
    used: Option<BitSet>,
    /// By symbol id.
    commons: HashMap<u32, (usize, Common)>,
    allocated: &'x [(u32, u64)],
    first: u32,
    numbers: Vec<u32>,
    piece: Piece,
}

impl Globals<'_, '_> {
    fn all(&mut self, cx: &Session) {
        let s = self.moved.s;
        self.assigned(cx);
        for (f, object) in s.numbering.objects(s.files) {
            let count = object.symbols.len() - object.first_global as usize;
            for (i, slot) in s.interned.slots(f).take(count).enumerate() {
                let id = SymbolId(s.interned.ids[slot]);
                if self.numbers[id.idx()] == NONE
                    && let Err(error) = self.one(f, object, object.first_global + i as u32, id)
                {
                    s.files.malformed(f, &error, cx);
                }
            }
        }
        // What only the command line refers to.
        for name in &s.args.undefined {
            if let Some(id) = s.interned.names.find(name.as_bytes()).filter(|id| self.numbers[id.idx()] == NONE) {
                self.push(id, name.as_bytes(), Sym { info: STB_GLOBAL << 4, ..Sym::default() }, 0);
            }
        }
    }

    fn push(&mut self, id: SymbolId, name: &[u8], symbol: Sym, section: u32) {
        self.numbers[id.idx()] = self.first + self.piece.entries.len() as u32;
        self.piece.push(name, symbol, section);
    }

    /// Symbol `index` of `f` is the first that is called `id`.
    fn one(&mut self, f: FileId, object: &Object<'_>, index: u32, id: SymbolId) -> Result<(), Malformed> {
        let s = self.moved.s;
        let winner = s.resolved.winners[id.idx()];
        let defined = if winner == Rank::NOBODY { None } else { s.files[winner.file()].object() };
        let listed = |list: &HashSet<Vec<u8>>| list.contains(plain_name(s.interned.names.name(id)));
        let is_used = self.used.as_ref().is_none_or(|used| used.contains(id.idx()));
        if defined.is_some() && !is_used && !s.retained.as_ref().is_none_or(listed) {
            return Ok(());
        }
        let (mut symbol, mut section) = match defined {
            None => {
                let source = &object.symbols[index as usize];
                let strong = s.resolved.seen[id.idx()] & seen::REFERENCED_STRONGLY != 0;
                let bind = if strong { STB_GLOBAL } else { STB_WEAK };
                // A definition that went with its group is a reference of no type.
                let kind = if source.section.get() == SHN_UNDEF { source.kind() } else { STT_NOTYPE };
                (Sym { info: bind << 4 | kind, ..Sym::default() }, 0)
            }
            Some(object) => {
                let source = &object.symbols[winner.index() as usize];
                match self.commons.get(&id.0).copied() {
                    Some((number, common)) => self.common(number, &common, source),
                    None => match move_symbol(self.moved, winner.file(), object, winner.index(), source)? {
                        Some(found) => found,
                        None => return Ok(()),
                    },
                }
            }
        };
        if symbol.bind() == STB_GNU_UNIQUE && !s.args.gnu_unique {
            symbol.info = STB_GLOBAL << 4 | symbol.kind();
        }
        let seen = s.resolved.seen[id.idx()];
        let own = symbol.visibility();
        let visibility = match () {
            _ if own == STV_INTERNAL => STV_INTERNAL,
            _ if seen & seen::HIDDEN != 0 => STV_HIDDEN,
            _ if seen & seen::PROTECTED != 0 => STV_PROTECTED,
            _ => own,
        };
        symbol.other = symbol.other & !3 | visibility;
        if symbol.section.get() == SHN_ABS {
            section = 0;
        }
        // Names are interned without a default version, and references as --wrap changes them.
        let (file, index) = if defined.is_some() { (winner.file(), winner.index()) } else { (f, index) };
        let written = s.files[file].object().map_or(Ok(&b""[..]), |o| o.symbol_name(index))?;
        let name = if written.contains(&b'@') { written } else { s.interned.names.name(id) };
        self.push(id, name, symbol, section);
        Ok(())
    }

    fn common(&self, number: usize, common: &Common, source: &Sym) -> (Sym, u32) {
        let mut symbol = *source;
        symbol.size = common.size.into();
        if let Some((section, offset)) = self.allocated.get(number) {
            symbol.value = (*offset).into();
            let kind = if common.tls { STT_TLS } else { STT_OBJECT };
            symbol.info = symbol.bind() << 4 | kind;
            return (symbol, self.moved.joined.sections[*section as usize].index);
        }
        symbol.value = common.align.into();
        symbol.section = if common.large { SHN_X86_64_LCOMMON } else { SHN_COMMON }.into();
        (symbol, 0)
    }

    /// `--defsym`: numbers, and other names for places in sections.
    fn assigned(&mut self, cx: &Session) {
        let s = self.moved.s;
        for a in s.assigned {
            let Some(id) = s.interned.names.find(a.name) else { continue };
            let found = a.expr.eval(&mut |query| match query {
                Query::Symbol(name) | Query::Defined(name) => self.value_of(name),
                _ => None,
            });
            let value = match found {
                Ok(value) => value,
                Err(error) => {
                    let name = String::from_utf8_lossy(a.name);
                    cx.diag.error(format_args!("{name} = …: {error}"));
                    continue;
                }
            };
            let mut symbol = Sym { info: STB_GLOBAL << 4, value: value.value.into(), ..Sym::default() };
            symbol.section = if value.section.is_none() { SHN_ABS } else { SHN_UNDEF }.into();
            match self.numbers[id.idx()] {
                NONE => self.push(id, a.name, symbol, value.section.unwrap_or(0)),
                number => {
                    let entry = &mut self.piece.entries[(number - self.first) as usize];
                    symbol.name = entry.symbol.name;
                    (entry.symbol, entry.section) = (symbol, value.section.unwrap_or(0));
                }
            }
        }
    }

    fn value_of(&self, name: &[u8]) -> Option<Value> {
        let s = self.moved.s;
        let id = s.interned.names.find(name)?;
        if let Some(entry) = self.numbers[id.idx()].checked_sub(self.first)
            && let Some(entry) = self.piece.entries.get(entry as usize)
        {
            let section = Some(entry.section).filter(|i| *i != 0);
            return Some(Value { value: entry.symbol.value.get(), section });
        }
        let winner = s.resolved.winners[id.idx()];
        let object = s.files.list.get(winner.file().idx()).filter(|_| winner != Rank::NOBODY)?.object()?;
        let source = object.symbols.get(winner.index() as usize)?;
        let (symbol, section) = move_symbol(self.moved, winner.file(), object, winner.index(), source).ok()??;
        Some(Value { value: symbol.value.get(), section: Some(section).filter(|i| *i != 0) })
    }
}
