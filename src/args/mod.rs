//! Command lines: response files, flag tables, and what they add up to.

pub mod elf;
pub mod macho;
pub mod personality;
pub mod response;
mod suggest;
mod value;

use std::fmt::Write;
use std::io::IsTerminal;

/// Whether messages go to a terminal that wants colours (<https://no-color.org>).
fn terminal_has_color() -> bool {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    set("NO_COLOR").is_none() && set("TERM").is_some_and(|term| term != "dumb") && std::io::stderr().is_terminal()
}

/// One flag in a help text: two columns where the first is narrow, else two lines.
fn help_line(text: &mut String, names: &str, help: &str) {
    let _ = match names.len() {
        ..30 => writeln!(text, "  {names:30}{help}"),
        _ => writeln!(text, "  {names}\n  {:30}{help}", ""),
    };
}
