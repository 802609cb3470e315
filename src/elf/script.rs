//! Text linker scripts: those found in the place of an object or a library (`libc.so` of glibc), and those of `-T`.
//!
//! Understood are the commands that name inputs, set properties of the link, and define symbols ("Scripts" in the GNU
//! ld manual). What lays out sections (`SECTIONS` with more than assignments, `MEMORY`, `PHDRS`, …) is an error that
//! names the command and its line, because a script that is half obeyed gives a program that is half right.
//! What the commands mean (opening files, searching, the sysroot) is for the caller: here is only the text.
//! Cost: one pass; names are slices of the text; one small allocation a command.

use crate::elf::expr::{self, BinaryOp, Expr};
use std::fmt;

/// What is wrong with a text, and in which of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptError {
    /// Counts from 1.
    pub line: u32,
    /// What was expected or refused.
    pub what: String,
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// The commands of a script, in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script<'a> {
    /// Several may come from one line.
    pub commands: Vec<Command<'a>>,
}

/// One command and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command<'a> {
    /// Counts from 1.
    pub line: u32,
    /// What to do.
    pub what: What<'a>,
}

/// What a command asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What<'a> {
    /// `INPUT(…)`, or `GROUP(…)`, which is searched again until nothing new is defined.
    Inputs {
        /// `GROUP`.
        group: bool,
        /// In order; `AS_NEEDED` is a property of each.
        inputs: Vec<Input<'a>>,
    },
    /// `INCLUDE file`: the commands of that file come here.
    Include(&'a [u8]),
    /// `SEARCH_DIR(path)`. A leading `=` stands for the sysroot.
    SearchDir(&'a [u8]),
    /// `OUTPUT(file)`.
    Output(&'a [u8]),
    /// `OUTPUT_FORMAT(default, big, little)`: one name or three.
    OutputFormat(Vec<&'a [u8]>),
    /// `OUTPUT_ARCH(name)`.
    OutputArch(&'a [u8]),
    /// `TARGET(name)`, the format of the inputs that follow.
    Target(&'a [u8]),
    /// `ENTRY(symbol)`.
    Entry(&'a [u8]),
    /// `EXTERN(symbol…)`: as `-u` does for each.
    Extern(Vec<&'a [u8]>),
    /// `VERSION { … }`: what is between the braces, for `version_script`.
    Version {
        /// Without the braces.
        text: &'a [u8],
        /// The line that it begins in.
        line: u32,
    },
    /// `symbol = expression;` in any of its forms.
    Assign(Assignment<'a>),
    /// `ASSERT(condition, message)`.
    Assert {
        /// The link fails if this is zero.
        condition: Expr<'a>,
        /// What to say then.
        message: &'a [u8],
    },
}

/// A file that a script names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Input<'a> {
    /// What to look for, and how.
    pub name: InputName<'a>,
    /// It stands within `AS_NEEDED(…)`.
    pub as_needed: bool,
}

/// How a script names an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputName<'a> {
    /// A path, or a name to look for beside the script and along `-L`.
    File(&'a [u8]),
    /// `-lname`, without the `-l`.
    Library(&'a [u8]),
}

/// A definition of a symbol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment<'a> {
    /// The symbol.
    pub name: &'a [u8],
    /// Its value. `a += b` has become `a + b`.
    pub expr: Expr<'a>,
    /// `PROVIDE`: only if the symbol is referenced and nothing else defines it.
    pub provide: bool,
    /// `HIDDEN`, `PROVIDE_HIDDEN`: not exported.
    pub hidden: bool,
}

/// Bytes that decide whether a file is a text.
const TEXT_PROBE_SIZE: usize = 4096;

/// Whether a file that is no object and no archive reads like text, so that it is worth [`parse`]'s errors: its
/// beginning is UTF-8 or ASCII without control characters. An empty file is an empty script, as in GNU ld.
pub fn is_text_script(bytes: &[u8]) -> bool {
    let probe = &bytes[..bytes.len().min(TEXT_PROBE_SIZE)];
    let is_utf8 = match std::str::from_utf8(probe) {
        Ok(_) => true,
        // The last character may be cut in two by the end of the probe.
        Err(error) => error.error_len().is_none() && probe.len() < bytes.len(),
    };
    is_utf8 && !probe.iter().any(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace() && *byte != 0x0b)
}

/// Parses a whole script.
pub fn parse(text: &[u8]) -> Result<Script<'_>, ScriptError> {
    let mut parser = Parser { cursor: Cursor::new(text), commands: Vec::new() };
    while parser.cursor.peek()?.is_some() {
        parser.command()?;
    }
    Ok(Script { commands: parser.commands })
}

struct Parser<'a> {
    cursor: Cursor<'a>,
    commands: Vec<Command<'a>>,
}

impl<'a> Parser<'a> {
    fn command(&mut self) -> Result<(), ScriptError> {
        if self.cursor.eat(b";")? {
            return Ok(());
        }
        let line = self.cursor.line;
        let quoted = self.cursor.peek()? == Some(b'"');
        let word = if quoted { self.cursor.quoted()? } else { self.cursor.statement_word() };
        if word.is_empty() {
            return Err(self.cursor.unexpected("a linker script command"));
        }
        if quoted || self.cursor.assignment_operator()?.is_some() {
            let assignment = self.assignment(word)?;
            self.end_of_statement()?;
            return self.push(line, What::Assign(assignment));
        }
        let what = match word {
            b"INPUT" => What::Inputs { group: false, inputs: self.inputs()? },
            b"GROUP" => What::Inputs { group: true, inputs: self.inputs()? },
            b"INCLUDE" => What::Include(self.file_name()?),
            b"SEARCH_DIR" => What::SearchDir(self.parenthesized_name()?),
            b"OUTPUT" => What::Output(self.parenthesized_name()?),
            b"OUTPUT_FORMAT" => What::OutputFormat(self.names()?),
            b"OUTPUT_ARCH" => What::OutputArch(self.parenthesized_name()?),
            b"TARGET" => What::Target(self.parenthesized_name()?),
            b"ENTRY" => What::Entry(self.parenthesized_name()?),
            b"EXTERN" => What::Extern(self.names()?),
            b"STARTUP" => {
                let name = InputName::File(self.parenthesized_name()?);
                What::Inputs { group: false, inputs: vec![Input { name, as_needed: false }] }
            }
            b"VERSION" => self.version()?,
            b"PROVIDE" | b"PROVIDE_HIDDEN" | b"HIDDEN" => self.provide(word)?,
            b"ASSERT" => self.assert()?,
            // These change nothing: common symbols are always allocated in an output that is linked for good, and
            // references across sections are always allowed.
            b"NOCROSSREFS" | b"NOCROSSREFS_TO" | b"LD_FEATURE" => return self.names().map(drop),
            b"FORCE_COMMON_ALLOCATION" | b"INHIBIT_COMMON_ALLOCATION" | b"FORCE_GROUP_ALLOCATION" => return Ok(()),
            b"SECTIONS" => return self.sections(line),
            b"MEMORY" | b"PHDRS" | b"INSERT" | b"OVERLAY" | b"REGION_ALIAS" => return Err(unsupported(line, word)),
            _ => {
                let what = format!("unknown linker script command '{}'", excerpt(word));
                return Err(ScriptError { line, what });
            }
        };
        self.push(line, what)
    }

    fn push(&mut self, line: u32, what: What<'a>) -> Result<(), ScriptError> {
        self.commands.push(Command { line, what });
        Ok(())
    }

    fn inputs(&mut self) -> Result<Vec<Input<'a>>, ScriptError> {
        self.cursor.expect(b"(")?;
        let mut inputs = Vec::new();
        // How many AS_NEEDED are open: they may nest, to no effect.
        let mut as_needed = 0u32;
        loop {
            match self.cursor.peek()? {
                Some(b')') => {
                    self.cursor.bump();
                    if as_needed == 0 {
                        return Ok(inputs);
                    }
                    as_needed -= 1;
                }
                Some(b',') => self.cursor.bump(),
                Some(b'"') => {
                    let name = InputName::File(self.cursor.quoted()?);
                    inputs.push(Input { name, as_needed: as_needed > 0 });
                }
                _ => {
                    let word = self.file_name()?;
                    if word == b"AS_NEEDED" && self.cursor.eat(b"(")? {
                        as_needed = as_needed.saturating_add(1);
                        continue;
                    }
                    let name = match word.strip_prefix(b"-l") {
                        Some(b"") => return Err(self.cursor.error("-l is not followed by the name of a library")),
                        Some(library) => InputName::Library(library),
                        None => InputName::File(word),
                    };
                    inputs.push(Input { name, as_needed: as_needed > 0 });
                }
            }
        }
    }

    fn file_name(&mut self) -> Result<&'a [u8], ScriptError> {
        if self.cursor.peek()? == Some(b'"') {
            return self.cursor.quoted();
        }
        match self.cursor.file_word() {
            b"" => Err(self.cursor.unexpected("a name")),
            word => Ok(word),
        }
    }

    fn parenthesized_name(&mut self) -> Result<&'a [u8], ScriptError> {
        self.cursor.expect(b"(")?;
        let name = self.file_name()?;
        self.cursor.expect(b")")?;
        Ok(name)
    }

    /// Names in parentheses, between spaces or commas.
    fn names(&mut self) -> Result<Vec<&'a [u8]>, ScriptError> {
        self.cursor.expect(b"(")?;
        let mut names = Vec::new();
        while !self.cursor.eat(b")")? {
            if !self.cursor.eat(b",")? {
                names.push(self.file_name()?);
            }
        }
        Ok(names)
    }

    /// From the operator to the end of the expression.
    fn assignment(&mut self, name: &'a [u8]) -> Result<Assignment<'a>, ScriptError> {
        let Some((token, op)) = self.cursor.assignment_operator()? else {
            return Err(self.cursor.unexpected("'='"));
        };
        self.cursor.eat(token)?;
        let value = expr::parse_prefix(&mut self.cursor)?;
        let expr = match op {
            None => value,
            Some(op) => Expr::binary(op, Expr::Ask(expr::Query::Symbol(name)), value),
        };
        Ok(Assignment { name, expr, provide: false, hidden: false })
    }

    /// GNU ld takes a comma for a semicolon.
    fn end_of_statement(&mut self) -> Result<(), ScriptError> {
        if self.cursor.eat(b",")? { Ok(()) } else { self.cursor.expect(b";") }
    }

    fn provide(&mut self, command: &[u8]) -> Result<What<'a>, ScriptError> {
        self.cursor.expect(b"(")?;
        let name = match self.cursor.peek()? {
            Some(b'"') => self.cursor.quoted()?,
            _ => self.cursor.statement_word(),
        };
        if name.is_empty() {
            return Err(self.cursor.unexpected("a symbol"));
        }
        let mut assignment = self.assignment(name)?;
        self.cursor.expect(b")")?;
        assignment.provide = command != b"HIDDEN";
        assignment.hidden = command != b"PROVIDE";
        Ok(What::Assign(assignment))
    }

    fn assert(&mut self) -> Result<What<'a>, ScriptError> {
        self.cursor.expect(b"(")?;
        let condition = expr::parse_prefix(&mut self.cursor)?;
        self.cursor.expect(b",")?;
        if self.cursor.peek()? != Some(b'"') {
            return Err(self.cursor.unexpected("a quoted message"));
        }
        let message = self.cursor.quoted()?;
        self.cursor.expect(b")")?;
        Ok(What::Assert { condition, message })
    }

    fn version(&mut self) -> Result<What<'a>, ScriptError> {
        self.cursor.expect(b"{")?;
        let (start, line) = (self.cursor.pos, self.cursor.line);
        let mut open_braces = 1u32;
        while open_braces > 0 {
            match self.cursor.peek()? {
                None => return Err(ScriptError { line, what: "the '{' of VERSION is not closed".into() }),
                Some(b'"') => drop(self.cursor.quoted()?),
                Some(byte) => {
                    self.cursor.bump();
                    match byte {
                        b'{' => open_braces = open_braces.saturating_add(1),
                        b'}' => open_braces -= 1,
                        _ => {}
                    }
                }
            }
        }
        Ok(What::Version { text: &self.cursor.text[start..self.cursor.pos - 1], line })
    }

    /// `SECTIONS` that holds only what may also stand outside it.
    fn sections(&mut self, line: u32) -> Result<(), ScriptError> {
        self.cursor.expect(b"{")?;
        while !self.cursor.eat(b"}")? {
            if self.cursor.peek()?.is_none() {
                return Err(ScriptError { line, what: "the '{' of SECTIONS is not closed".into() });
            }
            // Look before parsing: an output section may begin with anything.
            let ahead = self.cursor;
            let word = match self.cursor.peek()? {
                Some(b'"') => self.cursor.quoted()?,
                _ => self.cursor.statement_word(),
            };
            let is_assignment = self.cursor.assignment_operator()?.is_some() && word != b".";
            let is_neutral = matches!(word, b"PROVIDE" | b"PROVIDE_HIDDEN" | b"HIDDEN" | b"ASSERT" | b"ENTRY")
                || (word.is_empty() && self.cursor.peek()? == Some(b';'));
            self.cursor = ahead;
            if !is_assignment && !is_neutral {
                return Err(unsupported(line, b"SECTIONS"));
            }
            self.command()?;
        }
        Ok(())
    }
}

#[cold]
fn unsupported(line: u32, command: &[u8]) -> ScriptError {
    let command = excerpt(command);
    let what = format!("{command} is not supported: use GNU ld or lld for linker scripts with {command}");
    ScriptError { line, what }
}

/// The beginning of something that may be long or binary.
fn excerpt(text: &[u8]) -> String {
    const LEN_MAX: usize = 40;
    let cut = &text[..text.len().min(LEN_MAX)];
    let dots = if cut.len() < text.len() { "…" } else { "" };
    format!("{}{dots}", cut.escape_ascii())
}

/// Bytes of a name that stands where only names can: paths, formats, sections.
fn is_file_name_byte(byte: u8) -> bool {
    !byte.is_ascii_whitespace()
        && !byte.is_ascii_control()
        && !matches!(byte, b'(' | b')' | b'{' | b'}' | b',' | b';' | b'"')
}

/// How an assignment is spelled, and what it combines the old value and the new one with.
type AssignmentOperator = (&'static [u8], Option<BinaryOp>);

const OPERATORS: [AssignmentOperator; 10] = [
    (b"=", None),
    (b"+=", Some(BinaryOp::Add)),
    (b"-=", Some(BinaryOp::Subtract)),
    (b"*=", Some(BinaryOp::Multiply)),
    (b"/=", Some(BinaryOp::Divide)),
    (b"&=", Some(BinaryOp::And)),
    (b"|=", Some(BinaryOp::Or)),
    (b"^=", Some(BinaryOp::Xor)),
    (b"<<=", Some(BinaryOp::ShiftLeft)),
    (b">>=", Some(BinaryOp::ShiftRight)),
];

/// A place in a script. Every look ahead first skips space and comments, and counts lines.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    text: &'a [u8],
    pos: usize,
    line: u32,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Cursor { text, pos: 0, line: 1 }
    }

    /// What is not read yet, from the byte that [`Cursor::peek`] showed.
    pub(super) fn rest(&self) -> &'a [u8] {
        &self.text[self.pos..]
    }

    /// The next byte that means something: not of space, nor of a comment (`/* … */`, or `#` to the end of the line).
    pub(super) fn peek(&mut self) -> Result<Option<u8>, ScriptError> {
        loop {
            let rest = self.rest();
            match rest {
                [b'\n', ..] => {
                    self.line = self.line.saturating_add(1);
                    self.pos += 1;
                }
                [b' ' | b'\t' | b'\r' | 0x0b | 0x0c, ..] => self.pos += 1,
                [b'#', ..] => self.pos += memchr::memchr(b'\n', rest).unwrap_or(rest.len()),
                [b'/', b'*', body @ ..] => match memchr::memmem::find(body, b"*/") {
                    Some(len) => self.skip(len + 4),
                    None => return Err(self.error("a comment has no end")),
                },
                _ => return Ok(rest.first().copied()),
            }
        }
    }

    /// Steps over the byte that [`Cursor::peek`] showed.
    pub(super) fn bump(&mut self) {
        self.pos += usize::from(self.pos < self.text.len());
    }

    /// Steps over bytes among which lines may end.
    fn skip(&mut self, len: usize) {
        let newlines = memchr::memchr_iter(b'\n', &self.text[self.pos..self.pos + len]).count();
        self.line = self.line.saturating_add(u32::try_from(newlines).unwrap_or(u32::MAX));
        self.pos += len;
    }

    /// Steps over `token` if that is next.
    pub(super) fn eat(&mut self, token: &[u8]) -> Result<bool, ScriptError> {
        self.peek()?;
        let is_next = self.rest().starts_with(token);
        self.pos += if is_next { token.len() } else { 0 };
        Ok(is_next)
    }

    pub(super) fn expect(&mut self, token: &[u8]) -> Result<(), ScriptError> {
        if self.eat(token)? { Ok(()) } else { Err(self.unexpected(&format!("'{}'", excerpt(token)))) }
    }

    /// The bytes from here for which `is_part` holds: maybe none.
    pub(super) fn word(&mut self, is_part: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.rest();
        let len = rest.iter().position(|&byte| !is_part(byte)).unwrap_or(rest.len());
        self.pos += len;
        &rest[..len]
    }

    /// A name where only names can stand. It ends where a comment begins.
    fn file_word(&mut self) -> &'a [u8] {
        let mut ahead = *self;
        let word = ahead.word(is_file_name_byte);
        let word = &word[..memchr::memmem::find(word, b"/*").unwrap_or(word.len())];
        self.pos += word.len();
        word
    }

    /// A command, or the symbol that a statement assigns to. GNU ld lets that hold a `-` even without quotes.
    fn statement_word(&mut self) -> &'a [u8] {
        let rest = self.rest();
        let goes_on = |at: usize| match rest.get(at) {
            Some(b'-') => at > 0 && rest.get(at + 1).is_some_and(|&next| expr::is_symbol_byte(next)),
            Some(&byte) => expr::is_symbol_byte(byte),
            None => false,
        };
        let len = (0..).take_while(|&at| goes_on(at)).count();
        self.pos += len;
        &rest[..len]
    }

    /// What is between the quotes that begin here. There are no escapes, so no name holds a quote.
    pub(super) fn quoted(&mut self) -> Result<&'a [u8], ScriptError> {
        let body = self.rest().get(1..).unwrap_or_default();
        let len = memchr::memchr(b'"', body).ok_or_else(|| self.error("a quoted name has no end"))?;
        self.skip(len + 2);
        Ok(&body[..len])
    }

    /// The assignment operator ahead, which stays ahead.
    fn assignment_operator(&mut self) -> Result<Option<AssignmentOperator>, ScriptError> {
        self.peek()?;
        let rest = self.rest();
        Ok(OPERATORS.iter().find(|(token, _)| rest.starts_with(token) && !rest.starts_with(b"==")).copied())
    }

    #[cold]
    pub(super) fn error(&self, what: &str) -> ScriptError {
        ScriptError { line: self.line, what: what.into() }
    }

    /// The error that what is ahead is not `wanted`.
    #[cold]
    pub(super) fn unexpected(&self, wanted: &str) -> ScriptError {
        let rest = self.rest();
        let len = rest.iter().position(|&byte| !expr::is_symbol_byte(byte)).unwrap_or(rest.len()).max(1);
        self.error(&match rest.get(..len) {
            None => format!("expected {wanted}, found the end of the file"),
            Some(found) => format!("expected {wanted}, found '{}'", excerpt(found)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A script in short: one line a command, close to how it could be written.
    fn summary(text: &str) -> Result<Vec<String>, ScriptError> {
        let s = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
        let list = |names: &[&[u8]]| names.iter().map(|name| s(name)).collect::<Vec<_>>().join(" ");
        let script = parse(text.as_bytes())?;
        Ok(Vec::from_iter(script.commands.iter().map(|Command { line, what }| {
            let what = match what {
                What::Inputs { group, inputs } => {
                    let inputs = inputs.iter().map(|input| {
                        let name = match input.name {
                            InputName::File(name) => s(name),
                            InputName::Library(name) => format!("-l{}", s(name)),
                        };
                        if input.as_needed { format!("({name})") } else { name }
                    });
                    let inputs = inputs.collect::<Vec<_>>().join(" ");
                    format!("{} {inputs}", if *group { "GROUP" } else { "INPUT" })
                }
                What::Include(name) => format!("INCLUDE {}", s(name)),
                What::SearchDir(name) => format!("SEARCH_DIR {}", s(name)),
                What::Output(name) => format!("OUTPUT {}", s(name)),
                What::OutputFormat(names) => format!("OUTPUT_FORMAT {}", list(names)),
                What::OutputArch(name) => format!("OUTPUT_ARCH {}", s(name)),
                What::Target(name) => format!("TARGET {}", s(name)),
                What::Entry(name) => format!("ENTRY {}", s(name)),
                What::Extern(names) => format!("EXTERN {}", list(names)),
                What::Version { text, line } => format!("VERSION {line} {}", s(text)),
                What::Assign(Assignment { name, expr, provide, hidden }) => {
                    let kind = match (provide, hidden) {
                        (false, false) => "",
                        (true, false) => "PROVIDE ",
                        (false, true) => "HIDDEN ",
                        (true, true) => "PROVIDE_HIDDEN ",
                    };
                    let number = |_| Some(expr::Value::absolute(100));
                    let value = expr.eval(&mut { number }).unwrap().value;
                    format!("{kind}{}={}", s(name), value.cast_signed())
                }
                What::Assert { condition, message } => {
                    let holds = condition.eval(&mut |_| None).unwrap().value != 0;
                    format!("ASSERT {holds} {}", s(message))
                }
            };
            format!("{line}: {what}")
        })))
    }

    #[test]
    fn commands_are_read_as_gnu_ld_reads_them() {
        let libc = "/* GNU ld script\n   Use the shared library.  */\nOUTPUT_FORMAT(elf64-x86-64)\n\
                    GROUP ( /lib/libc.so.6 /usr/lib/libc_nonshared.a  AS_NEEDED ( /lib64/ld-linux-x86-64.so.2 ) )\n";
        let cases: &[(&str, &[&str])] = &[
            ("", &[]),
            (" \n\t ; ; \n", &[]),
            (
                libc,
                &[
                    "3: OUTPUT_FORMAT elf64-x86-64",
                    "4: GROUP /lib/libc.so.6 /usr/lib/libc_nonshared.a (/lib64/ld-linux-x86-64.so.2)",
                ],
            ),
            ("INPUT(libncurses.so.6 -ltinfo)", &["1: INPUT libncurses.so.6 -ltinfo"]),
            ("INPUT(-l:a.o,b.o , \"c d.o\")", &["1: INPUT -l:a.o b.o c d.o"]),
            ("GROUP(AS_NEEDED(a AS_NEEDED(b) c) d)", &["1: GROUP (a) (b) (c) d"]),
            ("INPUT(AS_NEEDED)INPUT()", &["1: INPUT AS_NEEDED", "1: INPUT "]),
            ("# hi\nINPUT(a) # there\nINPUT(b)", &["2: INPUT a", "3: INPUT b"]),
            ("INPUT(a/**/b/* ) */)", &["1: INPUT a b"]),
            ("SEARCH_DIR(\"=/usr/lib\"); SEARCH_DIR(=/lib)", &["1: SEARCH_DIR =/usr/lib", "1: SEARCH_DIR =/lib"]),
            (
                "OUTPUT_FORMAT(\"a\", \"b\", \"c\")\nOUTPUT_ARCH(i386:x86-64)",
                &["1: OUTPUT_FORMAT a b c", "2: OUTPUT_ARCH i386:x86-64"],
            ),
            (
                "OUTPUT(a.out) TARGET(elf64-x86-64) STARTUP(crt0.o)",
                &["1: OUTPUT a.out", "1: TARGET elf64-x86-64", "1: INPUT crt0.o"],
            ),
            ("ENTRY(_start) EXTERN(a b, c)", &["1: ENTRY _start", "1: EXTERN a b c"]),
            ("INCLUDE more.ld\nINCLUDE \"a b.ld\";", &["1: INCLUDE more.ld", "2: INCLUDE a b.ld"]),
            ("x = 1; x += 2;\nx <<= 3, x-y-=1;", &["1: x=1", "1: x=102", "2: x=800", "2: x-y=99"]),
            ("a*=2;b/=2;c&=4;d|=3;e^=1;f>>=1;", &["1: a=200", "1: b=50", "1: c=4", "1: d=103", "1: e=101", "1: f=50"]),
            ("\"x\" = 4;\n\"x-y\" = a-b;", &["1: x=4", "2: x-y=0"]),
            ("INPUT=5;", &["1: INPUT=5"]),
            (
                "PROVIDE(a = 1); PROVIDE_HIDDEN(b = 2)\nHIDDEN(\"c\" = 3);",
                &["1: PROVIDE a=1", "1: PROVIDE_HIDDEN b=2", "2: HIDDEN c=3"],
            ),
            (
                "ASSERT(1 == 2, \"oh (no)\"); ASSERT(DEFINED(a) == 0, \"\")",
                &["1: ASSERT false oh (no)", "1: ASSERT true "],
            ),
            ("NOCROSSREFS(.a .b) FORCE_COMMON_ALLOCATION INHIBIT_COMMON_ALLOCATION", &[]),
            (
                "\nVERSION\n{ V1 { a; \"}\"; /* } */ }; # }\n}\nx=1;",
                &["2: VERSION 3  V1 { a; \"}\"; /* } */ }; # }\n", "5: x=1"],
            ),
            (
                "SECTIONS { x = 1; PROVIDE(y = 2);\n; \"z\" += 1; ASSERT(1, \"\") }",
                &["1: x=1", "1: PROVIDE y=2", "2: z=101", "2: ASSERT true "],
            ),
            ("SECTIONS { }", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(summary(text).unwrap(), *expected, "{text}");
        }
    }

    #[test]
    fn errors_name_the_line_and_what_to_do() {
        for (text, line, expected) in [
            ("INPUT(a.o", 1, "expected a name, found the end of the file"),
            ("INPUT a.o", 1, "expected '(', found 'a.o'"),
            ("\n\nINPUT(a.o;)", 3, "expected a name, found ';'"),
            ("INPUT(-l a)", 1, "-l is not followed by the name of a library"),
            ("INPUT(\"a", 1, "a quoted name has no end"),
            ("x = 1;\n/* y", 2, "a comment has no end"),
            ("/*\n\n*/ x = 1", 3, "expected ';', found the end of the file"),
            ("\"a\nb\" x", 2, "expected '=', found 'x'"),
            ("x == 1;", 1, "unknown linker script command 'x'"),
            ("int main(void) { return 0; }", 1, "unknown linker script command 'int'"),
            ("\n<html>", 2, "expected a linker script command, found '<'"),
            ("PROVIDE(x)", 1, "expected '=', found ')'"),
            ("PROVIDE(x = 1", 1, "expected ')', found the end of the file"),
            ("ASSERT(1)", 1, "expected ',', found ')'"),
            ("ASSERT(1, x)", 1, "expected a quoted message, found 'x'"),
            ("VERSION {\n{ a; };", 1, "the '{' of VERSION is not closed"),
            ("\nSECTIONS {\n x = 1;", 2, "the '{' of SECTIONS is not closed"),
            ("MEMORY { }", 1, "MEMORY is not supported: use GNU ld or lld for linker scripts with MEMORY"),
            ("x = 1;\nPHDRS { }", 2, "PHDRS is not supported: use GNU ld or lld for linker scripts with PHDRS"),
            (
                "INPUT(a)\nSECTIONS\n{ x = 1;\n .text : { *(.text) } }",
                2,
                "SECTIONS is not supported: use GNU ld or lld for linker scripts with SECTIONS",
            ),
            (
                "SECTIONS { . = 0x1000; }",
                1,
                "SECTIONS is not supported: use GNU ld or lld for linker scripts with SECTIONS",
            ),
        ] {
            let error = summary(text).unwrap_err();
            assert_eq!((error.line, error.what.as_str()), (line, expected), "{text}");
        }
        let long = "x".repeat(100_000);
        assert!(parse(long.as_bytes()).unwrap_err().what.len() < 100);
    }

    #[test]
    fn text_is_told_from_garbage() {
        let cut_character = [&b"x".repeat(TEXT_PROBE_SIZE - 1)[..], "é".as_bytes()].concat();
        let texts: [&[u8]; 5] = [b"", b"INPUT(a)\r\n\t\x0c", b"int main;", "/* é */".as_bytes(), &cut_character];
        texts.iter().for_each(|text| assert!(is_text_script(text), "{}", text.escape_ascii()));
        let garbage: [&[u8]; 5] = [b"BC\xc0\xde5\x14\0\0", b"\x7fELF", b"abc\0", b"\xff\xfea", b"\xcf\xfa\xed\xfe"];
        garbage.iter().for_each(|bytes| assert!(!is_text_script(bytes), "{}", bytes.escape_ascii()));
    }

    #[test]
    fn a_cut_or_changed_byte_never_panics() {
        let text = b"/* x */ OUTPUT_FORMAT(a,b) GROUP(\"a\" -lb AS_NEEDED(c)) SEARCH_DIR(=/x)\nx-y <<= ALIGN(a, 4);\n\
                     PROVIDE(x = 1 ? 2 : 3); VERSION { V1 { a; }; } ASSERT(1, \"m\") SECTIONS { y = 1; } # end";
        assert!(parse(text).is_ok());
        for cut in 0..text.len() {
            let _ = parse(&text[..cut]);
            for byte in 0..=255 {
                let mut changed = text.to_vec();
                changed[cut] = byte;
                let _ = parse(&changed);
            }
        }
    }

    #[test]
    fn deep_nesting_is_only_long() {
        assert!(parse("INPUT(".repeat(100_000).as_bytes()).is_err());
        let nested = format!("INPUT({}a{})", "AS_NEEDED(".repeat(100_000), ")".repeat(100_000));
        assert_eq!(parse(nested.as_bytes()).unwrap().commands.len(), 1);
        assert!(parse(format!("x={};", "(".repeat(1_000_000)).as_bytes()).is_err());
        assert!(parse(format!("VERSION{}", "{".repeat(1_000_000)).as_bytes()).is_err());
        assert!(parse("SECTIONS{".repeat(100_000).as_bytes()).is_err());
    }

    #[test]
    fn the_c_library_of_this_machine_can_be_read() {
        for name in ["libc.so", "libm.so"] {
            for folder in ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"] {
                let Ok(text) = std::fs::read(format!("{folder}/{name}")) else { continue };
                if text.starts_with(b"\x7fELF") {
                    continue;
                }
                assert!(is_text_script(&text));
                let script = parse(&text).unwrap();
                assert!(
                    script
                        .commands
                        .iter()
                        .any(|c| matches!(&c.what, What::Inputs { inputs, .. } if !inputs.is_empty()))
                );
            }
        }
    }
}
