//! The arithmetic of `//# check:` and of `value=` in directives: numbers, symbols and a few questions to the file.
//!
//! `end(.bss) == _end`, `u64(pointer) == target + 8`, `addr(.relro) % 4096 == 0`. Operators by strength: `* % &`,
//! then `+ -`, then one comparison. A bare name is a symbol's value (`.symtab` first, then `.dynsym`) or one of
//! `e_type e_machine e_osabi e_entry e_phnum e_shnum filesize relocs`. Values are `i128`, so addresses never wrap.

use crate::dump::{Elf, Result, uint};

/// Evaluates `text`, which holds no comparison.
pub(crate) fn value(text: &str, elf: &Elf) -> Result<i128> {
    let mut parser = Parser { rest: text.trim(), elf };
    let value = parser.sum()?;
    if parser.rest.is_empty() { Ok(value) } else { Err(format!("`{}` left over in `{text}`", parser.rest)) }
}

/// Evaluates a comparison and says both sides when it does not hold.
pub(crate) fn holds(text: &str, elf: &Elf) -> Result<()> {
    let mut parser = Parser { rest: text.trim(), elf };
    let left = parser.sum()?;
    let rest = parser.rest;
    let operator = ["==", "!=", "<=", ">=", "<", ">"].into_iter().find(|o| rest.starts_with(o));
    let operator = operator.ok_or_else(|| format!("`{text}` compares nothing"))?;
    let right = value(&rest[operator.len()..], elf)?;
    let good = match operator {
        "==" => left == right,
        "!=" => left != right,
        "<=" => left <= right,
        ">=" => left >= right,
        "<" => left < right,
        _ => left > right,
    };
    if good { Ok(()) } else { Err(format!("{text}: {left:#x} {operator} {right:#x} does not hold")) }
}

struct Parser<'a> {
    rest: &'a str,
    elf: &'a Elf,
}

impl<'a> Parser<'a> {
    fn eat(&mut self, c: char) -> bool {
        let found = self.rest.strip_prefix(c);
        if let Some(rest) = found {
            self.rest = rest.trim_start();
        }
        found.is_some()
    }

    fn sum(&mut self) -> Result<i128> {
        let mut value = self.product()?;
        loop {
            if self.eat('+') {
                value += self.product()?;
            } else if self.eat('-') {
                value -= self.product()?;
            } else {
                return Ok(value);
            }
        }
    }

    fn product(&mut self) -> Result<i128> {
        let mut value = self.atom()?;
        loop {
            if self.eat('*') {
                value *= self.atom()?;
            } else if self.eat('%') {
                let by = self.atom()?;
                value = value.checked_rem(by).ok_or("remainder by zero")?;
            } else if self.eat('&') {
                value &= self.atom()?;
            } else {
                return Ok(value);
            }
        }
    }

    fn word(&mut self) -> &'a str {
        let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '$' | '@');
        let end = self.rest.find(|c| !inside(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        word
    }

    fn atom(&mut self) -> Result<i128> {
        if self.eat('(') {
            let value = self.sum()?;
            return if self.eat(')') { Ok(value) } else { Err("missing )".to_string()) };
        }
        let word = self.word();
        if word.is_empty() {
            return Err(format!("expected a value at `{}`", self.rest));
        }
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            let parsed = match word.strip_prefix("0x") {
                Some(digits) => i128::from_str_radix(digits, 16),
                None => word.parse(),
            };
            return parsed.map_err(|e| format!("{word}: {e}"));
        }
        if !self.eat('(') {
            return self.name(word);
        }
        let value = self.call(word)?;
        if self.eat(')') { Ok(value) } else { Err(format!("missing ) after {word}")) }
    }

    fn name(&self, word: &str) -> Result<i128> {
        let elf = self.elf;
        Ok(match word {
            "e_type" => elf.e_type.into(),
            "e_machine" => elf.e_machine.into(),
            "e_osabi" => elf.bytes.get(7).copied().unwrap_or(0).into(),
            "e_entry" => elf.e_entry.into(),
            "e_phnum" => elf.segments.len() as i128,
            "e_shnum" => elf.sections.len() as i128,
            "filesize" => elf.bytes.len() as i128,
            "relocs" => elf.relocs.len() as i128,
            _ => {
                let named = |s: &&crate::dump::Symbol| s.name == word;
                let symbol = elf.symbols.iter().find(named).or_else(|| elf.dynsyms.iter().find(named));
                symbol.ok_or_else(|| format!("no symbol {word}"))?.value.into()
            }
        })
    }

    fn call(&mut self, function: &str) -> Result<i128> {
        let elf = self.elf;
        let width = match function {
            "u8" => Some(1),
            "u16" => Some(2),
            "u32" | "s32" => Some(4),
            "u64" => Some(8),
            _ => None,
        };
        if let Some(width) = width {
            let at = u64::try_from(self.sum()?).map_err(|e| format!("{function}: {e}"))?;
            // In a relocatable file nothing is in memory: there the argument is an offset in the file.
            let bytes = if elf.segments.is_empty() {
                crate::dump::slice(&elf.bytes, at, width, "file")?
            } else {
                elf.memory(at, width)?
            };
            let value = uint(bytes, 0, width)?;
            return Ok(if function == "s32" { i128::from(value as u32 as i32) } else { value.into() });
        }
        let argument = self.word();
        if let Some(question) = function.strip_prefix("seg") {
            let segment = elf.segments.iter().find(|s| s.kind_name() == argument);
            let segment = segment.ok_or_else(|| format!("no segment {argument}"))?;
            return Ok(match question {
                "" => segment.addr,
                "end" => segment.addr + segment.memsz,
                "size" => segment.memsz,
                "file" => segment.filesz,
                "offset" => segment.offset,
                "align" => segment.align,
                _ => return Err(format!("unknown function {function}")),
            }
            .into());
        }
        match function {
            "dt" => {
                return elf.tag(argument).map(Into::into).ok_or_else(|| format!("no dynamic tag {argument}"));
            }
            "dynsym" => {
                let symbol = elf.dynsyms.iter().find(|s| s.name == argument || s.name.clone() + &s.version == argument);
                return symbol.map(|s| s.value.into()).ok_or_else(|| format!("no dynamic symbol {argument}"));
            }
            "sizeof" => {
                let symbol = elf.symbols.iter().chain(&elf.dynsyms).find(|s| s.name == argument);
                return symbol.map(|s| s.size.into()).ok_or_else(|| format!("no symbol {argument}"));
            }
            // How many sections have the name.
            "sections" => return Ok(elf.sections.iter().filter(|s| s.name == argument).count() as i128),
            _ => {}
        }
        let section = elf.section(argument).ok_or_else(|| format!("no section {argument}"))?;
        Ok(match function {
            "addr" => section.addr,
            "size" => section.size,
            "end" => section.addr + section.size,
            "offset" => section.offset,
            "align" => section.align,
            "index" => elf.sections.iter().position(|s| s.name == argument).unwrap_or(0) as u64,
            "link" => section.link.into(),
            "info" => section.info.into(),
            _ => return Err(format!("unknown function {function}")),
        }
        .into())
    }
}
