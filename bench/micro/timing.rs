//! How long a piece of work takes, when it is repeated often enough to be measured.

use std::time::{Duration, Instant};

/// How often and how long to measure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    pub(crate) samples: usize,
    /// A sample repeats the work until this much time has passed: the clock's and the kernel's noise is small then.
    pub(crate) sample: Duration,
    pub(crate) warm_up: Duration,
}

impl Effort {
    pub(crate) const USUAL: Effort =
        Effort { samples: 15, sample: Duration::from_millis(20), warm_up: Duration::from_millis(100) };
    /// Once is enough to see that it runs.
    pub(crate) const LEAST: Effort = Effort { samples: 1, sample: Duration::ZERO, warm_up: Duration::ZERO };
}

/// The median time of `work` in nanoseconds. Caches, branch predictors and the processor's clock are warm.
pub(crate) fn median_ns(effort: Effort, mut work: impl FnMut()) -> f64 {
    let start = Instant::now();
    let mut count = 0u32;
    while count == 0 || start.elapsed() < effort.warm_up {
        work();
        count += 1;
    }
    let repeats = (effort.sample.as_secs_f64() / (start.elapsed().as_secs_f64() / f64::from(count))).ceil().max(1.0);
    let sample = || {
        let start = Instant::now();
        (0..repeats as u64).for_each(|_| work());
        start.elapsed().as_secs_f64() * 1e9 / repeats
    };
    median(std::iter::repeat_with(sample).take(effort.samples))
}

/// 0 for nothing.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
