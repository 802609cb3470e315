//! Parallel loops: regions of work that several threads share.
//!
//! Results come back in index order whatever the number of threads, so `-j N` yields what `-j 1` does. `-j 1`, and
//! any region under its inline threshold, runs on the calling thread, in order, and spawns nothing.
//! Cost of a region: to wake threads that wait for it ([`Workers`]), some 50 µs; without such, to start and join one for
//! each worker in a scope. So regions are few and fat.

use sinew_mmap::workers::Workers;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

/// How many threads a link may use, and how small a region must be to stay on one.
#[derive(Debug, Clone)]
pub struct Par {
    workers: usize,
    inline_below: u64,
    waiting: Option<Workers>,
}

/// Below this much work (bytes touched, roughly) for each, waking threads costs more than it saves.
pub const DEFAULT_INLINE_BELOW: u64 = 256 * 1024;

/// So many times that much work is done before the first thread is started: to start one and to end it takes longer than
/// to wake it.
pub const STARTING: u64 = 4;

/// Nanoseconds that regions took which more threads can share.
static SHARED: AtomicU64 = AtomicU64::new(0);

/// The wall time of all regions so far that several threads shared, or would have shared without `-j 1`. What a pass takes
/// beyond that stays when there are more threads.
pub fn shared_time() -> Duration {
    Duration::from_nanos(SHARED.load(Relaxed))
}

/// Adds its life to [`shared_time`].
struct Shared(Instant);

impl Drop for Shared {
    fn drop(&mut self) {
        SHARED.fetch_add(self.0.elapsed().as_nanos() as u64, Relaxed);
    }
}

impl Par {
    /// `workers` threads (at least one); regions of fewer than `inline_below` bytes of work stay on the caller, and each
    /// thread more has to have as many.
    pub fn new(workers: usize, inline_below: u64) -> Self {
        Par { workers: workers.max(1), inline_below, waiting: None }
    }

    /// The same with threads that wait for regions.
    pub fn with_workers(self, workers: Workers) -> Self {
        Par { waiting: Some(workers), ..self }
    }

    /// The most threads that a region uses.
    pub fn workers(&self) -> usize {
        self.workers
    }

    /// Whether a region of so many jobs and bytes has more threads than the caller's.
    pub fn is_parallel(&self, jobs: usize, weight: u64) -> bool {
        self.threads(jobs, weight) > 1
    }

    /// One, and one more for each time that the weight pays for starting one.
    fn threads(&self, jobs: usize, weight: u64) -> usize {
        let worth = weight.checked_div(self.inline_below).map_or(usize::MAX, |more| (more as usize).saturating_add(1));
        self.workers.min(jobs).min(worth).max(1)
    }

    /// For as long as a region takes.
    fn shared(&self, jobs: usize, weight: u64) -> Option<Shared> {
        (jobs > 1 && weight >= self.inline_below).then(|| Shared(Instant::now()))
    }

    /// `f(0), …, f(n - 1)`, in index order. `weight` estimates the bytes that the whole region touches.
    pub fn map<R: Send>(&self, n: usize, weight: u64, f: impl Fn(usize) -> R + Sync) -> Vec<R> {
        let mut none = vec![(); self.workers];
        self.map_with(&mut none, n, weight, |(), i| f(i))
    }

    /// Like [`Par::map`] where each worker owns one element of `states` (there must be [`Par::workers`] of them).
    pub fn map_with<S: Send, R: Send>(
        &self,
        states: &mut [S],
        n: usize,
        weight: u64,
        f: impl Fn(&mut S, usize) -> R + Sync,
    ) -> Vec<R> {
        self.run(states, n, weight, |state, claim| {
            let mut done = Vec::new();
            while let Some(i) = claim() {
                done.push((i, f(state, i)));
            }
            done
        })
    }

    /// Like [`Par::map`] where each worker borrows one of `arenas` for `'a`: what it allocates there may be returned.
    /// The arenas need not be `Sync`: each is used by one thread only.
    pub fn map_in<'a, S: Send, R: Send>(
        &self,
        arenas: &'a mut [S],
        n: usize,
        weight: u64,
        f: impl Fn(&'a S, usize) -> R + Sync,
    ) -> Vec<R> {
        self.run(arenas, n, weight, |arena, claim| {
            let arena: &'a S = arena;
            let mut done = Vec::new();
            while let Some(i) = claim() {
                done.push((i, f(arena, i)));
            }
            done
        })
    }

    /// Runs `work` on up to `n` threads, each with its element of `states` and a counter that hands out indices.
    fn run<'s, S: Send, R: Send>(
        &self,
        states: &'s mut [S],
        n: usize,
        weight: u64,
        work: impl Fn(&'s mut S, &dyn Fn() -> Option<usize>) -> Vec<(usize, R)> + Sync,
    ) -> Vec<R> {
        let _shared = self.shared(n, weight);
        let threads = self.threads(n, weight).min(states.len());
        let next = AtomicUsize::new(0);
        let claim = || Some(next.fetch_add(1, Relaxed)).filter(|i| *i < n);
        let (first, rest) = states.split_first_mut().expect("a session has at least one worker");
        if threads <= 1 {
            return work(first, &claim).into_iter().map(|(_, r)| r).collect();
        }
        let states: Vec<_> = std::iter::once(first).chain(rest).take(threads).map(|s| Mutex::new(Some(s))).collect();
        let mut results: Vec<Option<R>> = Vec::with_capacity(n);
        results.resize_with(n, || None);
        let results = Mutex::new(results);
        self.region(threads, weight, &|worker| {
            let state = states[worker].lock().expect("held for a moment").take();
            let done = work(state.expect("each worker has a number of its own"), &claim);
            let mut results = results.lock().expect("no panic while it is held");
            done.into_iter().for_each(|(i, r)| results[i] = Some(r));
        });
        let results = results.into_inner().expect("no panic while it is held");
        results.into_iter().map(|r| r.expect("every index was claimed by one worker")).collect()
    }

    /// Calls `f(0)` here, and `f(1)`, … on up to `threads - 1` others; some may come when all is done already, or not at
    /// all.
    fn region(&self, threads: usize, weight: u64, f: &(impl Fn(usize) + Sync)) {
        if threads <= 1 {
            return f(0);
        }
        if self.waiting.as_ref().is_some_and(|workers| workers.run(threads, weight, f)) {
            return;
        }
        thread::scope(|scope| {
            let handles: Vec<_> = (1..threads).map(|worker| scope.spawn(move || f(worker))).collect();
            f(0);
            for handle in handles {
                if let Err(panic) = handle.join() {
                    std::panic::resume_unwind(panic);
                }
            }
        });
    }

    /// Visits items until none is left: each visit may add more. Each item is visited once for each time it is added;
    /// the caller filters repeats, and nothing may depend on the order of visits. `weight` estimates the bytes that all
    /// visits touch.
    pub fn traverse<T: Send>(&self, frontier: Vec<T>, weight: u64, f: impl Fn(&T, &mut Vec<T>) + Sync) {
        let _shared = self.shared(usize::MAX, weight);
        let pool = Pool::new(frontier);
        self.region(self.threads(usize::MAX, weight), weight, &|_| pool.work(&f));
    }

    /// Hands every job to `f` once, by value, and yields what it makes of them, in their order.
    pub fn map_jobs<J: Send, R: Send>(&self, jobs: Vec<J>, weight: u64, f: impl Fn(J) -> R + Sync) -> Vec<R> {
        let jobs: Vec<_> = jobs.into_iter().map(|job| Mutex::new(Some(job))).collect();
        self.map(jobs.len(), weight, |i| {
            let job = jobs[i].lock().expect("held for a moment").take();
            f(job.expect("an index is claimed once"))
        })
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
            let _shared = self.shared(n, weight);
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

/// Items that any thread may visit.
struct Pool<T> {
    open: Mutex<Open<T>>,
    more: Condvar,
    /// Threads that wait for items.
    idle: AtomicUsize,
    has_panicked: AtomicBool,
}

struct Open<T> {
    items: Vec<T>,
    /// Threads that have items of their own, from which more may come.
    busy: usize,
}

impl<T> Pool<T> {
    fn new(items: Vec<T>) -> Self {
        let open = Mutex::new(Open { items, busy: 0 });
        Pool { open, more: Condvar::new(), idle: AtomicUsize::new(0), has_panicked: AtomicBool::new(false) }
    }

    fn open(&self) -> MutexGuard<'_, Open<T>> {
        self.open.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// Takes a share of the items to `own`. False when there will be none any more.
    fn take(&self, own: &mut Vec<T>) -> bool {
        let mut open = self.open();
        while open.items.is_empty() {
            if open.busy == 0 || self.has_panicked.load(Relaxed) {
                self.more.notify_all();
                return false;
            }
            self.idle.fetch_add(1, Relaxed);
            open = self.more.wait(open).unwrap_or_else(|e| e.into_inner());
            self.idle.fetch_sub(1, Relaxed);
        }
        let rest = open.items.len() / 2;
        own.extend(open.items.drain(rest..));
        open.busy += 1;
        true
    }

    /// Visits items until none is left.
    fn work(&self, f: &(impl Fn(&T, &mut Vec<T>) + Sync)) {
        let _last = EndOnPanic(self);
        let mut own = Vec::new();
        while self.take(&mut own) {
            // Depth first: the last added is hot in cache.
            while let Some(item) = own.pop() {
                f(&item, &mut own);
                if own.len() > 1 && self.idle.load(Relaxed) > 0 {
                    self.open().items.extend(own.drain(..own.len() / 2));
                    self.more.notify_all();
                }
            }
            self.open().busy -= 1;
        }
    }
}

/// Lets nobody wait for what a thread would have added that panics.
struct EndOnPanic<'p, T>(&'p Pool<T>);

impl<T> Drop for EndOnPanic<'_, T> {
    fn drop(&mut self) {
        if thread::panicking() {
            let _open = self.0.open();
            self.0.has_panicked.store(true, Relaxed);
            self.0.more.notify_all();
        }
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
    fn little_work_gets_few_threads() {
        let par = Par::new(8, 100);
        let threads = [0, 99, 100, 250, 10_000, u64::MAX].map(|weight| par.threads(5, weight));
        assert_eq!(threads, [1, 1, 2, 3, 5, 5]);
        assert_eq!((Par::new(8, 0).threads(9, 0), Par::new(1, 0).threads(9, 9), par.threads(0, 1000)), (8, 1, 1));
    }

    #[test]
    fn every_job_is_consumed_once() {
        let mut bytes = vec![0u8; 999];
        Par::new(4, 0).consume(bytes.chunks_mut(10).collect(), 0, |chunk| chunk.iter_mut().for_each(|b| *b += 1));
        assert!(bytes.iter().all(|b| *b == 1));
    }

    #[test]
    fn what_jobs_yield_is_in_their_order() {
        let mut bytes: Vec<u8> = (0..200).collect();
        let sums = Par::new(4, 0).map_jobs(bytes.chunks_mut(7).collect(), 0, |chunk| {
            chunk.iter_mut().for_each(|b| *b /= 2);
            chunk.to_vec()
        });
        assert_eq!(sums.concat(), bytes);
        assert!(bytes.iter().eq((0..200).map(|b| b / 2).collect::<Vec<u8>>().iter()));
    }

    #[test]
    fn everything_that_is_added_is_visited_once() {
        for workers in [1, 2, 8] {
            let visits = AtomicUsize::new(0);
            // A tree of 2^12 - 1 items: each number adds the two below it that have one more digit.
            Par::new(workers, 0).traverse(vec![1u32], 0, |&item, found| {
                visits.fetch_add(1, Relaxed);
                found.extend([2 * item, 2 * item + 1].into_iter().filter(|child| *child < 1 << 12));
            });
            assert_eq!(visits.into_inner(), (1 << 12) - 1);
            Par::new(workers, 0).traverse(Vec::<u32>::new(), 0, |_, _| panic!("nothing to visit"));
        }
    }

    #[test]
    fn threads_that_wait_do_the_same() {
        sinew_mmap::workers::scope(3, 0, |crew| {
            crew.allow();
            let par = Par::new(4, 0).with_workers(crew.workers());
            for _ in 0..50 {
                assert_eq!(par.map(1000, 0, |i| i * i), (0..1000).map(|i| i * i).collect::<Vec<_>>());
                let visits = AtomicUsize::new(0);
                par.traverse(vec![1u32], 0, |&item, found| {
                    visits.fetch_add(1, Relaxed);
                    found.extend([2 * item, 2 * item + 1].into_iter().filter(|child| *child < 1 << 8));
                });
                assert_eq!(visits.into_inner(), (1 << 8) - 1);
                // A region inside a region has threads of its own.
                let inner = |i| par.map(10, 0, |j| i * j).into_iter().sum::<usize>();
                assert_eq!(par.map(20, 0, inner), (0..20).map(|i| 45 * i).collect::<Vec<_>>());
            }
        });
    }

    #[test]
    fn a_panic_in_a_visit_leaves_nobody_waiting() {
        sinew_mmap::workers::scope(3, 0, |crew| {
            crew.allow();
            for par in [Par::new(4, 0), Par::new(4, 0).with_workers(crew.workers())] {
                let visit = || par.traverse((0..100).collect(), 0, |&item, _| assert!(item < 50, "visit"));
                assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(visit)).is_err());
            }
        });
    }

    #[test]
    #[should_panic(expected = "worker")]
    fn a_panic_in_a_worker_reaches_the_caller() {
        Par::new(4, 0).map(100, 0, |i| assert!(i < 50, "worker"));
    }
}
