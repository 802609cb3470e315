//! The arithmetic of `//# check:` and of `value=` in directives: numbers, symbols and a few questions to the file.
//! What a name or a question means is the format's: [`Image`].
//!
//! `end(.bss) == _end`, `u64(pointer) == target + 8`, `addr(.relro) % 4096 == 0`. Operators by strength: `* % &`,
//! then `+ -`, then one comparison. A bare name is a symbol's value (`.symtab` first, then `.dynsym`) or one of
//! `e_type e_machine e_osabi e_entry e_phnum e_shnum filesize relocs`. Values are `i128`, so addresses never wrap.

use crate::dump::{Elf, Result, uint};

/// What expressions ask of a file.
pub(crate) trait Image {
    /// The value of a bare name.
    fn name(&self, word: &str) -> Result<i128>;
    /// `width` bytes of memory as loaded.
    fn bytes(&self, at: u64, width: u64) -> Result<&[u8]>;
    /// `function(argument)`.
    fn call(&self, function: &str, argument: &str) -> Result<i128>;
}

/// Evaluates `text`, which holds no comparison.
pub(crate) fn value(text: &str, image: &dyn Image) -> Result<i128> {
    let mut parser = Parser { rest: text.trim(), image };
    let value = parser.sum()?;
    if parser.rest.is_empty() { Ok(value) } else { Err(format!("`{}` left over in `{text}`", parser.rest)) }
}

/// Evaluates a comparison and says both sides when it does not hold.
pub(crate) fn holds(text: &str, image: &dyn Image) -> Result<()> {
    let mut parser = Parser { rest: text.trim(), image };
    let left = parser.sum()?;
    let rest = parser.rest;
    let operator = ["==", "!=", "<=", ">=", "<", ">"].into_iter().find(|o| rest.starts_with(o));
    let operator = operator.ok_or_else(|| format!("`{text}` compares nothing"))?;
    let right = value(&rest[operator.len()..], image)?;
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
    image: &'a dyn Image,
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
        let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '$' | '@' | ',');
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
        if self.eat('-') {
            return Ok(-self.atom()?);
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
            return self.image.name(word);
        }
        let value = self.call(word)?;
        if self.eat(')') { Ok(value) } else { Err(format!("missing ) after {word}")) }
    }

    fn call(&mut self, function: &str) -> Result<i128> {
        let width = match function {
            "u8" => 1,
            "u16" => 2,
            "u32" | "s32" => 4,
            "u64" => 8,
            _ => return self.image.call(function, self.word()),
        };
        let at = u64::try_from(self.sum()?).map_err(|e| format!("{function}: {e}"))?;
        let value = uint(self.image.bytes(at, width)?, 0, width)?;
        Ok(if function == "s32" { i128::from(value as u32 as i32) } else { value.into() })
    }
}

impl Image for Elf {
    fn name(&self, word: &str) -> Result<i128> {
        Ok(match word {
            "e_type" => self.e_type.into(),
            "e_machine" => self.e_machine.into(),
            "e_osabi" => self.bytes.get(7).copied().unwrap_or(0).into(),
            "e_entry" => self.e_entry.into(),
            "e_phnum" => self.segments.len() as i128,
            "e_shnum" => self.sections.len() as i128,
            "filesize" => self.bytes.len() as i128,
            "relocs" => self.relocs.len() as i128,
            _ => {
                let named = |s: &&crate::dump::Symbol| s.name == word;
                let symbol = self.symbols.iter().find(named).or_else(|| self.dynsyms.iter().find(named));
                symbol.ok_or_else(|| format!("no symbol {word}"))?.value.into()
            }
        })
    }

    fn bytes(&self, at: u64, width: u64) -> Result<&[u8]> {
        // In a relocatable file nothing is in memory: there the argument is an offset in the file.
        if self.segments.is_empty() {
            return crate::dump::slice(&self.bytes, at, width, "file");
        }
        self.memory(at, width)
    }

    fn call(&self, function: &str, argument: &str) -> Result<i128> {
        if let Some(question) = function.strip_prefix("seg") {
            let segment = self.segments.iter().find(|s| s.kind_name() == argument);
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
                return self.tag(argument).map(Into::into).ok_or_else(|| format!("no dynamic tag {argument}"));
            }
            "dynsym" => {
                let symbol =
                    self.dynsyms.iter().find(|s| s.name == argument || s.name.clone() + &s.version == argument);
                return symbol.map(|s| s.value.into()).ok_or_else(|| format!("no dynamic symbol {argument}"));
            }
            "sizeof" => {
                let symbol = self.symbols.iter().chain(&self.dynsyms).find(|s| s.name == argument);
                return symbol.map(|s| s.size.into()).ok_or_else(|| format!("no symbol {argument}"));
            }
            // How many sections have the name.
            "sections" => return Ok(self.sections.iter().filter(|s| s.name == argument).count() as i128),
            _ => {}
        }
        let section = self.section(argument).ok_or_else(|| format!("no section {argument}"))?;
        Ok(match function {
            "addr" => section.addr,
            "size" => section.size,
            "end" => section.addr + section.size,
            "offset" => section.offset,
            "align" => section.align,
            "index" => self.sections.iter().position(|s| s.name == argument).unwrap_or(0) as u64,
            "link" => section.link.into(),
            "info" => section.info.into(),
            _ => return Err(format!("unknown function {function}")),
        }
        .into())
    }
}
