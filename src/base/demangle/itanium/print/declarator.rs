//! Declarators: pointers, references, qualifiers, arrays and functions, and the names they are around.

use super::{Done, Node, Printer, ScopeId};
use crate::base::demangle::itanium::node::{FunctionQualifier, Id, Modifier};
use crate::base::demangle::text::Rejected;

/// A modifier that waits for what it modifies.
#[derive(Clone, Copy)]
pub(super) struct Pending {
    node: Id,
    is_printed: bool,
    /// Where its template parameters are looked up.
    scope: Option<ScopeId>,
    /// The one around it.
    next: Option<usize>,
}

/// So many qualifiers may stand behind a function, or be copied into an array: there are no more kinds.
const MAX_QUALIFIERS: usize = 4;

impl<'g, 'a> Printer<'g, 'a> {
    fn push_pending(&mut self, node: Id) -> usize {
        let slot = self.pending.len();
        self.pending.push(Pending { node, is_printed: false, scope: self.scope, next: self.pending_top });
        self.pending_top = Some(slot);
        slot
    }

    /// Removes the modifiers from `slot` on, those before being `top` and the ones around it; says whether the first
    /// was printed.
    fn pop_pending(&mut self, slot: usize, top: Option<usize>) -> bool {
        let is_printed = self.pending[slot].is_printed;
        self.pending.truncate(slot);
        self.pending_top = top;
        is_printed
    }

    /// `node` is a modifier of `inner`.
    pub(super) fn modify(&mut self, node: Id, inner: Id) -> Done {
        let top = self.pending_top;
        let slot = self.push_pending(node);
        self.node(inner)?;
        // Its turn comes behind what it modifies, if that had no better place for it.
        if !self.pending[slot].is_printed {
            self.modifier(node)?;
        }
        self.pop_pending(slot, top);
        Ok(())
    }

    pub(super) fn modified(&mut self, id: Id, modifier: Modifier, inner: Id) -> Done {
        match modifier {
            Modifier::Const | Modifier::Volatile | Modifier::Restrict if self.is_repeated(modifier) => self.node(inner),
            Modifier::Reference | Modifier::RvalueReference => {
                let outer_scope = self.scope;
                let (reference, inner) = self.collapse(id, modifier, inner)?;
                self.modify(reference, inner)?;
                self.scope = outer_scope;
                Ok(())
            }
            _ => self.modify(id, inner),
        }
    }

    /// Whether this qualifier already waits: an array hands its own to its elements.
    fn is_repeated(&self, qualifier: Modifier) -> bool {
        let mut slot = self.pending_top;
        while let Some(pending) = slot.map(|slot| self.pending[slot]) {
            if !pending.is_printed {
                match self.qualifier(pending.node) {
                    Some(other) if other == qualifier => return true,
                    Some(_) => {}
                    None => return false,
                }
            }
            slot = pending.next;
        }
        false
    }

    /// `const`, `volatile` or `restrict`, if the node is one.
    fn qualifier(&self, id: Id) -> Option<Modifier> {
        match self.get(id) {
            Node::Modified { modifier: m @ (Modifier::Const | Modifier::Volatile | Modifier::Restrict), .. } => Some(m),
            _ => None,
        }
    }

    /// What a qualifier of a function is around, if the node is one.
    fn function_qualified(&self, id: Id) -> Option<Id> {
        match self.get(id) {
            Node::Modified { modifier: Modifier::Function(_), inner, .. } => Some(inner),
            _ => None,
        }
    }

    /// A name with its type: the name becomes the innermost modifier of the type, with the qualifiers of the function.
    pub(super) fn typed(&mut self, name: Id, type_: Id) -> Done {
        let top = self.pending_top.take();
        let scope = self.scope;
        let first = self.pending.len();
        let mut name = name;
        loop {
            self.push_qualifier(first, name)?;
            let Some(inner) = self.function_qualified(name) else { break };
            name = inner;
        }
        if let Node::Local { entity, .. } = self.get(name) {
            // The qualifiers of a function local to another one come with the local part; they go around the whole.
            name = match self.get(entity) {
                Node::DefaultArgument(_, entity) => entity,
                _ => entity,
            };
            while let Some(inner) = self.function_qualified(name) {
                let local = self.pending.len() - 1;
                let whole = self.pending[local].node;
                self.push_qualifier(first, whole)?;
                self.pending[local].node = name;
                name = inner;
            }
        }
        if let Node::Template { .. } = self.get(name) {
            self.push_scope(name);
        }
        self.node(type_)?;
        self.scope = scope;
        while self.pending.len() > first {
            let slot = self.pending.len() - 1;
            if !self.pending[slot].is_printed {
                self.put(" ")?;
                self.modifier(self.pending[slot].node)?;
            }
            self.pending.truncate(slot);
        }
        self.pending_top = top;
        Ok(())
    }

    /// Makes another modifier pending, of the group that starts at slot `first`.
    fn push_qualifier(&mut self, first: usize, node: Id) -> Result<usize, Rejected> {
        if self.pending.len() - first >= MAX_QUALIFIERS { Err(Rejected) } else { Ok(self.push_pending(node)) }
    }

    /// The result, and the rest of the function inside it.
    pub(super) fn function(&mut self, id: Id, result: Option<Id>, parameters: Id) -> Done {
        if let Some(result) = result {
            let top = self.pending_top;
            let slot = self.push_pending(id);
            self.node(result)?;
            if self.pop_pending(slot, top) {
                return Ok(());
            }
            self.put(" ")?;
        }
        self.function_rest(parameters, self.pending_top)
    }

    /// All of a function but its result: the pending modifiers, perhaps in parentheses, the parameters, the qualifiers.
    fn function_rest(&mut self, parameters: Id, around: Option<usize>) -> Done {
        let (needs_parentheses, mut needs_space) = self.function_punctuation(around);
        if needs_parentheses {
            needs_space |= !matches!(self.last, b'(' | b'*');
            if needs_space && self.last != b' ' {
                self.put(" ")?;
            }
            self.put("(")?;
        }
        let top = self.pending_top.take();
        self.modifiers(around, false)?;
        self.put(if needs_parentheses { ")(" } else { "(" })?;
        self.node(parameters)?;
        self.put(")")?;
        self.modifiers(around, true)?;
        self.pending_top = top;
        Ok(())
    }

    /// Whether the modifiers around a function need parentheses, and if so a space before them whatever stands there.
    fn function_punctuation(&self, around: Option<usize>) -> (bool, bool) {
        let mut slot = around;
        while let Some(pending) = slot.map(|slot| self.pending[slot]).filter(|pending| !pending.is_printed) {
            match self.get(pending.node) {
                Node::Modified { modifier, .. } => match modifier {
                    Modifier::Pointer | Modifier::Reference | Modifier::RvalueReference => return (true, false),
                    Modifier::Function(_) => {}
                    _ => return (true, true),
                },
                Node::MemberPointer { .. } => return (true, true),
                _ => {}
            }
            slot = pending.next;
        }
        (false, false)
    }

    pub(super) fn array(&mut self, id: Id, size: Option<Id>, element: Id) -> Done {
        let top = self.pending_top;
        let first = self.push_pending(id);
        // Qualifiers of the array are its elements'. They are copied to the inner end of the list.
        let mut slot = top;
        while let Some(at) = slot.filter(|&slot| self.qualifier(self.pending[slot].node).is_some()) {
            let pending = self.pending[at];
            if !pending.is_printed {
                let copy = self.push_qualifier(first, pending.node)?;
                self.pending[copy].scope = pending.scope;
                self.pending[at].is_printed = true;
            }
            slot = pending.next;
        }
        self.node(element)?;
        if !self.pending[first].is_printed {
            self.pending_top = top;
            for copy in (first + 1..self.pending.len()).rev() {
                self.modifier(self.pending[copy].node)?;
            }
            self.array_rest(size, top)?;
        }
        self.pop_pending(first, top);
        Ok(())
    }

    /// All of an array but its elements.
    fn array_rest(&mut self, size: Option<Id>, around: Option<usize>) -> Done {
        let mut slot = around;
        while let Some(next) = slot.filter(|&slot| self.pending[slot].is_printed).map(|slot| self.pending[slot].next) {
            slot = next;
        }
        let innermost = slot.map(|slot| self.get(self.pending[slot].node));
        let is_in_array = matches!(innermost, Some(Node::Array { .. }));
        let needs_parentheses = innermost.is_some() && !is_in_array;
        if needs_parentheses {
            self.put(" (")?;
        }
        self.modifiers(around, false)?;
        if needs_parentheses {
            self.put(")")?;
        }
        self.put(if is_in_array { "[" } else { " [" })?;
        if let Some(size) = size {
            self.node(size)?;
        }
        self.put("]")
    }

    /// The pending modifiers from the innermost out. Qualifiers of a function come only `behind_parameters`.
    fn modifiers(&mut self, from: Option<usize>, behind_parameters: bool) -> Done {
        let mut slot = from;
        while let Some(at) = slot {
            self.step()?;
            let Pending { node, is_printed, scope, next } = self.pending[at];
            slot = next;
            if is_printed || (!behind_parameters && self.function_qualified(node).is_some()) {
                continue;
            }
            self.pending[at].is_printed = true;
            let outer_scope = std::mem::replace(&mut self.scope, scope);
            match self.get(node) {
                // These print the rest of the list in a place of their own.
                Node::Function { parameters, .. } => {
                    self.function_rest(parameters, next)?;
                    slot = None;
                }
                Node::Array { size, .. } => {
                    self.array_rest(size, next)?;
                    slot = None;
                }
                Node::Local { function, entity } => {
                    self.local_modifier(function, entity)?;
                    slot = None;
                }
                _ => self.modifier(node)?,
            }
            self.scope = outer_scope;
        }
        Ok(())
    }

    /// A local name whose qualifiers are pending already; the function around it has nothing to do with the modifiers.
    fn local_modifier(&mut self, function: Id, entity: Id) -> Done {
        let top = self.pending_top.take();
        self.node(function)?;
        self.pending_top = top;
        self.put("::")?;
        let mut entity = self.default_argument(entity)?;
        while let Some(inner) = self.function_qualified(entity) {
            entity = inner;
        }
        self.node(entity)
    }

    /// A modifier alone.
    fn modifier(&mut self, id: Id) -> Done {
        match self.get(id) {
            Node::Modified { modifier, operand, .. } => {
                self.put(modifier.spelling())?;
                match operand {
                    Some(operand) if modifier == Modifier::Vendor => self.node(operand),
                    Some(operand) => self.put_around("(", operand, ")"),
                    None => Ok(()),
                }
            }
            Node::MemberPointer { class, .. } => {
                self.put_around(if self.last == b'(' { "" } else { " " }, class, "::*")
            }
            Node::Vector { size, .. } => self.put_around(" __vector(", size, ")"),
            Node::Typed { name, .. } => self.node(name),
            _ => self.node(id),
        }
    }
}

impl Modifier {
    fn spelling(self) -> &'static str {
        match self {
            Modifier::Const | Modifier::Function(FunctionQualifier::Const) => " const",
            Modifier::Volatile | Modifier::Function(FunctionQualifier::Volatile) => " volatile",
            Modifier::Restrict | Modifier::Function(FunctionQualifier::Restrict) => " restrict",
            Modifier::Pointer => "*",
            Modifier::Reference => "&",
            Modifier::RvalueReference => "&&",
            Modifier::Complex => " _Complex",
            Modifier::Imaginary => " _Imaginary",
            Modifier::Vendor => " ",
            Modifier::Function(FunctionQualifier::Reference) => " &",
            Modifier::Function(FunctionQualifier::RvalueReference) => " &&",
            Modifier::Function(FunctionQualifier::TransactionSafe) => " transaction_safe",
            Modifier::Function(FunctionQualifier::Noexcept) => " noexcept",
            Modifier::Function(FunctionQualifier::Throw) => " throw",
        }
    }
}
