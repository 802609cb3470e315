//! `<substitution>`: `S_`, `S0_`… for what the name had before, and the abbreviations of `std`.

use super::{Node, Parser};
use crate::base::demangle::itanium::node::Id;

struct Abbreviation {
    code: u8,
    short: &'static str,
    /// What stands for it where a constructor follows: `std::string::string()` names no function.
    long: &'static str,
    /// The name of its constructors.
    last_name: Option<&'static str>,
}

const ABBREVIATIONS: [Abbreviation; 7] = [
    Abbreviation { code: b't', short: "std", long: "std", last_name: None },
    Abbreviation { code: b'a', short: "std::allocator", long: "std::allocator", last_name: Some("allocator") },
    Abbreviation { code: b'b', short: "std::basic_string", long: "std::basic_string", last_name: Some("basic_string") },
    Abbreviation {
        code: b's',
        short: "std::string",
        long: "std::basic_string<char, std::char_traits<char>, std::allocator<char> >",
        last_name: Some("basic_string"),
    },
    Abbreviation {
        code: b'i',
        short: "std::istream",
        long: "std::basic_istream<char, std::char_traits<char> >",
        last_name: Some("basic_istream"),
    },
    Abbreviation {
        code: b'o',
        short: "std::ostream",
        long: "std::basic_ostream<char, std::char_traits<char> >",
        last_name: Some("basic_ostream"),
    },
    Abbreviation {
        code: b'd',
        short: "std::iostream",
        long: "std::basic_iostream<char, std::char_traits<char> >",
        last_name: Some("basic_iostream"),
    },
];

impl<'a> Parser<'a> {
    /// A substitution; as a prefix, it may be the class of a constructor.
    pub(super) fn substitution(&mut self, is_prefix: bool) -> Option<Id> {
        self.expect(b'S')?;
        if matches!(self.peek(), b'_' | b'0'..=b'9' | b'A'..=b'Z') {
            let index = self.base_36()?;
            return self.substitutions.get(index).copied();
        }
        let code = self.next();
        let abbreviation = ABBREVIATIONS.iter().find(|abbreviation| abbreviation.code == code)?;
        if let Some(name) = abbreviation.last_name {
            self.last_name = Some(self.add(Node::Abbreviation(name)));
        }
        let is_class = is_prefix && matches!(self.peek(), b'C' | b'D');
        let id = self.add(Node::Abbreviation(if is_class { abbreviation.long } else { abbreviation.short }));
        if self.peek() != b'B' {
            return Some(id);
        }
        let id = self.abi_tags(id)?;
        Some(self.substitutable(id))
    }

    /// `_` is 0; otherwise one less than meant, to base 36, and a `_`.
    pub(super) fn base_36(&mut self) -> Option<usize> {
        if self.eat(b'_') {
            return Some(0);
        }
        let mut value = 0usize;
        loop {
            let digit = match self.next() {
                b'_' => return value.checked_add(1),
                b @ b'0'..=b'9' => b - b'0',
                b @ b'A'..=b'Z' => b - b'A' + 10,
                _ => return None,
            };
            value = value.checked_mul(36)?.checked_add(digit.into())?;
        }
    }
}
