//! Expressions, with more parentheses than a person would write: that is how binutils has them.

use super::{Done, Node, Printer};
use crate::base::demangle::itanium::node::{Id, Literal, Operator};
use crate::base::demangle::text::Rejected;

impl<'g, 'a> Printer<'g, 'a> {
    pub(super) fn expression(&mut self, id: Id) -> Done {
        match self.get(id) {
            Node::Nullary(operator) => self.operator(operator),
            Node::Unary(operator, operand) => self.unary(operator, operand),
            Node::Postfix(operator, operand) => {
                self.subexpression(operand)?;
                self.operator(operator)
            }
            Node::Binary(operator, left, right) => self.binary(operator, left, right),
            Node::Ternary(operator, first, second, third) => {
                self.subexpression(first)?;
                self.put(operator.spelling)?;
                self.subexpression(second)?;
                self.put(" : ")?;
                self.subexpression(third)
            }
            Node::New { placement, type_, initializer, .. } => {
                self.put("new ")?;
                if !matches!(self.get(placement), Node::Arguments(list) if list.len() == 0) {
                    self.subexpression(placement)?;
                    self.put(" ")?;
                }
                self.node(type_)?;
                initializer.map_or(Ok(()), |initializer| self.subexpression(initializer))
            }
            Node::Fold { kind, operator, first, second } => {
                let pack_index = self.pack_index.take(); // the pack as a whole
                self.fold(kind, operator, first, second)?;
                self.pack_index = pack_index;
                Ok(())
            }
            Node::Designated { designator, range_end, value, is_member } => {
                self.put_around(if is_member { "." } else { "[" }, designator, "")?;
                if let Some(range_end) = range_end {
                    self.put_around(" ... ", range_end, "")?;
                }
                self.put(if is_member { "" } else { "]" })?;
                if let Node::Designated { .. } = self.get(value) {
                    return self.node(value);
                }
                self.put("=")?;
                self.subexpression(value)
            }
            Node::Initializer { type_, values } => {
                if let Some(type_) = type_ {
                    self.node(type_)?;
                }
                self.put_around("{", values, "}")
            }
            Node::VendorExpression(name, arguments) => {
                self.node(name)?;
                self.put_around("(", arguments, ")")
            }
            Node::Literal { type_, value, is_negative } => self.literal(type_, value, is_negative),
            _ => Err(Rejected),
        }
    }

    /// An operand, in parentheses unless it is simple.
    pub(super) fn subexpression(&mut self, id: Id) -> Done {
        match self.get(id) {
            Node::Name(_) | Node::Qualified(..) | Node::Initializer { .. } | Node::FunctionParameter(_) => {
                self.node(id)
            }
            _ => self.put_around("(", id, ")"),
        }
    }

    fn operator(&mut self, id: Id) -> Done {
        match self.get(id) {
            Node::Operator(operator) => self.put(operator.spelling),
            _ => self.node(id),
        }
    }

    fn unary(&mut self, operator: Id, operand: Id) -> Done {
        let code = match self.get(operator) {
            Node::Operator(operator) => operator.code,
            Node::Cast(type_) => {
                self.put_around("(", type_, ")")?;
                return self.subexpression(operand);
            }
            _ => [0; 2],
        };
        match &code {
            b"sZ" => {
                let len = self.find_pack(operand)?.map_or(0, |pack| pack.len());
                self.put_number(len as u64)
            }
            b"sP" => self.argument_count(operand),
            b"gs" => {
                self.operator(operator)?;
                self.node(operand)
            }
            b"st" | b"nx" | b"te" | b"ti" => {
                self.operator(operator)?;
                self.put_around("(", operand, ")")
            }
            _ => {
                self.operator(operator)?;
                let mut operand = operand;
                if let (b"ad", Node::Typed { name, type_ }) = (&code, self.get(operand)) {
                    // The address of a function is written without its parameters.
                    if let (Node::Qualified(..), Node::Function { .. }) = (self.get(name), self.get(type_)) {
                        operand = name;
                    }
                }
                self.subexpression(operand)
            }
        }
    }

    /// `sizeof...` of template arguments in which packs may expand.
    fn argument_count(&mut self, arguments: Id) -> Done {
        let Node::TemplateArguments(list) = self.get(arguments) else { return Err(Rejected) };
        let mut count = 0;
        let graph = self.graph;
        for &argument in graph.items(list) {
            count += match self.get(argument) {
                Node::PackExpansion(pattern) => self.find_pack(pattern)?.map_or(0, |pack| pack.len()),
                _ => 1,
            };
        }
        self.put_number(count as u64)
    }

    fn binary(&mut self, operator: &Operator, left: Id, right: Id) -> Done {
        if operator.is_named_cast() {
            self.put(operator.spelling)?;
            self.put_around("<", left, ">(")?;
            return self.put_around("", right, ")");
        }
        // A bare `>` would end the template arguments that the expression stands in.
        let needs_parentheses = operator.is(b"gt");
        if needs_parentheses {
            self.put("(")?;
        }
        match self.get(left) {
            // A call shows the arguments, not the parameters.
            Node::Typed { name, .. } if operator.is(b"cl") => self.subexpression(name)?,
            _ => self.subexpression(left)?,
        }
        if operator.is(b"ix") {
            self.put_around("[", right, "]")?;
        } else {
            self.put(if operator.is(b"cl") { "" } else { operator.spelling })?;
            self.subexpression(right)?;
        }
        self.put(if needs_parentheses { ")" } else { "" })
    }

    fn fold(&mut self, kind: u8, operator: Id, first: Id, second: Option<Id>) -> Done {
        self.put(if kind == b'l' { "(..." } else { "(" })?;
        match (kind, second) {
            (b'l', _) => {
                self.operator(operator)?;
                self.subexpression(first)?;
            }
            (b'r', _) => {
                self.subexpression(first)?;
                self.operator(operator)?;
                self.put("...")?;
            }
            (_, Some(second)) => {
                self.subexpression(first)?;
                self.operator(operator)?;
                self.put("...")?;
                self.operator(operator)?;
                self.subexpression(second)?;
            }
            _ => return Err(Rejected),
        }
        self.put(")")
    }

    fn literal(&mut self, type_: Id, value: &[u8], is_negative: bool) -> Done {
        let style = match self.get(type_) {
            Node::Builtin(_, style) => style,
            _ => Literal::Cast,
        };
        let sign = if is_negative { "-" } else { "" };
        match (style, value) {
            (Literal::Plain(suffix), _) => {
                self.put(sign)?;
                self.put_bytes(value)?;
                self.put(suffix)
            }
            (Literal::Bool, b"0") if !is_negative => self.put("false"),
            (Literal::Bool, b"1") if !is_negative => self.put("true"),
            _ => {
                self.put_around("(", type_, ")")?;
                self.put(sign)?;
                self.put(if style == Literal::Float { "[" } else { "" })?;
                self.put_bytes(value)?;
                self.put(if style == Literal::Float { "]" } else { "" })
            }
        }
    }
}
