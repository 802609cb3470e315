//! From the bytes of a name to a [`Graph`]: names. Types and expressions have their own modules.
//!
//! A method a grammar rule, named like the rule; `None` where the name does not follow the grammar.

mod expression;
mod name;
mod operator;
mod special;
mod substitution;
mod template;
mod types;

use super::node::{FunctionQualifier, Graph, Id, List, Node};

/// How deep rules may nest.
const MAX_DEPTH: u32 = 600;
/// How often a rule may be entered. A conversion operator can make the parser read its template arguments twice, and
/// that can nest.
const MAX_STEPS: u32 = 1 << 18;
/// The longest name that is read: twenty times what real ones reach.
const MAX_LEN: usize = 64 * 1024;

/// How `sr` is to be read. `A::x` was once `sr1A1x` and is now `sr1AE1x`: which one it is shows at the end of the name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum UnresolvedNames {
    New,
    /// As new, and there was one that could have been an old one.
    NewAmbiguous,
    Old,
}

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    graph: Graph<'a>,
    /// What `S_`, `S0_`… stand for.
    substitutions: Vec<Id>,
    /// Elements of lists that are not complete yet, the innermost list last.
    pending: Vec<Id>,
    /// Qualifiers, with their operands, of types that are not read yet.
    qualifiers: Vec<(FunctionQualifier, Option<Id>)>,
    /// The name that a constructor or destructor would repeat.
    last_name: Option<Id>,
    in_expression: bool,
    in_conversion: bool,
    unresolved_names: UnresolvedNames,
    depth: u32,
    steps: u32,
}

/// The whole name, clone suffixes included.
pub(super) fn parse(name: &[u8]) -> Option<(Graph<'_>, Id)> {
    if name.len() > MAX_LEN {
        return None;
    }
    parse_as(name, UnresolvedNames::New)
}

fn parse_as(name: &[u8], unresolved_names: UnresolvedNames) -> Option<(Graph<'_>, Id)> {
    let mut parser = Parser {
        text: name,
        at: 0,
        graph: Graph::with_capacity(name.len()),
        substitutions: Vec::with_capacity(16),
        pending: Vec::with_capacity(16),
        qualifiers: Vec::new(),
        last_name: None,
        in_expression: false,
        in_conversion: false,
        unresolved_names,
        depth: 0,
        steps: 0,
    };
    let root = if name.starts_with(b"_Z") { parser.mangled_name(true) } else { parser.keyed_to_file() };
    match root {
        Some(root) if parser.at == name.len() => Some((parser.graph, root)),
        _ if parser.unresolved_names == UnresolvedNames::NewAmbiguous => parse_as(name, UnresolvedNames::Old),
        _ => None,
    }
}

impl<'a> Parser<'a> {
    // Reading. The name has no NUL, so 0 is what stands behind its end.

    fn peek(&self) -> u8 {
        self.peek_at(0)
    }

    fn peek_at(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn next(&mut self) -> u8 {
        let byte = self.peek();
        self.at += usize::from(byte != 0);
        byte
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte;
        self.at += usize::from(found);
        found
    }

    fn eat_pair(&mut self, pair: &[u8; 2]) -> bool {
        let found = self.is_pair(pair);
        self.at += if found { 2 } else { 0 };
        found
    }

    fn is_pair(&self, pair: &[u8; 2]) -> bool {
        self.text[self.at..].starts_with(pair)
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.eat(byte).then_some(())
    }

    /// Decimal digits; none make 0. A leading `n` makes it negative.
    fn number(&mut self) -> Option<i32> {
        let sign = if self.eat(b'n') { -1 } else { 1 };
        let mut value = 0i32;
        while self.peek().is_ascii_digit() {
            value = value.checked_mul(10)?.checked_add((self.next() - b'0').into())?;
        }
        Some(sign * value)
    }

    /// `_` is 0, `0_` is 1, and so on.
    fn sequence_number(&mut self) -> Option<u32> {
        if self.eat(b'_') {
            return Some(0);
        }
        let value = u32::try_from(self.number()?).ok()?;
        self.expect(b'_')?;
        Some(value + 1)
    }

    // Building.

    fn add(&mut self, node: Node<'a>) -> Id {
        self.graph.add(node)
    }

    fn add_name(&mut self, text: &'static str) -> Id {
        self.add(Node::Name(text.as_bytes()))
    }

    fn substitutable(&mut self, id: Id) -> Id {
        self.substitutions.push(id);
        id
    }

    /// Collects what `element` yields until `is_end` is true.
    fn list(
        &mut self,
        mut is_end: impl FnMut(&mut Self) -> bool,
        mut element: impl FnMut(&mut Self) -> Option<Id>,
    ) -> Option<List> {
        let start = self.pending.len();
        while !is_end(self) {
            let id = element(self)?;
            self.pending.push(id);
        }
        let list = self.graph.add_list(&self.pending[start..]);
        self.pending.truncate(start);
        Some(list)
    }

    /// Runs one rule a level deeper.
    fn deeper<T>(&mut self, rule: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        self.depth += 1;
        self.steps += 1;
        if self.depth > MAX_DEPTH || self.steps > MAX_STEPS {
            return None;
        }
        let result = rule(self)?;
        self.depth -= 1;
        Some(result)
    }
}
