//! Processes.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Stdio, exit};
use std::time::Duration;

use sinew_mmap::output::Output;
use sinew_mmap::{fault, process};

use crate::{Folder, again, folder_of_child, soon};

#[test]
fn the_command_ends_before_its_worker() {
    let folder = Folder::new("detach");
    let (mut inherited, given) = std::io::pipe().unwrap();
    let mut command = again("process::child_detach", &folder);
    let fd = given.as_raw_fd();
    let inherit = move || {
        unsafe { libc::fcntl(fd, libc::F_SETFD, 0) };
        Ok(())
    };
    unsafe { command.pre_exec(inherit) };
    // `output` waits for the end of both pipes, and so does the last line here for that of the inherited one.
    let run = command.stdin(Stdio::null()).output().unwrap();
    drop(given);
    inherited.read_to_end(&mut Vec::new()).unwrap();
    assert_eq!(run.status.code(), Some(7));
    let stdout = String::from_utf8(run.stdout).unwrap();
    assert!(stdout.contains("before") && !stdout.contains("after"), "{stdout}");
    assert_eq!(folder.names(), ["out"], "the worker still waits for `go`");
    fs::write(folder.join("go"), "").unwrap();
    assert!(soon(|| folder.join("done").exists()));
    assert_eq!(fs::read(folder.join("done")).unwrap(), b"12345678");
}

#[test]
fn child_detach() {
    let Some(folder) = folder_of_child() else { return };
    fault::install();
    let detached = process::detach().unwrap();
    // No line end: it stays in the buffer until somebody flushes it.
    print!("before");
    let output = Output::create(&folder.join("out"), 8, true, 1).unwrap();
    let left = output.commit().unwrap();
    let mut own = File::options().read(true).write(true).create_new(true).open(folder.join("own")).unwrap();
    fs::remove_file(folder.join("own")).unwrap();
    detached.finish(7, || {
        println!("after");
        drop(left);
        assert!(soon(|| folder.join("go").exists()));
        // What we opened is still open.
        own.write_all(b"12345678").unwrap();
        fs::write(folder.join("part"), read_again(&own)).unwrap();
        fs::rename(folder.join("part"), folder.join("done")).unwrap();
    })
}

fn read_again(file: &File) -> Vec<u8> {
    let mut bytes = [0; 8];
    std::os::unix::fs::FileExt::read_exact_at(file, &mut bytes, 0).unwrap();
    bytes.to_vec()
}

#[test]
fn a_worker_without_a_verdict_still_counts() {
    let folder = Folder::new("verdict");
    let run = |how: &str| again("process::child_no_verdict", &folder).env("HOW", how).output().unwrap().status;
    assert_eq!(run("exit").code(), Some(3));
    assert_eq!(run("signal").signal(), Some(libc::SIGKILL));
}

#[test]
fn child_no_verdict() {
    if folder_of_child().is_none() {
        return;
    }
    let _detached = process::detach().unwrap();
    if std::env::var("HOW").unwrap() == "exit" {
        exit(3);
    }
    unsafe { libc::raise(libc::SIGKILL) };
}

#[test]
fn whoever_stops_the_command_stops_the_worker() {
    // SIGKILL cannot be handled: the worker learns of it from the kernel, on Linux.
    let signals = if cfg!(target_os = "linux") { &[libc::SIGTERM, libc::SIGKILL][..] } else { &[libc::SIGTERM] };
    for &signal in signals {
        let folder = Folder::new(&format!("stop-{signal}"));
        let mut child = again("process::child_stopped", &folder).stdout(Stdio::null()).spawn().unwrap();
        assert!(soon(|| folder.join("ready").exists()) && folder.names().len() == 2);
        assert_eq!(unsafe { libc::kill(child.id() as i32, signal) }, 0);
        assert_eq!(child.wait().unwrap().signal(), Some(signal));
        assert!(soon(|| folder.names() == ["ready"]), "the temporary file goes");
    }
}

#[test]
fn child_stopped() {
    let Some(folder) = folder_of_child() else { return };
    fault::install();
    let _detached = process::detach().unwrap();
    let _output = Output::create(&folder.join("out"), 8, true, 1).unwrap();
    fs::write(folder.join("ready"), "").unwrap();
    std::thread::sleep(Duration::from_secs(30));
}

#[test]
fn leaving_at_once_keeps_what_was_printed() {
    let folder = Folder::new("exit");
    let run = again("process::child_exit", &folder).output().unwrap();
    assert_eq!(run.status.code(), Some(4));
    assert!(String::from_utf8(run.stdout).unwrap().ends_with("no line end"));
    assert!(folder.names().iter().any(|name| name.ends_with(".tmp")), "no destructor has run");
}

#[test]
fn child_exit() {
    let Some(folder) = folder_of_child() else { return };
    let _output = Output::create(&folder.join("out"), 8, true, 1).unwrap();
    print!("no line end");
    process::exit_now(4);
}

#[test]
fn small_questions_have_answers() {
    assert!((1..=4096).contains(&process::available_threads()));
    assert!(process::peak_memory_bytes() > 100_000);
    assert_ne!(process::uuid_bytes().unwrap(), process::uuid_bytes().unwrap());
    let file = File::open(Path::new("/")).unwrap();
    assert!(!process::is_terminal(file.as_raw_fd()) && !process::is_terminal(-1));
}
