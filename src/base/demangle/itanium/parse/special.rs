//! `<special-name>`: tables, thunks, guards and other things that no source text names.

use super::{Node, Parser};
use crate::base::demangle::itanium::node::Id;

impl<'a> Parser<'a> {
    pub(super) fn special_name(&mut self) -> Option<Id> {
        match (self.next(), self.next()) {
            (b'T', b'V') => self.special_type("vtable for "),
            (b'T', b'T') => self.special_type("VTT for "),
            (b'T', b'I') => self.special_type("typeinfo for "),
            (b'T', b'S') => self.special_type("typeinfo name for "),
            (b'T', b'F') => self.special_type("typeinfo fn for "),
            (b'T', b'J') => self.special_type("java Class for "),
            (b'T', b'h') => {
                self.offset(b'h')?;
                self.special_encoding("non-virtual thunk to ")
            }
            (b'T', b'v') => {
                self.offset(b'v')?;
                self.special_encoding("virtual thunk to ")
            }
            (b'T', b'c') => {
                for _ in 0..2 {
                    let kind = self.next();
                    self.offset(kind)?;
                }
                self.special_encoding("covariant return thunk to ")
            }
            (b'T', b'C') => {
                let derived = self.type_()?;
                if self.number()? < 0 {
                    return None;
                }
                self.expect(b'_')?;
                let base = self.type_()?;
                Some(self.add(Node::ConstructionVtable { base, derived }))
            }
            (b'T', b'H') => self.special_object("TLS init function for "),
            (b'T', b'W') => self.special_object("TLS wrapper function for "),
            (b'T', b'A') => {
                let argument = self.template_argument()?;
                Some(self.add(Node::Special("template parameter object for ", argument)))
            }
            (b'G', b'V') => self.special_object("guard variable for "),
            (b'G', b'R') => self.reference_temporary(),
            (b'G', b'A') => self.special_encoding("hidden alias for "),
            (b'G', b'I') => {
                let module = self.module_name(None)??;
                Some(self.add(Node::Special("initializer for module ", module)))
            }
            (b'G', b'T') => match self.next() {
                b'n' => self.special_encoding("non-transaction clone for "),
                _ => self.special_encoding("transaction clone for "),
            },
            _ => None,
        }
    }

    fn special_type(&mut self, prefix: &'static str) -> Option<Id> {
        let id = self.type_()?;
        Some(self.add(Node::Special(prefix, id)))
    }

    fn special_object(&mut self, prefix: &'static str) -> Option<Id> {
        let id = self.name(false)?;
        Some(self.add(Node::Special(prefix, id)))
    }

    fn special_encoding(&mut self, prefix: &'static str) -> Option<Id> {
        let id = self.encoding(false)?;
        Some(self.add(Node::Special(prefix, id)))
    }

    /// `<name> [<base-36 number>] _`, where old compilers wrote a decimal number and no `_`.
    fn reference_temporary(&mut self) -> Option<Id> {
        let name = self.name(false)?;
        let start = self.at;
        let number = match self.base_36().and_then(|number| u32::try_from(number).ok()) {
            Some(number) => number,
            None => {
                self.at = start;
                u32::try_from(self.number()?).ok()?
            }
        };
        let number = self.add(Node::Number(number));
        Some(self.add(Node::ReferenceTemporary { name, number }))
    }

    /// How a thunk adjusts `this`: `h <offset> _`, or `v <offset> _ <offset in the vtable> _`. Not shown.
    fn offset(&mut self, kind: u8) -> Option<()> {
        match kind {
            b'h' => {}
            b'v' => {
                self.number()?;
                self.expect(b'_')?;
            }
            _ => return None,
        }
        self.number()?;
        self.expect(b'_')
    }
}
