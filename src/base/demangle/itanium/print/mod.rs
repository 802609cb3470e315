//! From a [`Graph`] to text.
//!
//! A type in C++ is written inside out: in `int (*f(char))[3]`, what is outermost in the graph stands in the middle of
//! the text. So a modifier (pointer, qualifier, name of a function…) is not printed where it is met, but put on a list
//! of pending ones; what they modify prints them when it knows their place (module `declarator`).

mod declarator;
mod expression;
mod template;

use super::node::{Graph, Id, List, Node};
use crate::base::demangle::text::{Rejected, Text};
use declarator::Pending;
use template::{Scope, ScopeId};

/// How deep nodes may nest.
const MAX_DEPTH: usize = 1000;
/// How many nodes may be visited, however often a node is shared.
const MAX_STEPS: u32 = 1 << 18;

type Done = Result<(), Rejected>;

pub(super) fn print(graph: &Graph<'_>, root: Id) -> Option<String> {
    let mut printer = Printer {
        graph,
        text: Text::default(),
        last: 0,
        pending: Vec::new(),
        pending_top: None,
        scopes: Vec::new(),
        scope: None,
        template: None,
        pack_index: Some(0),
        lambda_parameters: 0,
        path: Vec::with_capacity(32),
        states: vec![State::default(); graph.len()],
        steps: 0,
    };
    printer.node(root).ok()?;
    printer.text.finish()
}

/// What is remembered about a node.
#[derive(Clone, Copy, Default)]
struct State {
    /// How often it is being printed right now, inside itself.
    open: u8,
    /// Where template parameters were looked up when this one was first met behind a reference.
    scope: Option<Option<ScopeId>>,
}

struct Printer<'g, 'a> {
    graph: &'g Graph<'a>,
    text: Text,
    /// The last byte written, even if it was taken back: binutils decides about spaces by it.
    last: u8,
    /// All modifiers that are or were pending on the way to the current node, and the innermost of the list in force.
    pending: Vec<Pending>,
    pending_top: Option<usize>,
    /// All scopes there were, and the innermost in force.
    scopes: Vec<Scope>,
    scope: Option<ScopeId>,
    /// The template around the current node, for the type of a conversion operator.
    template: Option<Id>,
    /// Which element of a pack is printed; all with `None`.
    pack_index: Option<usize>,
    /// In the signature of a lambda, one more than it has named template parameters.
    lambda_parameters: u32,
    /// The nodes from the root to the current one.
    path: Vec<Id>,
    states: Vec<State>,
    steps: u32,
}

impl<'g, 'a> Printer<'g, 'a> {
    fn put(&mut self, text: &str) -> Done {
        self.put_bytes(text.as_bytes())
    }

    fn put_bytes(&mut self, text: &[u8]) -> Done {
        if let Some(&last) = text.last() {
            self.last = last;
        }
        self.text.push(text)
    }

    fn put_number(&mut self, number: u64) -> Done {
        self.last = b'0'; // any digit will do
        self.text.push_number(number)
    }

    /// Text, a node, text.
    fn put_around(&mut self, before: &str, id: Id, after: &str) -> Done {
        self.put(before)?;
        self.node(id)?;
        self.put(after)
    }

    fn get(&self, id: Id) -> Node<'a> {
        self.graph.get(id)
    }

    fn step(&mut self) -> Done {
        self.steps += 1;
        if self.steps > MAX_STEPS { Err(Rejected) } else { Ok(()) }
    }

    fn node(&mut self, id: Id) -> Done {
        self.step()?;
        let open = &mut self.states[id.index()].open;
        // An argument may name its own parameter once; more often means that lookups run in a circle.
        if *open > 1 || self.path.len() >= MAX_DEPTH {
            return Err(Rejected);
        }
        *open += 1;
        self.path.push(id);
        self.dispatch(id)?;
        self.path.pop();
        self.states[id.index()].open -= 1;
        Ok(())
    }

    fn dispatch(&mut self, id: Id) -> Done {
        match self.get(id) {
            Node::Name(name) => self.put_bytes(name),
            Node::Abbreviation(name) | Node::Builtin(name, _) => self.put(name),
            Node::Sized(before, number, after) => {
                self.put(before)?;
                self.put_number(number.into())?;
                self.put(after)
            }
            Node::Number(number) => self.put_number(number.into()),
            Node::Tagged(name, tag) => {
                self.node(name)?;
                self.put_around("[abi:", tag, "]")
            }
            Node::StructuredBinding(names) => self.put_list("[", names, "]"),
            Node::ModuleName { parent, name, is_partition } => {
                if let Some(parent) = parent {
                    self.node(parent)?;
                }
                self.put(match (is_partition, parent) {
                    (true, _) => ":",
                    (false, Some(_)) => ".",
                    (false, None) => "",
                })?;
                self.node(name)
            }
            Node::ModuleEntity { name, module } => {
                self.node(name)?;
                self.put_around("@", module, "")
            }
            Node::Friend(name) => self.put_around("", name, "[friend]"),
            Node::Qualified(scope, name) => {
                self.node(scope)?;
                self.put_around("::", name, "")
            }
            Node::Local { function, entity } => {
                self.node(function)?;
                self.put("::")?;
                let entity = self.default_argument(entity)?;
                self.node(entity)
            }
            Node::DefaultArgument(..) => Err(Rejected), // stands in local names only
            Node::Typed { name, type_ } => self.typed(name, type_),
            Node::Template { name, arguments } => self.template(id, name, arguments),
            Node::TemplateArguments(list) | Node::Arguments(list) => self.list(list),
            Node::TemplateParameter(index) => self.template_parameter(index),
            Node::FunctionParameter(0) => self.put("this"),
            Node::FunctionParameter(number) => {
                self.put("{parm#")?;
                self.put_number(number.into())?;
                self.put("}")
            }
            Node::Constructor(class) => self.node(class),
            Node::Destructor(class) => self.put_around("~", class, ""),
            Node::Special(prefix, id) => self.put_around(prefix, id, ""),
            Node::ConstructionVtable { base, derived } => {
                self.put_around("construction vtable for ", base, "-in-")?;
                self.node(derived)
            }
            Node::ReferenceTemporary { name, number } => {
                self.put_around("reference temporary #", number, " for ")?;
                self.node(name)
            }
            Node::Clone(name, suffix) => {
                self.node(name)?;
                self.put_around(" [clone ", suffix, "]")
            }
            Node::Lambda { head, parameters, number } => self.lambda(head, parameters, number),
            Node::UnnamedType(number) => {
                self.put("{unnamed type#")?;
                self.put_number(u64::from(number) + 1)?;
                self.put("}")
            }
            Node::Head(list) => self.put_list("<", list, ">"),
            Node::TypeParm => self.put("typename"),
            Node::ValueParm(type_) => self.node(type_),
            Node::TemplateParm(head) => self.put_around("template", head, " class"),
            Node::PackParm(parm) => self.put_around("", parm, "..."),
            Node::Modified { modifier, inner, .. } => self.modified(id, modifier, inner),
            Node::Function { result, parameters } => self.function(id, result, parameters),
            Node::Array { size, element } => self.array(id, size, element),
            Node::Vector { element: inner, .. } | Node::MemberPointer { member: inner, .. } => self.modify(id, inner),
            Node::Decltype(expression) => self.put_around("decltype (", expression, ")"),
            Node::Constrained(concept, keyword) => self.put_around("", concept, keyword),
            Node::PackExpansion(pattern) => self.pack_expansion(pattern),
            Node::Operator(operator) => {
                let spelling = operator.spelling;
                self.put(if spelling.starts_with(|c: char| c.is_ascii_lowercase()) {
                    "operator "
                } else {
                    "operator"
                })?;
                self.put(spelling.trim_end_matches(' '))
            }
            Node::VendorOperator(_, name) => self.put_around("operator ", name, ""),
            Node::Conversion(type_) => self.conversion(type_),
            _ => self.expression(id),
        }
    }

    /// The elements with commas between. Those at the end that print nothing, empty packs, get none; others do, as in
    /// binutils.
    fn list(&mut self, list: List) -> Done {
        let mut end = self.text.len();
        let graph = self.graph;
        for (i, &id) in graph.items(list).iter().enumerate() {
            if i > 0 {
                self.put(", ")?;
            }
            let start = self.text.len();
            self.node(id)?;
            if i == 0 || self.text.len() > start {
                end = self.text.len();
            }
        }
        self.text.truncate(end);
        Ok(())
    }

    fn put_list(&mut self, before: &str, list: List, after: &str) -> Done {
        self.put(before)?;
        self.list(list)?;
        self.put(after)
    }

    /// Says in which default argument an entity stands, and gives the entity.
    fn default_argument(&mut self, entity: Id) -> Result<Id, Rejected> {
        let Node::DefaultArgument(number, entity) = self.get(entity) else { return Ok(entity) };
        self.put("{default arg#")?;
        self.put_number(u64::from(number) + 1)?;
        self.put("}::")?;
        Ok(entity)
    }
}
