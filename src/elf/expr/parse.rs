//! Reads an expression by operator precedence.
//!
//! Takes a [`Cursor`] before the expression, yields its tree and leaves the cursor behind it. Every recursive call and
//! every level of the tree is counted, so that no text can exhaust the stack here or in what walks the tree later.
//! Cost: one pass over the text, one allocation an operator.

use super::{BinaryOp, Expr, Query, UnaryOp};
use crate::elf::script::{Cursor, ScriptError};

/// Recursive calls while parsing: some 160 nested parentheses.
const PARSE_DEPTH_MAX: u32 = 500;
/// Operators from the top of a tree to its deepest leaf, which a long chain (`a + b + c + …`) increases too.
const HEIGHT_MAX: u32 = 500;

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
pub(in crate::elf) fn parse_prefix<'a>(cursor: &mut Cursor<'a>) -> Result<Expr<'a>, ScriptError> {
    Ok(Parser { cursor, depth: 0 }.conditional()?.expr)
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
pub(in crate::elf) fn is_symbol_byte(byte: u8) -> bool {
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
