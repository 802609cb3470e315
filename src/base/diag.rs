//! Errors and warnings: collected from any thread, sorted by input order, printed at checkpoints.
//!
//! A pass reports and carries on; [`Diag::checkpoint`] at the end of a stage prints what was collected and turns
//! errors into [`Reported`]. Only this module writes to standard error.

use std::fmt::Display;
use std::io::Write;
use std::sync::Mutex;

/// "The user has been told": carries no text, since it was already said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reported;

/// Where in the order of inputs a message belongs; messages print in ascending order whatever thread found them.
pub type Order = u64;

/// How the messages look and what they do.
#[derive(Debug, Clone)]
pub struct Style {
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
        Style { color: false, fatal_warnings: false, no_warnings: false, error_limit: 20, no_inhibit_exec: false }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Message {
    order: Order,
    error: bool,
    text: String,
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

    fn push(&self, order: Order, error: bool, text: String) {
        let message = Message { order, error: error && !self.style.no_inhibit_exec, text };
        self.pending.lock().unwrap_or_else(|e| e.into_inner()).push(message);
    }

    /// Records an error. `order` sorts it among the others; use the input's place on the command line.
    pub fn error_at(&self, order: Order, text: impl Display) {
        self.push(order, true, text.to_string());
    }

    /// Records an error that belongs to no input.
    pub fn error(&self, text: impl Display) {
        self.push(0, true, text.to_string());
    }

    /// Records an error and returns [`Reported`] for `return Err(…)`.
    pub fn fail(&self, text: impl Display) -> Reported {
        self.push(0, true, text.to_string());
        Reported
    }

    /// Records a warning. `--fatal-warnings` makes it an error.
    pub fn warn_at(&self, order: Order, text: impl Display) {
        if !self.style.no_warnings || self.style.fatal_warnings {
            self.push(order, self.style.fatal_warnings, text.to_string());
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
            text +=
                &format!("sinew: note: {} more errors; --error-limit=0 shows all\n", errors - self.style.error_limit);
        }
        match &self.kept {
            Some(kept) => kept.lock().unwrap_or_else(|e| e.into_inner()).push_str(&text),
            // A closed standard error leaves nobody to tell.
            None => _ = std::io::stderr().lock().write_all(text.as_bytes()),
        }
        if errors > 0 { Err(Reported) } else { Ok(()) }
    }

    fn format(&self, message: &Message, text: &mut String) {
        let (label, color) = if message.error { ("error", "31") } else { ("warning", "35") };
        if self.style.color {
            text.push_str(&format!("sinew: \x1b[1;{color}m{label}:\x1b[0m {}\n", message.text));
        } else {
            text.push_str(&format!("sinew: {label}: {}\n", message.text));
        }
    }

    /// The messages not yet printed, as text; for tests and callers of the library that do not print.
    pub fn drain(&self) -> Vec<String> {
        let mut messages = std::mem::take(&mut *self.pending.lock().unwrap_or_else(|e| e.into_inner()));
        messages.sort();
        messages.into_iter().map(|m| m.text).collect()
    }
}
