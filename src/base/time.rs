//! The `--time` table and the `--time-trace` file: wall and processor time of each pass, in the order they ran.
//!
//! Processor time counts all threads: where it is about the wall time times `-j`, a pass is parallel; and on a machine
//! with other work it is the number to trust. Serial is the wall time outside of parallel regions, also at `-j 1`: what
//! no number of threads makes shorter.

use super::par::shared_time;
use sinew_mmap::process::cpu_time;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Times of the passes of one link. Off, a phase costs one branch.
#[derive(Debug)]
pub struct Times {
    on: bool,
    start: Instant,
    /// [`shared_time`] at the start.
    shared: Duration,
    phases: Mutex<Vec<Phase>>,
}

/// One line of the table.
#[derive(Debug, Clone)]
pub struct Phase {
    /// The pass.
    pub name: &'static str,
    begin: Duration,
    /// From its start to its end.
    pub wall: Duration,
    /// Processor time of all threads meanwhile.
    pub cpu: Duration,
    /// Wall time outside of parallel regions.
    pub serial: Duration,
    /// How many passes it is a part of.
    pub depth: usize,
}

/// Ends its phase when dropped.
#[derive(Debug)]
pub struct Running<'a> {
    times: &'a Times,
    slot: Option<usize>,
    begin: Instant,
    cpu: Duration,
    shared: Duration,
}

impl Times {
    /// A table that records when `on`.
    pub fn new(on: bool) -> Self {
        Times { on, start: Instant::now(), shared: shared_time(), phases: Mutex::default() }
    }

    /// Starts a phase that ends when the result is dropped. Call it on the driver's thread, first thing in a pass.
    pub fn phase(&self, name: &'static str) -> Running<'_> {
        let begin = Instant::now();
        let slot = self.on.then(|| {
            let mut phases = self.phases.lock().unwrap_or_else(|e| e.into_inner());
            let depth = phases.iter().filter(|p| p.wall == Duration::MAX).count();
            let (begin, wall, none) = (begin - self.start, Duration::MAX, Duration::ZERO);
            phases.push(Phase { name, begin, wall, cpu: none, serial: none, depth });
            phases.len() - 1
        });
        let (cpu, shared) = if self.on { (cpu_time(), shared_time()) } else { Default::default() };
        Running { times: self, slot, begin, cpu, shared }
    }

    /// The passes that have ended, in the order they began.
    pub fn phases(&self) -> Vec<Phase> {
        let phases = self.phases.lock().unwrap_or_else(|e| e.into_inner());
        phases.iter().filter(|p| p.wall != Duration::MAX).cloned().collect()
    }

    /// The table as text: milliseconds of wall, processor and serial time, and name of each phase, nested ones indented.
    pub fn table(&self) -> String {
        let phases = self.phases.lock().unwrap_or_else(|e| e.into_inner());
        let ms = |d: Duration| d.as_secs_f64() * 1e3;
        let mut text = format!("{:>10} {:>10} {:>10}  pass\n", "wall ms", "cpu ms", "serial ms");
        let mut line = |wall: Duration, cpu: Duration, serial: Duration, name: &str, depth: usize| {
            let (wall, cpu, serial, indent) = (ms(wall), ms(cpu), ms(serial), 2 * depth);
            text += &format!("{wall:>10.3} {cpu:>10.3} {serial:>10.3}  {:indent$}{name}\n", "");
        };
        for p in phases.iter() {
            let wall = if p.wall == Duration::MAX { self.start.elapsed().saturating_sub(p.begin) } else { p.wall };
            line(wall, p.cpu, p.serial, p.name, p.depth);
        }
        let wall = self.start.elapsed();
        line(wall, cpu_time(), wall.saturating_sub(shared_time().saturating_sub(self.shared)), "total", 0);
        text
    }

    /// The phases in the form that Chrome's tracing pages and Perfetto read (Trace Event Format, "Complete Events"),
    /// in microseconds since the start. Names of phases need no escapes.
    pub fn trace(&self) -> String {
        let phases = self.phases.lock().unwrap_or_else(|e| e.into_inner());
        let us = |d: Duration| d.as_nanos() as f64 / 1e3;
        let event = |name: &str, begin: Duration, wall: Duration, cpu: Duration| {
            let (begin, wall, cpu) = (us(begin), us(wall), us(cpu));
            format!(
                "{{\"ph\":\"X\",\"pid\":1,\"tid\":1,\"name\":\"{name}\",\"ts\":{begin:.3},\"dur\":{wall:.3},\
                 \"args\":{{\"cpu us\":{cpu:.3}}}}}"
            )
        };
        let mut text = String::from("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n");
        text += &event("link", Duration::ZERO, self.start.elapsed(), cpu_time());
        for p in phases.iter().filter(|p| p.wall != Duration::MAX) {
            text += ",\n";
            text += &event(p.name, p.begin, p.wall, p.cpu);
        }
        text + "\n]}\n"
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if let Some(slot) = self.slot {
            let mut phases = self.times.phases.lock().unwrap_or_else(|e| e.into_inner());
            phases[slot].wall = self.begin.elapsed();
            phases[slot].cpu = cpu_time().saturating_sub(self.cpu);
            phases[slot].serial = phases[slot].wall.saturating_sub(shared_time().saturating_sub(self.shared));
        }
    }
}
