//! The process: leaving before the clean-up is done, leaving without any, and small questions about the machine.
//!
//! To unmap gigabytes of inputs and to free the blocks of an old output takes longer than a small link. [`detach`]
//! splits the process in two: the one that was called waits for an exit code and nothing else; the other links, sends
//! the code, and may then take its time to die. Whoever waits for the command must not wait for that one: before it
//! sends the code, it lets go of standard input, output and error, and of every descriptor that it inherited.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use crate::fault;
use crate::sys;

/// The half that does the work.
#[derive(Debug)]
#[must_use = "without `finish`, the half that waits learns the exit code only when this process has ended"]
pub struct Detached {
    verdict: io::PipeWriter,
}

/// Forks. The child returns, to do the work; the parent waits for its exit code and never returns. Should the child
/// die of a signal, so does the parent; SIGINT, SIGTERM and SIGHUP reach both once [`fault::install`] was called.
///
/// Call it before any thread is started and before anything is written to a buffered stream.
pub fn detach() -> io::Result<Detached> {
    // Both ends are closed in programs that the linker starts.
    let (mut read, write) = io::pipe()?;
    // SAFETY: no thread but this one exists (the caller sees to that, as documented), so that the child finds no lock
    // taken by a thread that it does not have. Were there one, the child might wait for ever, but no memory is at risk.
    let child = sys::check(unsafe { libc::fork() })?;
    if child == 0 {
        drop(read);
        die_with_parent();
        return Ok(Detached { verdict: write });
    }
    drop(write);
    fault::WORKER.store(child, Relaxed);
    let mut code = [0; 4];
    let code = match read.read_exact(&mut code) {
        Ok(()) => i32::from_le_bytes(code),
        Err(_) => status_of(child),
    };
    // SAFETY: no preconditions.
    unsafe { libc::_exit(code) }
}

impl Detached {
    /// Lets the waiting half exit with `code`, then runs `last` (what takes long and nobody waits for) and ends
    /// without destructors. The caller's `stdout` and `stderr` lead nowhere by the time `last` runs.
    pub fn finish(self, code: i32, last: impl FnOnce()) -> ! {
        flush();
        release_inherited();
        outlive_parent();
        // Where the other half is gone already there is no one to tell.
        let _ = { self.verdict }.write_all(&code.to_le_bytes());
        last();
        // SAFETY: no preconditions.
        unsafe { libc::_exit(code) }
    }
}

/// Ends the process without destructors: the kernel frees faster than they do.
pub fn exit_now(code: i32) -> ! {
    flush();
    // SAFETY: no preconditions.
    unsafe { libc::_exit(code) }
}

fn flush() {
    // Standard output is closed or full: what should have said so was the write itself.
    let _ = io::stdout().flush();
    let _ = io::stderr().flush();
}

/// A killed command must not leave a link running behind. (SIGKILL cannot be handed on by a handler.)
fn die_with_parent() {
    #[cfg(target_os = "linux")]
    // SAFETY: no preconditions; the parent is the one thread that forked.
    unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGTERM);
    }
}

fn outlive_parent() {
    #[cfg(target_os = "linux")]
    // SAFETY: no preconditions.
    unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, 0);
    }
}

/// How a child ended that sent no code. Dies of the same signal if it was one.
fn status_of(child: libc::pid_t) -> i32 {
    let mut status = 0;
    // SAFETY: room for a status.
    if sys::retry(|| unsafe { libc::waitpid(child, &mut status, 0) }).is_err() {
        return 1;
    }
    // The number of the process is free now, and may become another's.
    fault::WORKER.store(0, Relaxed);
    if libc::WIFEXITED(status) {
        return libc::WEXITSTATUS(status);
    }
    let signal = libc::WTERMSIG(status);
    // SAFETY: no preconditions but valid pointers: one core file, the child's, is enough.
    unsafe {
        let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        libc::setrlimit(libc::RLIMIT_CORE, &none);
        libc::signal(signal, libc::SIG_DFL);
        libc::raise(signal);
    }
    128 + signal
}

/// Points the three standard descriptors nowhere and closes what the process was started with besides. Those are the
/// ones without `FD_CLOEXEC` (a make jobserver's pipes, say): all that we open ourselves have it, and stay open.
fn release_inherited() {
    if let Ok(null) = File::options().read(true).write(true).open("/dev/null") {
        for fd in 0..=2 {
            // SAFETY: two descriptors, one of which we opened; the other may be closed.
            let _ = sys::retry(|| unsafe { libc::dup2(null.as_raw_fd(), fd) });
        }
    }
    for fd in open_descriptors().into_iter().filter(|fd| *fd > 2) {
        // SAFETY: no memory is involved. A descriptor without `FD_CLOEXEC` is none that the standard library or this
        // crate opened, so that no `File` claims it.
        unsafe {
            if matches!(libc::fcntl(fd, libc::F_GETFD), flags if flags >= 0 && flags & libc::FD_CLOEXEC == 0) {
                libc::close(fd);
            }
        }
    }
}

fn open_descriptors() -> Vec<RawFd> {
    let list = if cfg!(target_os = "linux") { "/proc/self/fd" } else { "/dev/fd" };
    match std::fs::read_dir(list) {
        Ok(list) => list.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect(),
        // No `/proc`: try those that are usual.
        Err(_) => (3..1024).collect(),
    }
}

/// How many processors this process may run on, at least one.
pub fn available_threads() -> usize {
    #[cfg(target_os = "linux")]
    // SAFETY: all zero is a valid, empty set; the kernel writes at most its size.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        // Fails on machines with more processors than the set holds.
        if libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), &mut set) == 0 {
            return usize::try_from(libc::CPU_COUNT(&set)).unwrap_or(1).max(1);
        }
    }
    // SAFETY: no preconditions.
    usize::try_from(unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) }).unwrap_or(1).max(1)
}

/// Whether a descriptor leads to a terminal.
pub fn is_terminal(fd: RawFd) -> bool {
    // SAFETY: any number may be asked about.
    unsafe { libc::isatty(fd) == 1 }
}

/// Processor time of all threads of this process so far, user and system together.
pub fn cpu_time() -> Duration {
    clock(libc::CLOCK_PROCESS_CPUTIME_ID)
}

/// Processor time of this thread so far.
pub(crate) fn thread_cpu_time() -> Duration {
    clock(libc::CLOCK_THREAD_CPUTIME_ID)
}

fn clock(id: libc::clockid_t) -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is ours and of the type that the call fills in.
    match unsafe { libc::clock_gettime(id, &mut time) } {
        0 => Duration::new(time.tv_sec as u64, time.tv_nsec as u32),
        _ => Duration::ZERO,
    }
}

/// The most memory that the process has had resident so far.
pub fn peak_memory_bytes() -> u64 {
    // SAFETY: all zero is a valid `rusage`, and there is room for one.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        usage
    };
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    u64::try_from(usage.ru_maxrss).unwrap_or(0).saturating_mul(unit)
}

/// Sixteen random bytes, for `--build-id=uuid`.
pub fn uuid_bytes() -> io::Result<[u8; 16]> {
    let mut bytes = [0; 16];
    #[cfg(target_os = "linux")]
    // SAFETY: room for as many bytes as are asked for. So few are never cut short.
    sys::retry(|| unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), 0) as libc::c_int })?;
    #[cfg(not(target_os = "linux"))]
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes)
}
