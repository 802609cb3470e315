//! Checks one expectation of a case against what a link left behind. `tests/README.md` lists the directives.

use std::path::Path;

use crate::case::{Directive, quoted, split};
use crate::dump::{Elf, PT_LOAD, Reloc, Result, Symbol};
use crate::expr;

/// What a link left behind.
pub(crate) struct Outcome<'a> {
    pub(crate) dir: &'a Path,
    pub(crate) stdout: &'a str,
    pub(crate) stderr: &'a str,
    /// The output, when the link was to succeed and it is an ELF file.
    pub(crate) elf: Option<&'a Elf>,
}

impl Outcome<'_> {
    fn elf(&self) -> Result<&Elf> {
        self.elf.ok_or_else(|| "the output is not an ELF file".to_string())
    }
}

/// Whether the expectation holds; the error says what was found instead.
pub(crate) fn check(directive: &Directive, outcome: &Outcome<'_>) -> Result<()> {
    let value = directive.value.as_str();
    match directive.key.as_str() {
        "error" | "warning" => has(outcome.stderr, value, "standard error"),
        "prints" => has(outcome.stdout, value, "standard output"),
        "silent" => lacks(&format!("{}{}", outcome.stdout, outcome.stderr), value, "what was printed"),
        "symbol" => symbol(value, &outcome.elf()?.symbols, outcome.elf()?),
        "dynsym" => symbol(value, &outcome.elf()?.dynsyms, outcome.elf()?),
        "absent" => absent(value, &outcome.elf()?.symbols),
        "no-dynsym" => absent(value, &outcome.elf()?.dynsyms),
        "section" => section(value, outcome.elf()?),
        "no-section" => split(value).iter().try_for_each(|name| match outcome.elf()?.section(name) {
            Some(_) => Err(format!("section {name} is there")),
            None => Ok(()),
        }),
        "segment" => segment(value, outcome.elf()?),
        "no-segment" => match outcome.elf()?.segments.iter().any(|s| s.kind_name() == value) {
            true => Err(format!("segment {value} is there")),
            false => Ok(()),
        },
        "dynamic" => dynamic(value, outcome.elf()?),
        "no-dynamic" => no_dynamic(value, outcome.elf()?),
        "reloc" => reloc(value, outcome.elf()?),
        "no-reloc" => no_reloc(value, outcome.elf()?),
        "contains" => contains(value, outcome.elf()?),
        "lacks" => match contains(value, outcome.elf()?) {
            Ok(()) => Err("it is there".to_string()),
            Err(e) if e.starts_with("0 times") => Ok(()),
            Err(e) => Err(e),
        },
        "check" => expr::holds(value, outcome.elf()?),
        "order" => order(value, outcome.elf()?),
        "verdef" => verdef(value, outcome.elf()?),
        "verneed" => verneed(value, outcome.elf()?),
        "file-has" | "file-lacks" => {
            let (file, wanted) = value.split_once(' ').ok_or("expected: file \"text\"")?;
            let (wanted, _) = quoted(wanted.trim())?;
            let text = std::fs::read(outcome.dir.join(file)).map_err(|e| format!("{file}: {e}"))?;
            let (text, wanted) = (String::from_utf8_lossy(&text), String::from_utf8_lossy(&wanted).into_owned());
            if directive.key == "file-has" { has(&text, &wanted, file) } else { lacks(&text, &wanted, file) }
        }
        _ => Ok(()),
    }
}

pub(crate) fn has(text: &str, wanted: &str, what: &str) -> Result<()> {
    if text.contains(wanted) { Ok(()) } else { Err(format!("{what} does not hold it:\n{}", text.trim_end())) }
}

pub(crate) fn lacks(text: &str, unwanted: &str, what: &str) -> Result<()> {
    match text.lines().find(|line| line.contains(unwanted)) {
        Some(line) => Err(format!("{what} holds it: {line}")),
        None => Ok(()),
    }
}

/// Splits `name word key=value …`.
pub(crate) fn attributes(value: &str) -> (String, Vec<(String, Option<String>)>) {
    let mut words = split(value).into_iter();
    let name = words.next().unwrap_or_default();
    let rest = words.map(|w| match w.split_once('=') {
        Some((key, value)) => (key.to_string(), Some(value.to_string())),
        None => (w, None),
    });
    (name, rest.collect())
}

pub(crate) fn equal(what: &str, found: i128, wanted: &str, image: &dyn expr::Image) -> Result<()> {
    let wanted = expr::value(wanted, image)?;
    if found == wanted { Ok(()) } else { Err(format!("{what} is {found:#x}, not {wanted:#x}")) }
}

pub(crate) fn same(what: &str, found: &str, wanted: &str) -> Result<()> {
    if found == wanted { Ok(()) } else { Err(format!("{what} is {found}, not {wanted}")) }
}

fn full_name(symbol: &Symbol) -> String {
    format!("{}{}", symbol.name, symbol.version)
}

/// One of the symbols called so must have every attribute.
fn symbol(value: &str, table: &[Symbol], elf: &Elf) -> Result<()> {
    let (name, wanted) = attributes(value);
    let count = wanted.iter().find_map(|(k, v)| v.as_deref().filter(|_| k == "count"));
    let named: Vec<&Symbol> = table.iter().filter(|s| s.name == name || full_name(s) == name).collect();
    if let Some(count) = count {
        return equal("the count", named.len() as i128, count, elf);
    }
    let mut problem = format!("no symbol {name}");
    for symbol in named {
        let checked = wanted.iter().try_for_each(|(key, value)| match (key.as_str(), value.as_deref()) {
            ("section", Some(wanted)) => same("its section", &symbol.section, wanted),
            ("value", Some(wanted)) => equal("its value", symbol.value.into(), wanted, elf),
            ("size", Some(wanted)) => equal("its size", symbol.size.into(), wanted, elf),
            ("local" | "global" | "weak" | "unique", None) => same("its binding", symbol.bind_name(), key),
            ("func" | "object" | "tls" | "ifunc" | "notype" | "file", None) => {
                same("its type", symbol.kind_name(), key)
            }
            ("default" | "hidden" | "protected" | "internal", None) => {
                same("its visibility", symbol.visibility_name(), key)
            }
            ("undefined", None) => same("its section", &symbol.section, "UND"),
            ("absolute", None) => same("its section", &symbol.section, "ABS"),
            ("common", None) => same("its section", &symbol.section, "COM"),
            ("defined", None) if symbol.is_undefined() => Err("it is undefined".to_string()),
            ("defined", None) => Ok(()),
            ("unversioned", None) => same("its version", &symbol.version, ""),
            _ => Err(format!("unknown attribute {key}")),
        });
        match checked {
            Ok(()) => return Ok(()),
            Err(e) => problem = format!("{}: {e}", full_name(symbol)),
        }
    }
    Err(problem)
}

fn absent(value: &str, table: &[Symbol]) -> Result<()> {
    let names = split(value);
    match table.iter().find(|s| names.contains(&s.name) || names.contains(&full_name(s))) {
        Some(found) => Err(format!("{} is there ({} {})", found.name, found.bind_name(), found.section)),
        None => Ok(()),
    }
}

fn section(value: &str, elf: &Elf) -> Result<()> {
    let (name, wanted) = attributes(value);
    let section = elf.section(&name).ok_or_else(|| format!("no section {name}"))?;
    for (key, value) in &wanted {
        let value = value.as_deref().ok_or_else(|| format!("{key} has no value"))?;
        match key.as_str() {
            "flags" => same("its flags", &section.flag_letters(), value)?,
            "type" => same("its type", &section.kind_name(), value)?,
            "size" => equal("its size", section.size.into(), value, elf)?,
            "addr" => equal("its address", section.addr.into(), value, elf)?,
            "align" => equal("its alignment", section.align.into(), value, elf)?,
            "entsize" => equal("its entsize", section.entsize.into(), value, elf)?,
            "info" => equal("its info", section.info.into(), value, elf)?,
            "link" => same("its link", elf.sections.get(section.link as usize).map_or("?", |s| &s.name), value)?,
            "count" => {
                equal("the count", elf.sections.iter().filter(|s| s.name == name).count() as i128, value, elf)?;
            }
            _ => return Err(format!("unknown attribute {key}")),
        }
    }
    Ok(())
}

fn segment(value: &str, elf: &Elf) -> Result<()> {
    let (name, wanted) = attributes(value);
    let named: Vec<_> = elf.segments.iter().filter(|s| s.kind_name() == name).collect();
    if let Some((_, Some(count))) = wanted.iter().find(|(k, _)| k == "count") {
        return equal("the count", named.len() as i128, count, elf);
    }
    let mut problem = format!("no segment {name}");
    for segment in named {
        let checked = wanted.iter().try_for_each(|(key, value)| {
            let value = value.as_deref().ok_or_else(|| format!("{key} has no value"))?;
            match key.as_str() {
                "flags" => same("its flags", &segment.flag_letters(), value),
                "align" => equal("its alignment", segment.align.into(), value, elf),
                "memsz" => equal("its memory size", segment.memsz.into(), value, elf),
                "filesz" => equal("its file size", segment.filesz.into(), value, elf),
                // Every section named lies inside; `out` means none does.
                "holds" | "out" => value.split(',').try_for_each(|name| {
                    let section = elf.section(name).ok_or_else(|| format!("no section {name}"))?;
                    // .tbss takes no room outside PT_TLS.
                    let inside = segment.holds(section.addr, section.size)
                        && (section.kind != crate::dump::SHT_NOBITS || segment.kind != PT_LOAD || segment.memsz > 0);
                    match inside == (key == "holds") {
                        true => Ok(()),
                        false => Err(format!("{name} is {}inside", if inside { "" } else { "not " })),
                    }
                }),
                _ => Err(format!("unknown attribute {key}")),
            }
        });
        match checked {
            Ok(()) => return Ok(()),
            Err(e) => problem = e,
        }
    }
    Err(problem)
}

/// `TAG`, `TAG word…` (each word is a value, or part of a flags value), `TAG count=N`.
fn dynamic(value: &str, elf: &Elf) -> Result<()> {
    let (tag, wanted) = attributes(value);
    let values = elf.tag_values(&tag)?;
    if values.is_empty() && !wanted.iter().any(|(k, _)| k == "count") {
        return Err(format!("no {tag}"));
    }
    for (word, count) in &wanted {
        match count {
            Some(count) if word == "count" => equal("the count", values.len() as i128, count, elf)?,
            _ => {
                let word = count.as_ref().map_or(word.clone(), |v| format!("{word}={v}"));
                if !values.iter().any(|v| *v == word || v.split(' ').any(|flag| flag == word)) {
                    return Err(format!("{tag} is {values:?}"));
                }
            }
        }
    }
    Ok(())
}

fn no_dynamic(value: &str, elf: &Elf) -> Result<()> {
    let (tag, words) = attributes(value);
    let values = elf.tag_values(&tag)?;
    let unwanted = |v: &&String| words.is_empty() || words.iter().any(|(w, _)| v.split(' ').any(|flag| flag == w));
    match values.iter().find(unwanted) {
        Some(found) => Err(format!("{tag} {found} is there")),
        None => Ok(()),
    }
}

/// The relocations that have the type and every attribute but `count`.
fn matching<'a>(value: &str, elf: &'a Elf) -> Result<(Vec<&'a Reloc>, Option<String>)> {
    let (kind, wanted) = attributes(value);
    let mut found: Vec<&Reloc> = elf.relocs.iter().filter(|r| kind == "any" || r.kind == kind).collect();
    let mut count = None;
    for (key, value) in wanted {
        let value = value.ok_or_else(|| format!("{key} has no value"))?;
        match key.as_str() {
            "count" => count = Some(value),
            "sym" => found.retain(|r| r.symbol == value),
            "table" => found.retain(|r| r.table == value),
            "in" => {
                let section = elf.section(&value).ok_or_else(|| format!("no section {value}"))?;
                found.retain(|r| r.place >= section.addr && r.place < section.addr + section.size);
            }
            "at" => {
                let place = expr::value(&value, elf)?;
                found.retain(|r| i128::from(r.place) == place);
            }
            "addend" => {
                let addend = expr::value(&value, elf)?;
                found.retain(|r| i128::from(r.addend) == addend);
            }
            _ => return Err(format!("unknown attribute {key}")),
        }
    }
    Ok((found, count))
}

fn all_relocs(elf: &Elf) -> String {
    let lines = elf.relocs.iter().take(40);
    lines.map(|r| format!("  {:#x} {} {} + {:#x}\n", r.place, r.kind, r.symbol, r.addend)).collect()
}

fn reloc(value: &str, elf: &Elf) -> Result<()> {
    let (found, count) = matching(value, elf)?;
    let good = match count {
        Some(count) => found.len() as i128 == expr::value(&count, elf)?,
        None => !found.is_empty(),
    };
    if good { Ok(()) } else { Err(format!("{} of them; all:\n{}", found.len(), all_relocs(elf))) }
}

fn no_reloc(value: &str, elf: &Elf) -> Result<()> {
    let (found, _) = matching(value, elf)?;
    if found.is_empty() { Ok(()) } else { Err(format!("{} of them; all:\n{}", found.len(), all_relocs(elf))) }
}

/// `.section "text"` or `.section 01 ff`, anywhere in it, `count=N` times when given.
fn contains(value: &str, elf: &Elf) -> Result<()> {
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
    let section = elf.section(name).ok_or_else(|| format!("no section {name}"))?;
    let data = elf.data(section)?;
    let found = data.windows(bytes.len().max(1)).filter(|w| *w == bytes).count();
    match rest.strip_prefix("count=") {
        Some(count) if expr::value(count, elf)? == found as i128 => Ok(()),
        None if found > 0 => Ok(()),
        _ => Err(format!("{found} times in {name}: {}", String::from_utf8_lossy(&data[..data.len().min(400)]))),
    }
}

/// `a b c`: symbols or sections in ascending order of address.
fn order(value: &str, elf: &Elf) -> Result<()> {
    let mut last: Option<(String, i128)> = None;
    for name in split(value) {
        let addr = match elf.section(&name) {
            Some(section) => section.addr.into(),
            None => expr::value(&name, elf)?,
        };
        if let Some((before, at)) = last.filter(|(_, at)| *at > addr) {
            return Err(format!("{before} ({at:#x}) comes after {name} ({addr:#x})"));
        }
        last = Some((name, addr));
    }
    Ok(())
}

fn verdef(value: &str, elf: &Elf) -> Result<()> {
    let wanted = split(value);
    match elf.verdefs.contains(&wanted) {
        true => Ok(()),
        false => Err(format!("version definitions are {:?}", elf.verdefs)),
    }
}

fn verneed(value: &str, elf: &Elf) -> Result<()> {
    let wanted = split(value);
    let found = elf.verneeds.iter().any(|(file, version, weak)| {
        wanted.first() == Some(version) && wanted.iter().skip(1).all(|w| if w == "weak" { *weak } else { w == file })
    });
    if found { Ok(()) } else { Err(format!("version needs are {:?}", elf.verneeds)) }
}
