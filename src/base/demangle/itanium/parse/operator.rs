//! `<operator-name>`.

use super::{Node, Parser};
use crate::base::demangle::itanium::node::{Id, Operator};

/// By code. A trailing space belongs to the operator in an expression, not to the name of the function.
static OPERATORS: [Operator; 75] = [
    operator(b"aN", "&=", 2),
    operator(b"aS", "=", 2),
    operator(b"aa", "&&", 2),
    operator(b"ad", "&", 1),
    operator(b"an", "&", 2),
    operator(b"at", "alignof ", 1),
    operator(b"aw", "co_await ", 1),
    operator(b"az", "alignof ", 1),
    operator(b"cc", "const_cast", 2),
    operator(b"cl", "()", 2),
    operator(b"cm", ",", 2),
    operator(b"co", "~", 1),
    operator(b"dV", "/=", 2),
    operator(b"dX", "[...]=", 3),
    operator(b"da", "delete[] ", 1),
    operator(b"dc", "dynamic_cast", 2),
    operator(b"de", "*", 1),
    operator(b"di", "=", 2),
    operator(b"dl", "delete ", 1),
    operator(b"ds", ".*", 2),
    operator(b"dt", ".", 2),
    operator(b"dv", "/", 2),
    operator(b"dx", "]=", 2),
    operator(b"eO", "^=", 2),
    operator(b"eo", "^", 2),
    operator(b"eq", "==", 2),
    operator(b"fL", "...", 3),
    operator(b"fR", "...", 3),
    operator(b"fl", "...", 2),
    operator(b"fr", "...", 2),
    operator(b"ge", ">=", 2),
    operator(b"gs", "::", 1),
    operator(b"gt", ">", 2),
    operator(b"ix", "[]", 2),
    operator(b"lS", "<<=", 2),
    operator(b"le", "<=", 2),
    operator(b"li", "operator\"\" ", 1),
    operator(b"ls", "<<", 2),
    operator(b"lt", "<", 2),
    operator(b"mI", "-=", 2),
    operator(b"mL", "*=", 2),
    operator(b"mi", "-", 2),
    operator(b"ml", "*", 2),
    operator(b"mm", "--", 1),
    operator(b"na", "new[]", 3),
    operator(b"ne", "!=", 2),
    operator(b"ng", "-", 1),
    operator(b"nt", "!", 1),
    operator(b"nw", "new", 3),
    operator(b"nx", "noexcept", 1),
    operator(b"oR", "|=", 2),
    operator(b"oo", "||", 2),
    operator(b"or", "|", 2),
    operator(b"pL", "+=", 2),
    operator(b"pl", "+", 2),
    operator(b"pm", "->*", 2),
    operator(b"pp", "++", 1),
    operator(b"ps", "+", 1),
    operator(b"pt", "->", 2),
    operator(b"qu", "?", 3),
    operator(b"rM", "%=", 2),
    operator(b"rS", ">>=", 2),
    operator(b"rc", "reinterpret_cast", 2),
    operator(b"rm", "%", 2),
    operator(b"rs", ">>", 2),
    operator(b"sP", "sizeof...", 1),
    operator(b"sZ", "sizeof...", 1),
    operator(b"sc", "static_cast", 2),
    operator(b"ss", "<=>", 2),
    operator(b"st", "sizeof ", 1),
    operator(b"sz", "sizeof ", 1),
    operator(b"te", "typeid ", 1),
    operator(b"ti", "typeid ", 1),
    operator(b"tr", "throw", 0),
    operator(b"tw", "throw ", 1),
];

const fn operator(code: &[u8; 2], spelling: &'static str, operands: u8) -> Operator {
    Operator { code: *code, spelling, operands }
}

impl Operator {
    pub(in crate::base::demangle::itanium) fn is(&self, code: &[u8; 2]) -> bool {
        self.code == *code
    }

    /// `static_cast` and its kin, written with angle brackets.
    pub(in crate::base::demangle::itanium) fn is_named_cast(&self) -> bool {
        matches!(&self.code, b"sc" | b"dc" | b"cc" | b"rc")
    }

    /// Takes a type where others take an expression.
    pub(super) fn is_on_type(&self) -> bool {
        matches!(&self.code, b"st" | b"at" | b"ti")
    }
}

impl<'a> Parser<'a> {
    /// Two letters, a vendor's `v <operands> <source-name>`, or `cv <type>`: a conversion, or a cast in an expression.
    pub(super) fn operator_name(&mut self) -> Option<Id> {
        let code = [self.next(), self.next()];
        let node = match code {
            [b'v', operands @ b'0'..=b'9'] => Node::VendorOperator(operands - b'0', self.source_name()?),
            [b'c', b'v'] => {
                let was_in_conversion = std::mem::replace(&mut self.in_conversion, !self.in_expression);
                let type_ = self.type_()?;
                self.in_conversion = was_in_conversion;
                if self.in_expression { Node::Cast(type_) } else { Node::Conversion(type_) }
            }
            _ => {
                let found = OPERATORS.binary_search_by(|operator| operator.code.cmp(&code)).ok()?;
                Node::Operator(&OPERATORS[found])
            }
        };
        Some(self.add(node))
    }
}
