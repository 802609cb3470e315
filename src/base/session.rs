//! What every pass may call on: threads, diagnostics, timing. Never a result.

use super::{diag::Diag, par::Par, time::Times};
use sinew_mmap::input::{Advice, Input};
use sinew_mmap::output::Leftover;
use std::sync::Mutex;

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
    /// Called once with the number of bytes of all inputs, when no thread is running but the caller's: it may fork, and
    /// start threads that stay.
    pub opened: &'h mut dyn FnMut(u64),
    /// Called when the output is in place, with what is left to free; it may end the process.
    pub done: &'h mut dyn FnMut(Rest<'_>),
}

/// What a link that is done holds on to.
#[derive(Debug)]
pub struct Rest<'r> {
    leftover: Leftover,
    inputs: Vec<&'r Input>,
}

impl<'r> Rest<'r> {
    /// The file that was replaced, and the inputs.
    pub fn new(leftover: Leftover, inputs: impl IntoIterator<Item = &'r Input>) -> Rest<'r> {
        Rest { leftover, inputs: inputs.into_iter().collect() }
    }

    /// To be called at the end of the process, which gives everything back on one thread: what takes long is given back
    /// here, on all of them.
    pub fn release(self, par: &Par) {
        let weight = self.inputs.iter().map(|input| input.bytes().len() as u64 / 64).sum();
        if !par.is_parallel(self.inputs.len(), weight) {
            return std::mem::forget(self);
        }
        let Rest { leftover, inputs } = self;
        let leftover = Mutex::new(Some(leftover));
        par.map(inputs.len() + 1, weight, |i| match i.checked_sub(1) {
            None => drop(leftover.lock().map(|mut leftover| leftover.take())),
            Some(i) => inputs[i].advise(Advice::DontNeed),
        });
    }
}
