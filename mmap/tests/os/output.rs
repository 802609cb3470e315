//! Outputs.

use std::fs::{self, File};
use std::io::{self, Read};
use std::ops::Range;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, exit};

use sinew_mmap::fault;
use sinew_mmap::output::{Output, Scratch};

use crate::{ALL, Folder, again, c_path, folder_of_child, make_fifo};

/// Fills the ranges from four threads, each byte with the low bits of its place in the file.
fn fill(output: &mut Output, ranges: &[Range<u64>]) {
    let slots = output.carve(ranges).unwrap();
    assert_eq!(slots.len(), ranges.len());
    let mut hands: [Vec<_>; 4] = Default::default();
    for (i, (slot, range)) in slots.into_iter().zip(ranges).enumerate() {
        assert_eq!((slot.range(), slot.len() as u64), (range.clone(), range.end - range.start));
        hands[i % 4].push(slot);
    }
    std::thread::scope(|scope| {
        for slots in hands {
            scope.spawn(move || {
                let mut scratch = Scratch::new();
                for slot in slots {
                    let start = slot.range().start;
                    let filled = slot.fill(&mut scratch, |bytes| {
                        assert!(bytes.iter().all(|b| *b == 0), "a slot's bytes are zero at first");
                        bytes.iter_mut().zip(start..).for_each(|(byte, at)| *byte = at as u8);
                        bytes.len()
                    });
                    filled.unwrap();
                }
            });
        }
    });
}

fn write(path: &Path, contents: &[u8]) -> io::Result<()> {
    let mut output = Output::create(path, contents.len() as u64, true, 1)?;
    output.patch(0, contents)?;
    output.commit().map(drop)
}

#[test]
fn all_strategies_write_the_same() {
    let folder = Folder::new("strategies");
    let size = 3_000_017_u64;
    let ranges = [0..1, 1..4095, 4095..4097, 5000..5000, 5001..400_000, 400_003..1_999_999, 2_000_000..size - 1];
    let mut expected = vec![0; size as usize];
    for at in ranges.iter().cloned().flatten() {
        expected[at as usize] = at as u8;
    }
    expected[399_998..400_005].copy_from_slice(b"patched");
    for strategy in ALL {
        let path = folder.join("out");
        let mut output = Output::create_with(&path, size, false, strategy).unwrap();
        fill(&mut output, &ranges);
        output.patch(399_998, b"patched").unwrap();
        assert_eq!(output.read(399_999..400_004).unwrap(), b"atche");
        assert_eq!((output.read(size..size).unwrap().len(), output.size()), (0, size));
        drop(output.commit().unwrap());
        assert!(fs::read(&path).unwrap() == expected, "{strategy:?}");
        assert_eq!(folder.names(), ["out"]);
    }
}

#[test]
fn an_output_may_be_empty() {
    let folder = Folder::new("nothing");
    for strategy in ALL {
        let mut output = Output::create_with(&folder.join("out"), 0, false, strategy).unwrap();
        fill(&mut output, std::slice::from_ref(&(0..0)));
        drop(output.commit().unwrap());
        assert_eq!(fs::read(folder.join("out")).unwrap(), b"");
    }
}

#[test]
fn wrong_ranges_are_refused() {
    let folder = Folder::new("ranges");
    let backwards = Range { start: 9, end: 8 };
    for strategy in ALL {
        for bad in [[0..5, 4..6], [5..6, 0..1], [0..1, 9..11], [0..1, 11..11], [0..1, backwards.clone()]] {
            let mut output = Output::create_with(&folder.join("out"), 10, false, strategy).unwrap();
            let carve = std::panic::AssertUnwindSafe(|| output.carve(&bad).unwrap().len());
            assert!(std::panic::catch_unwind(carve).is_err(), "{bad:?}");
        }
    }
    assert!(folder.names().is_empty());
}

#[test]
fn a_failed_link_leaves_the_old_file() {
    let folder = Folder::new("failed");
    let path = folder.join("out");
    write(&path, b"old").unwrap();
    let before = fs::metadata(&path).unwrap();
    for strategy in ALL {
        let mut output = Output::create_with(&path, 100_000, true, strategy).unwrap();
        assert_eq!(folder.names().len(), 2, "there is a temporary file");
        output.patch(0, b"new").unwrap();
        drop(output);
        assert_eq!(folder.names(), ["out"]);
    }
    let after = fs::metadata(&path).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!((before.ino(), before.mtime_nsec()), (after.ino(), after.mtime_nsec()));
}

#[test]
fn a_longest_name_is_possible() {
    let folder = Folder::new("long");
    let path = folder.join("n".repeat(255));
    write(&path, b"bytes").unwrap();
    assert_eq!(fs::read(path).unwrap(), b"bytes");
}

#[test]
fn impossible_targets_are_errors() {
    let folder = Folder::new("impossible");
    let error = Output::create(&folder, 1, false, 1).unwrap_err();
    assert_eq!((error.kind(), error.to_string().as_str()), (io::ErrorKind::IsADirectory, "is a directory"));
    let error = Output::create(&folder.join("no/such/folder"), 1, false, 1).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
    for path in ["", "/", ".."] {
        assert!(Output::create(Path::new(path), 1, false, 1).is_err());
    }
    for size in [u64::MAX, i64::MAX as u64, 1 << 60] {
        assert!(Output::create(&folder.join("big"), size, false, 1).is_err());
    }
    // A folder, or a pipe, that comes to be there while we link.
    for make in [(|path| fs::create_dir(path).unwrap()) as fn(&Path), make_fifo] {
        let output = Output::create(&folder.join("late"), 1, false, 1).unwrap();
        make(&folder.join("late"));
        assert!(output.commit().is_err());
        assert_eq!(folder.names(), ["late"]);
        let late = folder.join("late");
        fs::remove_dir(&late).or_else(|_| fs::remove_file(&late)).unwrap();
    }
}

#[test]
fn a_link_is_replaced_and_its_file_is_not() {
    let folder = Folder::new("link");
    let (file, link) = (folder.join("file"), folder.join("link"));
    fs::write(&file, "old").unwrap();
    for target in ["file", "nowhere"] {
        symlink(target, &link).unwrap();
        write(&link, b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_file());
        assert_eq!((fs::read(&file).unwrap(), fs::read(&link).unwrap()), (b"old".to_vec(), b"new".to_vec()));
        fs::remove_file(&link).unwrap();
    }
    assert_eq!(folder.names(), ["file"]);
}

#[test]
fn a_pipe_is_written_and_stays() {
    let folder = Folder::new("fifo");
    let path = folder.join("fifo");
    make_fifo(&path);
    let reader = std::thread::spawn({
        let path = path.clone();
        move || fs::read(path).unwrap()
    });
    let contents: Vec<u8> = (0..300_000).map(|i| i as u8).collect();
    let mut output = Output::create(&path, 300_000, true, 1).unwrap();
    fill(&mut output, &[0..100_000, 100_000..300_000]);
    assert_eq!(folder.names(), ["fifo"]);
    drop(output.commit().unwrap());
    assert!(reader.join().unwrap() == contents);
    assert!(fs::metadata(&path).unwrap().file_type().is_fifo());
}

/// A node of our own, in a folder of our own: were it replaced, no one would miss it.
#[test]
fn a_device_is_written_and_stays() {
    let folder = Folder::new("device");
    let path = folder.join("null");
    if unsafe { libc::mknod(c_path(&path).as_ptr(), libc::S_IFCHR | 0o666, libc::makedev(1, 3)) } != 0 {
        return println!("skipped: may not create a device node: {}", io::Error::last_os_error());
    }
    let before = fs::metadata(&path).unwrap();
    match write(&path, b"bytes") {
        // The file system may be mounted `nodev`.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => println!("skipped in part: {error}"),
        result => result.unwrap(),
    }
    let after = fs::metadata(&path).unwrap();
    assert!(after.file_type().is_char_device());
    assert_eq!((before.ino(), before.mode(), before.rdev()), (after.ino(), after.mode(), after.rdev()));
    assert_eq!(folder.names(), ["null"]);
}

/// As `-o /dev/stdout` with standard output in a file.
#[test]
#[cfg(target_os = "linux")]
fn a_link_to_an_open_file_is_followed() {
    let folder = Folder::new("stdout");
    let mut file = File::options().read(true).write(true).create_new(true).open(folder.join("out")).unwrap();
    write(Path::new(&format!("/proc/self/fd/{}", file.as_raw_fd())), b"bytes").unwrap();
    let mut contents = String::new();
    file.read_to_string(&mut contents).unwrap();
    assert_eq!(contents, "bytes");
}

#[test]
fn a_running_program_can_be_replaced() {
    let folder = Folder::new("running");
    let path = folder.join("program");
    fs::copy("/bin/sleep", &path).unwrap();
    // Another test may be starting a process just now, which holds our writing descriptor until it has.
    let mut child = None;
    assert!(crate::soon(|| {
        child = Command::new(&path).arg("60").spawn().ok();
        child.is_some()
    }));
    let mut child = child.unwrap();
    let replaced = write(&path, b"#!/bin/sh\nexit 3\n");
    let still_running = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    replaced.unwrap();
    assert!(still_running);
    assert!(crate::soon(|| Command::new(&path).status().is_ok_and(|status| status.code() == Some(3))));
}

#[test]
fn a_program_runs_as_soon_as_it_is_committed() {
    let folder = Folder::new("committed");
    let program = b"#!/bin/sh\nexit 3\n";
    for strategy in ALL {
        let path = folder.join("program");
        let mut output = Output::create_with(&path, program.len() as u64, true, strategy).unwrap();
        for slot in output.carve(std::slice::from_ref(&(0..program.len() as u64))).unwrap() {
            slot.fill_whole(&mut Scratch::new(), |bytes| bytes.copy_from_slice(program)).unwrap();
        }
        // Who linked it may have more to do, and needs this until the end.
        let leftover = output.commit().unwrap();
        let runs = crate::soon(|| Command::new(&path).status().is_ok_and(|status| status.code() == Some(3)));
        assert!(runs, "{strategy:?}: it cannot be run");
        drop(leftover);
    }
}

#[test]
fn the_umask_is_honoured() {
    let folder = Folder::new("umask");
    assert!(again("output::child_umask", &folder).status().unwrap().success());
    let mode = |name: &str| fs::metadata(folder.join(name)).unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode("program"), mode("object")), (0o750, 0o640));
}

#[test]
fn child_umask() {
    let Some(folder) = folder_of_child() else { return };
    unsafe { libc::umask(0o027) };
    // What was there does not matter.
    fs::write(folder.join("object"), "old").unwrap();
    fs::set_permissions(folder.join("object"), fs::Permissions::from_mode(0o777)).unwrap();
    for (name, executable) in [("program", true), ("object", false)] {
        drop(Output::create(&folder.join(name), 1, executable, 1).unwrap().commit().unwrap());
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error() {
    let folder = Folder::new("full");
    let status = again("output::child_full_disk", &folder).status().unwrap();
    match status.code() {
        Some(77) => println!("skipped: may not mount a small file system"),
        code => assert_eq!(code, Some(0)),
    }
}

#[test]
#[cfg(target_os = "linux")]
fn child_full_disk() {
    let Some(folder) = folder_of_child() else { return };
    // In a name space of our own, so that it is gone when we are.
    let mounted = unsafe {
        let (none, tmpfs, place, options) = (c"none".as_ptr(), c"tmpfs".as_ptr(), c_path(&folder), c"size=1m".as_ptr());
        let private = libc::MS_REC | libc::MS_PRIVATE;
        libc::unshare(libc::CLONE_NEWNS) == 0
            && libc::mount(none, c"/".as_ptr(), std::ptr::null(), private, std::ptr::null()) == 0
            && libc::mount(none, place.as_ptr(), tmpfs, 0, options.cast()) == 0
    };
    if !mounted {
        exit(77);
    }
    let path = folder.join("out");
    write(&path, b"old").unwrap();
    for strategy in ALL {
        let error = Output::create_with(&path, 2 << 20, true, strategy).and_then(Output::commit).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::ENOSPC));
        assert_eq!(crate::names(&folder), ["out"]);
    }
    assert_eq!(fs::read(&path).unwrap(), b"old");
}

#[test]
fn a_limit_on_file_sizes_is_an_error() {
    let folder = Folder::new("limit");
    // What the child prints goes through a pipe: a log on disk may be longer than the limit already.
    assert!(again("output::child_limit", &folder).output().unwrap().status.success());
}

#[test]
fn child_limit() {
    let Some(folder) = folder_of_child() else { return };
    fault::install();
    crate::limit_file_sizes(65536);
    for strategy in ALL {
        let output = Output::create_with(&folder.join("out"), 1 << 20, true, strategy);
        let error = output.and_then(Output::commit).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EFBIG));
        assert!(crate::names(&folder).is_empty());
    }
}
