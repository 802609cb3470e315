//! `sinew run -- COMMAND`: every link of a build goes through this binary, and the build does not know.
//!
//! For the time of the command there is a private folder with this binary under the names that linkers have. Who finds
//! it there, and how:
//! - gcc's collect2 looks for `ld`, or `ld.NAME` with `-fuse-ld=NAME`, first in the folders of `COMPILER_PATH`;
//! - clang counts `COMPILER_PATH` among its `-B` folders, which come before its own;
//! - whoever calls `ld` by name finds it in `PATH`;
//! - rustc calls `cc -B<its own lld> -fuse-ld=lld` on some hosts, and a `-B` comes before `COMPILER_PATH`. cargo is
//!   told by its variable to link with `sinew-cc` instead, this binary once more, which calls `cc` with a `-B` of ours
//!   in front. It goes by its bare name, found in `PATH`: cargo builds everything anew when the linker's path changes.
//!   A linker that the environment names stays: it finds ours by `COMPILER_PATH`.
//!
//! The folder is removed when the command ends, and by a second process when this one dies before. An interrupt from
//! the terminal is for the command to answer: `sinew run -- bash` is a shell like any other.

use sinew::args::personality::COMPILER_DRIVER;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, symlink};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

/// The variable that tells the compiler driver where the folder is.
const FOLDER_VARIABLE: &str = "SINEW_RUN_FOLDER";

/// Names that compilers give linkers.
const LINKER_NAMES: &[&str] = &[
    "ld",
    "ld.bfd",
    "ld.gold",
    "ld.lld",
    "ld.mold",
    "ld.sinew",
    "ld.wild",
    "ld64",
    "ld64.lld",
    "ld64.mold",
    "ld64.sinew",
];

/// What stands in the place of a command in the call of the process that removes the folder after a violent end.
const JANITOR: &str = "--sinew-janitor";

/// What went wrong before a command ran.
pub(crate) struct Failure {
    /// The exit status: 127 and 126 as shells have it, 1 for what is wrong with us.
    pub code: u8,
    pub text: String,
}

impl From<String> for Failure {
    fn from(text: String) -> Self {
        Failure { code: 1, text }
    }
}

/// Runs the command that `args` (after `run`) names, and yields its exit status.
pub(crate) fn command(args: Vec<OsString>) -> Result<u8, Failure> {
    let words = match args.split_first() {
        Some((first, [folder])) if first == JANITOR => {
            clean_up_after_parent(Path::new(folder));
            return Ok(0);
        }
        Some((first, words)) if first == "--" => words,
        _ => &args,
    };
    let Some((program, arguments)) = words.split_first() else {
        return Err("usage: sinew run -- COMMAND [ARGUMENT]...".to_owned().into());
    };
    let this = env::current_exe().map_err(|e| format!("cannot find the path of this program: {e}"))?;
    let folder = Folder::new(&this)?;
    let mut janitor = folder.janitor(&this);
    let mut command = Command::new(program);
    command.args(arguments).envs(folder.environment());
    if Path::new(program).file_name() == Some(OsStr::new("rustc")) {
        command.args(rustc_arguments(arguments));
    }
    sinew_mmap::fault::leave_interrupts_to_command();
    let mut child = command.spawn().map_err(|e| Failure {
        code: if e.kind() == ErrorKind::NotFound { 127 } else { 126 },
        text: format!("cannot run {}: {e}", program.display()),
    })?;
    if let Some(pipe) = janitor.as_mut().and_then(|janitor| janitor.stdin.as_mut()) {
        let _ = writeln!(pipe, "{}", child.id());
    }
    let status = child.wait().map_err(|e| format!("cannot wait for {}: {e}", program.display()))?;
    drop(folder);
    if let Some(mut janitor) = janitor {
        drop(janitor.stdin.take());
        let _ = janitor.wait();
    }
    sinew_mmap::fault::end_if_interrupted(status.signal());
    Ok(exit_code(status))
}

/// The status of a command as a shell tells it.
fn exit_code(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}

/// The private folder; dropping it removes it.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // Whoever removed it before has done what we want.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Folder {
    /// A new folder, readable by this user only, with `this` binary under every name. For tests, `SINEW_RUN_LINKER`
    /// names another one to link with.
    fn new(this: &Path) -> Result<Folder, String> {
        let path = create_private_folder()?;
        let folder = Folder(path);
        let linker = env::var_os("SINEW_RUN_LINKER").map_or_else(|| this.to_owned(), PathBuf::from);
        let linker = fs::canonicalize(&linker).map_err(|e| format!("cannot use {}: {e}", linker.display()))?;
        let links = LINKER_NAMES.iter().map(|&name| (name, linker.as_path())).chain([(COMPILER_DRIVER, this)]);
        for (name, target) in links {
            let link = folder.0.join(name);
            symlink(target, &link).map_err(|e| format!("cannot create {}: {e}", link.display()))?;
        }
        Ok(folder)
    }

    /// The variables that lead compilers to the folder.
    fn environment(&self) -> Vec<(String, OsString)> {
        let mut variables: Vec<(String, OsString)> =
            ["COMPILER_PATH", "PATH"].map(|name| (name.to_owned(), in_front(&self.0, env::var_os(name)))).into();
        let cargo = format!("CARGO_TARGET_{}_UNKNOWN_LINUX_GNU_LINKER", env::consts::ARCH.to_uppercase());
        if env::var_os(&cargo).is_none_or(|linker| linker.is_empty() || is_compiler_driver(&linker)) {
            variables.push((cargo, COMPILER_DRIVER.into()));
        }
        variables.push((FOLDER_VARIABLE.to_owned(), self.0.clone().into()));
        variables
    }

    /// Starts the process that removes the folder when this one cannot. A build goes on without one.
    fn janitor(&self, this: &Path) -> Option<Child> {
        // In a process group of its own: the terminal's interrupt is for the build.
        let mut command = Command::new(this);
        command.arg0("sinew").args(["run", JANITOR]).arg(&self.0).process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).current_dir("/").spawn().ok()
    }
}

/// rustc without cargo reads no variable: when it is the command itself, its command line says it.
fn rustc_arguments(given: &[OsString]) -> Option<String> {
    let names_linker = given.iter().any(|arg| arg.to_string_lossy().contains("linker="));
    (!names_linker).then(|| format!("-Clinker={COMPILER_DRIVER}"))
}

/// What the janitor does: waits until its parent is gone, and the command that it may have left behind.
fn clean_up_after_parent(folder: &Path) {
    let mut told = String::new();
    // The parent writes the id of the command and keeps the pipe open for as long as it lives.
    let _ = std::io::stdin().read_to_string(&mut told);
    if let Ok(command) = told.trim().parse::<u32>() {
        let started = start_of_process(command);
        while started.is_some() && folder.exists() && start_of_process(command) == started {
            std::thread::sleep(Duration::from_millis(200));
        }
    }
    drop(Folder(folder.to_owned()));
}

/// When a process started, which tells it from a later one of the same id; `None` when it has ended
/// (proc(5), `/proc/PID/stat`: the fields after the name, which is in parentheses, begin with the third).
fn start_of_process(id: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let mut fields = stat[stat.rfind(')')? + 1..].split_whitespace();
    let state = fields.next()?;
    // Nobody may be there to collect the status: a zombie links nothing any more.
    if matches!(state, "Z" | "X") { None } else { fields.nth(18).map(str::to_owned) }
}

fn create_private_folder() -> Result<PathBuf, String> {
    let base = env::temp_dir();
    let pid = std::process::id();
    // A folder of that name may be left from an earlier process, or put there by somebody else: never use an old one.
    for attempt in 0..1000 {
        let path = base.join(format!("sinew-run-{pid}-{attempt}"));
        match fs::DirBuilder::new().mode(0o700).create(&path) {
            Ok(()) => return fs::canonicalize(&path).map_err(|e| format!("cannot use {}: {e}", path.display())),
            Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
            Err(e) => return Err(format!("cannot create {}: {e}", path.display())),
        }
    }
    Err(format!("cannot create a folder in {}: every name is taken", base.display()))
}

/// `folder` before the folders that `list` holds.
fn in_front(folder: &Path, list: Option<OsString>) -> OsString {
    let mut joined = folder.as_os_str().to_owned();
    if let Some(list) = list.filter(|list| !list.is_empty()) {
        joined.push(":");
        joined.push(list);
    }
    joined
}

fn is_compiler_driver(path: &OsStr) -> bool {
    Path::new(path).file_name() == Some(OsStr::new(COMPILER_DRIVER))
}

/// Becomes the C compiler, as rustc's linker: with the folder in front of every other `-B`. Returns only to say why it
/// could not.
pub(crate) fn compiler_driver(args: Vec<OsString>) -> String {
    let folder = env::var_os(FOLDER_VARIABLE);
    let mut error = String::new();
    for compiler in ["cc", "gcc", "clang"] {
        let mut command = Command::new(compiler);
        if let Some(folder) = &folder {
            let mut prefix = OsString::from("-B");
            prefix.push(folder);
            command.arg(prefix);
        }
        let failure = command.args(&args).exec();
        if failure.kind() != ErrorKind::NotFound {
            return format!("cannot run {compiler}: {failure}");
        }
        error = format!("cannot find a C compiler to link with: {failure}");
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_those_of_a_shell() {
        for (raw, expected) in [(0, 0), (7 << 8, 7), (9, 137), (15, 143), (255 << 8, 255)] {
            assert_eq!(exit_code(ExitStatus::from_raw(raw)), expected);
        }
    }

    #[test]
    fn the_folder_comes_first_in_a_list() {
        let folder = Path::new("/f");
        assert_eq!(in_front(folder, None), "/f");
        assert_eq!(in_front(folder, Some("".into())), "/f");
        assert_eq!(in_front(folder, Some("/a:/b".into())), "/f:/a:/b");
    }

    #[test]
    fn the_folder_holds_every_name_and_is_removed() {
        let this = env::current_exe().unwrap();
        let folder = Folder::new(&this).unwrap();
        let path = folder.0.clone();
        assert_eq!(fs::read_dir(&path).unwrap().count(), LINKER_NAMES.len() + 1);
        assert_eq!(fs::canonicalize(path.join("ld.lld")).unwrap(), fs::canonicalize(&this).unwrap());
        drop(folder);
        assert!(!path.exists());
    }

    #[test]
    fn rustc_is_told_unless_it_was() {
        assert_eq!(rustc_arguments(&["a.rs".into()]).unwrap(), "-Clinker=sinew-cc");
        assert_eq!(rustc_arguments(&["-C".into(), "linker=clang".into()]), None);
    }

    #[test]
    fn processes_are_told_apart_by_their_start() {
        assert!(start_of_process(std::process::id()).is_some_and(|start| start.parse::<u64>().is_ok_and(|n| n > 0)));
        let mut child = Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        assert_eq!(start_of_process(child.id()), None);
    }
}
