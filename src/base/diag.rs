//! Errors and warnings: collected from any thread, sorted by input order, printed at checkpoints.
//!
//! A pass reports and carries on; [`Diag::checkpoint`] at the end of a stage prints what was collected and turns
//! errors into [`Reported`]. Only this module writes to standard error.
//!
//! Compilers' users read the messages, and so do build systems: those look for the words of the linker that they know.
//! A [`Shape`] is whose.

use std::fmt::Display;
use std::io::Write;
use std::sync::Mutex;

/// "The user has been told": carries no text, since it was already said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reported;

/// Where in the order of inputs a message belongs; messages print in ascending order whatever thread found them.
pub type Order = u64;

/// How a message begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// `sinew: error: …`, `sinew: warning: …`.
    #[default]
    Own,
    /// Apple's: `ld: …` is an error, `ld: warning: …` a warning. A warning that is fatal stays one in words, and the last
    /// line says what it led to.
    Apple,
}

impl Shape {
    fn program(self) -> &'static str {
        match self {
            Shape::Own => "sinew",
            Shape::Apple => "ld",
        }
    }
}

/// How the messages look and what they do.
#[derive(Debug, Clone)]
pub struct Style {
    /// How they begin.
    pub shape: Shape,
    /// Use terminal colours.
    pub color: bool,
    /// `--fatal-warnings`.
    pub fatal_warnings: bool,
    /// `-w`, `--no-warnings`.
    pub no_warnings: bool,
    /// `--error-limit`; 0 is no limit.
    pub error_limit: usize,
    /// `--noinhibit-exec`: errors become warnings.
    pub no_inhibit_exec: bool,
}

impl Default for Style {
    fn default() -> Self {
        Style {
            shape: Shape::Own,
            color: false,
            fatal_warnings: false,
            no_warnings: false,
            error_limit: 20,
            no_inhibit_exec: false,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Message {
    order: Order,
    error: bool,
    /// What it was reported as: a warning may be fatal.
    warning: bool,
    text: String,
    /// Lines that stand before it, as they are.
    above: String,
}

/// Collects the messages of one link.
#[derive(Debug, Default)]
pub struct Diag {
    style: Style,
    pending: Mutex<Vec<Message>>,
    /// What would have been printed, where it is kept instead.
    kept: Option<Mutex<String>>,
}

impl Diag {
    /// An empty collection that prints in `style`.
    pub fn new(style: Style) -> Self {
        Diag { style, pending: Mutex::default(), kept: None }
    }

    /// An empty collection that prints nothing: [`Diag::kept`] is the text.
    pub fn keeping(style: Style) -> Self {
        Diag { kept: Some(Mutex::default()), ..Diag::new(style) }
    }

    /// Takes what checkpoints have put out so far.
    pub fn kept(&self) -> String {
        self.kept
            .as_ref()
            .map(|text| std::mem::take(&mut *text.lock().unwrap_or_else(|e| e.into_inner())))
            .unwrap_or_default()
    }

    fn push(&self, mut message: Message) {
        message.error &= !self.style.no_inhibit_exec;
        self.pending.lock().unwrap_or_else(|e| e.into_inner()).push(message);
    }

    fn push_error(&self, order: Order, text: &dyn Display, above: String) {
        self.push(Message { order, error: true, warning: false, text: text.to_string(), above });
    }

    /// Records an error. `order` sorts it among the others; use the input's place on the command line.
    pub fn error_at(&self, order: Order, text: impl Display) {
        self.push_error(order, &text, String::new());
    }

    /// Records an error that belongs to no input.
    pub fn error(&self, text: impl Display) {
        self.push_error(0, &text, String::new());
    }

    /// Records an error that sums up the lines `above` it.
    pub fn error_below(&self, above: String, text: impl Display) {
        self.push_error(0, &text, above);
    }

    /// Records an error and returns [`Reported`] for `return Err(…)`.
    pub fn fail(&self, text: impl Display) -> Reported {
        self.push_error(0, &text, String::new());
        Reported
    }

    /// Records a warning. `--fatal-warnings` makes it an error.
    pub fn warn_at(&self, order: Order, text: impl Display) {
        if !self.style.no_warnings || self.style.fatal_warnings {
            let (error, text) = (self.style.fatal_warnings, text.to_string());
            self.push(Message { order, error, warning: true, text, above: String::new() });
        }
    }

    /// Records a warning that belongs to no input.
    pub fn warn(&self, text: impl Display) {
        self.warn_at(0, text);
    }

    /// Prints everything collected so far, sorted and without repeats. `Err` when an error was among it.
    pub fn checkpoint(&self) -> Result<(), Reported> {
        let mut messages = std::mem::take(&mut *self.pending.lock().unwrap_or_else(|e| e.into_inner()));
        if messages.is_empty() {
            return Ok(());
        }
        messages.sort();
        messages.dedup();
        let errors = messages.iter().filter(|m| m.error).count();
        let mut shown = 0;
        let mut text = String::new();
        for message in &messages {
            if message.error {
                shown += 1;
                if self.style.error_limit != 0 && shown > self.style.error_limit {
                    continue;
                }
            }
            self.format(message, &mut text);
        }
        if self.style.error_limit != 0 && errors > self.style.error_limit {
            let (program, more) = (self.style.shape.program(), errors - self.style.error_limit);
            text += &format!("{program}: note: {more} more errors; --error-limit=0 shows all\n");
        }
        if self.style.shape == Shape::Apple && messages.iter().any(|m| m.error && m.warning) {
            text += "ld: fatal warning(s) induced error (-fatal_warnings)\n";
        }
        match &self.kept {
            Some(kept) => kept.lock().unwrap_or_else(|e| e.into_inner()).push_str(&text),
            // A closed standard error leaves nobody to tell.
            None => _ = std::io::stderr().lock().write_all(text.as_bytes()),
        }
        if errors > 0 { Err(Reported) } else { Ok(()) }
    }

    fn format(&self, message: &Message, text: &mut String) {
        let (shape, body) = (self.style.shape, &message.text);
        let is_warning = !message.error || message.warning && shape == Shape::Apple;
        let (label, color) = match is_warning {
            true => ("warning: ", "35"),
            // Whoever reads Apple's linker takes a line without a label for an error.
            false if shape == Shape::Apple => ("", "31"),
            false => ("error: ", "31"),
        };
        let program = shape.program();
        text.push_str(&message.above);
        text.push_str(&match label.trim_end() {
            bare if self.style.color && !bare.is_empty() => format!("{program}: \x1b[1;{color}m{bare}\x1b[0m {body}\n"),
            _ => format!("{program}: {label}{body}\n"),
        });
    }

    /// The messages not yet printed, as text; for tests and callers of the library that do not print.
    pub fn drain(&self) -> Vec<String> {
        let mut messages = std::mem::take(&mut *self.pending.lock().unwrap_or_else(|e| e.into_inner()));
        messages.sort();
        messages.into_iter().map(|m| m.text).collect()
    }
}
