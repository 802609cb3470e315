//! Inputs.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::time::{Duration, SystemTime};

use sinew_mmap::input::{Advice, Input};

use crate::{Folder, make_fifo};

#[test]
fn a_file_is_mapped() {
    let folder = Folder::new("mapped");
    let (path, link) = (folder.join("a"), folder.join("b"));
    let contents: Vec<u8> = (0..10_000_u32).flat_map(u32::to_le_bytes).collect();
    fs::write(&path, &contents).unwrap();
    fs::hard_link(&path, &link).unwrap();
    let (a, b) = (Input::open(&path).unwrap(), Input::open(&link).unwrap());
    for advice in [Advice::Sequential, Advice::Random, Advice::WillNeed, Advice::PopulateRead] {
        a.advise(advice);
        assert_eq!(a.bytes(), contents);
    }
    assert_eq!(a.path(), path);
    assert!(a.identity().is_some() && a.identity() == b.identity());
    // It lives on without a name, and without a descriptor.
    fs::remove_file(&path).unwrap();
    fs::remove_file(&link).unwrap();
    let descriptors: Vec<_> = fs::read_dir("/proc/self/fd").into_iter().flatten().flatten().collect();
    assert!(descriptors.iter().all(|fd| !fs::read_link(fd.path()).is_ok_and(|target| target.starts_with(&*folder))));
    let read_elsewhere = std::thread::spawn(move || a.bytes().to_vec()).join().unwrap();
    assert_eq!(read_elsewhere, contents);
}

#[test]
fn an_empty_file_is_empty() {
    let folder = Folder::new("empty");
    let path = folder.join("a");
    File::create(&path).unwrap();
    let input = Input::open(&path).unwrap();
    input.advise(Advice::PopulateRead);
    assert!(input.bytes().is_empty() && input.unchanged());
}

#[test]
fn what_cannot_be_opened_is_an_error() {
    let folder = Folder::new("unopened");
    let error = Input::open(&folder).unwrap_err();
    assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::IsADirectory, "is a directory"));
    assert_eq!(Input::open(&folder.join("none")).unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn a_pipe_is_read_to_its_end() {
    let folder = Folder::new("pipe");
    let path = folder.join("fifo");
    make_fifo(&path);
    let writer = std::thread::spawn({
        let path = path.clone();
        move || {
            let mut file = File::options().write(true).open(path).unwrap();
            (0..100_u8).for_each(|i| file.write_all(&[i; 1000]).unwrap());
        }
    });
    let input = Input::open(&path).unwrap();
    writer.join().unwrap();
    assert!(input.bytes().len() == 100_000 && input.bytes().chunks(1000).zip(0..).all(|(c, i)| c == [i; 1000]));
    assert!(input.identity().is_none() && input.unchanged());
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_of_proc_is_read_though_its_size_is_zero() {
    let input = Input::open(Path::new("/proc/self/status")).unwrap();
    assert!(input.bytes().starts_with(b"Name:"));
}

#[test]
fn changes_are_noticed() {
    let folder = Folder::new("changes");
    let path = folder.join("a");
    let fresh = || {
        fs::write(&path, b"contents").unwrap();
        let input = Input::open(&path).unwrap();
        assert!(input.unchanged());
        input
    };
    let appended = fresh();
    File::options().append(true).open(&path).unwrap().write_all(b"!").unwrap();
    assert!(!appended.unchanged());

    let touched = fresh();
    let earlier = SystemTime::now() - Duration::from_secs(1000);
    File::options().append(true).open(&path).unwrap().set_modified(earlier).unwrap();
    assert!(!touched.unchanged());

    let replaced = fresh();
    fs::write(folder.join("b"), b"different").unwrap();
    fs::rename(folder.join("b"), &path).unwrap();
    assert!(replaced.unchanged() && replaced.bytes() == b"contents");
    fs::remove_file(&path).unwrap();
    assert!(replaced.unchanged());
}

#[test]
fn bytes_can_be_an_input() {
    let input = Input::from_bytes("made up.o", b"bytes".to_vec());
    assert_eq!((input.bytes(), input.path()), (&b"bytes"[..], Path::new("made up.o")));
    assert!(input.unchanged() && input.identity().is_none());
}
