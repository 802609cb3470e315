//! Signals: inputs that shrink while they are mapped, and temporary files that an interrupt would leave behind.
//!
//! A page of a mapped file that lies beyond the file's end raises SIGBUS when it is touched. The handler looks the
//! address up among the ranges that [`crate::input`] and [`crate::output`] mapped; if it is one of them, this is an
//! error of the outside world and is reported as such, with exit status 1. Any other SIGBUS is a bug and stays one.
//! SIGINT, SIGTERM and SIGHUP remove the unfinished output and then do what they always do.
//! A process that only waits for a command lets that answer the terminal's signals.
//!
//! All that the handlers touch is made of atomics and of memory that is never freed; all that they call is on POSIX's
//! list of async-signal-safe functions (or, `writev`, a plain system call). The entries form a list that only grows:
//! some hundred bytes an input, none before [`install`].

use std::ffi::{CStr, CString};
use std::path::Path;
use std::ptr;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr};

use crate::sys;

/// Something that a handler must know of: a mapped range, or a file to remove.
#[derive(Debug)]
struct Entry {
    path: CString,
    kind: Kind,
    live: AtomicBool,
    next: AtomicPtr<Entry>,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Input { start: usize, end: usize },
    Output { start: usize, end: usize },
    Temporary,
}

/// Ends an entry when it is dropped.
#[derive(Debug)]
pub(crate) struct Watched(Option<&'static Entry>);

impl Drop for Watched {
    fn drop(&mut self) {
        if let Some(entry) = self.0 {
            entry.live.store(false, Relaxed);
        }
    }
}

static INSTALLED: AtomicBool = AtomicBool::new(false);
/// The newest entry. Entries are never freed, since a handler may be walking over them at any time.
static NEWEST: AtomicPtr<Entry> = AtomicPtr::new(ptr::null_mut());
/// A handler is about to end the process; what other threads run into meanwhile is not worth a second message.
static DYING: AtomicBool = AtomicBool::new(false);
/// The process that does this one's work ([`crate::process::detach`]), or zero: it gets the signals, too.
pub(crate) static WORKER: AtomicI32 = AtomicI32::new(0);

/// Installs the handlers, once; call it before anything is opened. Signals that the parent process chose to ignore
/// stay ignored. SIGXFSZ becomes ignored: a write beyond the limit on file sizes is then an error and not a death.
pub fn install() {
    if INSTALLED.swap(true, Relaxed) {
        return;
    }
    handle(libc::SIGBUS, on_bus as *const () as usize);
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
        if !is_ignored(signal) {
            handle(signal, on_terminate as *const () as usize);
        }
    }
    handle(libc::SIGXFSZ, libc::SIG_IGN);
}

/// For a process that does nothing but wait for a command: what the terminal sends to both (SIGINT, SIGQUIT) is the
/// command's to answer, by ending, by cleaning up first, or not at all, as an interactive shell does. To ignore the
/// signals would not do: the command would inherit that, whereas a handler does not outlive its `exec`.
pub fn leave_interrupts_to_command() {
    for signal in [libc::SIGINT, libc::SIGQUIT] {
        if !is_ignored(signal) {
            handle(signal, on_nothing as *const () as usize);
        }
    }
}

extern "C" fn on_nothing(_signal: libc::c_int, _info: *mut libc::siginfo_t, _context: *mut libc::c_void) {}

/// Ends this process by SIGINT if that is what ended the command that it waited for: a shell whose script called us
/// then knows that the user wanted an end, and not that something failed.
pub fn end_if_interrupted(signal: Option<i32>) {
    if signal == Some(libc::SIGINT) {
        handle(libc::SIGINT, libc::SIG_DFL);
        // SAFETY: no preconditions.
        unsafe { libc::raise(libc::SIGINT) };
    }
}

pub(crate) fn watch_input(bytes: &[u8], path: &Path) -> Watched {
    let range = bytes.as_ptr_range();
    watch(path, Kind::Input { start: range.start.addr(), end: range.end.addr() })
}

pub(crate) fn watch_output(bytes: &[u8], path: &Path) -> Watched {
    let range = bytes.as_ptr_range();
    watch(path, Kind::Output { start: range.start.addr(), end: range.end.addr() })
}

pub(crate) fn watch_temporary(path: &Path) -> Watched {
    watch(path, Kind::Temporary)
}

fn watch(path: &Path, kind: Kind) -> Watched {
    if !INSTALLED.load(Relaxed) {
        return Watched(None);
    }
    // A path with a zero byte in it cannot have been opened.
    let Ok(path) = sys::c_path(path) else { return Watched(None) };
    let next = AtomicPtr::new(NEWEST.load(Relaxed));
    let entry: &'static Entry = Box::leak(Box::new(Entry { path, kind, live: AtomicBool::new(true), next }));
    // Never written through after this: the pointer is only `mut` because `AtomicPtr` is.
    let pointer = ptr::from_ref(entry).cast_mut();
    while let Err(newest) = NEWEST.compare_exchange(entry.next.load(Relaxed), pointer, Release, Relaxed) {
        entry.next.store(newest, Relaxed);
    }
    Watched(Some(entry))
}

/// All live entries, newest first. Safe to use in a handler.
fn live_entries() -> impl Iterator<Item = &'static Entry> {
    // SAFETY: every pointer in the list was published (`Release`, read with `Acquire`) after its entry was complete,
    // and entries are leaked: they are valid for ever and only their atomics change. (An entry's `next` is not written
    // once the entry can be reached; what it points to was published before.)
    let follow = |pointer: &AtomicPtr<Entry>| unsafe { pointer.load(Acquire).as_ref() };
    std::iter::successors(follow(&NEWEST), move |entry| follow(&entry.next)).filter(|entry| entry.live.load(Relaxed))
}

extern "C" fn on_bus(signal: libc::c_int, info: *mut libc::siginfo_t, _context: *mut libc::c_void) {
    // SAFETY: the kernel passes a valid `siginfo_t` to a handler installed with `SA_SIGINFO`; for SIGBUS it has the
    // address. (For one that a process sent it is some other number, which will hardly be in a range.)
    let addr = unsafe { (*info).si_addr() }.addr();
    let culprit = live_entries().find_map(|entry| match entry.kind {
        Kind::Input { start, end } if (start..round_up(end)).contains(&addr) => Some((entry, SHRUNK_INPUT)),
        Kind::Output { start, end } if (start..round_up(end)).contains(&addr) => Some((entry, BROKEN_OUTPUT)),
        _ => None,
    });
    let Some((entry, complaint)) = culprit else { return die_of(signal) };
    if DYING.swap(true, Relaxed) {
        // Another thread is just saying it, and ends the process when it has.
        loop {
            // SAFETY: no preconditions.
            unsafe { libc::pause() };
        }
    }
    say([c"sinew: error: ", &entry.path, complaint]);
    remove_temporaries();
    // SAFETY: no preconditions; this does not run destructors or flush anything.
    unsafe { libc::_exit(1) }
}

const SHRUNK_INPUT: &CStr = c": the file changed while it was being linked (it is shorter than when it was opened)\n";
const BROKEN_OUTPUT: &CStr = c": cannot write: the disk is full, or the file was changed while it was being written\n";

/// A mapping extends to the end of its last page.
fn round_up(end: usize) -> usize {
    end.checked_next_multiple_of(4096).unwrap_or(end)
}

extern "C" fn on_terminate(signal: libc::c_int, _info: *mut libc::siginfo_t, _context: *mut libc::c_void) {
    let worker = WORKER.load(Relaxed);
    if worker > 0 {
        // SAFETY: no preconditions; the process is our child and was not waited for, so the number is still its own.
        unsafe { libc::kill(worker, signal) };
    }
    die_of(signal);
}

/// Removes what must not stay and does what the signal does by default, once the handler returns.
fn die_of(signal: libc::c_int) {
    remove_temporaries();
    handle(signal, libc::SIG_DFL);
    // SAFETY: no preconditions. The signal is blocked while its handler runs, and arrives when that returns.
    unsafe { libc::raise(signal) };
}

fn remove_temporaries() {
    for entry in live_entries().filter(|entry| matches!(entry.kind, Kind::Temporary)) {
        // SAFETY: a valid C string.
        unsafe { libc::unlink(entry.path.as_ptr()) };
    }
}

/// One line to standard error, without a buffer: the stack of a handler is small.
fn say(parts: [&CStr; 3]) {
    let part = |text: &CStr| libc::iovec { iov_base: text.as_ptr().cast_mut().cast(), iov_len: text.count_bytes() };
    let parts = parts.map(part);
    // SAFETY: three valid ranges, which are only read.
    unsafe { libc::writev(libc::STDERR_FILENO, parts.as_ptr(), 3) };
}

fn is_ignored(signal: libc::c_int) -> bool {
    // SAFETY: all zero is a valid `sigaction`; a null pointer asks only.
    unsafe {
        let mut old: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, ptr::null(), &mut old) == 0 && old.sa_sigaction == libc::SIG_IGN
    }
}

/// Sets a disposition: `SIG_DFL`, `SIG_IGN` or the address of a function that takes what `SA_SIGINFO` passes.
fn handle(signal: libc::c_int, action: usize) {
    // SAFETY: all zero is a valid `sigaction` (an empty mask); `action` is one of the above. Signal handlers run on
    // the alternate stack that the standard library gives each thread.
    unsafe {
        let mut new: libc::sigaction = std::mem::zeroed();
        new.sa_sigaction = action;
        new.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        libc::sigaction(signal, &new, ptr::null_mut());
    }
}
