//! Signals.

use std::fs::{self, File};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::exit;

use sinew_mmap::fault;
use sinew_mmap::input::Input;
use sinew_mmap::output::{Output, Scratch, Strategy};

use crate::{Folder, again, folder_of_child};

/// Core files of deaths that are wanted help no one.
fn no_core() {
    let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    unsafe { libc::setrlimit(libc::RLIMIT_CORE, &none) };
}

#[test]
fn an_input_that_shrinks_is_an_error() {
    let folder = Folder::new("shrinks");
    let run = again("fault::child_shrinks", &folder).output().unwrap();
    let (path, stderr) = (folder.join("input.o"), String::from_utf8(run.stderr).unwrap());
    let (path, why) = (path.display(), "the file changed while it was being linked");
    assert_eq!(stderr, format!("sinew: error: {path}: {why} (it is shorter than when it was opened)\n"));
    assert_eq!(run.status.code(), Some(1));
    assert_eq!(folder.names(), ["input.o", "other.o"], "the unfinished output is gone");
}

#[test]
fn child_shrinks() {
    let Some(folder) = folder_of_child() else { return };
    fault::install();
    let open = |name: &str| {
        fs::write(folder.join(name), vec![1; 100_000]).unwrap();
        Input::open(&folder.join(name)).unwrap()
    };
    let (_other, input, gone) = (open("other.o"), open("input.o"), open("gone.o"));
    drop(gone);
    fs::remove_file(folder.join("gone.o")).unwrap();
    let _output = Output::create(&folder.join("out"), 100, true, 1).unwrap();
    assert_eq!(crate::names(&folder).len(), 3);
    File::options().write(true).open(input.path()).unwrap().set_len(10).unwrap();
    // All threads at once: still one message.
    std::thread::scope(|scope| {
        (0..4).for_each(|_| _ = scope.spawn(|| std::hint::black_box(input.bytes()[90_000])));
    });
    exit(0);
}

#[test]
fn an_output_that_shrinks_is_an_error() {
    let folder = Folder::new("outshrinks");
    let run = again("fault::child_output_shrinks", &folder).output().unwrap();
    assert!(String::from_utf8(run.stderr).unwrap().contains("out: cannot write"));
    assert_eq!(run.status.code(), Some(1));
    assert!(folder.names().is_empty());
}

#[test]
fn child_output_shrinks() {
    let Some(folder) = folder_of_child() else { return };
    fault::install();
    let mut output = Output::create_with(&folder.join("out"), 100_000, true, Strategy::Map).unwrap();
    let temporary = folder.join(&crate::names(&folder)[0]);
    File::options().write(true).open(temporary).unwrap().set_len(0).unwrap();
    let slot = output.carve(std::slice::from_ref(&(0..100_000))).unwrap().remove(0);
    slot.fill(&mut Scratch::new(), |bytes| bytes.fill(1)).unwrap();
    exit(0);
}

#[test]
fn another_fault_stays_one() {
    let folder = Folder::new("bug");
    let run = again("fault::child_bug", &folder).output().unwrap();
    assert_eq!(run.status.signal(), Some(libc::SIGBUS));
    assert!(!String::from_utf8(run.stderr).unwrap().contains("sinew"));
    assert_eq!(folder.names(), ["input.o", "other"]);
}

#[test]
fn child_bug() {
    let Some(folder) = folder_of_child() else { return };
    no_core();
    fault::install();
    fs::write(folder.join("input.o"), "bytes").unwrap();
    let _input = Input::open(&folder.join("input.o")).unwrap();
    let _output = Output::create(&folder.join("out"), 100, true, 1).unwrap();
    // A mapping that `fault` was not told of.
    let file = File::options().read(true).write(true).create_new(true).open(folder.join("other")).unwrap();
    let fd = std::os::fd::AsRawFd::as_raw_fd(&file);
    let map = unsafe { libc::mmap(std::ptr::null_mut(), 4096, libc::PROT_READ, libc::MAP_SHARED, fd, 0) };
    assert_ne!(map, libc::MAP_FAILED);
    unsafe { map.cast::<u8>().read_volatile() };
    exit(0);
}

#[test]
fn an_interrupted_link_leaves_no_trace() {
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
        // Under `nohup` this program has SIGHUP ignored, behind a shell's `&` SIGINT; a program that it starts would too.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
        let folder = Folder::new(&format!("signal-{signal}"));
        fs::write(folder.join("out"), "old").unwrap();
        let status = again("fault::child_interrupted", &folder).env("SIGNAL", signal.to_string()).status().unwrap();
        assert_eq!(status.signal(), Some(signal));
        assert_eq!((folder.names(), fs::read(folder.join("out")).unwrap()), (vec!["out".into()], b"old".to_vec()));
    }
}

#[test]
fn child_interrupted() {
    let Some(folder) = folder_of_child() else { return };
    fault::install();
    fault::install();
    // One that ended well before must not be removed.
    let output = Output::create(&folder.join("out"), 3, true, 1).unwrap();
    drop(output);
    let _output = Output::create(&folder.join("out"), 100, true, 1).unwrap();
    let signal = std::env::var("SIGNAL").unwrap().parse().unwrap();
    unsafe { libc::raise(signal) };
    exit(0);
}

#[test]
fn an_ignored_signal_stays_ignored() {
    let folder = Folder::new("nohup");
    let mut command = again("fault::child_interrupted", &folder);
    command.env("SIGNAL", libc::SIGHUP.to_string());
    let ignore = || unsafe {
        libc::signal(libc::SIGHUP, libc::SIG_IGN);
        Ok(())
    };
    unsafe { command.pre_exec(ignore) };
    assert_eq!(command.status().unwrap().code(), Some(0));
}
