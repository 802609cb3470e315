//! Large old outputs, which are filled again where nobody else can see them.

#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use sinew_mmap::fault;
use sinew_mmap::input::Input;
use sinew_mmap::output::{Output, Scratch, Strategy};

use crate::{Folder, LARGE, again, folder_of_child};

const SIZE: u64 = 3_000_017;

/// What is there before: a program as this process would make it, no byte of which is zero.
fn old(path: &Path, size: u64) -> u64 {
    let mut output = Output::create(path, size, true, 1).unwrap();
    output.patch(0, &vec![0xff; size as usize]).unwrap();
    drop(output.commit().unwrap());
    fs::metadata(path).unwrap().ino()
}

/// Links: fills some of the file, patches some more. Returns what must be in it.
fn link(path: &Path, strategy: Strategy) -> io::Result<Vec<u8>> {
    let ranges = [1..4095, 4096..8192, 5 << 12..1_000_000, 1_000_000..1_000_001, 2_000_000..SIZE - 5000];
    let mut expected = vec![0; SIZE as usize];
    let mut output = Output::create_with(path, SIZE, true, strategy)?;
    let mut scratch = Scratch::new();
    for (i, slot) in output.carve(&ranges)?.into_iter().enumerate() {
        let range = slot.range();
        let fill = |bytes: &mut [u8]| {
            assert!(bytes.iter().all(|b| *b == 0), "{strategy:?}: a slot's bytes are zero at first");
            bytes[0] = i as u8 + 1;
        };
        slot.fill(&mut scratch, fill)?;
        expected[range.start as usize] = i as u8 + 1;
    }
    output.patch(9000, b"patched")?;
    expected[9000..9007].copy_from_slice(b"patched");
    assert_eq!(output.read(8999..9008)?, b"\0patched\0");
    drop(output.commit()?);
    Ok(expected)
}

/// Whether files in this folder are filled again: on file systems for which that is right, where the kernel has leases.
fn are_filled_again(folder: &Folder) -> bool {
    let file = File::create(folder.join("probe")).unwrap();
    fs::remove_file(folder.join("probe")).unwrap();
    let mut about: libc::statfs = unsafe { std::mem::zeroed() };
    assert_eq!(unsafe { libc::fstatfs(file.as_raw_fd(), &raw mut about) }, 0);
    let known = [libc::EXT4_SUPER_MAGIC, libc::XFS_SUPER_MAGIC, libc::BTRFS_SUPER_MAGIC, libc::TMPFS_MAGIC];
    let is_known = known.iter().any(|magic| *magic as u32 == about.f_type as u32);
    // Another test may be starting a process just now, which holds our descriptors until it has.
    let lease = || unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETLEASE, libc::F_WRLCK) };
    let has_leases =
        lease() == 0 || io::Error::last_os_error().raw_os_error() == Some(libc::EAGAIN) && crate::soon(|| lease() == 0);
    is_known && has_leases
}

#[test]
fn a_large_old_output_is_filled_again() {
    let folder = Folder::new("again");
    let path = folder.join("out");
    let are_filled_again = are_filled_again(&folder);
    for strategy in LARGE {
        for old_size in [SIZE - 1_500_000, SIZE, SIZE + 1_500_000] {
            // As above.
            let is_same = crate::soon(|| {
                let _ = fs::remove_file(&path);
                let inode = old(&path, old_size);
                let expected = link(&path, strategy).unwrap();
                assert!(fs::read(&path).unwrap() == expected, "{strategy:?}, {old_size}");
                assert_eq!(folder.names(), ["out"]);
                fs::metadata(&path).unwrap().ino() == inode || !are_filled_again
            });
            assert!(is_same, "{strategy:?}, {old_size}: it is always a new file");
        }
    }
    if !are_filled_again {
        println!("skipped in part: no file of this file system is filled again");
    }
}

#[test]
fn what_nothing_fills_is_zero() {
    let folder = Folder::new("untouched");
    let path = folder.join("out");
    for strategy in LARGE {
        old(&path, SIZE);
        let output = Output::create_with(&path, SIZE, true, strategy).unwrap();
        assert_eq!(output.read(7..11).unwrap(), [0; 4]);
        drop(output.commit().unwrap());
        assert!(fs::read(&path).unwrap() == vec![0; SIZE as usize], "{strategy:?}");
    }
}

/// Whoever can see the old file, in whatever way, sees it unchanged.
#[test]
fn a_file_that_is_in_use_is_left_alone() {
    let folder = Folder::new("in-use");
    let path = folder.join("out");
    let is_old = |bytes: &[u8]| bytes.len() as u64 == SIZE && bytes.iter().all(|b| *b == 0xff);
    let start = || {
        let _ = fs::remove_file(&path);
        (old(&path, SIZE), folder.join("other"))
    };
    let is_new_file = |inode: u64, strategy: Strategy| {
        let expected = link(&path, strategy).unwrap();
        assert!(fs::read(&path).unwrap() == expected, "{strategy:?}");
        assert_ne!(fs::metadata(&path).unwrap().ino(), inode, "{strategy:?}");
    };
    for strategy in LARGE {
        // Open.
        let (inode, other) = start();
        let mut reader = File::open(&path).unwrap();
        is_new_file(inode, strategy);
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).unwrap();
        assert!(is_old(&bytes), "{strategy:?}");

        // Mapped, as a library is that was loaded: no descriptor is left.
        let (inode, _) = start();
        let mapped = Input::open(&path).unwrap();
        is_new_file(inode, strategy);
        assert!(is_old(mapped.bytes()), "{strategy:?}");
        drop(mapped);

        // Under two names.
        let (inode, _) = start();
        fs::hard_link(&path, &other).unwrap();
        is_new_file(inode, strategy);
        assert!(is_old(&fs::read(&other).unwrap()), "{strategy:?}");

        // Behind a link, which is what is replaced.
        fs::remove_file(&path).unwrap();
        symlink("other", &path).unwrap();
        is_new_file(fs::metadata(&other).unwrap().ino(), strategy);
        assert!(is_old(&fs::read(&other).unwrap()), "{strategy:?}");
        fs::remove_file(&other).unwrap();

        // With permissions of its own.
        let (inode, _) = start();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        is_new_file(inode, strategy);
        assert_ne!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(folder.names(), ["out"]);
    }
}

#[test]
fn a_link_that_fails_late_leaves_nothing() {
    let folder = Folder::new("late");
    let path = folder.join("out");
    for strategy in LARGE {
        old(&path, SIZE);
        drop(Output::create_with(&path, SIZE, true, strategy).unwrap());
        // The old file, or none: never a part of a new one.
        if path.exists() {
            assert!(fs::read(&path).unwrap() == vec![0xff; SIZE as usize]);
        } else {
            assert!(folder.names().is_empty());
        }
    }
}

#[test]
fn a_file_that_cannot_grow_stays() {
    let folder = Folder::new("grow");
    // What the child prints goes through a pipe: a log on disk may be longer than the limit already.
    assert!(again("recycle::child_limit", &folder).output().unwrap().status.success());
}

#[test]
fn child_limit() {
    let Some(folder) = folder_of_child() else { return };
    fault::install();
    let path = folder.join("out");
    let inode = old(&path, 2 << 20);
    crate::limit_file_sizes(4 << 20);
    for strategy in LARGE {
        let error = Output::create_with(&path, 8 << 20, true, strategy).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EFBIG));
        assert_eq!(crate::names(&folder), ["out"]);
        assert!(fs::read(&path).unwrap() == vec![0xff; 2 << 20]);
        assert_eq!(fs::metadata(&path).unwrap().ino(), inode);
    }
}
