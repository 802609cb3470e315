//! Expressions of `--defsym` and of linker-script assignments.
//!
//! The grammar is C's for integers, with the functions of linker scripts ("Expressions" in the GNU ld manual). A value
//! is a number that may belong to a section, because in a position-independent output an address moves and a number
//! does not: `bar + 4` keeps bar's section, the distance of two addresses is a plain number, and what no relocation
//! could express (`bar * 2`) is a plain number too, as in lld. Arithmetic wraps at 64 bits; `/` and `%` are signed,
//! `>>` and the comparisons unsigned, and a shift takes its count modulo 64 (all measured on GNU ld).
//! In expressions a `-` never belongs to a name unless that is quoted: `a-b` subtracts.
//! Cost: one pass over the text, one allocation an operator. Nesting is bounded, so neither parsing nor evaluation can
//! exhaust the stack.

mod parse;
#[cfg(test)]
mod tests;

use std::fmt;

pub use parse::parse;
pub(super) use parse::{is_symbol_byte, parse_prefix};

/// What an expression needs to know from the link that evaluates it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Query<'q> {
    /// The value of a symbol.
    Symbol(&'q [u8]),
    /// `DEFINED(symbol)`: any value if the symbol is defined, `None` if it is not.
    Defined(&'q [u8]),
    /// `.`, the location counter.
    Here,
    /// `ADDR(section)`.
    Address(&'q [u8]),
    /// `LOADADDR(section)`.
    LoadAddress(&'q [u8]),
    /// `SIZEOF(section)`.
    Size(&'q [u8]),
    /// `ALIGNOF(section)`.
    Alignment(&'q [u8]),
    /// `SIZEOF_HEADERS`.
    HeadersSize,
    /// `CONSTANT(MAXPAGESIZE)`.
    MaxPageSize,
    /// `CONSTANT(COMMONPAGESIZE)`.
    CommonPageSize,
}

/// A number, and the section that it moves with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value {
    /// An address if `section` is there, else a plain number.
    pub value: u64,
    /// Whatever the caller identifies sections by.
    pub section: Option<u32>,
}

impl Value {
    /// A number that no load address changes.
    pub fn absolute(value: u64) -> Self {
        Value { value, section: None }
    }

    /// An address within `section`.
    pub fn in_section(section: u32, value: u64) -> Self {
        Value { value, section: Some(section) }
    }
}

/// Why an expression has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvalError<'a> {
    /// The link did not answer this.
    Unknown(Query<'a>),
    /// The right side of `/` is zero.
    DivisionByZero,
    /// The right side of `%` is zero.
    RemainderByZero,
}

impl fmt::Display for EvalError<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, name) = match *self {
            EvalError::DivisionByZero => return f.write_str("division by zero"),
            EvalError::RemainderByZero => return f.write_str("remainder of a division by zero"),
            EvalError::Unknown(query) => match query {
                Query::Symbol(name) | Query::Defined(name) => ("undefined symbol", name),
                Query::Address(name) | Query::LoadAddress(name) | Query::Size(name) | Query::Alignment(name) => {
                    ("the output has no section", name)
                }
                Query::Here => return f.write_str("the location counter '.' has no value outside SECTIONS"),
                Query::HeadersSize => return f.write_str("SIZEOF_HEADERS is not known here"),
                Query::MaxPageSize | Query::CommonPageSize => return f.write_str("the page size is not known here"),
            },
        };
        write!(f, "{what} '{}'", String::from_utf8_lossy(name))
    }
}

/// An operator, or a function, of one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOp {
    /// `-x`
    Negate,
    /// `~x`
    Invert,
    /// `!x`
    Not,
    /// `ABSOLUTE(x)`
    Absolute,
    /// `LOG2CEIL(x)`
    Log2Ceil,
}

/// An operator, or a function, of two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the operators'")]
pub enum BinaryOp {
    Multiply,
    Divide,
    Remainder,
    Add,
    Subtract,
    ShiftLeft,
    ShiftRight,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
    And,
    Xor,
    Or,
    BothTrue,
    AnyTrue,
    Align,
    Max,
    Min,
}

/// An expression that was understood. Names are slices of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr<'a> {
    /// A literal.
    Number(u64),
    /// Something to ask the link for.
    Ask(Query<'a>),
    /// An operator before its operand.
    Unary(UnaryOp, Box<Expr<'a>>),
    /// An operator between its operands.
    Binary(BinaryOp, Box<[Expr<'a>; 2]>),
    /// `condition ? then : otherwise`
    Choose(Box<[Expr<'a>; 3]>),
}

impl<'a> Expr<'a> {
    /// The value, where `ask` answers what only the link knows.
    ///
    /// `&&`, `||` and `?:` evaluate no more than C does, so `DEFINED(x) ? x : 0` asks for `x` only if it is there.
    pub fn eval(&self, ask: &mut dyn FnMut(Query<'a>) -> Option<Value>) -> Result<Value, EvalError<'a>> {
        match self {
            Expr::Number(value) => Ok(Value::absolute(*value)),
            Expr::Ask(Query::Defined(name)) => Ok(Value::absolute(ask(Query::Defined(name)).is_some().into())),
            Expr::Ask(query) => ask(*query).ok_or(EvalError::Unknown(*query)),
            Expr::Unary(op, operand) => Ok(unary(*op, operand.eval(ask)?)),
            Expr::Choose(parts) => {
                let [condition, then, otherwise] = &**parts;
                if condition.eval(ask)?.value != 0 { then.eval(ask) } else { otherwise.eval(ask) }
            }
            Expr::Binary(op, sides) => {
                let [left, right] = &**sides;
                let left = left.eval(ask)?;
                match op {
                    BinaryOp::BothTrue if left.value == 0 => Ok(Value::absolute(0)),
                    BinaryOp::AnyTrue if left.value != 0 => Ok(Value::absolute(1)),
                    _ => binary(*op, left, right.eval(ask)?),
                }
            }
        }
    }

    /// The section that the value will belong to, which is known before any address is: `section_of` answers for
    /// symbols and sections. Of the branches of `?:`, which a value may choose, the first that has one decides.
    pub fn section(&self, section_of: &mut dyn FnMut(Query<'a>) -> Option<u32>) -> Option<u32> {
        match self {
            Expr::Number(_) | Expr::Ask(Query::Defined(_)) => None,
            Expr::Ask(query) => section_of(*query),
            Expr::Unary(..) => None,
            Expr::Binary(op, sides) => relate(*op, sides[0].section(section_of), sides[1].section(section_of)),
            Expr::Choose(parts) => parts[1].section(section_of).or_else(|| parts[2].section(section_of)),
        }
    }

    /// Every symbol that the value may depend on, in the order of the text, repeats included. A name that occurs only
    /// in `DEFINED` is not one: asking whether a symbol is there does not bring it in.
    pub fn symbols(&self) -> Vec<&'a [u8]> {
        let mut names = Vec::new();
        self.visit(&mut |query| {
            if let Query::Symbol(name) = query {
                names.push(name);
            }
        });
        names
    }

    /// The name, if the expression is a symbol and nothing else: `--defsym a=b` makes `a` another name of `b`.
    pub fn as_symbol(&self) -> Option<&'a [u8]> {
        match self {
            Expr::Ask(Query::Symbol(name)) => Some(name),
            _ => None,
        }
    }

    /// Calls `see` with each query in the expression, in the order of the text.
    pub fn visit(&self, see: &mut dyn FnMut(Query<'a>)) {
        match self {
            Expr::Number(_) => {}
            Expr::Ask(query) => see(*query),
            Expr::Unary(_, operand) => operand.visit(see),
            Expr::Binary(_, sides) => sides.iter().for_each(|side| side.visit(see)),
            Expr::Choose(parts) => parts.iter().for_each(|part| part.visit(see)),
        }
    }

    pub(super) fn binary(op: BinaryOp, left: Expr<'a>, right: Expr<'a>) -> Expr<'a> {
        Expr::Binary(op, Box::new([left, right]))
    }
}

fn unary(op: UnaryOp, operand: Value) -> Value {
    let x = operand.value;
    Value::absolute(match op {
        UnaryOp::Negate => x.wrapping_neg(),
        UnaryOp::Invert => !x,
        UnaryOp::Not => (x == 0).into(),
        UnaryOp::Absolute => x,
        UnaryOp::Log2Ceil if x <= 1 => 0,
        UnaryOp::Log2Ceil => u64::from(64 - (x - 1).leading_zeros()),
    })
}

fn binary<'a>(op: BinaryOp, left: Value, right: Value) -> Result<Value, EvalError<'a>> {
    let (a, b) = (left.value, right.value);
    // `as u32` keeps more than the six bits of the count that the wrapping shifts use.
    let value = match op {
        BinaryOp::Multiply => a.wrapping_mul(b),
        BinaryOp::Divide if b == 0 => return Err(EvalError::DivisionByZero),
        BinaryOp::Divide => a.cast_signed().wrapping_div(b.cast_signed()).cast_unsigned(),
        BinaryOp::Remainder if b == 0 => return Err(EvalError::RemainderByZero),
        BinaryOp::Remainder => a.cast_signed().wrapping_rem(b.cast_signed()).cast_unsigned(),
        BinaryOp::Add => a.wrapping_add(b),
        BinaryOp::Subtract => a.wrapping_sub(b),
        BinaryOp::ShiftLeft => a.wrapping_shl(b as u32),
        BinaryOp::ShiftRight => a.wrapping_shr(b as u32),
        BinaryOp::Less => (a < b).into(),
        BinaryOp::LessEqual => (a <= b).into(),
        BinaryOp::Greater => (a > b).into(),
        BinaryOp::GreaterEqual => (a >= b).into(),
        BinaryOp::Equal => (a == b).into(),
        BinaryOp::NotEqual => (a != b).into(),
        BinaryOp::And => a & b,
        BinaryOp::Xor => a ^ b,
        BinaryOp::Or => a | b,
        BinaryOp::BothTrue => (a != 0 && b != 0).into(),
        BinaryOp::AnyTrue => (a != 0 || b != 0).into(),
        // Any alignment will do, not only powers of two; 0 and 1 change nothing.
        BinaryOp::Align if b <= 1 => a,
        BinaryOp::Align => a.div_ceil(b).wrapping_mul(b),
        BinaryOp::Max => a.max(b),
        BinaryOp::Min => a.min(b),
    };
    Ok(Value { value, section: relate(op, left.section, right.section) })
}

/// The section of a result, given those of the operands.
fn relate(op: BinaryOp, left: Option<u32>, right: Option<u32>) -> Option<u32> {
    match op {
        // What stays near the address that it began with: a sum, an address rounded or masked.
        BinaryOp::Add | BinaryOp::And | BinaryOp::Or | BinaryOp::Xor => match (left, right) {
            (section, None) | (None, section) => section,
            (Some(_), Some(_)) => None,
        },
        BinaryOp::Subtract if right.is_none() => left,
        BinaryOp::Align => left,
        BinaryOp::Max | BinaryOp::Min if left == right => left,
        _ => None,
    }
}
