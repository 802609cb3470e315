//! The `--time` table: wall time of each pass, in the order they ran.

use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Times of the passes of one link. Off, a phase costs one branch.
#[derive(Debug)]
pub struct Times {
    on: bool,
    start: Instant,
    phases: Mutex<Vec<Phase>>,
}

#[derive(Debug, Clone)]
struct Phase {
    name: &'static str,
    begin: Duration,
    wall: Duration,
    depth: usize,
}

/// Ends its phase when dropped.
#[derive(Debug)]
pub struct Running<'a> {
    times: &'a Times,
    slot: Option<usize>,
    begin: Instant,
}

impl Times {
    /// A table that records when `on`.
    pub fn new(on: bool) -> Self {
        Times { on, start: Instant::now(), phases: Mutex::default() }
    }

    /// Starts a phase that ends when the result is dropped. Call it on the driver's thread, first thing in a pass.
    pub fn phase(&self, name: &'static str) -> Running<'_> {
        let begin = Instant::now();
        let slot = self.on.then(|| {
            let mut phases = self.phases.lock().unwrap_or_else(|e| e.into_inner());
            let depth = phases.iter().filter(|p| p.wall == Duration::MAX).count();
            phases.push(Phase { name, begin: begin - self.start, wall: Duration::MAX, depth });
            phases.len() - 1
        });
        Running { times: self, slot, begin }
    }

    /// The table as text: milliseconds and name of each phase, nested ones indented.
    pub fn table(&self) -> String {
        let phases = self.phases.lock().unwrap_or_else(|e| e.into_inner());
        let mut text = String::new();
        for p in phases.iter() {
            let wall = if p.wall == Duration::MAX { self.start.elapsed().saturating_sub(p.begin) } else { p.wall };
            text += &format!("{:>10.3} ms  {:indent$}{}\n", wall.as_secs_f64() * 1e3, "", p.name, indent = 2 * p.depth);
        }
        text + &format!("{:>10.3} ms  total\n", self.start.elapsed().as_secs_f64() * 1e3)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if let Some(slot) = self.slot {
            let mut phases = self.times.phases.lock().unwrap_or_else(|e| e.into_inner());
            phases[slot].wall = self.begin.elapsed();
        }
    }
}
