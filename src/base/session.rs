//! What every pass may call on: threads, diagnostics, timing. Never a result.

use super::{diag::Diag, par::Par, time::Times};

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
