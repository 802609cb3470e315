//! `<mangled-name>`, `<encoding>`, `<name>` and what they are made of.

use super::{Node, Parser};
use crate::base::demangle::itanium::node::{FunctionQualifier, Id, Modifier};

impl<'a> Parser<'a> {
    /// `_Z <encoding>`. At the top, suffixes of clones may follow: `.isra.0`, `.cold`.
    pub(super) fn mangled_name(&mut self, is_top: bool) -> Option<Id> {
        if !self.eat(b'_') && is_top {
            return None; // inside a literal, old compilers left the `_` out
        }
        self.expect(b'Z')?;
        let mut id = self.encoding(is_top)?;
        while is_top && self.peek() == b'.' && is_clone_letter(self.peek_at(1)) {
            let start = self.at;
            self.at += 1;
            while is_clone_letter(self.peek()) {
                self.at += 1;
            }
            while self.peek() == b'.' && self.peek_at(1).is_ascii_digit() {
                self.at += 1;
                while self.peek().is_ascii_digit() {
                    self.at += 1;
                }
            }
            let suffix = self.add(Node::Name(&self.text[start..self.at]));
            id = self.add(Node::Clone(id, suffix));
        }
        Some(id)
    }

    /// `_GLOBAL__I_` and `_GLOBAL__D_`: functions that run the constructors or destructors of a file.
    pub(super) fn keyed_to_file(&mut self) -> Option<Id> {
        let [separator, kind, b'_', key @ ..] = self.text.strip_prefix(b"_GLOBAL_")? else { return None };
        let prefix = match (separator, kind) {
            (b'.' | b'_' | b'$', b'I') => "global constructors keyed to ",
            (b'.' | b'_' | b'$', b'D') => "global destructors keyed to ",
            _ => return None,
        };
        self.at = self.text.len() - key.len();
        let key = if self.eat_pair(b"_Z") { self.encoding(false)? } else { self.add(Node::Name(key)) };
        self.at = self.text.len();
        Some(self.add(Node::Special(prefix, key)))
    }

    /// A function with its type, an object, or a special name.
    pub(super) fn encoding(&mut self, is_top: bool) -> Option<Id> {
        self.deeper(|this| this.encoding_inner(is_top))
    }

    fn encoding_inner(&mut self, is_top: bool) -> Option<Id> {
        if matches!(self.peek(), b'G' | b'T') {
            return self.special_name();
        }
        let name = self.name(false)?;
        if matches!(self.peek(), 0 | b'E') || (is_top && self.peek() == b'.') {
            return Some(name);
        }
        let type_ = self.bare_function_type(self.has_result(name))?;
        self.trailing_constraint()?;
        if !is_top && matches!(self.graph.get(name), Node::Local { .. }) {
            // It would look like the result of the function around it.
            self.graph.drop_result(type_);
        }
        Some(self.add(Node::Typed { name, type_ }))
    }

    /// Whether the type of this function starts with its result: templates' do, but for those without a result.
    fn has_result(&self, name: Id) -> bool {
        let mut id = name;
        loop {
            match self.graph.get(id) {
                Node::Local { entity, .. } => id = entity,
                Node::Modified { modifier: Modifier::Function(_), inner, .. } => id = inner,
                Node::Template { name, .. } => return !self.is_without_result(name),
                _ => return false,
            }
        }
    }

    /// Constructors, destructors and conversions.
    fn is_without_result(&self, name: Id) -> bool {
        let mut id = name;
        loop {
            match self.graph.get(id) {
                Node::Qualified(_, last) | Node::Local { entity: last, .. } => id = last,
                Node::Constructor(_) | Node::Destructor(_) | Node::Conversion(_) => return true,
                _ => return false,
            }
        }
    }

    /// `<name>`; as a type, it may be referred to by a substitution.
    pub(super) fn name(&mut self, is_substitutable: bool) -> Option<Id> {
        let (id, is_new) = match self.peek() {
            b'N' => (self.nested_name()?, true),
            b'Z' => (self.local_name()?, true),
            b'U' => (self.unqualified_name(None, None)?, true),
            _ => self.unscoped_name()?,
        };
        Some(if is_substitutable && is_new { self.substitutable(id) } else { id })
    }

    /// A name at namespace scope, with its template arguments; and whether it is more than a substitution.
    fn unscoped_name(&mut self) -> Option<(Id, bool)> {
        let mut scope = None;
        let mut module = None;
        let mut substituted = None;
        if self.eat_pair(b"St") {
            scope = Some(self.add_name("std"));
        }
        if self.peek() == b'S' {
            let id = self.substitution(false)?;
            if self.is_module(id) {
                module = Some(id);
            } else if scope.is_some() {
                return None;
            } else {
                substituted = Some(id);
            }
        }
        let is_new = substituted.is_none();
        let name = match substituted {
            Some(id) => id,
            None => self.unqualified_name(scope, module)?,
        };
        if self.peek() != b'I' {
            return Some((name, is_new));
        }
        if is_new {
            self.substitutable(name);
        }
        let arguments = self.template_arguments()?;
        Some((self.add(Node::Template { name, arguments }), true))
    }

    fn is_module(&self, id: Id) -> bool {
        matches!(self.graph.get(id), Node::ModuleName { .. })
    }

    /// `N [<CV-qualifiers>] [<ref-qualifier>] <prefix> E`
    fn nested_name(&mut self) -> Option<Id> {
        self.expect(b'N')?;
        self.eat(b'H'); // an explicit object parameter: nothing to show
        let start = self.pending_qualifiers()?;
        let reference = self.reference_qualifier();
        let prefix = self.prefix(true)?;
        self.expect(b'E')?;
        let mut id = self.qualify(start, prefix, true);
        if let Some(reference) = reference {
            id = self.add(Node::Modified { modifier: reference, inner: id, operand: None });
        }
        Some(id)
    }

    /// `R` or `O` behind a function's other qualifiers.
    pub(super) fn reference_qualifier(&mut self) -> Option<Modifier> {
        let qualifier = match self.peek() {
            b'R' => FunctionQualifier::Reference,
            b'O' => FunctionQualifier::RvalueReference,
            _ => return None,
        };
        self.at += 1;
        Some(Modifier::Function(qualifier))
    }

    /// The scopes and the name of a nested name. Every prefix of it can be substituted later, but for the whole.
    pub(super) fn prefix(&mut self, is_substitutable: bool) -> Option<Id> {
        let mut prefix = None;
        loop {
            let next = match (self.peek(), prefix) {
                (b'D', None) if matches!(self.peek_at(1), b'T' | b't') => self.type_()?,
                (b'I', Some(name)) => {
                    let arguments = self.template_arguments()?;
                    self.add(Node::Template { name, arguments })
                }
                (b'T', None) => self.template_parameter()?,
                (b'M', _) => {
                    self.at += 1; // scope of a lambda in an initializer: can be substituted already
                    continue;
                }
                (b'S', _) => {
                    let id = self.substitution(true)?;
                    if !self.is_module(id) {
                        if prefix.is_some() {
                            return None;
                        }
                        prefix = Some(id);
                        continue;
                    }
                    self.unqualified_name(prefix, Some(id))?
                }
                _ => self.unqualified_name(prefix, None)?,
            };
            prefix = Some(next);
            if self.peek() == b'E' {
                return prefix;
            }
            if is_substitutable {
                self.substitutable(next);
            }
        }
    }

    /// `W <source-name>` for each part of a module's name, `WP` before a partition.
    pub(super) fn module_name(&mut self, mut module: Option<Id>) -> Option<Option<Id>> {
        while self.eat(b'W') {
            let is_partition = self.eat(b'P');
            let name = self.source_name()?;
            let id = self.add(Node::ModuleName { parent: module, name, is_partition });
            module = Some(self.substitutable(id));
        }
        Some(module)
    }

    /// The last part of a name, inside `scope`.
    pub(super) fn unqualified_name(&mut self, scope: Option<Id>, module: Option<Id>) -> Option<Id> {
        let module = self.module_name(module)?;
        let is_friend = self.eat(b'F');
        let mut id = match self.peek() {
            b'0'..=b'9' => self.source_name()?,
            b'a'..=b'z' => self.operator_as_name()?,
            b'D' if self.eat_pair(b"DC") => {
                let names = self.list(|this| this.eat(b'E'), Self::source_name)?;
                self.add(Node::StructuredBinding(names))
            }
            b'C' | b'D' => self.constructor_or_destructor()?,
            b'L' => {
                self.at += 1;
                let id = self.source_name()?;
                self.discriminator()?;
                id
            }
            b'U' if self.eat_pair(b"Ul") => self.lambda()?,
            b'U' if self.eat_pair(b"Ut") => {
                let number = self.sequence_number()?;
                let id = self.add(Node::UnnamedType(number));
                self.substitutable(id)
            }
            _ => return None,
        };
        if let Some(module) = module {
            id = self.add(Node::ModuleEntity { name: id, module });
        }
        id = self.abi_tags(id)?;
        if is_friend {
            id = self.add(Node::Friend(id));
        }
        Some(match scope {
            Some(scope) => self.add(Node::Qualified(scope, id)),
            None => id,
        })
    }

    fn operator_as_name(&mut self) -> Option<Id> {
        let was_in_expression = self.in_expression;
        if self.eat_pair(b"on") {
            self.in_expression = false; // `cv` names a conversion here
        }
        let id = self.operator_name()?;
        self.in_expression = was_in_expression;
        match self.graph.get(id) {
            Node::Operator(operator) if operator.code == *b"li" => {
                let suffix = self.source_name()?;
                Some(self.add(Node::Unary(id, suffix)))
            }
            _ => Some(id),
        }
    }

    /// `B <source-name>`, any number of times. Tags are no names that a constructor repeats.
    pub(super) fn abi_tags(&mut self, mut id: Id) -> Option<Id> {
        let last_name = self.last_name;
        while self.eat(b'B') {
            let tag = self.source_name()?;
            id = self.add(Node::Tagged(id, tag));
        }
        self.last_name = last_name;
        Some(id)
    }

    /// `<length> <identifier>`
    pub(super) fn source_name(&mut self) -> Option<Id> {
        let len = usize::try_from(self.number()?).ok().filter(|&len| len > 0)?;
        let (identifier, _) = self.text[self.at..].split_at_checked(len)?;
        self.at += len;
        let shown = match identifier {
            // How GCC spells an anonymous namespace.
            [b'_', b'G', b'L', b'O', b'B', b'A', b'L', b'_', b'.' | b'_' | b'$', b'N', ..] => b"(anonymous namespace)",
            _ => identifier,
        };
        let id = self.add(Node::Name(shown));
        self.last_name = Some(id);
        Some(id)
    }

    fn constructor_or_destructor(&mut self) -> Option<Id> {
        let is_constructor = self.next() == b'C';
        let is_inheriting = is_constructor && self.eat(b'I');
        match (is_constructor, self.next()) {
            (true, b'1'..=b'5') | (false, b'0' | b'1' | b'2' | b'4' | b'5') => {}
            _ => return None,
        }
        // The class whose constructor is inherited comes first, and it may set the last name, as binutils has it.
        if is_inheriting {
            self.type_()?;
        }
        let class = self.last_name?;
        Some(self.add(if is_constructor { Node::Constructor(class) } else { Node::Destructor(class) }))
    }

    /// `Z <function encoding> E` and then an entity in it, `s` for a string literal, or `d` for a default argument.
    fn local_name(&mut self) -> Option<Id> {
        self.expect(b'Z')?;
        let function = self.encoding(false)?;
        self.expect(b'E')?;
        let entity = if self.eat(b's') {
            self.discriminator()?;
            self.add_name("string literal")
        } else {
            let argument = if self.eat(b'd') { Some(self.sequence_number()?) } else { None };
            let entity = self.name(false)?;
            if !matches!(self.graph.get(entity), Node::Lambda { .. } | Node::UnnamedType(_)) {
                self.discriminator()?; // those two are numbered otherwise
            }
            match argument {
                Some(argument) => self.add(Node::DefaultArgument(argument, entity)),
                None => entity,
            }
        };
        // The result of the function would look like the result of what is inside it.
        if let Node::Typed { type_, .. } = self.graph.get(function) {
            self.graph.drop_result(type_);
        }
        Some(self.add(Node::Local { function, entity }))
    }

    /// `_ <digit>` or `__ <number> _`; old compilers wrote more digits in the first form. Not shown.
    pub(super) fn discriminator(&mut self) -> Option<()> {
        if !self.eat(b'_') {
            return Some(());
        }
        let is_long = self.eat(b'_');
        let number = self.number()?;
        if number < 0 || (is_long && number >= 10 && !self.eat(b'_')) { None } else { Some(()) }
    }

    /// `Ul [<template parameters>] <parameters> E [<number>] _`, behind the `Ul`.
    fn lambda(&mut self) -> Option<Id> {
        let head = self.template_head()?;
        let parameters = self.parameters()?;
        self.expect(b'E')?;
        let number = self.sequence_number()?;
        Some(self.add(Node::Lambda { head, parameters, number }))
    }
}

fn is_clone_letter(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'
}
