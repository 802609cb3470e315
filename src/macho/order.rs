//! The order of atoms within a section: `-order_file` first, cold functions last, all others as the inputs have them.
//!
//! A line of an order file names a symbol, after `arch:` and `object.o:` if it is meant for these alone; `#` begins a
//! comment, quotes are for C strings, which are merged and not ordered. Cost: one look-up for each symbol of the kept
//! atoms, by hash, and only with an order file; the cold flag is a bit of the symbol.

use super::format::{N_COLD_FUNC, N_SECT};
use super::relocs::Context;
use super::sections::{Content, OutSection};
use crate::base::diag::Reported;
use crate::base::session::Session;
use std::collections::{HashMap, HashSet};
use std::os::unix::ffi::OsStrExt;

/// Places of names in the order file: for any object, or for the one of that name.
type Lines = HashMap<Vec<u8>, Vec<Line>>;

/// The object that a line is meant for, and the line's place.
type Line = (Option<Vec<u8>>, u32);

/// Sorts the atoms of each section.
pub fn apply(context: &Context<'_, '_>, sections: &mut [OutSection], cx: &Session) -> Result<(), Reported> {
    let _t = cx.time.phase("order atoms");
    let lines = read(context, cx)?;
    // Atoms that go anywhere but to their place: few.
    const COLD: u32 = u32::MAX;
    let mut moved: HashMap<u32, u32> = HashMap::new();
    let mut used: HashSet<u32> = HashSet::new();
    for (file, object) in context.objects().filter(|(_, object)| object.has_cold || !lines.is_empty()) {
        for (index, symbol) in object.symbols.iter().enumerate() {
            if symbol.is_stab() || symbol.class() != N_SECT {
                continue;
            }
            let Some((atom, 0)) = object.symbol_place(index as u32) else { continue };
            let atom = context.atoms.id(file, atom);
            if symbol.has(N_COLD_FUNC) {
                moved.entry(atom.0).or_insert(COLD);
            }
            let Ok(name) = object.symbol_name(index as u32) else { continue };
            let Some(wanted) = lines.get(name) else { continue };
            let path = context.files[file].path.file_name().unwrap_or_default().as_bytes();
            let names = [Some(path), context.files[file].member];
            let is_meant = |object: &Option<Vec<u8>>| object.as_deref().is_none_or(|o| names.contains(&Some(o)));
            let meant = wanted.iter().filter(|(object, _)| is_meant(object)).map(|(_, place)| *place);
            if context.args.order_file_statistics && context.atoms.kept.contains(atom.idx()) {
                used.extend(meant.clone());
            }
            if let Some(place) = meant.min() {
                let known = moved.entry(atom.0).or_insert(place);
                *known = if *known == COLD { place } else { place.min(*known) };
            }
        }
    }
    if context.args.order_file_statistics {
        statistics(&lines, &used, cx);
    }
    if moved.is_empty() {
        return Ok(());
    }
    const USUAL: u32 = u32::MAX - 1;
    for section in sections {
        if let Content::Atoms(atoms) = &mut section.content {
            atoms.sort_by_key(|atom| moved.get(&atom.0).copied().unwrap_or(USUAL));
        }
    }
    Ok(())
}

/// Tells of lines that name nothing, in the words of Apple's linker (`-order_file_statistics`).
fn statistics(lines: &Lines, used: &HashSet<u32>, cx: &Session) {
    let all = lines.iter().flat_map(|(name, lines)| lines.iter().map(move |line| (name, line)));
    let count = lines.values().map(Vec::len).sum::<usize>();
    for (name, (object, place)) in all.filter(|(_, (_, place))| !used.contains(place)) {
        let object = object.as_ref().map(|object| format!("{}/", String::from_utf8_lossy(object))).unwrap_or_default();
        let name = String::from_utf8_lossy(name);
        cx.diag.warn_at(u64::from(*place), format_args!("can't find match for order_file entry: {object}{name}"));
    }
    if used.len() < count {
        let text = format_args!("only {} out of {count} order_file symbols were applicable", used.len());
        cx.diag.warn_at(count as u64, text);
    }
}

fn read(context: &Context<'_, '_>, cx: &Session) -> Result<Lines, Reported> {
    let mut lines = Lines::new();
    let mut place = 0;
    for path in &context.args.order_files {
        let failed = |e| cx.diag.fail(format_args!("cannot read order file {}: {e}", path.display()));
        let text = std::fs::read(path).map_err(failed)?;
        for line in text.split(|b| *b == b'\n') {
            let line = line.split(|b| *b == b'#').next().unwrap_or_default().trim_ascii();
            if line.is_empty() || line.starts_with(b"\"") {
                continue;
            }
            let mut rest = line;
            for arch in [&b"arm64:"[..], b"x86_64:", b"arm64e:", b"i386:", b"ppc:", b"armv7:"] {
                if let Some(after) = line.strip_prefix(arch) {
                    rest = if arch == b"arm64:" { after.trim_ascii() } else { b"" };
                }
            }
            // `object.o:symbol`, where a symbol of Objective-C may have colons of its own.
            let colon = rest.windows(3).position(|w| w == b".o:" || w == b"o):").map(|at| at + 2);
            let (object, name) = match colon {
                Some(at) => (Some(rest[..at].to_vec()), rest[at + 1..].trim_ascii()),
                None => (None, rest),
            };
            if !name.is_empty() {
                lines.entry(name.to_vec()).or_default().push((object, place));
                place += 1;
            }
        }
    }
    Ok(lines)
}
