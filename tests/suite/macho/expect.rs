//! Checks one expectation of a Mach-O case against what a link left behind. `tests/README.md` lists the directives.

use std::path::Path;

use super::check::initialiser_addresses;
use super::dump::{MachO, Segment};
use super::fixups::{Fixup, Kind, Stream};
use super::names::{ATTRIBUTES, FILETYPES, FLAGS, bits};
use super::symbols::{N_PEXT, N_WEAK_DEF, N_WEAK_REF, Symbol};
use crate::case::{quoted, split};
use crate::dump::{Result, name_of, value_of};
use crate::expect::{attributes, equal, has, lacks, same};
use crate::expr;

/// What a link left behind.
pub(crate) struct Outcome<'a> {
    pub(crate) dir: &'a Path,
    pub(crate) stdout: &'a str,
    pub(crate) stderr: &'a str,
    /// The output, when the link was to succeed.
    pub(crate) file: Option<&'a MachO>,
}

/// Whether the expectation `key: value` holds; the error says what was found instead.
pub(crate) fn check(key: &str, value: &str, outcome: &Outcome<'_>) -> Result<()> {
    let spoken = match key {
        "error" | "warning" => Some(has(outcome.stderr, value, "standard error")),
        "prints" => Some(has(outcome.stdout, value, "standard output")),
        "silent" => Some(lacks(&format!("{}{}", outcome.stdout, outcome.stderr), value, "what was printed")),
        "file-has" | "file-lacks" => Some(report(key, value, outcome)),
        "fixups" | "lld" | "compare" | "varies" | "no-check" | "no-damage" => Some(Ok(())),
        _ => None,
    };
    if let Some(result) = spoken {
        return result;
    }
    let file = outcome.file.ok_or("the output is no Mach-O file")?;
    match key {
        "symbol" => symbol(value, file),
        "absent" => split(value).iter().try_for_each(|name| {
            let found = file.symbols.iter().find(|s| !s.is_stab() && s.name == *name);
            found.map_or(Ok(()), |s| Err(format!("{name} is there: {s:?}")))
        }),
        "export" => export(value, file),
        "no-export" => split(value).iter().try_for_each(|name| {
            let found = file.exports.iter().find(|e| e.name == *name);
            found.map_or(Ok(()), |e| Err(format!("{name} is exported: {e:?}")))
        }),
        "import" => import(value, file),
        "no-import" => split(value).iter().try_for_each(|name| {
            let found = file.imports.iter().find(|i| i.name == *name);
            found.map_or(Ok(()), |i| Err(format!("{name} is imported: {i:?}")))
        }),
        "section" => section(value, file),
        "no-section" => split(value).iter().try_for_each(|name| match file.section(name) {
            Some(_) => Err(format!("section {name} is there")),
            None => Ok(()),
        }),
        "segment" => segment(value, file),
        "no-segment" => match file.segment(value) {
            Some(_) => Err("it is there".to_string()),
            None => Ok(()),
        },
        "command" => command(value, file),
        "no-command" => match commands(value, file)?.0.first() {
            Some(found) => Err(format!("it is there: {found}")),
            None => Ok(()),
        },
        "flag" | "no-flag" => flags(value, file, key == "flag"),
        "filetype" => same("it", &name_of(FILETYPES, file.filetype.into()), value),
        "fixup" | "no-fixup" => fixup(value, file, key == "fixup"),
        "unwind" => unwind(value, file),
        "no-unwind" => split(value).iter().try_for_each(|name| {
            let addr = expr::value(name, file)? as u64;
            match file.unwind.as_ref().and_then(|u| u.of(addr)).filter(|e| e.encoding != 0) {
                Some(entry) => Err(format!("{name} unwinds: {entry:x?}")),
                None => Ok(()),
            }
        }),
        "contains" | "lacks" => contains(value, file, key == "contains"),
        "check" => expr::holds(value, file),
        "order" => order(value, file),
        "init" => {
            let found: Vec<String> =
                initialiser_addresses(file)?.iter().map(|a| file.symbol_at(*a).unwrap_or_default()).collect();
            same("the initialisers", &found.join(" "), value)
        }
        "function-starts" | "no-function-starts" => starts(value, file, key == "function-starts"),
        "data-in-code" => equal("the count", file.data_in_code.len() as i128, value, file),
        _ => Err(format!("{key} is not known here")),
    }
}

fn report(key: &str, value: &str, outcome: &Outcome<'_>) -> Result<()> {
    let (name, wanted) = value.split_once(' ').ok_or("expected: file \"text\"")?;
    let (wanted, _) = quoted(wanted.trim())?;
    let text = std::fs::read(outcome.dir.join(name)).map_err(|e| format!("{name}: {e}"))?;
    let (text, wanted) = (String::from_utf8_lossy(&text), String::from_utf8_lossy(&wanted).into_owned());
    if key == "file-has" { has(&text, &wanted, name) } else { lacks(&text, &wanted, name) }
}

/// A library is called by its install name, or by its file's name up to the first dot.
fn is_library(file: &MachO, ordinal: i64, wanted: &str) -> bool {
    let name = file.library(ordinal);
    let leaf = name.rsplit('/').next().unwrap_or_default();
    name == wanted || leaf == wanted || leaf.split('.').next() == Some(wanted)
}

fn symbol(value: &str, file: &MachO) -> Result<()> {
    let (name, wanted) = attributes(value);
    let stab = wanted.iter().find_map(|(k, v)| v.as_deref().filter(|_| k == "stab"));
    let stab = stab.map(|s| s.parse::<u8>()).transpose().map_err(|e| e.to_string())?;
    let kind = |s: &&Symbol| stab.map_or(!s.is_stab(), |kind| s.kind == kind);
    let named: Vec<&Symbol> = file.symbols.iter().filter(|s| s.name == name).filter(kind).collect();
    if let Some((_, Some(count))) = wanted.iter().find(|(k, _)| k == "count") {
        return equal("the count", named.len() as i128, count, file);
    }
    let mut problem = format!("no symbol {name}");
    for symbol in named {
        let attribute = |(key, value): &(String, Option<String>)| symbol_has(symbol, key, value.as_deref(), file);
        match wanted.iter().filter(|(k, _)| k != "stab").try_for_each(attribute) {
            Ok(()) => return Ok(()),
            Err(e) => problem = format!("{name}: {e}"),
        }
    }
    Err(problem)
}

fn symbol_has(symbol: &Symbol, key: &str, value: Option<&str>, file: &MachO) -> Result<()> {
    let section = || file.sections.get(usize::from(symbol.section).wrapping_sub(1)).map(|s| s.name());
    let holds = match (key, value) {
        ("section", Some(wanted)) => return same("its section", &section().unwrap_or_default(), wanted),
        ("value", Some(wanted)) => return equal("its value", symbol.value.into(), wanted, file),
        ("desc", Some(wanted)) => return equal("n_desc", symbol.desc.into(), wanted, file),
        ("from", Some(wanted)) => is_library(file, symbol.ordinal(), wanted),
        ("local", None) => !symbol.is_external(),
        ("external", None) => symbol.is_external(),
        ("private", None) => symbol.kind & N_PEXT != 0,
        ("undefined", None) => symbol.is_undefined(),
        ("defined", None) => symbol.is_in_section() || symbol.is_absolute(),
        ("absolute", None) => symbol.is_absolute(),
        ("common", None) => symbol.is_common(),
        ("indirect", None) => symbol.is_indirect(),
        ("weak-def", None) => !symbol.is_undefined() && symbol.desc & N_WEAK_DEF != 0,
        ("not-weak", None) => symbol.desc & (N_WEAK_DEF | N_WEAK_REF) == 0,
        ("weak-ref", None) => symbol.desc & N_WEAK_REF != 0,
        ("dynamic", None) => symbol.desc & 0x10 != 0,
        ("no-dead-strip", None) => symbol.desc & 0x20 != 0,
        ("alt-entry", None) => symbol.desc & 0x200 != 0,
        ("cold", None) => symbol.desc & 0x400 != 0,
        _ => return Err(format!("unknown attribute {key}")),
    };
    if holds { Ok(()) } else { Err(format!("it is not {key}: {symbol:?}")) }
}

fn export(value: &str, file: &MachO) -> Result<()> {
    let (name, wanted) = attributes(value);
    let export = file.exports.iter().find(|e| e.name == name).ok_or_else(|| format!("{name} is not exported"))?;
    for (key, value) in &wanted {
        let holds = match (key.as_str(), value.as_deref()) {
            ("value", Some(wanted)) => {
                equal("its value", (file.base() + export.value).into(), wanted, file)?;
                true
            }
            ("weak", None) => export.is_weak(),
            ("strong", None) => !export.is_weak(),
            ("regular", None) => export.kind() == 0,
            ("thread-local", None) => export.kind() == 1,
            ("absolute", None) => export.kind() == 2,
            ("from", Some(wanted)) => {
                export.reexport.as_ref().is_some_and(|(ordinal, _)| is_library(file, *ordinal as i64, wanted))
            }
            ("as", Some(wanted)) => export.reexport.as_ref().is_some_and(|(_, name)| name == wanted),
            _ => return Err(format!("unknown attribute {key}")),
        };
        if !holds {
            return Err(format!("it is not {key}: {export:?}"));
        }
    }
    Ok(())
}

/// `_name from LIBRARY word…`.
fn import(value: &str, file: &MachO) -> Result<()> {
    let words = split(value);
    let name = words.first().ok_or("expected a name")?;
    let mut rest = words[1..].iter();
    let mut found: Vec<usize> = (0..file.imports.len()).filter(|i| file.imports[*i].name == *name).collect();
    if found.is_empty() {
        return Err(format!("{name} is not imported; imports are {:?}", file.imports));
    }
    let binds = |index: usize| {
        let is = move |f: &&Fixup| matches!(f.kind, Kind::Bind { import, .. } if import == index);
        file.fixups.iter().filter(is)
    };
    while let Some(word) = rest.next() {
        match (word.as_str(), word.split_once('=')) {
            ("from", _) => {
                let library = rest.next().ok_or("from which library?")?;
                found.retain(|i| is_library(file, file.imports[*i].ordinal, library));
            }
            ("weak", _) => found.retain(|i| file.imports[*i].weak),
            ("strong", _) => found.retain(|i| !file.imports[*i].weak),
            ("lazy", _) => found.retain(|i| binds(*i).any(|f| f.stream == Stream::Lazy)),
            ("eager", _) => found.retain(|i| binds(*i).all(|f| f.stream != Stream::Lazy)),
            (_, Some(("count", count))) => {
                let places: usize = found.iter().map(|i| binds(*i).count()).sum();
                equal("the number of places", places as i128, count, file)?;
            }
            _ => return Err(format!("unknown word {word}")),
        }
        if found.is_empty() {
            let all: Vec<_> = file.imports.iter().filter(|i| i.name == *name).collect();
            let from: Vec<_> = all.iter().map(|i| file.library(i.ordinal)).collect();
            return Err(format!("not {word}: {all:?} from {from:?}"));
        }
    }
    Ok(())
}

fn section(value: &str, file: &MachO) -> Result<()> {
    let (name, wanted) = attributes(value);
    let section = file.section(&name).ok_or_else(|| format!("no section {name}"))?;
    for (key, value) in &wanted {
        let value = value.as_deref().ok_or_else(|| format!("{key} has no value"))?;
        match key.as_str() {
            "type" => same("its type", &section.kind_name(), value)?,
            "attributes" => same("its attributes", &bits(ATTRIBUTES, section.flags.into()).join(","), value)?,
            "size" => equal("its size", section.size.into(), value, file)?,
            "addr" => equal("its address", section.addr.into(), value, file)?,
            "align" => equal("its alignment", section.align.into(), value, file)?,
            "entry" => equal("its entry size", section.reserved2.into(), value, file)?,
            _ => return Err(format!("unknown attribute {key}")),
        }
    }
    Ok(())
}

fn letters(protection: u32) -> String {
    [(1, 'r'), (2, 'w'), (4, 'x')].iter().map(|(bit, c)| if protection & bit != 0 { *c } else { '-' }).collect()
}

fn segment(value: &str, file: &MachO) -> Result<()> {
    let (name, wanted) = attributes(value);
    let segment: &Segment = file.segment(&name).ok_or_else(|| format!("no segment {name}"))?;
    for (key, value) in &wanted {
        match (key.as_str(), value.as_deref()) {
            ("prot", Some(value)) => same("its protection", &letters(segment.initprot), value)?,
            ("max", Some(value)) => same("its maximal protection", &letters(segment.maxprot), value)?,
            ("read-only", None) => equal("its flags", (segment.flags & 0x10).into(), "16", file)?,
            ("addr", Some(value)) => equal("its address", segment.addr.into(), value, file)?,
            ("memsz", Some(value)) => equal("its size in memory", segment.memsz.into(), value, file)?,
            ("filesz", Some(value)) => equal("its size in the file", segment.filesz.into(), value, file)?,
            ("holds", Some(value)) => value.split(' ').try_for_each(|name| {
                let section = file.section(name).ok_or_else(|| format!("no section {name}"))?;
                same("the segment", &section.segment, &segment.name)
            })?,
            _ => return Err(format!("unknown attribute {key}")),
        }
    }
    Ok(())
}

/// Descriptions of the commands that have all the words, and the `count=` that is wanted.
fn commands(value: &str, file: &MachO) -> Result<(Vec<String>, Option<String>)> {
    let (counts, words): (Vec<String>, Vec<String>) = split(value).into_iter().partition(|w| w.starts_with("count="));
    let mut found = file.commands.iter().map(|c| file.describe(*c)).collect::<Result<Vec<_>>>()?;
    found.retain(|line| words.iter().all(|word| format!(" {line} ").contains(&format!(" {word} "))));
    Ok((found, counts.first().map(|c| c["count=".len()..].to_string())))
}

fn command(value: &str, file: &MachO) -> Result<()> {
    let (found, count) = commands(value, file)?;
    match count {
        Some(count) => equal("the count", found.len() as i128, &count, file),
        None if !found.is_empty() => Ok(()),
        None => {
            let all = file.commands.iter().map(|c| file.describe(*c)).collect::<Result<Vec<_>>>()?;
            let kind = value.split(' ').next().unwrap_or_default();
            Err(format!("commands are {:?}", all.iter().filter(|c| c.starts_with(kind)).collect::<Vec<_>>()))
        }
    }
}

fn flags(value: &str, file: &MachO, wanted: bool) -> Result<()> {
    for flag in split(value) {
        let bit = value_of(FLAGS, &flag).ok_or_else(|| format!("unknown flag {flag}"))?;
        if (u64::from(file.flags) & bit != 0) != wanted {
            return Err(format!("flags are {}", bits(FLAGS, file.flags.into()).join(" ")));
        }
    }
    Ok(())
}

/// `rebase` or `bind` or `any`, `in=SECTION at=EXPR to=EXPR sym=NAME addend=EXPR count=N`.
fn fixup(value: &str, file: &MachO, wanted: bool) -> Result<()> {
    let (kind, rest) = attributes(value);
    let mut found: Vec<&Fixup> = file.fixups.iter().collect();
    found.retain(|f| match kind.as_str() {
        "rebase" => matches!(f.kind, Kind::Rebase { .. }),
        "bind" => matches!(f.kind, Kind::Bind { .. }),
        "weak-bind" => matches!(f.kind, Kind::Bind { import, .. } if file.imports[import].ordinal == -3),
        _ => kind == "any",
    });
    let mut count = None;
    for (key, value) in &rest {
        let value = value.as_deref().ok_or_else(|| format!("{key} has no value"))?;
        match key.as_str() {
            "count" => count = Some(value),
            "in" => {
                let section = file.section(value).ok_or_else(|| format!("no section {value}"))?;
                found.retain(|f| section.holds(f.at));
            }
            "at" => {
                let at = expr::value(value, file)?;
                found.retain(|f| i128::from(f.at) == at);
            }
            "to" => {
                let to = expr::value(value, file)?;
                found.retain(|f| matches!(f.kind, Kind::Rebase { target, .. } if i128::from(target) == to));
            }
            "high8" => {
                let wanted = expr::value(value, file)?;
                found.retain(|f| matches!(f.kind, Kind::Rebase { high8, .. } if i128::from(high8) == wanted));
            }
            "sym" => {
                found.retain(|f| matches!(f.kind, Kind::Bind { import, .. } if file.imports[import].name == value))
            }
            "addend" => {
                let wanted = expr::value(value, file)?;
                found.retain(|f| match f.kind {
                    Kind::Bind { import, addend } => i128::from(file.imports[import].addend + addend) == wanted,
                    Kind::Rebase { .. } => false,
                });
            }
            _ => return Err(format!("unknown attribute {key}")),
        }
    }
    let good = match count {
        Some(count) => found.len() as i128 == expr::value(count, file)?,
        None => found.is_empty() != wanted,
    };
    if good {
        return Ok(());
    }
    let all: Vec<String> = file.fixups.iter().take(40).map(|f| format!("  {:#x} {:x?}", f.at, f.kind)).collect();
    Err(format!("{} of them; all:\n{}\nimports {:?}", found.len(), all.join("\n"), file.imports))
}

/// `_function mode=frame personality=_name lsda encoding=N like=_other page=N`.
fn unwind(value: &str, file: &MachO) -> Result<()> {
    let (name, wanted) = attributes(value);
    let table = file.unwind.as_ref().ok_or("no __unwind_info")?;
    if name == "pages" || name == "personalities" || name == "common" {
        let count = wanted.first().map_or("", |(count, _)| count);
        let found = match name.as_str() {
            "pages" => table.pages,
            "common" => table.common,
            _ => table.personalities.len(),
        };
        return equal(&name, found as i128, count, file);
    }
    let addr = expr::value(&name, file)? as u64;
    let entry = table.of(addr).ok_or_else(|| format!("nothing covers {name} ({addr:#x})"))?;
    for (key, value) in &wanted {
        match (key.as_str(), value.as_deref()) {
            ("mode", Some(value)) => same("its mode", entry.mode(), value)?,
            ("encoding", Some(value)) => equal("its encoding", entry.encoding.into(), value, file)?,
            ("page", Some(value)) => equal("its page's kind", entry.page.into(), value, file)?,
            ("lsda", None) => equal("lsda", entry.lsda.is_some().into(), "1", file)?,
            ("no-lsda", None) => equal("lsda", entry.lsda.is_some().into(), "0", file)?,
            ("lsda", Some(value)) => equal("its lsda", entry.lsda.unwrap_or(0).into(), value, file)?,
            ("starts", Some(value)) => equal("its begin", entry.addr.into(), value, file)?,
            ("personality", Some(value)) => {
                let slot = entry.personality().checked_sub(1).and_then(|i| table.personalities.get(i));
                let names = slot.map(|s| super::check::bound_names(file, *s)).unwrap_or_default();
                if !names.iter().any(|n| n == value) {
                    return Err(format!("its personality is {names:?}"));
                }
            }
            _ => return Err(format!("unknown attribute {key}")),
        }
    }
    Ok(())
}

/// `SEGMENT,section "text"` or `… 01 ff`, anywhere in it, `count=N` times when given.
fn contains(value: &str, file: &MachO, wanted: bool) -> Result<()> {
    let (name, rest) = value.split_once(' ').ok_or("expected: section bytes")?;
    let rest = rest.trim();
    let (bytes, rest) = if rest.starts_with('"') {
        quoted(rest)?
    } else {
        let at = rest.find("count=").unwrap_or(rest.len());
        let digits = rest[..at].split_whitespace();
        let bytes: std::result::Result<Vec<u8>, _> = digits.map(|d| u8::from_str_radix(d, 16)).collect();
        (bytes.map_err(|e| format!("{value}: {e}"))?, &rest[at..])
    };
    let section = file.section(name).ok_or_else(|| format!("no section {name}"))?;
    let data = file.data(section)?;
    let found = data.windows(bytes.len().max(1)).filter(|w| *w == bytes).count();
    let good = match rest.strip_prefix("count=") {
        Some(count) => expr::value(count, file)? == found as i128,
        None => (found > 0) == wanted,
    };
    if good {
        return Ok(());
    }
    Err(format!("{found} times in {name}: {}", String::from_utf8_lossy(&data[..data.len().min(400)])))
}

/// `a b c`: symbols or sections in ascending order of address.
fn order(value: &str, file: &MachO) -> Result<()> {
    let mut last: Option<(String, i128)> = None;
    for name in split(value) {
        let addr = match file.section(&name) {
            Some(section) => section.addr.into(),
            None => expr::value(&name, file)?,
        };
        if let Some((before, at)) = last.filter(|(_, at)| *at > addr) {
            return Err(format!("{before} ({at:#x}) comes after {name} ({addr:#x})"));
        }
        last = Some((name, addr));
    }
    Ok(())
}

fn starts(value: &str, file: &MachO, wanted: bool) -> Result<()> {
    split(value).iter().try_for_each(|word| match word.strip_prefix("count=") {
        Some(count) => equal("the count", file.function_starts.len() as i128, count, file),
        None => {
            let addr = expr::value(word, file)? as u64;
            match file.function_starts.contains(&addr) == wanted {
                true => Ok(()),
                false => Err(format!("{word} ({addr:#x}); starts are {:x?}", file.function_starts)),
            }
        }
    })
}

impl expr::Image for MachO {
    fn name(&self, word: &str) -> Result<i128> {
        match word {
            "filesize" => return Ok(self.bytes.len() as i128),
            "base" => return Ok(self.base().into()),
            "fixups" => return Ok(self.fixups.len() as i128),
            _ => {}
        }
        let symbol = self.symbols.iter().find(|s| !s.is_stab() && s.name == word);
        Ok(symbol.ok_or_else(|| format!("no symbol {word}"))?.value.into())
    }

    fn bytes(&self, at: u64, width: u64) -> Result<&[u8]> {
        self.memory(at, width)
    }

    fn call(&self, function: &str, argument: &str) -> Result<i128> {
        // Where the pointer at a symbol or an address points once the image is loaded.
        if function == "target" {
            let at = expr::value(argument, self)?;
            let target = self.fixups.iter().find_map(|f| match f.kind {
                Kind::Rebase { target, .. } if i128::from(f.at) == at => Some(target),
                _ => None,
            });
            return target.map(Into::into).ok_or_else(|| format!("{argument} ({at:#x}) is not rebased"));
        }
        if let Some(question) = function.strip_prefix("seg") {
            let segment = self.segment(argument).ok_or_else(|| format!("no segment {argument}"))?;
            return Ok(match question {
                "" => segment.addr,
                "end" => segment.addr + segment.memsz,
                "size" => segment.memsz,
                "file" => segment.filesz,
                "offset" => segment.offset,
                _ => return Err(format!("unknown function {function}")),
            }
            .into());
        }
        let section = self.section(argument).ok_or_else(|| format!("no section {argument}"))?;
        Ok(match function {
            "addr" => section.addr,
            "size" => section.size,
            "end" => section.addr + section.size,
            "offset" => section.offset,
            "align" => section.align,
            _ => return Err(format!("unknown function {function}")),
        }
        .into())
    }
}
