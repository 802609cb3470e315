//! The symbol table: the debug map, what each file has for itself, external definitions, undefined and tentative names.
//!
//! A symbol moves with its atom, to the atom that stands in its place if need be; what its file says of it beside place
//! and scope stays true. Whatever a relocation names has a symbol: one that `-x` takes the name of is called `l` and its
//! address, which final links leave out. So is a place where an atom begins that nothing names: without a label there,
//! the next linker would take it for the end of the atom before it. The assembler's own `ltmp1` and `L…` are kept where
//! one of these two needs them.
//! Cost: every symbol of the files that are in, in parallel; one sort each of external and of undefined names.

use super::super::debug_map;
use super::super::definitions::{Definition, flag};
use super::super::exports::{self, Matcher};
use super::super::format::*;
use super::super::image::Image;
use super::super::object::{Object, Role};
use super::super::relocs::Context;
use super::super::sections::{Chunk, Content};
use super::super::symbols::{Resolved, class};
use super::super::symtab::{Part, join};
use super::placed;
use super::references::Named;
use crate::base::diag::Reported;
use crate::base::ids::{AtomId, FileId, NONE, SymbolId};
use crate::base::session::Session;
use crate::base::view::cstr;

/// What the table is made of.
pub struct Sources<'x, 'a> {
    /// Places.
    pub image: &'x Image<'x, 'a>,
    /// By atom: index of its output section.
    pub section_of: &'x [u8],
    /// What relocations name.
    pub named: &'x Named,
    /// By symbol id: bits of `Resolved`.
    pub said: &'x [u8],
}

/// The finished table, and the numbers of symbols in it.
#[derive(Debug)]
pub struct Table {
    /// `nlist_64` records.
    pub symbols: Vec<u8>,
    /// Their strings.
    pub strings: Vec<u8>,
    /// Locals, external definitions, undefined ones.
    pub counts: [u32; 3],
    /// The label that pointers of `__eh_frame` count from, or [`NONE`].
    pub frame_symbol: u32,
    /// Whether each symbol that is no alternate entry begins an atom.
    pub subsections: bool,
    /// By symbol id, [`NONE`] for what is not in the table.
    names: Vec<u32>,
    /// By file: the number of its first symbol here, and that of each of its symbols counted from there.
    locals: Vec<(u32, Vec<u32>)>,
}

impl Table {
    /// The number of symbol `index` of `file`; [`NONE`] if the table does not have it.
    #[inline]
    pub fn number(&self, context: &Context<'_, '_>, file: FileId, index: u32) -> u32 {
        match context.interned.id(file, index) {
            Some(id) => self.names[id.idx()],
            None => {
                let (base, numbers) = &self.locals[file.idx()];
                numbers.get(index as usize).filter(|n| **n != NONE).map_or(NONE, |n| base + n)
            }
        }
    }

    /// The number of a name.
    pub fn number_of(&self, id: SymbolId) -> u32 {
        self.names[id.idx()]
    }
}

/// What the symbol keeps of what its file says, beside weakness.
const KEPT: u16 = REFERENCED_DYNAMICALLY | N_NO_DEAD_STRIP | N_SYMBOL_RESOLVER | N_ALT_ENTRY | N_COLD_FUNC;

/// Builds the table.
pub fn plan(s: &Sources<'_, '_>, cx: &Session) -> Result<Table, Reported> {
    let context = &s.image.context;
    let mut parts = debug_map::build(s.image, s.section_of, cx);
    let _t = cx.time.phase("symbol table");
    let keeps = exports::locals(context.args, cx)?;
    let subsections = context.objects().all(|(_, object)| object.subsections_via_symbols);
    let groups = context.groups(1 << 20);
    let writers = cx.par.map(groups.len(), context.weight() / 4, |g| {
        let mut group = Group::default();
        for file in groups[g].clone().map(|f| FileId(f as u32)) {
            let object = context.files[file].object().filter(|_| context.live.contains(file.idx()));
            let numbers = object.map(|object| {
                let labelled = vec![!subsections; object.atoms.len()];
                let numbers = vec![NONE; object.symbols.len()];
                let mut writer = Writer { s, keeps: &keeps, file, object, labelled, numbers, group: &mut group };
                writer.all();
                writer.numbers
            });
            group.files.push(numbers.unwrap_or_default());
        }
        group
    });
    let mut names = vec![NONE; context.definitions.places.len()];
    let mut locals = Vec::with_capacity(context.files.list.len());
    let mut next: u32 = parts.iter().map(|part| part.symbols.len() as u32).sum();
    for group in writers {
        group.own.iter().for_each(|(id, number)| names[id.idx()] = next + number);
        locals.extend(group.files.into_iter().map(|numbers| (next, numbers)));
        next += group.part.symbols.len() as u32;
        parts.push(group.part);
    }
    let (own, frame_symbol) = linkers_own(s, next, &mut names);
    next += own.symbols.len() as u32;
    let local_count = next;
    parts.push(own);
    let defined = external(s, &mut next, &mut names);
    let undefined = undefined(s, &mut next, &mut names);
    let counts = [local_count, defined.symbols.len() as u32, undefined.symbols.len() as u32];
    // A relocation has 24 bits for the number of a symbol.
    if next > 1 << 24 {
        return Err(cx.diag.fail(format_args!("{next} symbols; the relocations of an object can tell 16777216 apart")));
    }
    parts.extend([defined, undefined]);
    let (symbols, strings) = join(parts);
    Ok(Table { symbols, strings, counts, frame_symbol, subsections, names, locals })
}

/// The symbols of a group of files.
#[derive(Default)]
struct Group {
    part: Part,
    /// Names that became local, with their numbers in `part`.
    own: Vec<(SymbolId, u32)>,
    /// By file of the group: the numbers of its symbols.
    files: Vec<Vec<u32>>,
}

/// Writes the local symbols of one file.
struct Writer<'w, 'x, 'a> {
    s: &'w Sources<'x, 'a>,
    keeps: &'w Matcher,
    file: FileId,
    object: &'w Object<'a>,
    /// By atom: whether a symbol begins it.
    labelled: Vec<bool>,
    numbers: Vec<u32>,
    group: &'w mut Group,
}

impl<'a> Writer<'_, '_, 'a> {
    fn all(&mut self) {
        // What is there for the sake of a place alone waits until it is known whether something better has it.
        let mut waiting: Vec<u32> = Vec::new();
        for (index, symbol) in self.object.symbols.iter().enumerate() {
            if symbol.is_stab() || !matches!(symbol.class(), N_SECT | N_ABS) {
                continue;
            }
            let index = index as u32;
            if let Some(id) = self.s.image.context.interned.id(self.file, index) {
                self.name(index, id, &mut waiting);
                continue;
            }
            let is_named = self.s.named.symbols[self.file.idx()].contains(index as usize);
            let Ok(name) = self.object.symbol_name(index) else { continue };
            if is_named || !is_assemblers(name) && self.keeps.allows(name) {
                self.put(index, name, is_named, 0);
            } else {
                waiting.push(index);
            }
        }
        for index in waiting {
            let label =
                self.object.symbol_place(index).filter(|(atom, offset)| *offset == 0 && self.needs_label(*atom));
            if let (Some(_), Ok(name)) = (label, self.object.symbol_name(index)) {
                self.put(index, name, false, 0);
            }
        }
        for atom in 0..self.object.atoms.len() as u32 {
            if self.needs_label(atom) {
                let atom = self.s.image.context.atoms.id(self.file, atom);
                let address = self.s.image.place(atom, 0);
                let section = self.s.section_of[atom.idx()] + 1;
                self.group.part.push(&label(address), N_SECT, section, 0, address);
            }
        }
    }

    /// Whether no symbol begins an atom so far that needs one: literals are told apart by what they are.
    fn needs_label(&self, atom: u32) -> bool {
        let (piece, atoms) = (&self.object.atoms[atom as usize], self.s.image.context.atoms);
        !self.labelled[atom as usize]
            && piece.size > 0
            && self.object.roles[piece.section as usize] == Role::Regular
            && atoms.kept.contains(atoms.id(self.file, atom).idx())
    }

    /// A name that other files may have used: it is this file's if it won.
    fn name(&mut self, index: u32, id: SymbolId, waiting: &mut Vec<u32>) {
        let context = &self.s.image.context;
        let winner = context.definitions.winners[id.idx()];
        if (winner.file(), winner.index()) != (self.file, index) {
            return;
        }
        if !context.becomes_local(id) {
            // It is put among the external ones.
            self.mark_label(index);
            return;
        }
        let name = context.interned.names.name(id);
        let is_named = self.s.named.names.contains(id.idx());
        if !is_named && !self.keeps.allows(name) {
            waiting.push(index);
            return;
        }
        // Apple's linker leaves the mark of what was private external once.
        if let Some(number) = self.put(index, name, is_named, N_PEXT) {
            self.group.own.push((id, number));
        }
    }

    /// Notes that symbol `index` begins its atom, if it does.
    fn mark_label(&mut self, index: u32) {
        if let Some((atom, 0)) = self.object.symbol_place(index)
            && !self.object.symbols[index as usize].has(N_ALT_ENTRY)
        {
            self.labelled[atom as usize] = true;
        }
    }

    /// Adds symbol `index`, if the output has its place; returns its number in the part.
    fn put(&mut self, index: u32, name: &[u8], is_named: bool, private: u8) -> Option<u32> {
        let (symbol, context) = (&self.object.symbols[index as usize], &self.s.image.context);
        let mut description = symbol.description.get() & KEPT;
        let (kind, section, value) = match self.object.symbol_place(index) {
            Some((local, offset)) => {
                let atom = context.atoms.id(self.file, local);
                let canonical = context.atoms.canonical(atom);
                if canonical == atom {
                    self.mark_label(index);
                } else if !is_named {
                    return None;
                } else if offset != 0 {
                    description |= N_ALT_ENTRY; // It must not cut the atom that it is in now.
                }
                if !context.atoms.kept.contains(canonical.idx()) {
                    return None;
                }
                (N_SECT, self.s.section_of[canonical.idx()] + 1, placed(self.s.image, atom, offset))
            }
            None if symbol.class() == N_ABS => (N_ABS, 0, symbol.value.get()),
            // In a section that is not copied.
            None => return None,
        };
        let number = self.group.part.symbols.len() as u32;
        // What is stripped is still a place that something needs.
        let is_nameless = kind == N_SECT && (name.is_empty() || !self.keeps.allows(name));
        let name = if is_nameless { &label(value)[..] } else { name };
        let scope = private | symbol.kind & N_PEXT;
        self.group.part.push(name, kind | scope, section, description, value);
        self.numbers[index as usize] = number;
        Some(number)
    }
}

/// A label for a place that has no name; final links leave it out.
fn label(address: u64) -> Vec<u8> {
    format!("l{address:08x}").into_bytes()
}

/// Whether a name is the assembler's, which makes one up for each section and for what needs no symbol.
fn is_assemblers(name: &[u8]) -> bool {
    let number = name.strip_prefix(b"ltmp");
    name.is_empty() || name[0] == b'L' || number.is_some_and(|n| n.iter().all(u8::is_ascii_digit))
}

/// Local symbols of what no file defines as it is: the label of `__eh_frame`, allocated commons, private aliases.
fn linkers_own(s: &Sources<'_, '_>, first: u32, names: &mut [u32]) -> (Part, u32) {
    let context = &s.image.context;
    let mut part = Part::default();
    let mut frame_symbol = NONE;
    let frames = Content::Chunk(Chunk::EhFrame);
    if let Some(index) = s.image.layout.sections.iter().position(|section| section.content == frames) {
        frame_symbol = first;
        part.push(b"l_eh_frame", N_SECT, index as u8 + 1, 0, s.image.layout.sections[index].address);
    }
    for id in (0..names.len() as u32).map(SymbolId) {
        let place = context.definitions.place(id);
        if names[id.idx()] == NONE && context.becomes_local(id) && context.is_kept(place) && !is_of_a_file(s, id) {
            let (kind, section, value) = located(s, place);
            names[id.idx()] = first + part.symbols.len() as u32;
            part.push(context.interned.names.name(id), kind | N_PEXT, section, 0, value);
        }
    }
    (part, frame_symbol)
}

/// Whether a file's own symbol defines `id`: then the file has put it, or there was no need to.
fn is_of_a_file(s: &Sources<'_, '_>, id: SymbolId) -> bool {
    matches!(s.image.context.definitions.winners[id.idx()].class(), class::STRONG | class::WEAK)
}

/// Kind, section and value of what the output has.
fn located(s: &Sources<'_, '_>, place: Definition) -> (u8, u8, u64) {
    match place {
        Definition::Atom(atom, offset) => {
            let canonical: AtomId = s.image.context.atoms.canonical(atom);
            (N_SECT, s.section_of[canonical.idx()] + 1, s.image.place(atom, offset))
        }
        other => (N_ABS, 0, s.image.address_of(other).unwrap_or(0)),
    }
}

/// External definitions, by name.
fn external(s: &Sources<'_, '_>, next: &mut u32, names: &mut [u32]) -> Part {
    let context = &s.image.context;
    let definitions = context.definitions;
    let is_defined = |id: &SymbolId| {
        let place = definitions.place(*id);
        matches!(place, Definition::Atom(..) | Definition::Absolute(_))
            && context.is_kept(place)
            && !context.becomes_local(*id)
    };
    let mut list: Vec<SymbolId> = (0..names.len() as u32).map(SymbolId).filter(is_defined).collect();
    list.sort_unstable_by_key(|id| context.interned.names.name(*id));
    let mut part = Part::default();
    for id in list {
        let (kind, section, value) = located(s, definitions.place(id));
        part.push(context.interned.names.name(id), kind | scope(s, id), section, description(s, id), value);
        names[id.idx()] = *next;
        *next += 1;
    }
    part
}

/// `N_EXT`, and `N_PEXT` of what goes no further than the final link.
fn scope(s: &Sources<'_, '_>, id: SymbolId) -> u8 {
    let is_private = s.image.context.definitions.has(id, flag::PRIVATE);
    N_EXT | if is_private { N_PEXT } else { 0 }
}

/// What is said of an external definition.
fn description(s: &Sources<'_, '_>, id: SymbolId) -> u16 {
    let (context, said) = (&s.image.context, s.said[id.idx()]);
    let winner = context.definitions.winners[id.idx()];
    let object = match winner.class() {
        class::STRONG | class::WEAK => context.files[winner.file()].object(),
        _ => None,
    };
    let own = object.map_or(0, |object| object.symbols[winner.index() as usize].description.get() & KEPT);
    let on = |set: bool, flag: u16| if set { flag } else { 0 };
    let is_weak = object.is_some() && winner.class() == class::WEAK;
    own | on(is_weak, N_WEAK_DEF)
        | on(is_weak && said & Resolved::SHOWN == 0, N_WEAK_REF)
        | on(said & Resolved::NO_DEAD_STRIP != 0, N_NO_DEAD_STRIP)
        | on(said & Resolved::REFERENCED_DYNAMICALLY != 0, REFERENCED_DYNAMICALLY)
}

/// Undefined names, tentative definitions, and names that stand for others; by name.
fn undefined(s: &Sources<'_, '_>, next: &mut u32, names: &mut [u32]) -> Part {
    let context = &s.image.context;
    let is_open = |id: &SymbolId| match context.definitions.place(*id) {
        Definition::Undefined | Definition::Import(_) => {
            s.named.names.contains(id.idx()) || stands_for(s, *id).is_some()
        }
        _ => tentative(s, *id).is_some(),
    };
    let mut list: Vec<SymbolId> = (0..names.len() as u32).map(SymbolId).filter(|id| is_open(id)).collect();
    list.sort_unstable_by_key(|id| context.interned.names.name(*id));
    let mut part = Part::default();
    for id in list {
        let name = context.interned.names.name(id);
        if let Some((size, align)) = tentative(s, id) {
            // `SET_COMM_ALIGN`.
            part.push(name, N_UNDF | scope(s, id), 0, u16::from(align & 0xf) << 8, size);
        } else if let Some(other) = stands_for(s, id) {
            let at = part.strings.len() as u64;
            part.strings.extend_from_slice(other);
            part.strings.push(0);
            part.push(name, N_INDR | scope(s, id), 0, 0, at);
        } else {
            let only_weakly = s.said[id.idx()] & (Resolved::REFERENCED | Resolved::REFERENCED_WEAKLY);
            let is_weak = only_weakly == Resolved::REFERENCED_WEAKLY;
            part.push(name, N_UNDF | N_EXT, 0, if is_weak { N_WEAK_REF } else { 0 }, 0);
        }
        names[id.idx()] = *next;
        *next += 1;
    }
    part
}

/// Size and alignment of what stays a tentative definition.
fn tentative(s: &Sources<'_, '_>, id: SymbolId) -> Option<(u64, u8)> {
    let context = &s.image.context;
    match context.definitions.place(id) {
        Definition::Atom(atom, _) if !context.args.define_commons && context.atoms.local(atom).0 == FileId(0) => {
            Some((context.atoms.size(context.files, atom), context.atoms.align[atom.idx()]))
        }
        _ => None,
    }
}

/// The name that `id` is another one of (`N_INDR`).
fn stands_for<'a>(s: &Sources<'_, 'a>, id: SymbolId) -> Option<&'a [u8]> {
    let context = &s.image.context;
    let winner = context.definitions.winners[id.idx()];
    if winner.class() != class::STRONG || context.definitions.place(id) != Definition::Undefined {
        return None;
    }
    let object = context.files[winner.file()].object()?;
    let symbol = &object.symbols[winner.index() as usize];
    let at = u32::try_from(symbol.value.get()).ok().filter(|_| symbol.class() == N_INDR)?;
    cstr(object.strings, at).ok()
}
