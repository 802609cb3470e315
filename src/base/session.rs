//! What every pass may call on: threads, diagnostics, timing. Never a result.

use super::{diag::Diag, par::Par, time::Times};
use sinew_mmap::output::Leftover;

/// The three services of a link. A pass takes `&Session`; its inputs and outputs stay parameters and return values.
#[derive(Debug)]
pub struct Session {
    /// Threads (`-j`).
    pub par: Par,
    /// Errors and warnings, collected and sorted.
    pub diag: Diag,
    /// The `--time` table.
    pub time: Times,
}

/// What a program that links can do around a link. The library itself never forks and never leaves.
pub struct Host<'h> {
    /// Called once, before any thread is left running, with the number of bytes of all inputs.
    pub opened: &'h mut dyn FnMut(u64),
    /// Called when the output is in place, with what is left to free; it may end the process.
    pub done: &'h mut dyn FnMut(Leftover),
}
