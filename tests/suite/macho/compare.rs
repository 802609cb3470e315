//! Compares two links of the same inputs by meaning: what they offer and ask for, and what each function and each piece
//! of data refers to. Addresses, the order of sections and symbols, and rewrites that keep the meaning (a GOT load that
//! became an address, `adrp` and `add` that became `adr`) make no difference.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{bound_names, indirect_name, initialiser_addresses, is_code};
use super::code::{self, Code};
use super::dump::{MachO, Section};
use super::fixups::Kind;
use super::registers;
use super::symbols::{N_WEAK_DEF, N_WEAK_REF};
use crate::dump::{Result, string, uint};

/// What there is to compare; a case may leave out some by name.
type Aspect = (&'static str, fn(&View<'_>) -> Result<Lines>);

/// What was found under which name.
type Lines = BTreeMap<String, Vec<String>>;

const ASPECTS: &[Aspect] = &[
    ("exports", exports),
    ("imports", imports),
    ("libraries", libraries),
    ("sections", sections),
    ("undefined", undefined),
    ("symbols", symbols),
    ("initialisers", initialisers),
    ("unwind", unwind),
    ("functions", functions),
    ("data", data),
];

/// Every difference between `ours` and `theirs`, at most a few an aspect.
pub(crate) fn differences(ours: &MachO, theirs: &MachO, except: &[String]) -> Result<Vec<String>> {
    let (ours, theirs) = (View::new(ours), View::new(theirs));
    let mut found = Vec::new();
    for (name, aspect) in ASPECTS.iter().filter(|(name, _)| !except.iter().any(|e| e == name)) {
        let (a, b) = (aspect(&ours)?, aspect(&theirs)?);
        let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
        let differing = keys.into_iter().filter(|key| !alike(a.get(*key), b.get(*key)));
        found.extend(differing.take(5).map(|key| format!("{name}: {key}: {}", sides(a.get(key), b.get(key)))));
    }
    Ok(found)
}

fn alike(a: Option<&Vec<String>>, b: Option<&Vec<String>>) -> bool {
    a == b || a.zip(b).is_some_and(|(a, b)| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| says_the_same(a, b)))
}

fn says_the_same(a: &str, b: &str) -> bool {
    // A literal in a section of several sizes does not say how long it is.
    let literal = a.contains("literal [") && b.starts_with(a.trim_end_matches(']'));
    // A number may be a distance, or look like one by chance.
    let parts =
        |s: &str| s.split_once(HERE).map_or((s.to_string(), None), |(n, p)| (n.to_string(), Some(p.to_string())));
    let ((number, place), (other, there)) = (parts(a), parts(b));
    literal || number == other || place.is_some() && place == there
}

/// Stands between a number and what would be there if it were a distance.
const HERE: &str = ", or here to ";

fn sides(a: Option<&Vec<String>>, b: Option<&Vec<String>>) -> String {
    match (a, b) {
        (Some(a), Some(b)) => {
            let at = a.iter().zip(b).position(|(a, b)| !says_the_same(a, b)).unwrap_or(a.len().min(b.len()));
            let line = |side: &[String]| side.get(at).cloned().unwrap_or_else(|| "the end".to_string());
            format!("at {at}: ours {}, lld's {}", line(a), line(b))
        }
        (Some(a), None) => format!("only ours: {}", a.join("; ")),
        (_, b) => format!("only lld's: {}", b.map(|b| b.join("; ")).unwrap_or_default()),
    }
}

/// A file, and its named addresses.
struct View<'a> {
    file: &'a MachO,
    /// Names by address; of several the one that the other link is likely to have too: external, then the shortest.
    names: BTreeMap<u64, Vec<String>>,
}

/// Names that assemblers and linkers make up.
fn is_made_up(name: &str) -> bool {
    name == "__dyld_private" || name.starts_with("ltmp") || name.starts_with("l_") || name.starts_with('L')
}

impl View<'_> {
    fn new(file: &MachO) -> View<'_> {
        let mut names: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        for symbol in file.symbols.iter().filter(|s| s.is_in_section() && !is_made_up(&s.name)) {
            names.entry(symbol.value).or_default().push(symbol.name.clone());
        }
        names.values_mut().for_each(|names| names.sort());
        View { file, names }
    }

    /// An address in words that do not depend on the layout.
    fn describe(&self, addr: u64) -> Result<String> {
        let section = self.file.section_at(addr);
        // A reference to a literal is what it refers to: each object has a name of its own for it.
        if let Some(target) = section.filter(|s| s.kind() == 0x5).and_then(|_| self.rebased(addr)) {
            return Ok(format!("reference to {}", self.describe(target)?));
        }
        if let Some(names) = self.names.get(&addr) {
            return Ok(names.join("="));
        }
        let Some(section) = section else { return Ok(self.outside(addr)) };
        let inside = addr - section.addr;
        Ok(match section.kind() {
            // Only what it says matters; tails are shared by some linkers and not by others.
            0x2 => format!("\"{}\"", string(self.file.data(section)?, inside)?),
            0x3 | 0x4 | 0xe => {
                let width = [(0x3, 4), (0x4, 8)].iter().find(|(k, _)| *k == section.kind()).map_or(16, |(_, w)| *w);
                format!("literal {:x?}", self.file.memory(addr, width)?)
            }
            // lld's, of all sizes; at most that of the largest.
            0x0 if section.section == "__literals" => {
                format!("literal {:x?}", self.file.memory(addr, 16.min(section.size - inside))?)
            }
            0x6 | 0x7 | 0x14 => format!("slot of {:?}", self.slot(section, addr)?),
            0x8 => indirect_name(self.file, section, inside / u64::from(section.reserved2.max(1)))?.unwrap_or_default(),
            _ => match self.names.range(section.addr..addr).next_back() {
                Some((at, names)) => format!("{}+{:#x}", names.join("="), addr - at),
                // Nothing has a name: what is there has to do.
                None if section.is_zerofill() => format!("{}+{inside:#x}", section.name()),
                None if let Some(names) = self.rebased(addr).and_then(|target| self.names.get(&target)) => {
                    format!("{} with a pointer to {}", section.name(), names.join("="))
                }
                None => format!("{} with {:x?}", section.name(), self.file.memory(addr, 8.min(section.size - inside))?),
            },
        })
    }

    /// What the pointer at an address points to, if that is in the image.
    fn rebased(&self, addr: u64) -> Option<u64> {
        self.file.fixups.iter().find_map(|f| match f.kind {
            Kind::Rebase { target, .. } if f.at == addr => Some(target),
            _ => None,
        })
    }

    /// An address in no section, such as a segment's end.
    fn outside(&self, addr: u64) -> String {
        let ends = self.file.sections.iter().find(|s| s.addr + s.size == addr);
        let begins = self.file.segments.iter().find(|s| s.addr == addr);
        match (begins, ends) {
            (Some(segment), _) => format!("begin of {}", segment.name),
            (_, Some(section)) => format!("end of {}", section.name()),
            _ => "nowhere".to_string(),
        }
    }

    /// What a pointer slot comes to hold.
    fn slot(&self, section: &Section, addr: u64) -> Result<String> {
        let bound: Vec<String> = bound_names(self.file, addr).into_iter().filter(|n| !is_made_up(n)).collect();
        if !bound.is_empty() {
            return Ok(bound.into_iter().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join("="));
        }
        let target = self.file.fixups.iter().find_map(|f| match f.kind {
            Kind::Rebase { target, .. } if f.at == addr => Some(target),
            _ => None,
        });
        match target {
            Some(target) => self.describe(target),
            None => Ok(indirect_name(self.file, section, (addr - section.addr) / 8)?.unwrap_or_default()),
        }
    }

    /// Where the named piece that begins at `addr` ends.
    fn end_of(&self, section: &Section, addr: u64) -> u64 {
        let end = section.addr + section.size;
        self.names.range(addr + 1..).next().map_or(end, |(next, _)| (*next).min(end))
    }

    /// Named pieces of the sections that `wanted` picks.
    fn pieces(&self, wanted: impl Fn(&Section) -> bool) -> Vec<(&Section, u64, String)> {
        let mut pieces = Vec::new();
        for section in self.file.sections.iter().filter(|s| wanted(s)) {
            let inside = self.names.range(section.addr..section.addr + section.size);
            pieces.extend(inside.map(|(at, names)| (section, *at, names.join("="))));
        }
        pieces
    }
}

/// Puts `line` under `key`.
fn put(lines: &mut Lines, key: impl Into<String>, line: impl Into<String>) {
    lines.entry(key.into()).or_default().push(line.into());
}

fn exports(view: &View<'_>) -> Result<Lines> {
    let mut lines = Lines::new();
    for export in &view.file.exports {
        let from = export.reexport.as_ref().map(|(o, name)| format!(" {name} of {}", view.file.library(*o as i64)));
        put(&mut lines, &export.name, format!("{:#x}{}", export.flags, from.unwrap_or_default()));
    }
    Ok(lines)
}

fn imports(view: &View<'_>) -> Result<Lines> {
    let mut lines = Lines::new();
    for import in view.file.imports.iter().filter(|i| i.name != "dyld_stub_binder") {
        put(&mut lines, &import.name, format!("{} weak={}", view.file.library(import.ordinal), import.weak));
    }
    for places in lines.values_mut() {
        places.sort();
        places.dedup();
    }
    Ok(lines)
}

fn libraries(view: &View<'_>) -> Result<Lines> {
    let mut lines = Lines::new();
    for dylib in &view.file.dylibs {
        put(&mut lines, "loaded", format!("{dylib:?}"));
    }
    put(&mut lines, "own name", format!("{:?}", view.file.id));
    Ok(lines)
}

fn sections(view: &View<'_>) -> Result<Lines> {
    let mut lines = Lines::new();
    // An empty section is kept by some linkers for the symbols at its ends.
    for section in view.file.sections.iter().filter(|s| s.size > 0 && !is_binders(view, s)) {
        put(&mut lines, section.name(), format!("flags {:#x}", section.flags));
    }
    Ok(lines)
}

/// Whether it holds nothing but the word that the binder of lazy pointers has for itself.
fn is_binders(view: &View<'_>, section: &Section) -> bool {
    let named = view.names.range(section.addr..section.addr + section.size).next();
    section.section == "__data" && section.size == 8 && named.is_none()
}

fn undefined(view: &View<'_>) -> Result<Lines> {
    let mut lines = Lines::new();
    // lld asks for the binder of lazy pointers even where there are none.
    for symbol in view.file.symbols.iter().filter(|s| s.is_undefined() && s.name != "dyld_stub_binder") {
        let (library, weak) = (view.file.library(symbol.ordinal()), symbol.desc & N_WEAK_REF != 0);
        put(&mut lines, &symbol.name, format!("{library} weak={weak}"));
    }
    Ok(lines)
}

fn symbols(view: &View<'_>) -> Result<Lines> {
    let mut lines = Lines::new();
    for symbol in view.file.symbols.iter().filter(|s| !s.is_stab() && !s.is_undefined() && !is_made_up(&s.name)) {
        let section = view.file.sections.get(usize::from(symbol.section).wrapping_sub(1)).map(Section::name);
        // Where a symbol of the header stands, and whether it is absolute, linkers do not agree on.
        if symbol.name.starts_with("__mh_") || symbol.name == "___dso_handle" {
            continue;
        }
        // The other bits are for static linkers.
        let (kind, desc) = (symbol.kind, symbol.desc & N_WEAK_DEF);
        put(&mut lines, &symbol.name, format!("type {kind:#x} desc {desc:#x} in {}", section.unwrap_or_default()));
    }
    lines.values_mut().for_each(|all| all.sort());
    Ok(lines)
}

fn initialisers(view: &View<'_>) -> Result<Lines> {
    let mut lines = Lines::new();
    for addr in initialiser_addresses(view.file)? {
        put(&mut lines, "in order", view.describe(addr)?);
    }
    Ok(lines)
}

fn unwind(view: &View<'_>) -> Result<Lines> {
    let mut lines = Lines::new();
    let Some(table) = &view.file.unwind else { return Ok(lines) };
    for (section, at, name) in view.pieces(is_code) {
        let entry = table.of(at).filter(|_| section.kind() != 0x8);
        let Some(entry) = entry.filter(|e| e.encoding != 0) else { continue };
        let slot = entry.personality().checked_sub(1).and_then(|i| table.personalities.get(i));
        let personality = slot.map(|slot| bound_names(view.file, *slot)).unwrap_or_default();
        // The offset of a DWARF record depends on the layout; the index of a personality on the order.
        let encoding = entry.encoding & if entry.mode() == "dwarf" { 0x0f00_0000 } else { 0x0fff_ffff };
        put(&mut lines, name, format!("{encoding:#x} {personality:?} lsda={}", entry.lsda.is_some()));
    }
    Ok(lines)
}

fn functions(view: &View<'_>) -> Result<Lines> {
    let mut lines = Lines::new();
    for (section, at, name) in view.pieces(|s| is_code(s) && s.kind() != 0x8 && s.section != "__stub_helper") {
        lines.insert(name, effects(view, at, view.end_of(section, at))?);
    }
    Ok(lines)
}

/// What the code from `at` to `end` does, one line an instruction that does something.
fn effects(view: &View<'_>, at: u64, end: u64) -> Result<Vec<String>> {
    let codes = code::decoded(view.file, at, end - at)?;
    let registers = registers::before(&codes, at, |addr| pointed(view, addr));
    let mut lines: Vec<String> = Vec::new();
    // The line that says which address a register got, until something reads or writes there: then that says it all,
    // and a linker may have put the address into the access itself.
    let mut said: [Option<usize>; 32] = [None; 32];
    for (index, (word, code)) in codes.into_iter().enumerate() {
        let here = at + index as u64 * 4;
        let target = |from: u8, imm: u64| registers[index][usize::from(from)].map(|base| base + imm);
        let (line, set) = match code {
            // What becomes of a page shows where it is used.
            Code::Adrp { to, page } => (None, Some((to, Some(page)))),
            Code::Adr { to, addr } => (Some(format!("x{to} = &{}", view.describe(addr)?)), Some((to, Some(addr)))),
            Code::Add { to, from, imm } => match target(from, imm) {
                Some(addr) => (Some(format!("x{to} = &{}", view.describe(addr)?)), Some((to, Some(addr)))),
                None => (Some(format!("{word:08x}")), Some((to, None))),
            },
            Code::Memory { to, from, imm, wide } => (
                Some(match target(from, imm) {
                    Some(addr) => access(view, word, wide, addr)?,
                    None => format!("{word:08x}"),
                }),
                to.map(|to| (to, target(from, imm).filter(|_| wide).and_then(|addr| pointed(view, addr)))),
            ),
            Code::Literal { to, addr } => {
                (Some(access(view, literal_as_load(word), word >> 30 == 1, addr)?), Some((to, None)))
            }
            Code::Branch { addr, .. } => {
                let kind = if word & 0x7c00_0000 == 0x1400_0000 { word & 0xfc00_0000 } else { word & 0xff00_001f };
                let to = if addr >= at && addr < end {
                    format!("{:+}", addr as i64 - here as i64)
                } else {
                    callee(view, addr)?
                };
                (Some(format!("branch {kind:08x} {to}")), None)
            }
            Code::Jump { .. } => (Some(format!("{word:08x}")), None),
            // nop
            Code::Other if word == 0xd503_201f => (None, None),
            Code::Other => {
                let is_memory = word & 0x0a00_0000 == 0x0800_0000;
                let loads = !is_memory || word & 0x0040_0000 != 0;
                (Some(format!("{word:08x}")), loads.then_some(((word & 31) as u8, None)))
            }
        };
        if let Code::Memory { from, .. } = code
            && let Some(at) = said[usize::from(from)].take()
        {
            lines[at].clear();
        }
        let address = line.as_ref().is_some_and(|line| line.contains(" = &"));
        lines.extend(line);
        if let Some((to, value)) = set {
            said[usize::from(to)] = value.and(lines.len().checked_sub(1)).filter(|_| address);
        }
    }
    lines.retain(|line| !line.is_empty());
    Ok(lines)
}

/// A load or store of `addr`. The whole of a pointer slot is an address: a linker may have put that there instead.
fn access(view: &View<'_>, word: u32, wide: bool, addr: u64) -> Result<String> {
    let slot = view.file.section_at(addr).filter(|s| matches!(s.kind(), 0x6 | 0x14));
    if let Some(section) = slot.filter(|_| wide) {
        return Ok(format!("x{} = &{}", word & 31, view.slot(section, addr)?));
    }
    Ok(format!("access {:x} {} of {}", word >> 22, word & 31, view.describe(addr)?))
}

/// The address in the image that a slot of the GOT comes to hold.
fn pointed(view: &View<'_>, addr: u64) -> Option<u64> {
    view.file.section_at(addr).filter(|s| s.kind() == 0x6)?;
    view.file.fixups.iter().find_map(|f| match f.kind {
        Kind::Rebase { target, .. } if f.at == addr => Some(target),
        _ => None,
    })
}

/// The load with an offset that does what the load of a near address `word` does.
fn literal_as_load(word: u32) -> u32 {
    let vector = word & 0x400_0000;
    let (size, opc) = match (word >> 30, vector) {
        (0, _) => (2, 1),
        (1, _) => (3, 1),
        (_, 0) => (2, 2),
        _ => (0, 3),
    };
    size << 30 | 0x3900_0000 | vector | opc << 22 | word & 31
}

/// What a branch to `addr` reaches, through stubs and thunks.
fn callee(view: &View<'_>, addr: u64) -> Result<String> {
    if !view.names.contains_key(&addr)
        && let Ok(thunk) = code::decoded(view.file, addr, 12)
        && let [(_, Code::Adrp { page, .. }), (_, Code::Add { imm, .. }), (_, Code::Jump { .. })] = thunk[..]
    {
        return view.describe(page + imm);
    }
    view.describe(addr)
}

/// Sections whose bytes are offsets into tables of the linker's.
const RELATIVE: &[&str] = &["__unwind_info", "__eh_frame", "__gcc_except_tab", "__init_offsets", "__mod_init_func"];

fn data(view: &View<'_>) -> Result<Lines> {
    let mut lines = Lines::new();
    let plain = |s: &Section| !is_code(s) && !s.is_zerofill() && !RELATIVE.contains(&s.section.as_str());
    let fixed: BTreeMap<u64, &Kind> = view.file.fixups.iter().map(|f| (f.at, &f.kind)).collect();
    for (section, begin, name) in view.pieces(|s| plain(s) && !matches!(s.kind(), 0x5 | 0x6 | 0x7 | 0x14)) {
        let (end, mut at, mut found) = (view.end_of(section, begin), begin, Vec::new());
        while at < end {
            let width = (end - at).min(if fixed.contains_key(&at) { 8 } else { 4 });
            found.push(match fixed.get(&at) {
                Some(Kind::Bind { import, addend }) => {
                    let import = &view.file.imports[*import];
                    format!("bind {}+{}", import.name, import.addend + addend)
                }
                Some(Kind::Rebase { target, high8 }) => format!("rebase {high8}|{}", view.describe(*target)?),
                None => plain_word(view, at, width)?,
            });
            at += width;
        }
        // What pads a piece before the next one belongs to the layout.
        while found.last().is_some_and(|l| l == "0") {
            found.pop();
        }
        lines.insert(name, found);
    }
    Ok(lines)
}

/// A number, or the distance to a named place that it is.
fn plain_word(view: &View<'_>, at: u64, width: u64) -> Result<String> {
    let value = uint(view.file.memory(at, width)?, 0, width)?;
    let there = at.wrapping_add_signed((value as u32 as i32).into());
    let far = width == 4 && value as u32 as i32 != 0 && (value as u32 as i32).unsigned_abs() > 0xff;
    // Lists of methods have distances to literals, which have no names.
    let is_list = |s: &Section| s.section == "__objc_methlist";
    let is_distance = far || (value as u32 as i32) < 0;
    let literal = is_distance && view.file.section_at(at).is_some_and(is_list) && view.file.section_at(there).is_some();
    match view.names.get(&there).filter(|_| far) {
        _ if literal => Ok(format!("{value:x}{HERE}{}", view.describe(there)?)),
        Some(names) => Ok(format!("{value:x}{HERE}{}", names.join("="))),
        None => Ok(format!("{value:x}")),
    }
}
