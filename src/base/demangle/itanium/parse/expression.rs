//! `<expression>`, as it stands in `decltype`, array bounds and template arguments.

use super::{Node, Parser, UnresolvedNames};
use crate::base::demangle::itanium::node::{Id, Operator};

impl<'a> Parser<'a> {
    pub(super) fn expression(&mut self) -> Option<Id> {
        let was_in_expression = std::mem::replace(&mut self.in_expression, true);
        let id = self.operand()?;
        self.in_expression = was_in_expression;
        Some(id)
    }

    fn operand(&mut self) -> Option<Id> {
        self.deeper(Self::operand_inner)
    }

    fn operand_inner(&mut self) -> Option<Id> {
        match [self.peek(), self.peek_at(1)] {
            [b'L', _] => self.primary_expression(),
            [b'T', _] => self.template_parameter(),
            [b's', b'r'] => self.unresolved_name(),
            [b's', b'p'] => {
                self.at += 2;
                let pattern = self.operand()?;
                Some(self.add(Node::PackExpansion(pattern)))
            }
            [b'f', b'p'] => {
                self.at += 2;
                self.function_parameter()
            }
            [b'f', b'L'] if self.peek_at(2).is_ascii_digit() => {
                self.at += 2;
                self.number()?; // of a function further out, which is not shown
                self.expect(b'p')?;
                self.function_parameter()
            }
            // The function of a dependent call.
            [b'0'..=b'9', _] | [b'o', b'n'] => self.name_in_expression(None),
            [first @ (b'i' | b't'), b'l'] => {
                self.at += 2;
                let type_ = if first == b't' { Some(self.type_()?) } else { None };
                let values = self.operands_to(b'E')?;
                Some(self.add(Node::Initializer { type_, values }))
            }
            [b'u', _] => {
                self.at += 1;
                let name = self.source_name()?;
                let arguments = self.template_arguments_rest()?;
                Some(self.add(Node::VendorExpression(name, arguments)))
            }
            _ => self.operation(),
        }
    }

    /// A name with its template arguments.
    fn name_in_expression(&mut self, scope: Option<Id>) -> Option<Id> {
        let name = match scope {
            _ if self.eat_pair(b"dn") => {
                let type_ = if self.peek().is_ascii_digit() { self.name_in_expression(None)? } else { self.type_()? };
                let destructor = self.add(Node::Destructor(type_));
                scope.map_or(destructor, |scope| self.add(Node::Qualified(scope, destructor)))
            }
            _ => self.unqualified_name(scope, None)?,
        };
        if self.peek() != b'I' {
            return Some(name);
        }
        let arguments = self.template_arguments()?;
        Some(self.add(Node::Template { name, arguments }))
    }

    /// `sr` and a type, or the scopes of a name and `E`; then the name.
    fn unresolved_name(&mut self) -> Option<Id> {
        self.at += 2;
        let may_be_scopes = matches!(self.peek(), b'0'..=b'9' | b'a'..=b'z' | b'C' | b'U' | b'L');
        let scope = if may_be_scopes && self.unresolved_names != UnresolvedNames::Old {
            self.unresolved_names = UnresolvedNames::NewAmbiguous;
            let scope = self.prefix(false)?;
            self.eat(b'E');
            scope
        } else {
            self.type_()?
        };
        self.name_in_expression(Some(scope))
    }

    /// `T` for `this`, or the number of a parameter, which may have qualifiers.
    fn function_parameter(&mut self) -> Option<Id> {
        if self.eat(b'T') {
            return Some(self.add(Node::FunctionParameter(0)));
        }
        while matches!(self.peek(), b'r' | b'V' | b'K') {
            self.at += 1;
        }
        let index = self.sequence_number()?;
        Some(self.add(Node::FunctionParameter(index.checked_add(1)?)))
    }

    fn operands_to(&mut self, end: u8) -> Option<Id> {
        let operands = self.list(|this| this.eat(end), Self::operand)?;
        Some(self.add(Node::Arguments(operands)))
    }

    /// An operator and its operands.
    fn operation(&mut self) -> Option<Id> {
        let id = self.operator_name()?;
        match self.graph.get(id) {
            Node::Operator(operator) => self.operation_of(operator, id),
            Node::VendorOperator(0, _) => Some(self.add(Node::Nullary(id))),
            Node::VendorOperator(1, _) => {
                let operand = self.operand()?;
                Some(self.add(Node::Unary(id, operand)))
            }
            Node::Cast(_) => {
                let operand = if self.eat(b'_') { self.operands_to(b'E')? } else { self.operand()? };
                Some(self.add(Node::Unary(id, operand)))
            }
            _ => None,
        }
    }

    fn operation_of(&mut self, operator: &'static Operator, id: Id) -> Option<Id> {
        let node = match &operator.code {
            b"pp" | b"mm" if !self.eat(b'_') => Node::Postfix(id, self.operand()?),
            b"sP" => Node::Unary(id, self.template_arguments_rest()?),
            b"di" => self.designated(Some(b'i'))?,
            b"dx" => self.designated(Some(b'x'))?,
            b"dX" => self.designated(None)?,
            b"nw" | b"na" => return self.new_expression(),
            [b'f', kind] => {
                let folded = self.operator_name()?;
                let first = self.operand()?;
                let second = if operator.operands == 3 { Some(self.operand()?) } else { None };
                Node::Fold { kind: *kind, operator: folded, first, second }
            }
            b"cl" => Node::Binary(operator, self.operand()?, self.operands_to(b'E')?),
            b"dt" | b"pt" => {
                let object = self.operand()?;
                let is_qualified = self.is_pair(b"gs") || self.is_pair(b"sr");
                let member = if is_qualified { self.operand()? } else { self.name_in_expression(None)? };
                Node::Binary(operator, object, member)
            }
            _ if operator.is_on_type() => Node::Unary(id, self.type_()?),
            _ if operator.is_named_cast() => Node::Binary(operator, self.type_()?, self.operand()?),
            _ => match operator.operands {
                0 => Node::Nullary(id),
                1 => Node::Unary(id, self.operand()?),
                2 => Node::Binary(operator, self.operand()?, self.operand()?),
                _ => Node::Ternary(operator, self.operand()?, self.operand()?, self.operand()?),
            },
        };
        Some(self.add(node))
    }

    /// `.member = value`, `[index] = value`, or with no `kind`: `[from ... to] = value`.
    fn designated(&mut self, kind: Option<u8>) -> Option<Node<'a>> {
        let is_member = kind == Some(b'i');
        let designator = if is_member { self.unqualified_name(None, None)? } else { self.operand()? };
        let range_end = if kind.is_none() { Some(self.operand()?) } else { None };
        let value = self.operand()?;
        Some(Node::Designated { designator, range_end, value, is_member })
    }

    /// Placement operands to `_`, a type, and `E`, `pi <operand>* E` or an initializer list.
    fn new_expression(&mut self) -> Option<Id> {
        let placement = self.operands_to(b'_')?;
        let type_ = self.type_()?;
        let initializer = if self.eat(b'E') {
            None
        } else if self.eat_pair(b"pi") {
            Some(self.operands_to(b'E')?)
        } else if self.is_pair(b"il") {
            Some(self.operand()?)
        } else {
            return None;
        };
        Some(self.add(Node::New { placement, type_, initializer }))
    }

    /// `L <type> <value> E`, or `L <mangled-name> E`.
    pub(super) fn primary_expression(&mut self) -> Option<Id> {
        self.expect(b'L')?;
        let id = if matches!(self.peek(), b'_' | b'Z') {
            self.mangled_name(false)?
        } else {
            let type_ = self.type_()?;
            if self.peek() == b'E' && matches!(self.graph.get(type_), Node::Builtin("decltype(nullptr)", _)) {
                self.at += 1;
                return Some(type_);
            }
            let is_negative = self.eat(b'n');
            let len = memchr::memchr(b'E', &self.text[self.at..])?;
            let value = &self.text[self.at..self.at + len];
            self.at += len;
            self.add(Node::Literal { type_, value, is_negative })
        };
        self.expect(b'E')?;
        Some(id)
    }
}
