//! Reads the commands of a script.
//!
//! Takes the text, yields commands in its order. A command that lays out sections is refused with its name and line.
//! Cost: one pass; one small allocation a command.

use super::cursor::excerpt;
use super::{Assignment, Command, Cursor, Input, InputName, Script, ScriptError, What};
use crate::elf::expr::{self, Expr};

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
