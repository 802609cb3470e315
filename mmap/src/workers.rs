//! Threads that stay for a whole link.
//!
//! A link is dozens of short regions of parallel work. Threads that are started and joined for each of them come late:
//! the kernel puts a new thread behind the one that started it when it takes the other processors for busy, which a
//! virtual one often seems to be just after another thread has ended there, and then two milliseconds pass until somebody
//! looks again. A thread that sleeps on a processor of its own is there in 50 µs, and costs one wake-up.
//!
//! [`scope`] keeps such threads in one [`std::thread::scope`] around everything that uses them. [`Workers::run`] lends them
//! a closure that borrows what it likes, and returns when none of them is inside any more. It waits for nobody who has not
//! come yet: the caller works too, and does everything if no one else is there. The first helper is started when there was
//! enough work for one: to start a thread and to end it takes 0.4 ms here, of the 3 ms of linking a small program. Each
//! that finds that more are wanted starts the next.

use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, Builder, Scope};

use crate::apart::Apart;

/// A handle to the threads, for whoever has work for them.
#[derive(Clone)]
pub struct Workers {
    shared: Arc<Shared>,
}

/// The threads, inside of [`scope`].
pub struct Crew<'scope, 'env> {
    scope: &'scope Scope<'scope, 'env>,
    workers: Workers,
}

struct Shared {
    state: Mutex<State>,
    /// There is something to do, or nothing ever again.
    called: Condvar,
    /// The last helper has left the region.
    left: Condvar,
}

#[derive(Default)]
struct State {
    region: Option<Region>,
    /// Regions so far.
    count: u64,
    /// Helpers that are in the region, or have not left one that was closed.
    inside: usize,
    /// What the first of them that panicked said.
    panic: Option<Box<dyn Any + Send>>,
    /// Helpers that were started.
    helpers: usize,
    /// How many there may be.
    most: usize,
    /// Where they are started, from [`Crew::allow`] until the scope ends.
    place: Option<ScopePlace>,
    /// Work that is still to be done alone before the first of them is started.
    alone: u64,
    has_ended: bool,
    /// On which processors helpers run.
    apart: Apart,
}

/// A closure on the stack of the thread that is in [`Workers::run`].
struct Region {
    closure: *const (),
    /// [`call`] for the closure's type: takes its address and the number of the helper.
    call: unsafe fn(*const (), usize),
    /// The number of the next helper, and of the last one that is wanted.
    next: usize,
    last: usize,
}

// SAFETY: what other threads do with the address is to call the closure, which is `Sync`, through a reference.
unsafe impl Send for Region {}

/// The address of a [`Scope`].
#[derive(Clone, Copy)]
struct ScopePlace(*const ());

// SAFETY: a `Scope` is `Sync`, and only ever used through a reference.
unsafe impl Send for ScopePlace {}

/// # Safety
/// `closure` is the address of an `F` that lives until the call returns.
unsafe fn call<F: Fn(usize) + Sync>(closure: *const (), helper: usize) {
    // SAFETY: promised by the caller.
    unsafe { (*closure.cast::<F>())(helper) }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock.
        self.state.lock().unwrap_or_else(|e| e.into_inner())
    }
}

/// Calls `f` with a crew of up to `helpers` threads beside the caller's, none of which has started. The first one will be
/// when regions had `alone` work in all, by the measure of [`Workers::run`].
pub fn scope<R>(helpers: usize, alone: u64, f: impl FnOnce(&Crew<'_, '_>) -> R) -> R {
    /// Sends the helpers home however `f` ends: the scope waits for them.
    struct End<'s>(&'s Shared);
    impl Drop for End<'_> {
        fn drop(&mut self) {
            let mut state = self.0.state();
            (state.place, state.has_ended) = (None, true);
            drop(state);
            self.0.called.notify_all();
        }
    }
    let state = State { most: helpers, alone, apart: Apart::new(helpers), ..State::default() };
    let shared = Arc::new(Shared { state: Mutex::new(state), called: Condvar::new(), left: Condvar::new() });
    thread::scope(|scope| {
        let crew = Crew { scope, workers: Workers { shared } };
        let _end = End(&crew.workers.shared);
        f(&crew)
    })
}

impl Crew<'_, '_> {
    /// From here on helpers may be started. Not to be called before a `fork`: the child would have none.
    pub fn allow(&self) {
        self.workers.shared.state().place = Some(ScopePlace(std::ptr::from_ref(self.scope).cast()));
    }

    /// The handle for those who have work.
    pub fn workers(&self) -> Workers {
        self.workers.clone()
    }
}

/// Starts a helper in the scope at `place`.
///
/// # Safety
/// The address is that of a scope which does not end before this returns.
unsafe fn start_first<'scope, 'env: 'scope>(place: ScopePlace, shared: &Arc<Shared>) {
    // SAFETY: promised by the caller. What the new thread holds of it is what the scope waits for.
    let scope = unsafe { &*place.0.cast::<Scope<'scope, 'env>>() };
    start_helper(scope, shared);
}

/// Starts the helper that was counted already. Without it the others do its work.
fn start_helper<'scope>(scope: &'scope Scope<'scope, '_>, shared: &Arc<Shared>) {
    let shared = shared.clone();
    let _ = Builder::new().spawn_scoped(scope, move || help(scope, &shared));
}

fn help<'scope>(scope: &'scope Scope<'scope, '_>, shared: &Arc<Shared>) {
    let mut seen = 0;
    let mut state = shared.state();
    state.apart.join();
    while !state.has_ended {
        let count = state.count;
        let region = state.region.as_mut().filter(|region| region.next <= region.last && count != seen);
        let Some(region) = region else {
            state = shared.called.wait(state).unwrap_or_else(|e| e.into_inner());
            continue;
        };
        let (helper, closure, call) = (region.next, region.closure, region.call);
        region.next += 1;
        let is_last = helper == region.last;
        seen = count;
        state.inside += 1;
        let starts_another = !is_last && state.helpers < state.most;
        state.helpers += usize::from(starts_another);
        drop(state);
        if starts_another {
            start_helper(scope, shared);
        }
        // SAFETY: `Workers::run` made both of the same closure, and neither returns nor unwinds while `inside` counts this
        // helper: it leaves by `Close`. A region that was closed is not in the state any more.
        let result = catch_unwind(AssertUnwindSafe(|| unsafe { call(closure, helper) }));
        state = shared.state();
        if let Err(panic) = result {
            state.panic.get_or_insert(panic);
        }
        state.inside -= 1;
        if state.inside == 0 {
            shared.left.notify_one();
        }
    }
}

impl Workers {
    /// Calls `f(0)` here and, on up to `threads - 1` other threads as soon as they come, `f(1)`, `f(2)`, …; returns when
    /// all calls have returned. Whoever comes after `f(0)` has returned is not let in, so `f` has to get everything done
    /// by one call. A panic of any of the calls goes on here. `work` is how much that is, all in all.
    ///
    /// False, and nothing was called, where there can be no threads or they are in another region.
    pub fn run<F: Fn(usize) + Sync>(&self, threads: usize, work: u64, f: &F) -> bool {
        let shared = &*self.shared;
        let mut state = shared.state();
        if state.helpers == 0 {
            let Some(place) = state.place.filter(|_| state.most > 0) else { return false };
            if work < state.alone {
                state.alone -= work;
                drop(state);
                f(0);
                return true;
            }
            state.helpers = 1;
            state.apart.call();
            // SAFETY: the scope ends after `End` was dropped, which takes the place away under the lock that is held here.
            unsafe { start_first(place, &self.shared) };
            drop(state);
            // If it was put behind this thread, it has to run here to leave.
            thread::yield_now();
            state = shared.state();
        }
        // A region that was closed is still one for those who have not left it. Should one of them open another, its end
        // would wait for the end of the first, and that for it.
        if state.region.is_some() || state.inside > 0 {
            return false;
        }
        state.apart.call();
        let (closure, last) = (std::ptr::from_ref(f).cast(), threads.saturating_sub(1));
        state.region = Some(Region { closure, call: call::<F>, next: 1, last });
        state.count += 1;
        // One may be left from a region in which the caller's own part panicked as well.
        state.panic = None;
        let is_all = last >= state.helpers;
        drop(state);
        // From here on helpers may be inside: nothing leaves but through this.
        let close = Close(shared);
        if is_all {
            shared.called.notify_all();
        } else {
            (0..last).for_each(|_| shared.called.notify_one());
        }
        f(0);
        drop(close);
        if let Some(panic) = { shared.state().panic.take() } {
            resume_unwind(panic);
        }
        true
    }
}

/// Lets no more helpers into the region, and waits until all have left it: also when the caller's own part panics.
struct Close<'s>(&'s Shared);

impl Drop for Close<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.region = None;
        while state.inside > 0 {
            state = self.0.left.wait(state).unwrap_or_else(|e| e.into_inner());
        }
    }
}

impl fmt::Debug for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.shared.state();
        f.debug_struct("Workers").field("helpers", &state.helpers).field("most", &state.most).finish()
    }
}
