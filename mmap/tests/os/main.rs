//! What the operating-system crate promises, tried on the real system.
//!
//! Some of it kills the process or changes what belongs to all of it (umask, limits, mounts). Such a test starts this
//! program again: a function of the same file, marked as a test but doing nothing unless it is called that way.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]
#![allow(clippy::undocumented_unsafe_blocks, reason = "plain system calls with valid arguments, in tests")]

mod fault;
mod input;
mod output;
mod process;
mod recycle;
mod workers;

use std::ffi::CString;
use std::fs;
use std::ops::Deref;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use sinew_mmap::output::Strategy;

/// A folder of one's own, removed at the end.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("sinew-os-{name}-{}", std::process::id()));
        fs::create_dir(&path).unwrap();
        Folder(path)
    }

    /// The names in it, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        names(self)
    }
}

impl Deref for Folder {
    type Target = Path;
    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let list = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = list.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The ways to write that suit large files.
pub(crate) const LARGE: [Strategy; 3] = [Strategy::Map, Strategy::MapPopulated, Strategy::Pwrite];
/// All ways to write.
pub(crate) const ALL: [Strategy; 4] = [Strategy::Map, Strategy::MapPopulated, Strategy::Pwrite, Strategy::Memory];

const FOLDER: &str = "SINEW_TEST_FOLDER";

/// This program again, to run only the test `name` (with its module), in `folder`.
pub(crate) fn again(name: &str, folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", name, "--nocapture", "--test-threads=1"]).env(FOLDER, folder);
    command
}

/// The folder, if this process was started by [`again`].
pub(crate) fn folder_of_child() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

pub(crate) fn c_path(path: &Path) -> CString {
    CString::new(path.as_os_str().as_bytes()).unwrap()
}

pub(crate) fn make_fifo(path: &Path) {
    assert_eq!(unsafe { libc::mkfifo(c_path(path).as_ptr(), 0o600) }, 0);
}

/// No file of this process can become longer from now on.
pub(crate) fn limit_file_sizes(size: u64) {
    let limit = libc::rlimit { rlim_cur: size as libc::rlim_t, rlim_max: size as libc::rlim_t };
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_FSIZE, &limit) }, 0);
}

/// Whether it becomes true within ten seconds.
pub(crate) fn soon(mut condition: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while !condition() {
        if start.elapsed() > Duration::from_secs(10) {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    true
}
