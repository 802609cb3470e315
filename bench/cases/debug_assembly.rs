//! Debug information of a generated object (DWARF 4), as a compiler of a language with long names writes it.
//!
//! What it costs a linker is strings to merge, many of them in every object, and relocations: one for each name and
//! each address. A unit describes its functions, by name, linkage name and address, and types: by a short name that few
//! objects share or a long one that most do, which is how instances of generic code behave.

use std::fmt::Write as _;

use super::assembly::Shape;

/// How a format's assembly spells things.
pub(crate) struct Dialect {
    /// Directives that begin a section.
    pub(crate) abbreviations: &'static str,
    pub(crate) information: &'static str,
    pub(crate) strings: &'static str,
    pub(crate) ranges: &'static str,
    /// The section that the assembler writes the line table to, if it is to write one.
    pub(crate) lines: Option<&'static str>,
    /// What a label that is no symbol begins with.
    pub(crate) local: &'static str,
    /// What every name of the language begins with.
    pub(crate) global: &'static str,
    /// The place of a label among the strings, from their beginning.
    pub(crate) string: fn(&str) -> String,
}

/// Tags, attributes and forms (DWARF 4, 7.5.4): a unit of DW_AT_name, comp_dir, language, low_pc, ranges and perhaps
/// stmt_list; a subprogram of name, linkage_name, low_pc, high_pc, decl_line; a structure of name, byte_size.
const ABBREVIATIONS: [&str; 3] = [
    "1, 0x11, 1, 0x03, 0x0e, 0x1b, 0x0e, 0x13, 0x05, 0x11, 0x01, 0x55, 0x17",
    "2, 0x2e, 0, 0x03, 0x0e, 0x6e, 0x0e, 0x11, 0x01, 0x12, 0x06, 0x3b, 0x05, 0, 0",
    "3, 0x13, 0, 0x03, 0x0e, 0x0b, 0x05, 0, 0",
];
const STATEMENT_LIST: &str = ", 0x10, 0x17";

/// Appends the debug sections of `object`; its functions end at labels `end0`, `end1` and so on.
pub(crate) fn write(text: &mut String, shape: &Shape, object: usize, dialect: &Dialect) {
    let Dialect { local, global, .. } = dialect;
    let mut strings = Strings { text: format!("{}\n{local}strings:\n", dialect.strings), count: 0, dialect };
    let mut out = String::new();
    let mut put = |line: std::fmt::Arguments<'_>| {
        out.write_fmt(line).and_then(|()| out.write_str("\n")).expect("a string grows as needed");
    };
    let lines = if dialect.lines.is_some() { STATEMENT_LIST } else { "" };
    put(format_args!("{}\n.byte {}{lines}, 0, 0", dialect.abbreviations, ABBREVIATIONS[0]));
    put(format_args!(".byte {}\n.byte {}, 0", ABBREVIATIONS[1], ABBREVIATIONS[2]));
    // The unit's header (7.5.1.1): length, version, abbreviations, size of an address.
    put(format_args!("{}\n.long {local}unit_end-{local}unit\n{local}unit:\n.short 4", dialect.information));
    put(format_args!(".long 0\n.byte 8"));
    // The unit itself; 0x1c is DW_LANG_Rust.
    put(format_args!(".byte 1\n.long {}", strings.place(&format!("object{object}.rs"))));
    put(format_args!(".long {}\n.short 0x1c\n.quad 0\n.long 0", strings.place("/build/source")));
    if dialect.lines.is_some() {
        put(format_args!(".long {local}lines"));
    }
    for function in 0..shape.function_count {
        let (name, linkage) = (format!("call_{function}"), linkage_name(object, function));
        put(format_args!(".byte 2\n.long {}\n.long {}", strings.place(&name), strings.place(&linkage)));
        put(format_args!(".quad {global}f_{object}_{function}"));
        put(format_args!(".long {local}end{function}-{global}f_{object}_{function}\n.short {}", function * 10 + 7));
        for number in 0..shape.debug_types {
            put(format_args!(".byte 3\n.long {}\n.short 24", strings.place(&type_name(object, function, number))));
        }
    }
    put(format_args!(".byte 0\n{local}unit_end:\n{}", dialect.ranges));
    for function in 0..shape.function_count {
        put(format_args!(".quad {global}f_{object}_{function}, {local}end{function}"));
    }
    put(format_args!(".quad 0, 0"));
    if let Some(lines) = dialect.lines {
        put(format_args!("{lines}\n{local}lines:"));
    }
    text.push_str(&out);
    text.push_str(&strings.text);
}

/// The string section in the making.
struct Strings<'d> {
    text: String,
    count: usize,
    dialect: &'d Dialect,
}

impl Strings<'_> {
    /// Adds a string, and gives its place as an expression.
    fn place(&mut self, string: &str) -> String {
        let label = format!("{}string{}", self.dialect.local, self.count);
        self.count += 1;
        writeln!(self.text, "{label}: .asciz \"{string}\"").expect("a string grows as needed");
        (self.dialect.string)(&label)
    }
}

/// As long as mangled names are, and nobody else's.
fn linkage_name(object: usize, function: usize) -> String {
    let hash = (object as u64 * 1_000_003 + function as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!("_ZN8workload8module_{object}10collection28Registry$LT$K$C$V$GT$4call17h{hash:016x}E_{function}")
}

/// Three of four types are known to most objects, under long names; one is the object's own.
fn type_name(object: usize, function: usize, number: usize) -> String {
    let spread = function * 31 + number * 7;
    match number % 4 {
        0 => format!("Local{function}_{number}_{object}"),
        1 => format!("core::option::Option<alloc::vec::Vec<workload::item::Kind{spread}, alloc::alloc::Global>>"),
        2 => format!("core::result::Result<&mut workload::registry::Entry{spread}<K, V>, workload::error::Error>"),
        _ => format!("alloc::boxed::Box<dyn core::ops::function::FnMut<(workload::item::Kind{spread},)>, Global>"),
    }
}
