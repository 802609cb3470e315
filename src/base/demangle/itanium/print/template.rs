//! Templates: where a parameter finds its argument, and how packs expand.

use super::{Done, Node, Printer};
use crate::base::demangle::itanium::node::{Id, List, Modifier};
use crate::base::demangle::text::Rejected;

pub(super) type ScopeId = u32;

/// A template whose parameters are in force. Scopes are never changed once made, so one can be remembered by its id.
#[derive(Clone, Copy)]
pub(super) struct Scope {
    declaration: Declaration,
    outer: Option<ScopeId>,
}

#[derive(Clone, Copy)]
enum Declaration {
    /// The arguments that the parameters stand for.
    Arguments(List),
    /// The named parameters of a generic lambda, which have none.
    Parameters(List),
}

impl<'g, 'a> Printer<'g, 'a> {
    /// Brings the parameters of a template into force. The caller restores `scope`.
    pub(super) fn push_scope(&mut self, template: Id) {
        if let Node::Template { arguments, .. } = self.get(template)
            && let Node::TemplateArguments(list) = self.get(arguments)
        {
            self.push_declaration(Declaration::Arguments(list));
        }
    }

    fn push_declaration(&mut self, declaration: Declaration) {
        let id = self.scopes.len() as ScopeId; // fits: a scope takes a step, and those are limited
        self.scopes.push(Scope { declaration, outer: self.scope });
        self.scope = Some(id);
    }

    pub(super) fn template(&mut self, id: Id, name: Id, arguments: Id) -> Done {
        let outer_template = self.template.replace(id);
        let top = self.pending_top.take(); // modifiers of the whole are not for its arguments
        self.node(name)?;
        self.put(if self.last == b'<' { " <" } else { "<" })?;
        self.node(arguments)?;
        self.put(if self.last == b'>' { " >" } else { ">" })?;
        self.pending_top = top;
        self.template = outer_template;
        Ok(())
    }

    pub(super) fn template_parameter(&mut self, index: u32) -> Done {
        if self.lambda_parameters > 0 {
            return self.lambda_parameter(index);
        }
        let argument = self.argument_now(index)?.ok_or(Rejected)?;
        // The argument may name a parameter itself, one of the template around.
        let scope = self.scope;
        self.scope = scope.and_then(|scope| self.scopes[scope as usize].outer);
        self.node(argument)?;
        self.scope = scope;
        Ok(())
    }

    /// The argument that a parameter stands for.
    fn argument(&self, index: u32) -> Result<Option<Id>, Rejected> {
        match self.scopes[self.scope.ok_or(Rejected)? as usize].declaration {
            Declaration::Arguments(list) => Ok(self.graph.items(list).get(index as usize).copied()),
            Declaration::Parameters(_) => Ok(None),
        }
    }

    /// The argument, or the element of it whose turn it is.
    fn argument_now(&self, index: u32) -> Result<Option<Id>, Rejected> {
        let argument = self.argument(index)?;
        Ok(match (argument.map(|id| self.get(id)), self.pack_index) {
            (Some(Node::TemplateArguments(pack)), Some(i)) => self.graph.items(pack).get(i).copied(),
            _ => argument,
        })
    }

    /// `& &&` is `&`. Gives the reference that is left, and what it refers to; may change the scope.
    pub(super) fn collapse(&mut self, id: Id, modifier: Modifier, inner: Id) -> Result<(Id, Id), Rejected> {
        let mut referred = inner;
        if let (Node::TemplateParameter(index), 0) = (self.get(inner), self.lambda_parameters) {
            match self.states[inner.index()].scope {
                None => self.states[inner.index()].scope = Some(self.scope),
                // Met again, as a substitution, it means what it meant where it was written. Unless this is there.
                Some(scope) => {
                    let around = self.path.len() - 1;
                    if !self.path.contains(&inner) && !self.path[..around].contains(&id) {
                        self.scope = scope;
                    }
                }
            }
            referred = self.argument_now(index)?.ok_or(Rejected)?;
        }
        Ok(match self.get(referred) {
            Node::Modified { modifier: other, inner, .. } if other == Modifier::Reference || other == modifier => {
                (referred, inner)
            }
            Node::Modified { modifier: Modifier::RvalueReference, inner, .. } => (id, inner), // `&& &`
            _ => (id, inner),
        })
    }

    /// The type of a conversion operator may use the parameters of the template that the operator is.
    pub(super) fn conversion(&mut self, type_: Id) -> Done {
        let scope = self.scope;
        if let Some(template) = self.template {
            self.push_scope(template);
        }
        self.put_around("operator ", type_, "")?;
        self.scope = scope;
        Ok(())
    }

    // Packs.

    /// The pattern once for each element of the pack in it.
    pub(super) fn pack_expansion(&mut self, pattern: Id) -> Done {
        let pack = if self.lambda_parameters == 0 { self.find_pack(pattern)? } else { None };
        let Some(pack) = pack else {
            // A pack of function parameters: nothing to expand it with.
            self.subexpression(pattern)?;
            return self.put("...");
        };
        for i in 0..pack.len() {
            if i > 0 {
                self.put(", ")?;
            }
            self.pack_index = Some(i);
            self.node(pattern)?;
        }
        Ok(())
    }

    /// A pack that is used in `id`; all that are have the same length.
    pub(super) fn find_pack(&mut self, id: Id) -> Result<Option<List>, Rejected> {
        self.find_pack_at(id, self.path.len())
    }

    fn find_pack_at(&mut self, id: Id, depth: usize) -> Result<Option<List>, Rejected> {
        self.step()?;
        if depth >= super::MAX_DEPTH {
            return Err(Rejected);
        }
        if let Node::TemplateParameter(index) = self.get(id) {
            return Ok(match self.argument(index)?.map(|id| self.get(id)) {
                Some(Node::TemplateArguments(pack)) => Some(pack),
                _ => None,
            });
        }
        let (children, list) = children(self.get(id));
        for child in children.into_iter().flatten() {
            if let Some(pack) = self.find_pack_at(child, depth + 1)? {
                return Ok(Some(pack));
            }
        }
        let graph = self.graph;
        for &item in list.map_or(&[][..], |list| graph.items(list)) {
            if let Some(pack) = self.find_pack_at(item, depth + 1)? {
                return Ok(Some(pack));
            }
        }
        Ok(None)
    }

    // Lambdas.

    pub(super) fn lambda(&mut self, head: Option<List>, parameters: Id, number: u32) -> Done {
        let outer = (self.lambda_parameters, self.scope);
        self.lambda_parameters = 0;
        self.put("{lambda")?;
        let graph = self.graph;
        let named = head.map_or(&[][..], |head| graph.items(head));
        self.push_declaration(match head {
            Some(head) => Declaration::Parameters(head),
            None => Declaration::Arguments(List::default()),
        });
        if head.is_some() {
            self.put("<")?;
        }
        for (i, &parm) in named.iter().enumerate() {
            if i > 0 {
                self.put(", ")?;
            }
            self.lambda_parameters += 1;
            self.put_around("", parm, " ")?;
            self.parm_name(parm, i)?;
        }
        if head.is_some() {
            self.put(">")?;
        }
        self.lambda_parameters += 1;
        self.put_around("(", parameters, ")#")?;
        (self.lambda_parameters, self.scope) = outer;
        self.put_number(u64::from(number) + 1)?;
        self.put("}")
    }

    /// A template parameter in the signature of a lambda: a named one, or the type of an `auto` parameter.
    fn lambda_parameter(&mut self, index: u32) -> Done {
        if self.lambda_parameters - 1 <= index {
            self.put("auto:")?;
            return self.put_number(u64::from(index) + 1);
        }
        let declaration = self.scope.map(|scope| self.scopes[scope as usize].declaration);
        let Some(Declaration::Parameters(list)) = declaration else { return Err(Rejected) };
        let parm = *self.graph.items(list).get(index as usize).ok_or(Rejected)?;
        self.parm_name(parm, index as usize)
    }

    /// Names that nobody wrote down: `$T0`, `$N1`, `$TT2`.
    fn parm_name(&mut self, parm: Id, index: usize) -> Done {
        let parm = match self.get(parm) {
            Node::PackParm(parm) => parm,
            _ => parm,
        };
        self.put(match self.get(parm) {
            Node::TypeParm => "$T",
            Node::ValueParm(_) => "$N",
            Node::TemplateParm(_) => "$TT",
            _ => return Err(Rejected),
        })?;
        self.put_number(index as u64)
    }
}

/// What a node is made of, as far as a pack can hide in it.
fn children(node: Node<'_>) -> ([Option<Id>; 4], Option<List>) {
    let fixed = match node {
        Node::TemplateArguments(list) | Node::Arguments(list) => return ([None; 4], Some(list)),
        Node::Constructor(a)
        | Node::Destructor(a)
        | Node::Special(_, a)
        | Node::VendorOperator(_, a)
        | Node::Conversion(a)
        | Node::Cast(a)
        | Node::Nullary(a)
        | Node::Decltype(a)
        | Node::Constrained(a, _)
        | Node::Friend(a)
        | Node::Literal { type_: a, .. } => [Some(a), None, None, None],
        Node::Qualified(a, b)
        | Node::Local { function: a, entity: b }
        | Node::Typed { name: a, type_: b }
        | Node::Template { name: a, arguments: b }
        | Node::ConstructionVtable { base: a, derived: b }
        | Node::ReferenceTemporary { name: a, number: b }
        | Node::Clone(a, b)
        | Node::ModuleEntity { name: a, module: b }
        | Node::Vector { size: a, element: b }
        | Node::MemberPointer { class: a, member: b }
        | Node::Unary(a, b)
        | Node::Postfix(a, b)
        | Node::Binary(_, a, b)
        | Node::VendorExpression(a, b) => [Some(a), Some(b), None, None],
        Node::Modified { inner, operand, .. } => [Some(inner), operand, None, None],
        Node::Function { result, parameters } => [result, Some(parameters), None, None],
        Node::Array { size, element } => [size, Some(element), None, None],
        Node::Initializer { type_, values } => [type_, Some(values), None, None],
        Node::Ternary(_, a, b, c) => [Some(a), Some(b), Some(c), None],
        Node::New { placement, type_, initializer, .. } => [Some(placement), Some(type_), initializer, None],
        Node::Fold { operator, first, second, .. } => [Some(operator), Some(first), second, None],
        Node::Designated { designator, range_end, value, .. } => [Some(designator), range_end, Some(value), None],
        // Leaves, and what is closed to the packs around it.
        _ => [None; 4],
    };
    (fixed, None)
}
