//! Rust's v0 mangling, `_RNvNtCs…_4core3fmt5write`. Source: RFC 2603 and the rustc book, "v0 Symbol Format".
//!
//! A name is decoded and printed in one pass. What must be read but not shown (where an impl block stands, the crate
//! that instantiated a generic) is parsed with printing switched off. Hashes and the types of constants are not shown.
//! Cost: one pass over the name, and one over each part that a back-reference repeats.

mod constant;
mod punycode;

use super::text::{Rejected, Text};

/// How deep a name may nest. rustc's own limit for types is far below.
const MAX_DEPTH: u32 = 500;
/// How many grammar rules a name may take: back-references repeat what they refer to.
const MAX_STEPS: u32 = 1 << 18;

type Done = Result<(), Rejected>;

pub(super) fn demangle(name: &[u8]) -> Option<String> {
    let inner = name.strip_prefix(b"_R")?;
    // What follows the first dot is the work of later passes: `.llvm.1234`, `.cold`.
    let inner = &inner[..memchr::memchr(b'.', inner).unwrap_or(inner.len())];
    // A digit here would be the version of an encoding that does not exist yet.
    if !inner.first()?.is_ascii_uppercase() || !inner.iter().all(|&b| b == b'_' || b.is_ascii_alphanumeric()) {
        return None;
    }
    let mut printer =
        Printer { name: inner, at: 0, text: Text::default(), silent: false, binders: 0, depth: 0, steps: 0 };
    printer.symbol().ok()?;
    printer.text.finish()
}

/// An identifier; with a punycode part where it has characters outside ASCII.
struct Ident<'a> {
    ascii: &'a [u8],
    punycode: &'a [u8],
}

struct Printer<'a> {
    name: &'a [u8],
    at: usize,
    text: Text,
    /// Parse, but show nothing.
    silent: bool,
    /// How many lifetimes the enclosing `for<…>` bind.
    binders: u64,
    depth: u32,
    steps: u32,
}

impl<'a> Printer<'a> {
    fn symbol(&mut self) -> Done {
        self.path(true)?;
        if self.at < self.name.len() {
            self.silent = true;
            self.path(false)?; // the crate that instantiated it
        }
        if self.at == self.name.len() { Ok(()) } else { Err(Rejected) }
    }

    // Reading.

    fn peek(&self) -> Option<u8> {
        self.name.get(self.at).copied()
    }

    fn next(&mut self) -> Result<u8, Rejected> {
        let byte = self.peek().ok_or(Rejected)?;
        self.at += 1;
        Ok(byte)
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// `_` is 0; otherwise digits to base 62 and a `_`, one less than meant.
    fn base_62(&mut self) -> Result<u64, Rejected> {
        if self.eat(b'_') {
            return Ok(0);
        }
        let mut value = 0u64;
        loop {
            let digit = match self.next()? {
                b'_' => return value.checked_add(1).ok_or(Rejected),
                b @ b'0'..=b'9' => b - b'0',
                b @ b'a'..=b'z' => b - b'a' + 10,
                b @ b'A'..=b'Z' => b - b'A' + 36,
                _ => return Err(Rejected),
            };
            value = value.checked_mul(62).and_then(|value| value.checked_add(digit.into())).ok_or(Rejected)?;
        }
    }

    /// A base-62 number behind a tag; 0 without the tag.
    fn tagged_62(&mut self, tag: u8) -> Result<u64, Rejected> {
        if self.eat(tag) { self.base_62()?.checked_add(1).ok_or(Rejected) } else { Ok(0) }
    }

    fn disambiguator(&mut self) -> Result<u64, Rejected> {
        self.tagged_62(b's')
    }

    fn ident(&mut self) -> Result<Ident<'a>, Rejected> {
        let is_punycode = self.eat(b'u');
        let mut len = usize::from(self.digit().ok_or(Rejected)?);
        if len != 0 {
            while let Some(digit) = self.digit() {
                len = len.checked_mul(10).and_then(|len| len.checked_add(digit.into())).ok_or(Rejected)?;
            }
        }
        self.eat(b'_'); // keeps the length apart from a leading digit or `_`
        let (bytes, _) = self.name[self.at..].split_at_checked(len).ok_or(Rejected)?;
        self.at += len;
        if !is_punycode {
            return Ok(Ident { ascii: bytes, punycode: b"" });
        }
        // What is ASCII stands before the last `_`, where punycode proper has a `-`.
        let (ascii, punycode) = match memchr::memrchr(b'_', bytes) {
            Some(split) => (&bytes[..split], &bytes[split + 1..]),
            None => (&b""[..], bytes),
        };
        if punycode.is_empty() { Err(Rejected) } else { Ok(Ident { ascii, punycode }) }
    }

    fn digit(&mut self) -> Option<u8> {
        let digit = self.peek().filter(u8::is_ascii_digit)?;
        self.at += 1;
        Some(digit - b'0')
    }

    // Writing.

    fn put(&mut self, text: &str) -> Done {
        if self.silent { Ok(()) } else { self.text.push_str(text) }
    }

    fn put_number(&mut self, number: u64) -> Done {
        if self.silent { Ok(()) } else { self.text.push_number(number) }
    }

    fn put_char(&mut self, c: char) -> Done {
        if self.silent { Ok(()) } else { self.text.push_char(c) }
    }

    fn put_ident(&mut self, ident: &Ident<'_>) -> Done {
        if self.silent {
            Ok(())
        } else if ident.punycode.is_empty() {
            self.text.push(ident.ascii)
        } else {
            punycode::decode(ident.ascii, ident.punycode)?.iter().try_for_each(|&c| self.text.push_char(c))
        }
    }

    // The grammar.

    /// Runs one rule a level deeper.
    fn deeper(&mut self, rule: impl FnOnce(&mut Self) -> Done) -> Done {
        self.depth += 1;
        self.steps += 1;
        if self.depth > MAX_DEPTH || self.steps > MAX_STEPS {
            return Err(Rejected);
        }
        rule(self)?;
        self.depth -= 1;
        Ok(())
    }

    /// Reads again what stands earlier in the name. Unseen text is not worth a second reading.
    fn back_reference(&mut self, rule: impl FnOnce(&mut Self) -> Done) -> Done {
        let tag_at = self.at - 1;
        let target = self.base_62()?;
        let target = usize::try_from(target).ok().filter(|&target| target < tag_at).ok_or(Rejected)?;
        if self.silent {
            return Ok(());
        }
        let back = std::mem::replace(&mut self.at, target);
        self.deeper(rule)?;
        self.at = back;
        Ok(())
    }

    /// Items up to an `E`, with `separator` between; says how many there were.
    fn list(&mut self, separator: &str, mut item: impl FnMut(&mut Self) -> Done) -> Result<usize, Rejected> {
        let mut count = 0;
        while !self.eat(b'E') {
            if count > 0 {
                self.put(separator)?;
            }
            item(self)?;
            count += 1;
        }
        Ok(count)
    }

    /// A path; as a value, generic arguments are set off by `::<`.
    fn path(&mut self, is_value: bool) -> Done {
        self.deeper(|this| this.path_inner(is_value))
    }

    fn path_inner(&mut self, is_value: bool) -> Done {
        match self.next()? {
            b'C' => {
                self.disambiguator()?;
                let name = self.ident()?;
                self.put_ident(&name)
            }
            b'N' => self.nested(is_value),
            tag @ (b'M' | b'X' | b'Y') => {
                if tag != b'Y' {
                    self.disambiguator()?;
                    let was_silent = std::mem::replace(&mut self.silent, true);
                    self.path(false)?; // where the impl block stands
                    self.silent = was_silent;
                }
                self.put("<")?;
                self.type_()?;
                if tag != b'M' {
                    self.put(" as ")?;
                    self.path(false)?;
                }
                self.put(">")
            }
            b'I' => {
                self.path(is_value)?;
                self.put(if is_value { "::<" } else { "<" })?;
                self.list(", ", Self::generic_argument)?;
                self.put(">")
            }
            b'B' => self.back_reference(|this| this.path(is_value)),
            _ => Err(Rejected),
        }
    }

    /// `N`: a name inside a path. Lower-case namespaces are ordinary, upper-case ones are the compiler's inventions.
    fn nested(&mut self, is_value: bool) -> Done {
        let namespace = self.next()?;
        if !namespace.is_ascii_alphabetic() {
            return Err(Rejected);
        }
        self.path(is_value)?;
        let disambiguator = self.disambiguator()?;
        let name = self.ident()?;
        let is_named = !name.ascii.is_empty() || !name.punycode.is_empty();
        if namespace.is_ascii_lowercase() {
            if is_named {
                self.put("::")?;
                self.put_ident(&name)?;
            }
            return Ok(());
        }
        self.put("::{")?;
        match namespace {
            b'C' => self.put("closure")?,
            b'S' => self.put("shim")?,
            _ => self.put_char(namespace.into())?,
        }
        if is_named {
            self.put(":")?;
            self.put_ident(&name)?;
        }
        self.put("#")?;
        self.put_number(disambiguator)?;
        self.put("}")
    }

    fn generic_argument(&mut self) -> Done {
        if self.eat(b'L') {
            let lifetime = self.base_62()?;
            self.lifetime(lifetime)
        } else if self.eat(b'K') {
            self.constant(false)
        } else {
            self.type_()
        }
    }

    /// A lifetime counts binders outwards from the innermost; the outermost is called `'a`. 0 is erased.
    fn lifetime(&mut self, index: u64) -> Done {
        if self.silent {
            return Ok(()); // binders are not tracked where nothing is shown
        }
        if index == 0 {
            return self.put("'_");
        }
        let from_outside = self.binders.checked_sub(index).ok_or(Rejected)?;
        match u8::try_from(from_outside) {
            Ok(letter @ 0..26) => {
                self.put("'")?;
                self.put_char((b'a' + letter).into())
            }
            _ => {
                self.put("'_")?;
                self.put_number(from_outside)
            }
        }
    }

    /// `for<'a, 'b> `, and then what it binds for.
    fn with_binder(&mut self, rule: impl FnOnce(&mut Self) -> Done) -> Done {
        let bound = self.tagged_62(b'G')?;
        if self.silent {
            return rule(self);
        }
        if bound > 0 {
            self.put("for<")?;
            for i in 0..bound {
                if i > 0 {
                    self.put(", ")?;
                }
                self.binders = self.binders.checked_add(1).ok_or(Rejected)?;
                self.lifetime(1)?;
            }
            self.put("> ")?;
        }
        rule(self)?;
        self.binders -= bound;
        Ok(())
    }

    fn type_(&mut self) -> Done {
        self.deeper(Self::type_inner)
    }

    fn type_inner(&mut self) -> Done {
        let tag = self.next()?;
        if let Some(name) = basic_type(tag) {
            return self.put(name);
        }
        match tag {
            b'R' | b'Q' => {
                self.put("&")?;
                if self.eat(b'L') {
                    let lifetime = self.base_62()?;
                    if lifetime != 0 {
                        self.lifetime(lifetime)?;
                        self.put(" ")?;
                    }
                }
                if tag == b'Q' {
                    self.put("mut ")?;
                }
                self.type_()
            }
            b'P' | b'O' => {
                self.put(if tag == b'P' { "*const " } else { "*mut " })?;
                self.type_()
            }
            b'A' | b'S' => {
                self.put("[")?;
                self.type_()?;
                if tag == b'A' {
                    self.put("; ")?;
                    self.constant(true)?;
                }
                self.put("]")
            }
            b'T' => {
                self.put("(")?;
                let count = self.list(", ", Self::type_)?;
                self.put(if count == 1 { ",)" } else { ")" })
            }
            b'F' => self.with_binder(Self::function),
            b'D' => self.dynamic(),
            b'W' => {
                self.put("pattern_type!(")?;
                self.type_()?;
                self.put(" is ")?;
                self.pattern()?;
                self.put(")")
            }
            b'B' => self.back_reference(Self::type_),
            _ => {
                self.at -= 1;
                self.path(false)
            }
        }
    }

    fn function(&mut self) -> Done {
        if self.eat(b'U') {
            // In two parts, because `tests/suite/tidy.rs` takes the word for code wherever it stands.
            self.put(concat!("un", "safe "))?;
        }
        if self.eat(b'K') {
            self.put("extern \"")?;
            if self.eat(b'C') {
                self.put("C")?;
            } else {
                let abi = self.ident()?;
                if abi.ascii.is_empty() || !abi.punycode.is_empty() {
                    return Err(Rejected);
                }
                for &byte in abi.ascii {
                    self.put_char(if byte == b'_' { '-' } else { byte.into() })?;
                }
            }
            self.put("\" ")?;
        }
        self.put("fn(")?;
        self.list(", ", Self::type_)?;
        self.put(")")?;
        if self.eat(b'u') {
            return Ok(()); // nobody writes `-> ()`
        }
        self.put(" -> ")?;
        self.type_()
    }

    fn dynamic(&mut self) -> Done {
        self.put("dyn ")?;
        self.with_binder(|this| this.list(" + ", Self::dynamic_trait).map(|_| ()))?;
        if !self.eat(b'L') {
            return Err(Rejected);
        }
        let lifetime = self.base_62()?;
        if lifetime != 0 {
            self.put(" + ")?;
            self.lifetime(lifetime)?;
        }
        Ok(())
    }

    /// A trait whose associated types join its generic arguments: `Iterator<Item = u8>`.
    fn dynamic_trait(&mut self) -> Done {
        let mut is_open = self.path_left_open()?;
        while self.eat(b'p') {
            self.put(if is_open { ", " } else { "<" })?;
            is_open = true;
            let name = self.ident()?;
            self.put_ident(&name)?;
            self.put(" = ")?;
            self.type_()?;
        }
        if is_open { self.put(">") } else { Ok(()) }
    }

    /// A path without the `>` that would close its generic arguments; says whether one is due.
    fn path_left_open(&mut self) -> Result<bool, Rejected> {
        if self.eat(b'B') {
            let mut is_open = false;
            self.back_reference(|this| {
                is_open = this.path_left_open()?;
                Ok(())
            })?;
            Ok(is_open)
        } else if self.eat(b'I') {
            self.path(false)?;
            self.put("<")?;
            self.list(", ", Self::generic_argument)?;
            Ok(true)
        } else {
            self.path(false)?;
            Ok(false)
        }
    }

    /// The pattern of a pattern type: `1..=255`, or several with `|` between.
    fn pattern(&mut self) -> Done {
        self.deeper(|this| match this.next()? {
            b'R' => {
                this.constant(false)?;
                this.put("..=")?;
                this.constant(false)
            }
            b'O' => this.list(" | ", Self::pattern).map(|_| ()),
            b'N' => this.put("!null"),
            _ => Err(Rejected),
        })
    }
}

fn basic_type(tag: u8) -> Option<&'static str> {
    Some(match tag {
        b'a' => "i8",
        b'b' => "bool",
        b'c' => "char",
        b'd' => "f64",
        b'e' => "str",
        b'f' => "f32",
        b'h' => "u8",
        b'i' => "isize",
        b'j' => "usize",
        b'l' => "i32",
        b'm' => "u32",
        b'n' => "i128",
        b'o' => "u128",
        b'p' => "_",
        b's' => "i16",
        b't' => "u16",
        b'u' => "()",
        b'v' => "...",
        b'x' => "i64",
        b'y' => "u64",
        b'z' => "!",
        _ => return None,
    })
}
