//! Keeps the helpers of [`workers`](crate::workers) off the processor of the thread that calls them.
//!
//! The kernel wakes a thread where whoever wakes it runs, unless it finds another processor that is idle. The idle ones of
//! a virtual machine do not always count as such: their host may have taken them away, and some kernels fill one virtual
//! processor before they wake the next. Then a helper stands in line behind the thread that waits for its help, until
//! the kernel spreads the load some milliseconds later: longer than a small link takes. So helpers may run everywhere but
//! there. Of that thread nothing is asked, and whenever it calls, its processor of that moment counts.
//!
//! Cost: one system call for each helper when it starts, and when the caller has moved since it called last; else a few
//! nanoseconds for each call. Where there are more threads than processors, everything stays as it is.

#[cfg(target_os = "linux")]
pub(crate) use linux::Apart;

#[cfg(target_os = "linux")]
mod linux {
    /// Where the helpers of one crew may run.
    #[derive(Debug, Default)]
    pub(crate) struct Apart {
        /// The processors that the process was given, if helpers are to be kept off one of them.
        all: Option<libc::cpu_set_t>,
        /// That one.
        avoided: Option<usize>,
        helpers: Vec<libc::pid_t>,
    }

    impl Apart {
        /// For up to `helpers` threads beside the caller's: each of them has to find a processor that nobody else needs.
        pub(crate) fn new(helpers: usize) -> Apart {
            // SAFETY: all zero is a valid, empty set.
            let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
            // SAFETY: the kernel writes at most as many bytes as the set has. (It fails where there are more processors.)
            let is_known = unsafe { libc::sched_getaffinity(0, size_of_val(&set), &mut set) } == 0;
            // SAFETY: no preconditions.
            let count = unsafe { libc::CPU_COUNT(&set) } as usize;
            let all = (is_known && helpers > 0 && helpers < count).then_some(set);
            Apart { all, ..Apart::default() }
        }

        /// The calling thread is about to call helpers.
        pub(crate) fn call(&mut self) {
            if self.all.is_none() {
                return;
            }
            // SAFETY: no preconditions.
            let here = usize::try_from(unsafe { libc::sched_getcpu() }).ok();
            if here.is_some() && here != self.avoided {
                self.avoided = here;
                self.helpers.iter().for_each(|helper| self.send_away(*helper));
            }
        }

        /// The calling thread is a new helper.
        pub(crate) fn join(&mut self) {
            if self.all.is_some() {
                // SAFETY: no preconditions.
                let helper = unsafe { libc::gettid() };
                self.send_away(helper);
                self.helpers.push(helper);
            }
        }

        fn send_away(&self, helper: libc::pid_t) {
            let (Some(mut set), Some(avoided)) =
                (self.all, self.avoided.filter(|cpu| *cpu < libc::CPU_SETSIZE as usize))
            else {
                return;
            };
            // SAFETY: the number is one that the set has a bit for.
            unsafe { libc::CPU_CLR(avoided, &mut set) };
            // SAFETY: the kernel reads a set of that size. What the call changes is where a thread runs, whoever's it is
            // by now; and no helper ends before its crew does. A hint: no failure matters.
            let _ = unsafe { libc::sched_setaffinity(helper, size_of_val(&set), &set) };
        }
    }
}

/// Elsewhere threads run where the system puts them.
#[cfg(not(target_os = "linux"))]
#[derive(Debug, Default)]
pub(crate) struct Apart;

#[cfg(not(target_os = "linux"))]
impl Apart {
    pub(crate) fn new(_helpers: usize) -> Apart {
        Apart
    }
    pub(crate) fn call(&mut self) {}
    pub(crate) fn join(&mut self) {}
}
