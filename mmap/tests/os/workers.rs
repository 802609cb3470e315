//! Threads that stay: what they do, when they are waited for, and how a panic leaves them.

use sinew_mmap::workers::{self, Workers};
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread::{self, ThreadId};
use std::time::Duration;

/// Calls `f` with up to `helpers` others, of which the first has been started.
fn with(helpers: usize, f: impl FnOnce(&Workers)) {
    workers::scope(helpers, 0, |crew| {
        crew.allow();
        f(&crew.workers());
    });
}

/// Claims `count` pieces of work in one region; returns who did some of it.
fn share(workers: &Workers, threads: usize, count: usize) -> HashSet<ThreadId> {
    let (next, done, who) = (AtomicUsize::new(0), AtomicUsize::new(0), Mutex::new(HashSet::new()));
    let called = workers.run(threads, 0, &|_| {
        while next.fetch_add(1, Relaxed) < count {
            done.fetch_add(1, Relaxed);
            who.lock().unwrap().insert(thread::current().id());
        }
    });
    assert_eq!(done.into_inner(), if called { count } else { 0 });
    who.into_inner().unwrap()
}

#[test]
fn a_region_is_done_when_run_returns() {
    with(7, |workers| {
        for round in 0..2000 {
            assert!(!share(workers, 1 + round % 8, 50).is_empty());
        }
    });
}

#[test]
fn all_helpers_come_and_are_the_same_each_time() {
    with(3, |workers| {
        // Everybody waits for all others: this would not end if one did not come, or came twice.
        let meet = || {
            let (inside, ids) = (std::sync::Barrier::new(4), Mutex::new(HashSet::new()));
            assert!(workers.run(4, 0, &|_| {
                inside.wait();
                ids.lock().unwrap().insert(thread::current().id());
            }));
            ids.into_inner().unwrap()
        };
        let first = meet();
        assert_eq!(first.len(), 4);
        (0..100).for_each(|_| assert_eq!(meet(), first));
    });
}

#[test]
fn no_more_than_are_wanted_come() {
    with(6, |workers| {
        for _ in 0..200 {
            let numbers = Mutex::new(Vec::new());
            assert!(workers.run(3, 0, &|number| numbers.lock().unwrap().push(number)));
            let mut numbers = numbers.into_inner().unwrap();
            numbers.sort_unstable();
            assert!(numbers.starts_with(&[0]) && numbers.len() <= 3 && numbers.iter().all(|n| *n < 3), "{numbers:?}");
            assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
        }
    });
}

#[test]
fn without_helpers_or_inside_a_region_nothing_is_called() {
    workers::scope(2, 0, |crew| {
        let workers = crew.workers();
        assert!(!workers.run(2, 0, &|_| panic!("nobody has started")));
        crew.allow();
        assert!(workers.run(3, 0, &|_| assert!(!workers.run(2, 0, &|_| panic!("one region at a time")))));
        assert_eq!(share(&workers, 1, 10).len(), 1);
    });
    assert!(!workers::scope(0, 0, |crew| {
        crew.allow();
        crew.workers().run(2, 0, &|_| panic!("there are none"))
    }));
}

#[test]
fn a_little_work_is_done_alone() {
    workers::scope(1, 100, |crew| {
        crew.allow();
        let workers = crew.workers();
        for work in [0, 60, 39, 0] {
            let me = thread::current().id();
            assert!(workers.run(2, work, &|number| assert!(number == 0 && thread::current().id() == me)));
        }
        assert!(!format!("{workers:?}").contains("helpers: 1"));
        // That makes a hundred: the helper comes, now and for less.
        for work in [1, 0] {
            let met = std::sync::Barrier::new(2);
            assert!(workers.run(2, work, &|_| _ = met.wait()));
        }
    });
}

#[test]
#[cfg(target_os = "linux")]
fn helpers_leave_the_caller_its_processor() {
    use sinew_mmap::process::available_threads;
    let all = available_threads();
    // As many threads as there are processors, and one more.
    for (helpers, theirs) in [(all - 1, all - 1), (all, all)] {
        with(helpers, |workers| {
            let (met, counts) = (std::sync::Barrier::new(helpers + 1), Mutex::new(vec![0; helpers + 1]));
            assert!(
                helpers == 0
                    || workers.run(helpers + 1, 0, &|number| {
                        counts.lock().unwrap()[number] = available_threads();
                        met.wait();
                    })
            );
            let counts = counts.into_inner().unwrap();
            assert!(helpers == 0 || counts[0] == all && counts[1..].iter().all(|count| *count == theirs), "{counts:?}");
        });
    }
}

#[test]
fn a_region_that_is_being_left_holds_no_other() {
    with(1, |workers| {
        for _ in 0..20 {
            let (met, opened) = (std::sync::Barrier::new(2), Mutex::new(None));
            assert!(workers.run(2, 0, &|number| {
                met.wait();
                if number == 1 {
                    // By then the caller has closed the region, and waits for us.
                    thread::sleep(Duration::from_millis(2));
                    *opened.lock().unwrap() = Some(workers.run(2, 0, &|_| {}));
                }
            }));
            assert_eq!(opened.into_inner().unwrap(), Some(false));
        }
    });
}

#[test]
fn a_panic_reaches_the_caller_after_all_have_left() {
    with(3, |workers| {
        for panics in 0..4 {
            let (inside, met) = (AtomicUsize::new(0), std::sync::Barrier::new(4));
            let result = catch_unwind(AssertUnwindSafe(|| {
                workers.run(4, 0, &|number| {
                    inside.fetch_add(1, Relaxed);
                    met.wait();
                    if number == panics {
                        inside.fetch_sub(1, Relaxed);
                        panic!("{number}");
                    }
                    thread::sleep(std::time::Duration::from_millis(2));
                    inside.fetch_sub(1, Relaxed);
                })
            }));
            assert_eq!(*result.unwrap_err().downcast::<String>().unwrap(), panics.to_string());
            assert_eq!(inside.into_inner(), 0);
            assert!(!share(workers, 4, 100).is_empty(), "they are there for the next region");
        }
    });
}

#[test]
fn a_panic_outside_of_a_region_sends_them_home() {
    let result = catch_unwind(|| {
        with(2, |workers| {
            share(workers, 3, 100);
            panic!("a pass");
        });
    });
    assert_eq!(*result.unwrap_err().downcast::<&str>().unwrap(), "a pass");
}
