//! The graph that a name is parsed into.

/// A node of a [`Graph`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Id(u32);

impl Id {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// Consecutive elements of `Graph::items`.
#[derive(Clone, Copy, Default)]
pub(super) struct List {
    start: u32,
    len: u32,
}

impl List {
    pub(super) fn len(self) -> usize {
        self.len as usize
    }
}

/// How a literal of a built-in type is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Literal {
    /// `(short)1`
    Cast,
    /// `1ul`, with this suffix
    Plain(&'static str),
    /// `true`
    Bool,
    /// `(double)[3ff0000000000000]`
    Float,
}

/// Operators and qualifiers that apply to a type, outermost first, and what qualifies a function as a whole.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Modifier {
    Const,
    Volatile,
    Restrict,
    Pointer,
    Reference,
    RvalueReference,
    Complex,
    Imaginary,
    Vendor,
    Function(FunctionQualifier),
}

/// What may stand behind a function's parameters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FunctionQualifier {
    Const,
    Volatile,
    Restrict,
    Reference,
    RvalueReference,
    TransactionSafe,
    Noexcept,
    Throw,
}

/// An operator: its code in the name, its spelling, and how many operands it takes in an expression.
pub(super) struct Operator {
    pub(super) code: [u8; 2],
    pub(super) spelling: &'static str,
    pub(super) operands: u8,
}

#[derive(Clone, Copy)]
pub(super) enum Node<'a> {
    /// An identifier, or other fixed text.
    Name(&'a [u8]),
    /// One of the standard abbreviations: `St`, `Sa`, `Ss`…
    Abbreviation(&'static str),
    Builtin(&'static str, Literal),
    /// `_Float32x`, `_BitInt(7)`: text around a number.
    Sized(&'static str, u32, &'static str),
    Number(u32),
    /// `name[abi:tag]`
    Tagged(Id, Id),
    StructuredBinding(List),
    ModuleName {
        parent: Option<Id>,
        name: Id,
        is_partition: bool,
    },
    ModuleEntity {
        name: Id,
        module: Id,
    },
    Friend(Id),
    Qualified(Id, Id),
    /// An entity inside a function.
    Local {
        function: Id,
        entity: Id,
    },
    /// An entity inside the default argument of a function, whose parameters are counted from the last.
    DefaultArgument(u32, Id),
    /// A function or object with its type.
    Typed {
        name: Id,
        type_: Id,
    },
    Template {
        name: Id,
        arguments: Id,
    },
    /// Template arguments, or an argument that is a pack.
    TemplateArguments(List),
    TemplateParameter(u32),
    FunctionParameter(u32),
    Constructor(Id),
    Destructor(Id),
    /// `vtable for ` and the like.
    Special(&'static str, Id),
    ConstructionVtable {
        base: Id,
        derived: Id,
    },
    ReferenceTemporary {
        name: Id,
        number: Id,
    },
    Clone(Id, Id),
    Lambda {
        head: Option<List>,
        parameters: Id,
        number: u32,
    },
    UnnamedType(u32),
    /// Template parameters as a template or a generic lambda declares them.
    Head(List),
    TypeParm,
    ValueParm(Id),
    TemplateParm(Id),
    PackParm(Id),
    /// A modifier, what it applies to, and its operand (of `noexcept`, `throw`, or a vendor's qualifier).
    Modified {
        modifier: Modifier,
        inner: Id,
        operand: Option<Id>,
    },
    Function {
        result: Option<Id>,
        parameters: Id,
    },
    Array {
        size: Option<Id>,
        element: Id,
    },
    Vector {
        size: Id,
        element: Id,
    },
    MemberPointer {
        class: Id,
        member: Id,
    },
    Decltype(Id),
    /// `Concept auto`
    Constrained(Id, &'static str),
    PackExpansion(Id),
    /// Parameters of a function, or operands.
    Arguments(List),
    Operator(&'static Operator),
    /// A vendor's operator, and how many operands it takes.
    VendorOperator(u8, Id),
    Conversion(Id),
    Cast(Id),
    Nullary(Id),
    Unary(Id, Id),
    /// `operand++`
    Postfix(Id, Id),
    Binary(&'static Operator, Id, Id),
    Ternary(&'static Operator, Id, Id, Id),
    New {
        placement: Id,
        type_: Id,
        initializer: Option<Id>,
    },
    /// `kind` is the second letter of the code: `l`, `r`, `L`, `R`.
    Fold {
        kind: u8,
        operator: Id,
        first: Id,
        second: Option<Id>,
    },
    Designated {
        designator: Id,
        range_end: Option<Id>,
        value: Id,
        is_member: bool,
    },
    Initializer {
        type_: Option<Id>,
        values: Id,
    },
    VendorExpression(Id, Id),
    Literal {
        type_: Id,
        value: &'a [u8],
        is_negative: bool,
    },
}

/// All nodes of a name. Children come before their parents, so there is no cycle.
#[derive(Default)]
pub(super) struct Graph<'a> {
    nodes: Vec<Node<'a>>,
    items: Vec<Id>,
}

impl<'a> Graph<'a> {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Graph { nodes: Vec::with_capacity(capacity), items: Vec::with_capacity(capacity / 2) }
    }

    pub(super) fn add(&mut self, node: Node<'a>) -> Id {
        let id = Id(self.nodes.len() as u32);
        self.nodes.push(node);
        id
    }

    pub(super) fn add_list(&mut self, items: &[Id]) -> List {
        let list = List { start: self.items.len() as u32, len: items.len() as u32 };
        self.items.extend_from_slice(items);
        list
    }

    #[inline]
    pub(super) fn get(&self, id: Id) -> Node<'a> {
        self.nodes[id.index()]
    }

    pub(super) fn items(&self, list: List) -> &[Id] {
        &self.items[list.start as usize..][..list.len as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Replaces a function type by one that shows no result.
    pub(super) fn drop_result(&mut self, function_type: Id) {
        if let Node::Function { result, .. } = &mut self.nodes[function_type.index()] {
            *result = None;
        }
    }
}
