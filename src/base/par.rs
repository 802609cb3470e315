//! Parallel loops over `std::thread::scope`.
//!
//! Results come back in index order whatever the number of threads, so `-j N` yields what `-j 1` does. `-j 1`, and
//! any region under its inline threshold, runs on the calling thread, in order, and spawns nothing.
//! Cost of a region: one thread spawn and join per worker (some 50 µs each), so regions are few and fat.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

/// How many threads a link may use, and how small a region must be to stay on one.
#[derive(Debug, Clone, Copy)]
pub struct Par {
    workers: usize,
    inline_below: u64,
}

/// Below this much work (bytes touched, roughly) spawning threads costs more than it saves.
pub const DEFAULT_INLINE_BELOW: u64 = 256 * 1024;

impl Par {
    /// `workers` threads (at least one); regions of fewer than `inline_below` bytes of work stay on the caller.
    pub fn new(workers: usize, inline_below: u64) -> Self {
        Par { workers: workers.max(1), inline_below }
    }

    /// The most threads that a region uses.
    pub fn workers(&self) -> usize {
        self.workers
    }

    fn threads(&self, jobs: usize, weight: u64) -> usize {
        if weight < self.inline_below { 1 } else { self.workers.min(jobs).max(1) }
    }

    /// `f(0), …, f(n - 1)`, in index order. `weight` estimates the bytes that the whole region touches.
    pub fn map<R: Send>(&self, n: usize, weight: u64, f: impl Fn(usize) -> R + Sync) -> Vec<R> {
        let mut none = vec![(); self.workers];
        self.map_with(&mut none, n, weight, |(), i| f(i))
    }

    /// Like [`Par::map`] where each worker owns one element of `states` (there must be [`Par::workers`] of them).
    pub fn map_with<'s, S: Send, R: Send>(
        &self,
        states: &'s mut [S],
        n: usize,
        weight: u64,
        f: impl Fn(&mut S, usize) -> R + Sync,
    ) -> Vec<R>
    where
        S: 's,
    {
        let threads = self.threads(n, weight).min(states.len());
        if threads <= 1 {
            let state = states.first_mut().expect("a session has at least one worker");
            return (0..n).map(|i| f(state, i)).collect();
        }
        let next = AtomicUsize::new(0);
        let work = |state: &mut S| {
            let mut done = Vec::with_capacity(n / threads + 1);
            loop {
                let i = next.fetch_add(1, Relaxed);
                if i >= n {
                    return done;
                }
                done.push((i, f(state, i)));
            }
        };
        let (first, rest) = states[..threads].split_first_mut().expect("threads is at least two");
        let mut results: Vec<Option<R>> = Vec::with_capacity(n);
        results.resize_with(n, || None);
        thread::scope(|scope| {
            let handles: Vec<_> = rest.iter_mut().map(|s| scope.spawn(|| work(s))).collect();
            let mut collect = |done: Vec<(usize, R)>| done.into_iter().for_each(|(i, r)| results[i] = Some(r));
            collect(work(first));
            for handle in handles {
                match handle.join() {
                    Ok(done) => collect(done),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
        });
        results.into_iter().map(|r| r.expect("every index was claimed by one worker")).collect()
    }

    /// Hands every job to `f` once, by value: a job may own a slice of the output.
    pub fn consume<J: Send>(&self, jobs: Vec<J>, weight: u64, f: impl Fn(J) + Sync) {
        let mut none = vec![(); self.workers];
        self.consume_with(&mut none, jobs, weight, |(), job| f(job));
    }

    /// Like [`Par::consume`] with a state for each worker (a scratch buffer, say).
    pub fn consume_with<S: Send, J: Send>(
        &self,
        states: &mut [S],
        jobs: Vec<J>,
        weight: u64,
        f: impl Fn(&mut S, J) + Sync,
    ) {
        let n = jobs.len();
        if self.threads(n, weight) <= 1 {
            let state = states.first_mut().expect("a session has at least one worker");
            return jobs.into_iter().for_each(|job| f(state, job));
        }
        // An iterator under a lock: jobs are tens of microseconds or more, taking one is nanoseconds.
        let queue = Mutex::new(jobs.into_iter());
        self.map_with(states, n, weight, |state, _| {
            let job = queue.lock().expect("no job panics while it holds the queue").next();
            f(state, job.expect("as many jobs as indices"));
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_index_order_for_every_worker_count() {
        for workers in [1, 2, 3, 8] {
            let par = Par::new(workers, 0);
            assert_eq!(par.map(1000, 0, |i| i * i), (0..1000).map(|i| i * i).collect::<Vec<_>>());
        }
    }

    #[test]
    fn every_job_is_consumed_once() {
        let mut bytes = vec![0u8; 999];
        Par::new(4, 0).consume(bytes.chunks_mut(10).collect(), 0, |chunk| chunk.iter_mut().for_each(|b| *b += 1));
        assert!(bytes.iter().all(|b| *b == 1));
    }

    #[test]
    #[should_panic(expected = "worker")]
    fn a_panic_in_a_worker_reaches_the_caller() {
        Par::new(4, 0).map(100, 0, |i| assert!(i < 50, "worker"));
    }
}
