//! `<type>`.

use super::{Node, Parser};
use crate::base::demangle::itanium::node::{FunctionQualifier, Id, Literal, Modifier};

impl<'a> Parser<'a> {
    pub(super) fn type_(&mut self) -> Option<Id> {
        self.deeper(Self::type_inner)
    }

    fn type_inner(&mut self) -> Option<Id> {
        if self.at_qualifier() {
            return self.qualified_type();
        }
        let code = self.peek();
        if let Some((name, literal)) = builtin(code) {
            self.at += 1;
            return Some(self.add(Node::Builtin(name, literal)));
        }
        let id = match code {
            b'F' => self.function_type()?,
            b'T' if matches!(self.peek_at(1), b's' | b'u' | b'e') => {
                self.at += 2; // `struct`, `union`, `enum`: not shown
                return self.name(true);
            }
            b'T' => self.template_parameter_type()?,
            b'D' => return self.d_type(),
            b'A' => {
                self.at += 1;
                let size = match self.peek() {
                    b'_' => None,
                    b'0'..=b'9' => {
                        let start = self.at;
                        while self.peek().is_ascii_digit() {
                            self.at += 1;
                        }
                        Some(self.add(Node::Name(&self.text[start..self.at])))
                    }
                    _ => Some(self.expression()?),
                };
                self.expect(b'_')?;
                let element = self.type_()?;
                self.add(Node::Array { size, element })
            }
            b'M' => {
                self.at += 1;
                let class = self.type_()?;
                let member = self.type_()?;
                self.add(Node::MemberPointer { class, member })
            }
            b'P' => self.modified(Modifier::Pointer)?,
            b'R' => self.modified(Modifier::Reference)?,
            b'O' => self.modified(Modifier::RvalueReference)?,
            b'C' => self.modified(Modifier::Complex)?,
            b'G' => self.modified(Modifier::Imaginary)?,
            b'U' if !matches!(self.peek_at(1), b'l' | b't') => {
                self.at += 1;
                let operand = self.name_with_arguments()?;
                let inner = self.type_()?;
                self.add(Node::Modified { modifier: Modifier::Vendor, inner, operand: Some(operand) })
            }
            b'u' => {
                self.at += 1;
                self.name_with_arguments()?
            }
            _ => return self.name(true),
        };
        Some(self.substitutable(id))
    }

    fn modified(&mut self, modifier: Modifier) -> Option<Id> {
        self.at += 1;
        let inner = self.type_()?;
        Some(self.add(Node::Modified { modifier, inner, operand: None }))
    }

    /// What a vendor adds to the language: a name that may take arguments.
    fn name_with_arguments(&mut self) -> Option<Id> {
        let name = self.source_name()?;
        if self.peek() != b'I' {
            return Some(name);
        }
        let arguments = self.template_arguments()?;
        Some(self.add(Node::Template { name, arguments }))
    }

    /// Types whose code starts with `D`. Only some of them can be substituted.
    fn d_type(&mut self) -> Option<Id> {
        self.at += 1;
        let id = match self.next() {
            b'T' | b't' => {
                let expression = self.expression()?;
                self.expect(b'E')?;
                self.add(Node::Decltype(expression))
            }
            b'p' => {
                let pattern = self.type_()?;
                self.add(Node::PackExpansion(pattern))
            }
            b'v' => {
                let size = if self.eat(b'_') {
                    self.expression()?
                } else if self.peek().is_ascii_digit() {
                    let number = u32::try_from(self.number()?).ok()?;
                    self.add(Node::Number(number))
                } else {
                    self.expression()?
                };
                self.expect(b'_')?;
                let element = self.type_()?;
                self.add(Node::Vector { size, element })
            }
            code @ (b'k' | b'K') => {
                let concept = self.name(true)?;
                self.add(Node::Constrained(concept, if code == b'k' { " auto" } else { " decltype(auto)" }))
            }
            code => return self.d_builtin(code),
        };
        Some(self.substitutable(id))
    }

    fn d_builtin(&mut self, code: u8) -> Option<Id> {
        let node = match code {
            b'a' => Node::Name(b"auto"),
            b'c' => Node::Name(b"decltype(auto)"),
            b'f' => Node::Builtin("decimal32", Literal::Cast),
            b'd' => Node::Builtin("decimal64", Literal::Cast),
            b'e' => Node::Builtin("decimal128", Literal::Cast),
            b'h' => Node::Builtin("half", Literal::Float),
            b'u' => Node::Builtin("char8_t", Literal::Cast),
            b's' => Node::Builtin("char16_t", Literal::Cast),
            b'i' => Node::Builtin("char32_t", Literal::Cast),
            b'n' => Node::Builtin("decltype(nullptr)", Literal::Cast),
            b'F' => {
                let bits = u32::try_from(self.number()?).ok()?;
                match self.next() {
                    b'_' => Node::Sized("_Float", bits, ""),
                    b'x' => Node::Sized("_Float", bits, "x"),
                    b'b' if bits == 16 => Node::Builtin("std::bfloat16_t", Literal::Float),
                    _ => return None,
                }
            }
            b'B' | b'U' => {
                let bits = u32::try_from(self.number()?).ok()?;
                self.expect(b'_')?;
                Node::Sized(if code == b'B' { "_BitInt(" } else { "unsigned _BitInt(" }, bits, ")")
            }
            _ => return None,
        };
        Some(self.add(node))
    }

    /// A template parameter as a type, with arguments if it is a template itself.
    fn template_parameter_type(&mut self) -> Option<Id> {
        let name = self.template_parameter()?;
        if self.peek() != b'I' {
            return Some(name);
        }
        if !self.in_conversion {
            self.substitutable(name);
            let arguments = self.template_arguments()?;
            return Some(self.add(Node::Template { name, arguments }));
        }
        // In `operator T<U>`, the arguments belong to the type if others follow, and to the operator otherwise.
        let (at, substitutions) = (self.at, self.substitutions.len());
        let arguments = self.template_arguments()?;
        if self.peek() == b'I' {
            self.substitutable(name);
            return Some(self.add(Node::Template { name, arguments }));
        }
        self.at = at;
        self.substitutions.truncate(substitutions);
        Some(name)
    }

    // Qualifiers.

    /// At a qualifier whose order among others does not matter.
    fn at_qualifier(&self) -> bool {
        match self.peek() {
            b'r' | b'V' | b'K' => true,
            b'D' => matches!(self.peek_at(1), b'x' | b'o' | b'O' | b'w'),
            _ => false,
        }
    }

    fn qualified_type(&mut self) -> Option<Id> {
        let start = self.pending_qualifiers()?;
        if self.peek() != b'F' {
            let inner = self.type_()?;
            let id = self.qualify(start, inner, false);
            return Some(self.substitutable(id));
        }
        // They qualify a member function, and neither that function without them nor with some of them is a type.
        let function = self.function_type()?;
        let id = match self.graph.get(function) {
            Node::Modified { modifier: reference, inner, operand } => {
                let inner = self.qualify(start, inner, true);
                self.add(Node::Modified { modifier: reference, inner, operand })
            }
            _ => self.qualify(start, function, true),
        };
        Some(self.substitutable(id))
    }

    /// Reads qualifiers and leaves them pending, for [`Self::qualify`]; says how many were pending before.
    pub(super) fn pending_qualifiers(&mut self) -> Option<usize> {
        let start = self.qualifiers.len();
        while self.at_qualifier() {
            let qualifier = match (self.next(), self.peek()) {
                (b'r', _) => (FunctionQualifier::Restrict, None),
                (b'V', _) => (FunctionQualifier::Volatile, None),
                (b'K', _) => (FunctionQualifier::Const, None),
                (_, b'x') => (FunctionQualifier::TransactionSafe, None),
                (_, b'o') => (FunctionQualifier::Noexcept, None),
                (_, b'O') => (FunctionQualifier::Noexcept, Some(self.qualifier_operand(Self::expression)?)),
                _ => (FunctionQualifier::Throw, Some(self.qualifier_operand(Self::parameters)?)),
            };
            if matches!(qualifier, (FunctionQualifier::TransactionSafe | FunctionQualifier::Noexcept, None)) {
                self.at += 1;
            }
            self.qualifiers.push(qualifier);
        }
        Some(start)
    }

    /// `O <expression> E` or `w <type>+ E`.
    fn qualifier_operand(&mut self, operand: impl FnOnce(&mut Self) -> Option<Id>) -> Option<Id> {
        self.at += 1;
        let id = operand(self)?;
        self.expect(b'E')?;
        Some(id)
    }

    /// Puts the qualifiers pending since there were `start` of them around `inner`, the first outermost.
    pub(super) fn qualify(&mut self, start: usize, inner: Id, is_function: bool) -> Id {
        let mut id = inner;
        while self.qualifiers.len() > start {
            let Some((qualifier, operand)) = self.qualifiers.pop() else { break };
            let modifier = match qualifier {
                FunctionQualifier::Const if !is_function => Modifier::Const,
                FunctionQualifier::Volatile if !is_function => Modifier::Volatile,
                FunctionQualifier::Restrict if !is_function => Modifier::Restrict,
                _ => Modifier::Function(qualifier),
            };
            id = self.add(Node::Modified { modifier, inner: id, operand });
        }
        id
    }

    // Functions.

    /// `F [Y] <result and parameters> [<ref-qualifier>] E`
    fn function_type(&mut self) -> Option<Id> {
        self.deeper(|this| {
            this.expect(b'F')?;
            this.eat(b'Y'); // C linkage: not shown
            let mut id = this.bare_function_type(true)?;
            if let Some(modifier) = this.reference_qualifier() {
                id = this.add(Node::Modified { modifier, inner: id, operand: None });
            }
            this.expect(b'E')?;
            Some(id)
        })
    }

    pub(super) fn bare_function_type(&mut self, has_result: bool) -> Option<Id> {
        let has_result = self.eat(b'J') || has_result;
        let result = if has_result { Some(self.type_()?) } else { None };
        let parameters = self.parameters()?;
        Some(self.add(Node::Function { result, parameters }))
    }

    /// One type at least; a lone `void` means none.
    pub(super) fn parameters(&mut self) -> Option<Id> {
        if self.peek() == b'v' && self.parameters_end_at(1) {
            self.at += 1;
            let none = self.graph.add_list(&[]);
            return Some(self.add(Node::Arguments(none)));
        }
        if self.parameters_end_at(0) {
            return None;
        }
        let types = self.list(|this| this.parameters_end_at(0), Self::type_)?;
        Some(self.add(Node::Arguments(types)))
    }

    fn parameters_end_at(&self, ahead: usize) -> bool {
        match self.peek_at(ahead) {
            0 | b'E' | b'.' | b'Q' => true,
            b'R' | b'O' => self.peek_at(ahead + 1) == b'E', // a qualifier of the function
            _ => false,
        }
    }
}

fn builtin(code: u8) -> Option<(&'static str, Literal)> {
    Some(match code {
        b'a' => ("signed char", Literal::Cast),
        b'b' => ("bool", Literal::Bool),
        b'c' => ("char", Literal::Cast),
        b'd' => ("double", Literal::Float),
        b'e' => ("long double", Literal::Float),
        b'f' => ("float", Literal::Float),
        b'g' => ("__float128", Literal::Float),
        b'h' => ("unsigned char", Literal::Cast),
        b'i' => ("int", Literal::Plain("")),
        b'j' => ("unsigned int", Literal::Plain("u")),
        b'l' => ("long", Literal::Plain("l")),
        b'm' => ("unsigned long", Literal::Plain("ul")),
        b'n' => ("__int128", Literal::Cast),
        b'o' => ("unsigned __int128", Literal::Cast),
        b's' => ("short", Literal::Cast),
        b't' => ("unsigned short", Literal::Cast),
        b'v' => ("void", Literal::Cast),
        b'w' => ("wchar_t", Literal::Cast),
        b'x' => ("long long", Literal::Plain("ll")),
        b'y' => ("unsigned long long", Literal::Plain("ull")),
        b'z' => ("...", Literal::Cast),
        _ => return None,
    })
}
