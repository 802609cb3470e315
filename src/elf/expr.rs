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

use crate::elf::script::{Cursor, ScriptError};
use std::fmt;

/// Recursive calls while parsing: some 160 nested parentheses.
const PARSE_DEPTH_MAX: u32 = 500;
/// Operators from the top of a tree to its deepest leaf, which a long chain (`a + b + c + …`) increases too.
const HEIGHT_MAX: u32 = 500;

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

/// Parses the whole of `text`, as in `--defsym name=text`.
pub fn parse(text: &[u8]) -> Result<Expr<'_>, ScriptError> {
    let mut cursor = Cursor::new(text);
    let expr = parse_prefix(&mut cursor)?;
    match cursor.peek()? {
        None => Ok(expr),
        Some(_) => Err(cursor.unexpected("an operator or the end of the expression")),
    }
}

/// Parses the longest expression that `cursor` stands before, and leaves it behind that.
pub(super) fn parse_prefix<'a>(cursor: &mut Cursor<'a>) -> Result<Expr<'a>, ScriptError> {
    Ok(Parser { cursor, depth: 0 }.conditional()?.expr)
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

/// How an operator is spelled, what it does, and how tightly it binds, as in C.
type Operator = (&'static [u8], BinaryOp, u8);

/// Longer spellings come before their prefixes.
const OPERATORS: [Operator; 18] = [
    (b"||", BinaryOp::AnyTrue, 0),
    (b"&&", BinaryOp::BothTrue, 1),
    (b"<<", BinaryOp::ShiftLeft, 7),
    (b">>", BinaryOp::ShiftRight, 7),
    (b"==", BinaryOp::Equal, 5),
    (b"!=", BinaryOp::NotEqual, 5),
    (b"<=", BinaryOp::LessEqual, 6),
    (b">=", BinaryOp::GreaterEqual, 6),
    (b"<", BinaryOp::Less, 6),
    (b">", BinaryOp::Greater, 6),
    (b"|", BinaryOp::Or, 2),
    (b"^", BinaryOp::Xor, 3),
    (b"&", BinaryOp::And, 4),
    (b"+", BinaryOp::Add, 8),
    (b"-", BinaryOp::Subtract, 8),
    (b"*", BinaryOp::Multiply, 9),
    (b"/", BinaryOp::Divide, 9),
    (b"%", BinaryOp::Remainder, 9),
];

/// A subtree, and how many operators its deepest leaf is under.
struct Tree<'a> {
    expr: Expr<'a>,
    height: u32,
}

struct Parser<'c, 'a> {
    cursor: &'c mut Cursor<'a>,
    depth: u32,
}

impl<'a> Parser<'_, 'a> {
    fn enter(&mut self) -> Result<(), ScriptError> {
        self.depth += 1;
        if self.depth > PARSE_DEPTH_MAX { Err(self.too_deep()) } else { Ok(()) }
    }

    #[cold]
    fn too_deep(&self) -> ScriptError {
        self.cursor.error("the expression is nested too deeply")
    }

    /// A tree above ones of these heights.
    fn above(&self, expr: Expr<'a>, heights: &[u32]) -> Result<Tree<'a>, ScriptError> {
        let height = 1 + heights.iter().copied().max().unwrap_or(0);
        if height > HEIGHT_MAX { Err(self.too_deep()) } else { Ok(Tree { expr, height }) }
    }

    fn conditional(&mut self) -> Result<Tree<'a>, ScriptError> {
        self.enter()?;
        let condition = self.binary(0)?;
        let tree = if self.cursor.eat(b"?")? {
            let then = self.conditional()?;
            self.cursor.expect(b":")?;
            let otherwise = self.conditional()?;
            let heights = [condition.height, then.height, otherwise.height];
            self.above(Expr::Choose(Box::new([condition.expr, then.expr, otherwise.expr])), &heights)?
        } else {
            condition
        };
        self.depth -= 1;
        Ok(tree)
    }

    /// Operators that bind at least as tightly as `weakest`, the left one first among equals.
    fn binary(&mut self, weakest: u8) -> Result<Tree<'a>, ScriptError> {
        self.enter()?;
        let mut left = self.operand()?;
        while let Some((token, op, strength)) = self.operator()? {
            if strength < weakest {
                break;
            }
            self.cursor.eat(token)?;
            let right = self.binary(strength + 1)?;
            let heights = [left.height, right.height];
            left = self.above(Expr::binary(op, left.expr, right.expr), &heights)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    /// The operator ahead, which stays ahead.
    fn operator(&mut self) -> Result<Option<Operator>, ScriptError> {
        self.cursor.peek()?;
        Ok(OPERATORS.iter().find(|(token, ..)| self.cursor.rest().starts_with(token)).copied())
    }

    fn operand(&mut self) -> Result<Tree<'a>, ScriptError> {
        self.enter()?;
        let byte = self.cursor.peek()?;
        let prefix = match byte {
            Some(b'-') => Some(UnaryOp::Negate),
            Some(b'~') => Some(UnaryOp::Invert),
            Some(b'!') => Some(UnaryOp::Not),
            _ => None,
        };
        let tree = if let Some(op) = prefix {
            self.cursor.bump();
            let operand = self.operand()?;
            self.above(Expr::Unary(op, Box::new(operand.expr)), &[operand.height])?
        } else {
            match byte {
                Some(b'+') => {
                    self.cursor.bump();
                    self.operand()?
                }
                Some(b'(') => {
                    self.cursor.bump();
                    let inner = self.conditional()?;
                    self.cursor.expect(b")")?;
                    inner
                }
                Some(b'"') => leaf(Expr::Ask(Query::Symbol(self.cursor.quoted()?))),
                Some(byte) if is_symbol_byte(byte) => self.word()?,
                _ => return Err(self.cursor.unexpected("a number, a symbol or '('")),
            }
        };
        self.depth -= 1;
        Ok(tree)
    }

    /// A number, a symbol or the call of a function.
    fn word(&mut self) -> Result<Tree<'a>, ScriptError> {
        let word = self.cursor.word(is_symbol_byte);
        if word == b"." {
            return Ok(leaf(Expr::Ask(Query::Here)));
        }
        if let Some(number) = number(word) {
            let value = number.ok_or_else(|| {
                self.cursor.error(&format!("'{}' is not a number of 64 bits", String::from_utf8_lossy(word)))
            })?;
            return Ok(leaf(Expr::Number(value)));
        }
        if self.cursor.peek()? == Some(b'(') {
            return self.call(word);
        }
        Ok(leaf(match word {
            b"SIZEOF_HEADERS" | b"sizeof_headers" => Expr::Ask(Query::HeadersSize),
            name => Expr::Ask(Query::Symbol(name)),
        }))
    }

    fn call(&mut self, function: &'a [u8]) -> Result<Tree<'a>, ScriptError> {
        let line_error = self.cursor.error(&format!("function {} is not supported", String::from_utf8_lossy(function)));
        self.cursor.expect(b"(")?;
        let tree = match function {
            b"ADDR" => leaf(Expr::Ask(Query::Address(self.name()?))),
            b"LOADADDR" => leaf(Expr::Ask(Query::LoadAddress(self.name()?))),
            b"SIZEOF" => leaf(Expr::Ask(Query::Size(self.name()?))),
            b"ALIGNOF" => leaf(Expr::Ask(Query::Alignment(self.name()?))),
            b"DEFINED" => leaf(Expr::Ask(Query::Defined(self.name()?))),
            b"CONSTANT" => match self.name()? {
                b"MAXPAGESIZE" => leaf(Expr::Ask(Query::MaxPageSize)),
                b"COMMONPAGESIZE" => leaf(Expr::Ask(Query::CommonPageSize)),
                name => {
                    return Err(self.cursor.error(&format!("unknown constant '{}'", String::from_utf8_lossy(name))));
                }
            },
            b"ABSOLUTE" => self.unary_call(UnaryOp::Absolute)?,
            b"LOG2CEIL" => self.unary_call(UnaryOp::Log2Ceil)?,
            b"MAX" => self.binary_call(BinaryOp::Max)?,
            b"MIN" => self.binary_call(BinaryOp::Min)?,
            // With one argument these align the location counter.
            b"ALIGN" | b"BLOCK" => {
                let first = self.conditional()?;
                let (value, alignment) = if function == b"ALIGN" && self.cursor.eat(b",")? {
                    (first, self.conditional()?)
                } else {
                    (leaf(Expr::Ask(Query::Here)), first)
                };
                let heights = [value.height, alignment.height];
                self.above(Expr::binary(BinaryOp::Align, value.expr, alignment.expr), &heights)?
            }
            _ => return Err(line_error),
        };
        self.cursor.expect(b")")?;
        Ok(tree)
    }

    fn unary_call(&mut self, op: UnaryOp) -> Result<Tree<'a>, ScriptError> {
        let operand = self.conditional()?;
        self.above(Expr::Unary(op, Box::new(operand.expr)), &[operand.height])
    }

    fn binary_call(&mut self, op: BinaryOp) -> Result<Tree<'a>, ScriptError> {
        let left = self.conditional()?;
        self.cursor.expect(b",")?;
        let right = self.conditional()?;
        let heights = [left.height, right.height];
        self.above(Expr::binary(op, left.expr, right.expr), &heights)
    }

    /// The name of a section, a symbol or a constant, alone in its parentheses, so `-` may be part of it.
    fn name(&mut self) -> Result<&'a [u8], ScriptError> {
        match self.cursor.peek()? {
            Some(b'"') => self.cursor.quoted(),
            _ => match self.cursor.word(|byte| is_symbol_byte(byte) || byte == b'-') {
                b"" => Err(self.cursor.unexpected("a name")),
                name => Ok(name),
            },
        }
    }
}

fn leaf(expr: Expr<'_>) -> Tree<'_> {
    Tree { expr, height: 0 }
}

/// Bytes of a name that is not quoted. `@` is for versions, and bytes from 0x80 are UTF-8.
pub(super) fn is_symbol_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'$' | b'@') || byte >= 0x80
}

/// `None` if `word` is a name; `Some(None)` if it begins like a number and is not one, or does not fit.
///
/// Decimal, `0x` or `$` hexadecimal, leading-zero octal; a suffix `K` or `M` multiplies, and a suffix `h`, `b`, `o` or
/// `d` names the base as in assemblers (not after `0x`, where it could be a digit).
fn number(word: &[u8]) -> Option<Option<u64>> {
    if let Some(digits) = word.strip_prefix(b"$") {
        // `$d` and `$x` could be symbols too, but GNU ld takes what can be a number for one.
        let hex = !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit);
        return hex.then(|| digits_to_number(digits, 16));
    }
    if !word.first()?.is_ascii_digit() {
        return None;
    }
    let (&last, but_last) = word.split_last()?;
    let (body, factor) = match last.to_ascii_lowercase() {
        b'k' => (but_last, 1 << 10),
        b'm' => (but_last, 1 << 20),
        _ => (word, 1),
    };
    let value = if let Some(digits) = body.strip_prefix(b"0x").or_else(|| body.strip_prefix(b"0X")) {
        digits_to_number(digits, 16)
    } else if let Some((&suffix, digits)) = body.split_last().filter(|(suffix, _)| suffix.is_ascii_alphabetic()) {
        match suffix.to_ascii_lowercase() {
            b'h' => digits_to_number(digits, 16),
            b'd' => digits_to_number(digits, 10),
            b'o' => digits_to_number(digits, 8),
            b'b' => digits_to_number(digits, 2),
            _ => None,
        }
    } else if body.len() > 1 && body[0] == b'0' {
        digits_to_number(&body[1..], 8)
    } else {
        digits_to_number(body, 10)
    };
    Some(value.and_then(|value| value.checked_mul(factor)))
}

fn digits_to_number(digits: &[u8], base: u32) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u64, |value, &digit| {
        let digit = char::from(digit).to_digit(base)?;
        value.checked_mul(base.into())?.checked_add(digit.into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A link with three symbols and one section: bar in section 6, a and b in section 9.
    fn answer(query: Query<'_>) -> Option<Value> {
        match query {
            Query::Symbol(b"bar") | Query::Defined(b"bar") => Some(Value::in_section(6, 0x1001)),
            Query::Symbol(b"a") => Some(Value::in_section(9, 0x3000)),
            Query::Symbol(b"b") => Some(Value::in_section(9, 0x3004)),
            Query::Symbol(b"x-y") => Some(Value::absolute(7)),
            Query::Symbol(b"$foo") => Some(Value::absolute(8)),
            Query::Address(b".text") => Some(Value::in_section(6, 0x1000)),
            Query::LoadAddress(b".text") => Some(Value::absolute(0x1000)),
            Query::Size(b".text") => Some(Value::absolute(2)),
            Query::Alignment(b".text") => Some(Value::absolute(1)),
            Query::Size(b".note.gnu.build-id") => Some(Value::absolute(36)),
            Query::HeadersSize => Some(Value::absolute(0x200)),
            Query::MaxPageSize => Some(Value::absolute(0x10000)),
            Query::CommonPageSize => Some(Value::absolute(0x1000)),
            Query::Here => Some(Value::in_section(1, 0x1234)),
            _ => None,
        }
    }

    fn value(text: &str) -> Value {
        let expr = parse(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"));
        let value = expr.eval(&mut answer).unwrap_or_else(|error| panic!("{text}: {error}"));
        if !matches!(expr, Expr::Choose(_)) {
            let section = expr.section(&mut |query| answer(query).and_then(|value| value.section));
            assert_eq!(section, value.section, "{text}: the section is not the same without the value");
        }
        value
    }

    #[test]
    fn numbers_are_what_gnu_ld_makes_of_them() {
        for (text, expected) in [
            ("0x10K", 0x4000),
            ("4M", 4 << 20),
            ("1k", 1024),
            ("017", 15),
            ("0", 0),
            ("$ff", 255),
            ("1fh", 31),
            ("10H", 16),
            ("11b", 3),
            ("12d", 12),
            ("12o", 10),
            ("18446744073709551615", u64::MAX),
            ("0xFFFFFFFFFFFFFFFF", u64::MAX),
            ("0x1b", 27),
            ("1||0&&0", 1),
            ("1<<2+1", 8),
            ("7&3==3", 1),
            ("1|2^3&1", 3),
            ("10-3-2", 5),
            ("100/5/2", 10),
            ("2+3*4%5", 4),
            ("(2+3)*4", 20),
            ("1?2:3?4:5", 2),
            ("0?2:0?4:5", 5),
            ("-6/4", u64::MAX),
            ("-6%4", -2i64 as u64),
            ("-1>>4", u64::MAX >> 4),
            ("0-1<0", 0),
            ("1<<64", 1),
            ("1<<65", 2),
            ("1<<-1", 1 << 63),
            ("~0", u64::MAX),
            ("!0", 1),
            ("!!5", 1),
            ("- - 3", 3),
            ("+ +3", 3),
            ("1 != 2", 1),
            ("3 >= 3 && 2 <= 1", 0),
            ("1/*one*/+/* two */2", 3),
            ("MAX(3, 4) + MIN(3, 4)", 7),
            ("ALIGN(0x1001, 0x1000)", 0x2000),
            ("ALIGN(10, 3)", 12),
            ("ALIGN(10, 0)", 10),
            ("LOG2CEIL(9)", 4),
            ("LOG2CEIL(0)", 0),
            ("LOG2CEIL(1 << 63)", 63),
            ("DEFINED(bar)", 1),
            ("DEFINED(nope)", 0),
            ("DEFINED(nope) ? nope : 7", 7),
            ("0 && nope", 0),
            ("1 || nope", 1),
            ("SIZEOF(.text)", 2),
            ("SIZEOF(.note.gnu.build-id)", 36),
            ("SIZEOF_HEADERS", 0x200),
            ("CONSTANT(MAXPAGESIZE)", 0x10000),
            ("CONSTANT (COMMONPAGESIZE)", 0x1000),
            ("\"x-y\" + 1", 8),
            ("$foo", 8),
            ("0x8000000000000000 / -1", 1 << 63),
            ("0xffffffffffffffff + 1", 0),
        ] {
            assert_eq!(value(text), Value::absolute(expected), "{text}");
        }
    }

    #[test]
    fn an_address_keeps_its_section_as_long_as_it_is_one() {
        for (text, section, expected) in [
            ("bar", Some(6), 0x1001),
            ("bar+4", Some(6), 0x1005),
            ("4 + bar", Some(6), 0x1005),
            ("bar-4", Some(6), 0xffd),
            ("bar & ~7", Some(6), 0x1000),
            ("a | 1", Some(9), 0x3001),
            ("ALIGN(bar, 0x1000)", Some(6), 0x2000),
            ("ALIGN(0x1000)", Some(1), 0x2000),
            (".", Some(1), 0x1234),
            ("ADDR(.text)", Some(6), 0x1000),
            ("LOADADDR(.text)", None, 0x1000),
            ("MAX(a,b)", Some(9), 0x3004),
            ("MAX(a,bar)", None, 0x3000),
            ("a-b", None, -4i64 as u64),
            ("4-bar", None, 4u64.wrapping_sub(0x1001)),
            ("bar+a", None, 0x4001),
            ("bar*2", None, 0x2002),
            ("-bar", None, 0x1001u64.wrapping_neg()),
            ("a>b", None, 0),
            ("ABSOLUTE(a)", None, 0x3000),
            ("a==b?a:bar+1", Some(6), 0x1002),
            ("b-a+bar", Some(6), 0x1005),
        ] {
            assert_eq!(value(text), Value { value: expected, section }, "{text}");
        }
    }

    #[test]
    fn what_has_no_value_says_why() {
        for (text, expected) in [
            ("1/0", "division by zero"),
            ("5%(1-1)", "remainder of a division by zero"),
            ("nope", "undefined symbol 'nope'"),
            ("1 + ADDR(.nope)", "the output has no section '.nope'"),
        ] {
            let expr = parse(text.as_bytes()).unwrap();
            assert_eq!(expr.eval(&mut answer).unwrap_err().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_expression_says_why() {
        for (text, expected) in [
            ("", "expected a number, a symbol or '(', found the end of the file"),
            ("1 +", "expected a number, a symbol or '(', found the end of the file"),
            ("1;", "expected an operator or the end of the expression, found ';'"),
            ("1 2", "expected an operator or the end of the expression, found '2'"),
            ("(1", "expected ')', found the end of the file"),
            ("1 ? 2", "expected ':', found the end of the file"),
            ("08", "'08' is not a number of 64 bits"),
            ("0b11", "'0b11' is not a number of 64 bits"),
            ("0x", "'0x' is not a number of 64 bits"),
            ("99999999999999999999", "'99999999999999999999' is not a number of 64 bits"),
            ("18446744073709551615K", "'18446744073709551615K' is not a number of 64 bits"),
            ("NEXT(4)", "function NEXT is not supported"),
            ("CONSTANT(PI)", "unknown constant 'PI'"),
            ("MAX(1)", "expected ',', found ')'"),
            ("ADDR()", "expected a name, found ')'"),
            ("\"open", "a quoted name has no end"),
            ("1 /* open", "a comment has no end"),
        ] {
            assert_eq!(parse(text.as_bytes()).unwrap_err().what, expected, "{text}");
        }
    }

    #[test]
    fn it_lists_the_symbols_that_it_needs() {
        let expr = parse(b"DEFINED(a) ? b + \"c d\" : MAX(d, -e) * ADDR(.f) + b").unwrap();
        assert_eq!(expr.symbols(), [&b"b"[..], b"c d", b"d", b"e", b"b"]);
        assert_eq!(expr.as_symbol(), None);
        assert_eq!(parse(b" bar ").unwrap().as_symbol(), Some(&b"bar"[..]));
    }

    #[test]
    fn depth_is_bounded_in_every_direction() {
        for (text, fits) in [
            ("(".repeat(100) + "1" + &")".repeat(100), true),
            ("1+".repeat(400) + "1", true),
            ("-".repeat(400) + "1", true),
            ("(".repeat(1_000_000) + "1" + &")".repeat(1_000_000), false),
            ("1+".repeat(1_000_000) + "1", false),
            ("-".repeat(1_000_000) + "1", false),
            ("+".repeat(1_000_000) + "1", false),
            ("1?".repeat(1_000_000), false),
            ("1?1:".repeat(1_000_000) + "1", false),
            ("MAX(1,".repeat(1_000_000), false),
            ("ALIGN(".repeat(1_000_000), false),
        ] {
            let what = &text[..8];
            match parse(text.as_bytes()) {
                Ok(expr) => assert!(fits && expr.eval(&mut answer).is_ok(), "{what}"),
                Err(error) => {
                    assert!(!fits, "{what}: {error}");
                    assert_eq!(error.what, "the expression is nested too deeply", "{what}");
                }
            }
        }
    }

    #[test]
    fn a_cut_or_changed_byte_never_panics() {
        let text = b"DEFINED(\"a\") ? ALIGN(b+0x10K, 1<<4) : MAX(-c, !d) /* x */ % SIZEOF(.e) ^ CONSTANT(MAXPAGESIZE)";
        for cut in 0..text.len() {
            let _ = parse(&text[..cut]);
            for byte in 0..=255 {
                let mut changed = text.to_vec();
                changed[cut] = byte;
                if let Ok(expr) = parse(&changed) {
                    let _ = expr.eval(&mut answer);
                }
            }
        }
    }
}
