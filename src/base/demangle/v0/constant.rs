//! Constants in v0 names: `[u8; 16]`, `Foo<'x'>`, and the structured ones of `adt_const_params`.

use super::{Done, Printer};
use crate::base::demangle::text::Rejected;

impl<'a> Printer<'a> {
    /// A constant. Where it does not stand in an expression already, all but literals take braces.
    pub(super) fn constant(&mut self, in_expression: bool) -> Done {
        self.deeper(|this| this.constant_inner(in_expression))
    }

    fn constant_inner(&mut self, in_expression: bool) -> Done {
        let tag = self.next()?;
        match tag {
            b'p' => self.put("_"),
            b'h' | b't' | b'm' | b'y' | b'o' | b'j' => self.integer(),
            b'a' | b's' | b'l' | b'x' | b'n' | b'i' => {
                if self.eat(b'n') {
                    self.put("-")?;
                }
                self.integer()
            }
            b'b' => match self.small_hex()? {
                0 => self.put("false"),
                1 => self.put("true"),
                _ => Err(Rejected),
            },
            b'c' => {
                let c = u32::try_from(self.small_hex()?).ok().and_then(char::from_u32).ok_or(Rejected)?;
                self.put("'")?;
                self.escaped(c, '\'')?;
                self.put("'")
            }
            // A string behind a shared reference is what a literal is; elsewhere the literal must be dereferenced.
            b'R' if self.eat(b'e') => self.string(),
            b'B' => self.back_reference(|this| this.constant(in_expression)),
            b'e' | b'R' | b'Q' | b'A' | b'T' | b'V' if in_expression => self.compound(tag),
            b'e' | b'R' | b'Q' | b'A' | b'T' | b'V' => {
                self.put("{")?;
                self.compound(tag)?;
                self.put("}")
            }
            _ => Err(Rejected),
        }
    }

    fn compound(&mut self, tag: u8) -> Done {
        match tag {
            b'e' => {
                self.put("*")?;
                self.string()
            }
            b'R' | b'Q' => {
                self.put(if tag == b'R' { "&" } else { "&mut " })?;
                self.constant(true)
            }
            b'A' => {
                self.put("[")?;
                self.list(", ", |this| this.constant(true))?;
                self.put("]")
            }
            b'T' => self.tuple(),
            _ => {
                self.path(true)?;
                match self.next()? {
                    b'U' => Ok(()),
                    b'T' => {
                        self.put("(")?;
                        self.list(", ", |this| this.constant(true))?;
                        self.put(")")
                    }
                    b'S' => {
                        self.put(" { ")?;
                        self.list(", ", Self::field)?;
                        self.put(" }")
                    }
                    _ => Err(Rejected),
                }
            }
        }
    }

    fn tuple(&mut self) -> Done {
        self.put("(")?;
        let count = self.list(", ", |this| this.constant(true))?;
        self.put(if count == 1 { ",)" } else { ")" })
    }

    fn field(&mut self) -> Done {
        self.disambiguator()?;
        let name = self.ident()?;
        self.put_ident(&name)?;
        self.put(": ")?;
        self.constant(true)
    }

    /// Lower-case hexadecimal digits up to a `_`.
    fn hex(&mut self) -> Result<&'a [u8], Rejected> {
        let start = self.at;
        while self.peek().is_some_and(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            self.at += 1;
        }
        let digits = &self.name[start..self.at];
        if self.eat(b'_') { Ok(digits) } else { Err(Rejected) }
    }

    fn small_hex(&mut self) -> Result<u64, Rejected> {
        let digits = self.hex()?;
        value(digits).filter(|_| !digits.is_empty()).ok_or(Rejected)
    }

    fn integer(&mut self) -> Done {
        let digits = self.hex()?;
        match value(digits) {
            _ if digits.is_empty() => Err(Rejected),
            Some(number) => self.put_number(number),
            None => {
                self.put("0x")?;
                digits.iter().try_for_each(|&b| self.put_char(b.into()))
            }
        }
    }

    /// A string, as the hexadecimal digits of its bytes.
    fn string(&mut self) -> Done {
        let digits = self.hex()?;
        let pairs = digits.chunks(2).map(|pair| if pair.len() == 2 { value(pair) } else { None });
        let bytes: Vec<u8> = pairs.map(|byte| byte.map(|byte| byte as u8)).collect::<Option<_>>().ok_or(Rejected)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| Rejected)?;
        self.put("\"")?;
        text.chars().try_for_each(|c| self.escaped(c, '"'))?;
        self.put("\"")
    }

    /// `c` as it would stand in a literal between two `quote`s.
    fn escaped(&mut self, c: char, quote: char) -> Done {
        if matches!(c, '\'' | '"') && c != quote {
            return self.put_char(c);
        }
        c.escape_debug().try_for_each(|c| self.put_char(c))
    }
}

/// The number that these digits spell, if 64 bits hold it.
fn value(digits: &[u8]) -> Option<u64> {
    let zeros = digits.iter().take_while(|&&b| b == b'0').count();
    let digits = &digits[zeros..];
    if digits.len() > 16 {
        return None;
    }
    digits.iter().try_fold(0, |number, &b| Some(number << 4 | u64::from((b as char).to_digit(16)?)))
}
