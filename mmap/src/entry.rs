//! Where a program begins: what the standard library does before `main`, less what a program of some milliseconds can do
//! without.
//!
//! The standard library finds out where the main thread's stack ends, so that it can say of a fault there that the stack
//! was too small. On Linux that means to read `/proc/self/maps`, and 150 to 200 µs, a fifteenth of what linking a small
//! program takes. Without that a stack that overflows ends the process all the same: by SIGSEGV, without a word.

use std::ffi::{CStr, OsStr, OsString, c_char, c_int};
use std::os::unix::ffi::OsStrExt;

use crate::sys;

/// Makes `fn $main(Vec<OsString>) -> u8`, which takes the arguments and returns the exit status, a program's `main`. The
/// program says `#![no_main]`.
#[macro_export]
macro_rules! entry {
    ($main:path) => {
        #[allow(unsafe_code, reason = "there is no other way to be what the C library calls")]
        mod c_main {
            use ::std::ffi::{c_char, c_int};

            // SAFETY: a program has one `main`, and the standard library's was declined.
            #[unsafe(no_mangle)]
            extern "C" fn main(argc: c_int, argv: *const *const c_char) -> c_int {
                // SAFETY: the arguments are those of `main`.
                unsafe { $crate::entry::start(argc, argv, $main) }
            }
        }
    };
}

/// What [`entry!`](crate::entry!) calls.
///
/// # Safety
/// `argc` and `argv` are the arguments of C's `main`.
pub unsafe fn start(argc: c_int, argv: *const *const c_char, main: fn(Vec<OsString>) -> u8) -> c_int {
    open_standard_descriptors();
    // Whoever writes to a pipe that nobody reads any more gets an error for it.
    // SAFETY: no handler that could be run at a bad time.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
    let args = (0..usize::try_from(argc).unwrap_or(0)).map(|i| {
        // SAFETY: `argv` has `argc` strings, each of which ends with a NUL (C17 5.1.2.2.1).
        let arg = unsafe { CStr::from_ptr(*argv.add(i)) };
        OsStr::from_bytes(arg.to_bytes()).to_owned()
    });
    main(args.collect()).into()
}

/// Makes sure that descriptors 0 to 2 are open: a file that is opened later would get the number of one that is not, and
/// what is meant for the terminal would be written there.
fn open_standard_descriptors() {
    for fd in 0..=2 {
        // SAFETY: any number may be asked about.
        let found = sys::check(unsafe { libc::fcntl(fd, libc::F_GETFD) });
        if found.is_err_and(|error| error.raw_os_error() == Some(libc::EBADF)) {
            // SAFETY: a valid path. The lowest number that is free is this one.
            let opened = sys::check(unsafe { libc::open(c"/dev/null".as_ptr(), libc::O_RDWR) });
            if opened.is_err() {
                // Nor could that be said anywhere.
                std::process::abort();
            }
        }
    }
}
