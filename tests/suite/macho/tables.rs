//! [`super::check`] on what __LINKEDIT and `__unwind_info` hold: order, symbols, exports, fixups, functions, signature.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{PAGE, is_code};
use super::dump::{MH_EXECUTE, MH_OBJECT, MachO};
use super::fixups::{Kind, Stream};
use super::symbols::{N_PEXT, N_WEAK_DEF};

/// The order that `strip`, `codesign` and `install_name_tool` demand of __LINKEDIT, and how each part is aligned.
const ORDER: &[(&str, u64)] = &[
    ("rebase", 8),
    ("bind", 8),
    ("weak bind", 8),
    ("lazy bind", 8),
    ("chained fixups", 8),
    ("exports", 8),
    ("function starts", 8),
    ("data in code", 8),
    ("symbols", 8),
    ("indirect", 4),
    ("strings", 4),
    ("signature", 16),
];

pub(crate) fn problems(file: &MachO, found: &mut Vec<String>) {
    linkedit(file, found);
    strings(file, found);
    exports(file, found);
    fixups(file, found);
    functions(file, found);
    unwind(file, found);
    signature(file, found);
}

fn linkedit(file: &MachO, found: &mut Vec<String>) {
    let Some(segment) = file.segment("__LINKEDIT") else { return };
    let (mut end, mut last) = (segment.offset, "its beginning");
    let there = ORDER.iter().filter_map(|(name, align)| Some((*name, align, file.blobs.get(name)?)));
    // An empty part either has no place or is in order like the others.
    for (name, align, (at, len)) in there.filter(|(.., blob)| blob.0 > 0 || blob.1 > 0) {
        if at % align != 0 {
            found.push(format!("__LINKEDIT: {name} at {at:#x} are not aligned to {align}"));
        }
        if *at < end || *at - end > 15 {
            found.push(format!("__LINKEDIT: {name} are at {at:#x}, {last} ends at {end:#x}"));
        }
        (end, last) = (at + len, name);
    }
    if end != segment.offset + segment.filesz {
        found.push(format!("__LINKEDIT ends at {:#x}, {last} at {end:#x}", segment.offset + segment.filesz));
    }
}

/// nlist entries: the three parts of LC_DYSYMTAB, and values that lie where they say.
pub(crate) fn symbols(file: &MachO, found: &mut Vec<String>) {
    let count = file.symbols.len() as u64;
    if let Some([local, locals, external, externals, undefined, undefineds]) = file.partition {
        if (local, locals, locals + externals, locals + externals + undefineds) != (0, external, undefined, count) {
            found.push(format!("LC_DYSYMTAB: {:?} of {count} symbols", file.partition));
        }
        for (index, symbol) in file.symbols.iter().enumerate() {
            let part = match index as u64 {
                i if i < external => !symbol.is_external(),
                i if i < undefined => symbol.is_external() && !symbol.is_undefined() && !symbol.is_common(),
                _ => {
                    let is_indirect = symbol.kind & 0x0e == 0x0a;
                    symbol.is_external() && (symbol.is_undefined() || symbol.is_common() || is_indirect)
                }
            };
            if !part {
                found.push(format!("LC_DYSYMTAB: {} (number {index}) is in the wrong part", symbol.name));
            }
        }
    }
    for symbol in file.symbols.iter().filter(|s| !s.is_stab()) {
        let name = &symbol.name;
        if symbol.is_in_section() {
            match file.sections.get(usize::from(symbol.section).wrapping_sub(1)) {
                None => found.push(format!("{name} is in section {}", symbol.section)),
                // `section$end$…` lies behind its section, `__mh_execute_header` and the like before any.
                Some(s)
                    if symbol.value < s.addr && symbol.value >= file.base() + PAGE
                        || symbol.value > s.addr + s.size =>
                {
                    found.push(format!("{name} = {:#x} is outside {}", symbol.value, s.name()));
                }
                Some(_) => {}
            }
        } else if symbol.section != 0 {
            found.push(format!("{name} has section {} and is not in one", symbol.section));
        }
        if file.filetype != MH_OBJECT {
            let libraries = file.dylibs.len() as i64;
            if symbol.is_undefined() && file.flags & 0x80 != 0 && symbol.ordinal() > libraries {
                found.push(format!("{name} comes from library {} of {libraries}", symbol.ordinal()));
            }
            if symbol.is_common() {
                found.push(format!("{name} is still tentative"));
            }
            if symbol.kind & N_PEXT != 0 && symbol.is_external() {
                found.push(format!("{name} is private and external"));
            }
        }
    }
    let mut defined = BTreeSet::new();
    for symbol in file.symbols.iter().filter(|s| s.is_external()) {
        if !defined.insert(&symbol.name) {
            found.push(format!("{} is there twice", symbol.name));
        }
    }
}

fn strings(file: &MachO, found: &mut Vec<String>) {
    let table = &file.strings;
    if !table.starts_with(b" \0") {
        found.push("the string table does not begin with a space".to_string());
    }
    let last = file.symbols.iter().max_by_key(|s| s.strx).map_or(2, |s| s.strx + s.name.len() as u64 + 1);
    if !table.len().is_multiple_of(8) || table.get(last as usize..).is_some_and(|rest| rest.iter().any(|b| *b != 0)) {
        found.push(format!("the string table's {:#x} bytes are not padded with zeros", table.len()));
    }
    if let Some(symbol) = file.symbols.iter().find(|s| s.strx == 0 && !s.name.is_empty() && s.name != " ") {
        found.push(format!("{} is named by offset 0", symbol.name));
    }
}

/// The trie has the symbol table's external definitions, each with its address and weakness, and nothing else.
fn exports(file: &MachO, found: &mut Vec<String>) {
    let mut listed = BTreeMap::new();
    for export in &file.exports {
        if listed.insert(export.name.as_str(), export).is_some() {
            found.push(format!("{} is exported twice", export.name));
        }
    }
    for symbol in file.symbols.iter().filter(|s| s.is_external() && (s.is_in_section() || s.is_absolute())) {
        let Some(export) = listed.remove(symbol.name.as_str()) else {
            found.push(format!("{} is not in the export trie", symbol.name));
            continue;
        };
        let value = if export.kind() == 2 { export.value } else { file.base() + export.value };
        let thread_local = file.section_at(symbol.value).is_some_and(|s| s.kind() == 0x13);
        let weak = symbol.desc & N_WEAK_DEF != 0;
        if (value, export.is_weak(), export.kind() == 1) != (symbol.value, weak, thread_local) {
            found.push(format!("{} is exported as {export:?}, its symbol is {symbol:?}", symbol.name));
        }
    }
    found.extend(listed.values().filter(|e| e.reexport.is_none()).map(|e| format!("{} is no external symbol", e.name)));
}

fn fixups(file: &MachO, found: &mut Vec<String>) {
    let mut places = BTreeMap::new();
    for fixup in &file.fixups {
        let at = fixup.at;
        let home = file.segments.iter().find(|s| s.holds(at, 8));
        if home.is_none_or(|s| s.initprot & 2 == 0) {
            found.push(format!("the fixup at {at:#x} is in no writable segment"));
        }
        if file.section_at(at).is_none_or(|s| s.is_zerofill() || !s.holds(at + 7)) {
            found.push(format!("the fixup at {at:#x} is in no section"));
        }
        match fixup.kind {
            Kind::Rebase { target, .. } if !file.segments.iter().any(|s| s.holds(target, 0) && s.initprot != 0) => {
                found.push(format!("the rebase at {at:#x} to {target:#x} leaves the image"));
            }
            _ => {}
        }
        places.entry(at).or_insert_with(Vec::new).push(fixup.stream);
    }
    for (at, streams) in &places {
        // A lazy pointer first points to its helper; a weak bind may override a rebase or a bind.
        let fine = match streams.as_slice() {
            [_] => true,
            [one, other] => matches!(
                (one, other),
                (Stream::Lazy | Stream::Weak, Stream::Rebase)
                    | (Stream::Bind, Stream::Weak)
                    | (Stream::Weak, Stream::Lazy)
            ),
            [Stream::Weak, Stream::Lazy, Stream::Rebase] => true,
            _ => false,
        };
        if !fine {
            found.push(format!("{at:#x} is fixed up by {streams:?}"));
        }
    }
    for pair in places.keys().collect::<Vec<_>>().windows(2) {
        if pair[1] - pair[0] < 8 {
            found.push(format!("the fixups at {:#x} and {:#x} overlap", pair[0], pair[1]));
        }
    }
    for (index, import) in file.imports.iter().enumerate() {
        if import.ordinal > file.dylibs.len() as i64 || import.ordinal < -3 {
            found.push(format!("{} is imported from library {}", import.name, import.ordinal));
        }
        if file.imports[..index].contains(import) {
            found.push(format!("{} is imported twice", import.name));
        }
        let used = |f: &super::fixups::Fixup| matches!(f.kind, Kind::Bind { import, .. } if import == index);
        if file.blobs.contains_key("chained fixups") && !file.fixups.iter().any(used) {
            found.push(format!("{} is imported and never bound", import.name));
        }
    }
}

fn functions(file: &MachO, found: &mut Vec<String>) {
    for addr in &file.function_starts {
        if !file.section_at(*addr).is_some_and(is_code) {
            found.push(format!("{}: the function start {addr:#x}", outside(file, *addr)));
        }
    }
    let mut end = 0;
    for (at, len, kind) in &file.data_in_code {
        let inside = |s: &&super::dump::Section| is_code(s) && s.offset <= *at && at + len <= s.offset + s.size;
        if *at < end || *len == 0 || !(1..=5).contains(kind) || file.sections.iter().find(inside).is_none() {
            found.push(format!("data in code at {at:#x}+{len:#x} of kind {kind}"));
        }
        end = at + len;
    }
}

/// Where an address is that should be in code.
fn outside(file: &MachO, addr: u64) -> &'static str {
    let ends = file.sections.iter().any(|s| is_code(s) && s.addr + s.size == addr);
    if ends { "at the end of code" } else { "in no code" }
}

fn unwind(file: &MachO, found: &mut Vec<String>) {
    let Some(table) = &file.unwind else { return };
    for pair in table.entries.windows(2) {
        if pair[0].addr > pair[1].addr {
            found.push(format!("__unwind_info: {:#x} comes before {:#x}", pair[0].addr, pair[1].addr));
        } else if pair[0].addr == pair[1].addr {
            found.push(format!("two entries of __unwind_info: for {:#x}", pair[0].addr));
        }
    }
    for entry in &table.entries {
        if !file.section_at(entry.addr).is_some_and(is_code) {
            found.push(format!("{}: {:#x} of __unwind_info", outside(file, entry.addr), entry.addr));
        }
        if entry.addr >= table.end {
            found.push(format!("beyond the end of __unwind_info: {:#x}", entry.addr));
        }
        if entry.personality() > table.personalities.len() || entry.mode() == "?" {
            found.push(format!("__unwind_info: {:#x} has encoding {:#x}", entry.addr, entry.encoding));
        }
        if entry.mode() == "dwarf" && frame_of(file, entry) != Some(entry.addr) {
            found.push(format!("__unwind_info: {:#x} has no FDE at its offset", entry.addr));
        }
        if entry.lsda.is_some_and(|lsda| file.section_at(lsda).is_none()) {
            found.push(format!("__unwind_info: {:#x} has its data nowhere", entry.addr));
        }
    }
    for slot in &table.personalities {
        if !file.fixups.iter().any(|f| f.at == *slot) {
            found.push(format!("__unwind_info: the personality at {slot:#x} is no filled pointer"));
        }
    }
}

/// Where the function of the FDE begins to which a DWARF encoding points.
fn frame_of(file: &MachO, entry: &super::unwind::Entry) -> Option<u64> {
    let section = file.section("__TEXT,__eh_frame")?;
    let at = section.addr + u64::from(entry.encoding & 0xff_ffff);
    let field = |at: u64| crate::dump::uint(file.memory(at, 8).ok()?, 0, 8).ok();
    // Behind length and CIE pointer: a pc-relative eight-byte pointer, as Darwin's CIEs have it.
    (field(at + 4)? as u32 != 0).then(|| field(at + 8).map(|delta| (at + 8).wrapping_add(delta)))?
}

fn signature(file: &MachO, found: &mut Vec<String>) {
    let Some(signature) = &file.signature else { return };
    let mut wrong = |bad: bool, what: String| found.extend(bad.then(|| format!("signature: {what}")));
    let blob = file.blobs.get("signature").copied().unwrap_or_default();
    wrong(signature.code_limit != blob.0, format!("it covers {:#x} bytes", signature.code_limit));
    wrong(signature.length > signature.room || signature.blobs == 0, format!("its length is {:#x}", signature.length));
    wrong(signature.version != 0x2_0400, format!("version {:#x}", signature.version));
    wrong(signature.flags != 0x2_0002, format!("flags {:#x} are not ad-hoc and linker-signed", signature.flags));
    let kind = (signature.hash_size, signature.hash_type, signature.page_size, signature.special_slots);
    wrong(kind != (32, 2, 12, 0), format!("hash size, type, page size and special slots are {kind:?}"));
    wrong(
        signature.identifier.is_empty() || signature.identifier.contains('/'),
        "its identifier is no name".to_string(),
    );
    let text = file.segment("__TEXT").map_or((0, 0), |s| (s.offset, s.filesz));
    let main = u64::from(file.filetype == MH_EXECUTE);
    let exec = (signature.exec_base, signature.exec_limit, signature.exec_flags);
    wrong(exec != (text.0, text.1, main), format!("its executable segment is {exec:x?}"));
    wrong(!signature.wrong_pages.is_empty(), format!("pages {:?} have another hash", signature.wrong_pages));
}
