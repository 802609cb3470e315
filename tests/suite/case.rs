//! Reads a case: one text that holds its sources, how to build and link them, and what must hold afterwards.
//!
//! The grammar is in `tests/README.md`. A case is a file, or a folder `*.case` whose `main.*` carries the directives.
//! Lines `//# key: value` are directives; those above the first `link` hold for every configuration, those below one
//! for that one. `//# file: name` starts another file of the case; directives inside it are its own (`cflags`).

use std::path::Path;

use crate::dump::Result;

/// One `//# key: value` line.
#[derive(Debug, Clone)]
pub(crate) struct Directive {
    pub(crate) key: String,
    pub(crate) value: String,
    pub(crate) line: usize,
}

/// One file of a case, as it is written to the case's folder.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) cflags: String,
}

/// One link of a case's inputs.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) name: String,
    /// `cc-link` goes through the compiler driver, others call the linker itself.
    pub(crate) key: String,
    pub(crate) args: String,
    pub(crate) expect: Vec<Directive>,
}

/// A case, read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Case {
    /// Path under `tests/`, what `SINEW_CASE` looks at.
    pub(crate) name: String,
    pub(crate) rule: String,
    pub(crate) parts: Vec<Part>,
    /// `archive`, `thin`, `shared`, `shared-bfd`, `before`, in the order written.
    pub(crate) steps: Vec<Directive>,
    pub(crate) cflags: String,
    /// Compilers to run the case with, each on its own.
    pub(crate) compilers: Vec<String>,
    pub(crate) needs: Vec<String>,
    pub(crate) configs: Vec<Config>,
}

/// The words that the cases of one format may use; anything else is a mistake in the case.
pub(crate) struct Grammar {
    /// Directives that describe an expectation or a way to check.
    pub(crate) expectations: &'static [&'static str],
    /// Those that make something from what was compiled.
    pub(crate) steps: &'static [&'static str],
    /// Those that link.
    pub(crate) links: &'static [&'static str],
    /// The compiler of a case that names none.
    pub(crate) compiler: &'static str,
    /// Folder of pieces that all cases of the format share, from the root.
    pub(crate) also: &'static str,
}

/// ELF cases.
pub(crate) const ELF: Grammar = Grammar {
    expectations: &[
        "run",
        "sh",
        "error",
        "warning",
        "prints",
        "silent",
        "symbol",
        "absent",
        "dynsym",
        "no-dynsym",
        "section",
        "no-section",
        "segment",
        "no-segment",
        "dynamic",
        "no-dynamic",
        "reloc",
        "no-reloc",
        "contains",
        "lacks",
        "check",
        "verdef",
        "verneed",
        "file-has",
        "file-lacks",
        "same-as",
        "unlike",
        "varies",
        "no-lint",
        "no-damage",
        "order",
    ],
    steps: &["archive", "thin", "shared", "shared-bfd", "before"],
    links: &["link", "cc-link"],
    compiler: "gcc",
    also: "tests/elf/also",
};

/// Reads the case at `path`, a file or a folder, called `name`.
pub(crate) fn read(path: &Path, name: &str, grammar: &Grammar) -> Result<Case> {
    let mut case = Case { name: name.to_string(), ..Case::default() };
    if path.is_dir() {
        let mut files = list(path)?;
        files.sort_by_key(|f| (!f.starts_with("main."), f.clone()));
        for file in files {
            parse(&mut case, &file, &text(&path.join(&file))?, path, grammar)?;
        }
    } else {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        parse(&mut case, &file, &text(path)?, path.parent().unwrap_or(path), grammar)?;
    }
    if case.compilers.is_empty() {
        case.compilers.push(grammar.compiler.to_string());
    }
    if case.configs.is_empty() {
        return Err(format!("{name}: no link: line"));
    }
    Ok(case)
}

/// Names of the files in a folder.
pub(crate) fn list(folder: &Path) -> Result<Vec<String>> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut names: Vec<String> =
        entries.filter_map(|e| e.ok()).map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    Ok(names)
}

fn text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))
}

fn parse(case: &mut Case, file: &str, text: &str, folder: &Path, grammar: &Grammar) -> Result<()> {
    let first = text.lines().next().unwrap_or_default();
    if case.rule.is_empty() {
        case.rule = first.trim_start_matches(['/', '#', '*', ' ']).to_string();
        if case.rule.is_empty() || first.contains("//#") {
            return Err(format!("{}: the first line does not say the rule", case.name));
        }
    }
    let first_part = case.parts.len();
    case.parts.push(Part { name: file.to_string(), text: String::new(), cflags: String::new() });
    let mut head = Head { grammar, expect: Vec::new(), also: Vec::new() };
    for (index, line) in text.lines().enumerate() {
        let last = case.parts.len() - 1;
        let Some(directive) = line.strip_prefix("//#") else {
            case.parts[last].text += line;
            case.parts[last].text.push('\n');
            continue;
        };
        let (key, value) = directive.split_once(':').ok_or_else(|| format!("line {}: no colon", index + 1))?;
        let (key, value) = (key.trim(), value.trim());
        if key == "file" {
            case.parts.push(Part { name: value.to_string(), text: String::new(), cflags: String::new() });
            continue;
        }
        // An empty line in place of the directive keeps the compiler's line numbers right.
        case.parts[last].text.push('\n');
        if last > first_part {
            match key {
                "cflags" => case.parts[last].cflags = value.to_string(),
                _ => return Err(format!("line {}: only cflags may stand inside a further file", index + 1)),
            }
            continue;
        }
        let directive = Directive { key: key.to_string(), value: value.to_string(), line: index + 1 };
        head.take(case, directive, folder).map_err(|e| format!("line {}: {e}", index + 1))?;
    }
    // A case whose text is all in further files has no main source.
    if case.parts[first_part].text.lines().all(|l| l.trim().is_empty() || l.starts_with("//")) {
        case.parts.remove(first_part);
    }
    for config in &mut case.configs {
        let mut all = head.expect.clone();
        all.append(&mut config.expect);
        config.expect = all;
    }
    case.parts.append(&mut head.also);
    Ok(())
}

/// What the directives above a case's first `link` collect.
struct Head<'a> {
    grammar: &'a Grammar,
    expect: Vec<Directive>,
    also: Vec<Part>,
}

impl Head<'_> {
    fn take(&mut self, case: &mut Case, directive: Directive, folder: &Path) -> Result<()> {
        let words = || directive.value.split_whitespace().map(str::to_string);
        let (key, name) = match directive.key.split_once('[') {
            Some((key, name)) => (key, name.trim_end_matches(']')),
            None => (directive.key.as_str(), ""),
        };
        match key {
            // Another machine's case is skipped like one whose tool is missing.
            "arch" => {
                if words().all(|a| a != std::env::consts::ARCH) {
                    case.needs.push(format!("arch {}", directive.value));
                }
            }
            "also" => {
                for file in words() {
                    // A shared piece lies in `also/` beside the case or, for all of a format, in `tests/elf/also/`.
                    let near = folder.join("also").join(&file);
                    let path =
                        if near.exists() { near } else { Path::new(crate::ROOT).join(self.grammar.also).join(&file) };
                    self.also.push(Part { name: file, text: text(&path)?, cflags: String::new() });
                }
            }
            "cflags" => case.cflags = directive.value.clone(),
            "cc" => case.compilers = words().collect(),
            "needs" => case.needs.extend(words()),
            key if self.grammar.steps.contains(&key) => case.steps.push(directive),
            key if self.grammar.links.contains(&key) => case.configs.push(Config {
                name: name.to_string(),
                key: key.to_string(),
                args: directive.value.clone(),
                expect: Vec::new(),
            }),
            key if self.grammar.expectations.contains(&key) => match case.configs.last_mut() {
                Some(config) => config.expect.push(directive),
                None => self.expect.push(directive),
            },
            key => return Err(format!("unknown directive {key}")),
        }
        Ok(())
    }
}

/// Splits like a shell does, knowing single and double quotes and nothing else.
pub(crate) fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in text.chars() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// Reads the `"text"` at the start of `value`, with `\n`, `\0`, `\t`, `\\`, `\"` and `\xNN`; also gives what follows.
pub(crate) fn quoted(value: &str) -> Result<(Vec<u8>, &str)> {
    let inner = value.strip_prefix('"').ok_or_else(|| format!("expected a quoted text: {value}"))?;
    let mut bytes = Vec::new();
    let mut chars = inner.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((bytes, inner[at + 1..].trim_start())),
            '\\' => match chars.next().map(|(_, c)| c) {
                Some('n') => bytes.push(b'\n'),
                Some('t') => bytes.push(b'\t'),
                Some('0') => bytes.push(0),
                Some('x') => {
                    let digits = inner.get(at + 2..at + 4).unwrap_or_default();
                    bytes.push(u8::from_str_radix(digits, 16).map_err(|e| format!("\\x{digits}: {e}"))?);
                    chars.nth(1);
                }
                Some(c) => bytes.extend(c.to_string().bytes()),
                None => break,
            },
            c => bytes.extend(c.to_string().bytes()),
        }
    }
    Err(format!("no closing quote: {value}"))
}
