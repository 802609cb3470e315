//! Input files: mapped read-only, or read where they cannot be mapped.
//!
//! Cost of an input: open, fstat, mmap, close. The descriptor does not stay open (thousands of inputs would exceed the
//! usual limit of 1,024). A change on disk after opening is noticed by [`Input::unchanged`]; a file that shrinks makes
//! its lost pages fault, which [`crate::fault`] turns into an error.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::fault::{self, Watched};
use crate::map::Map;
use crate::sys;

/// The contents of one file.
#[derive(Debug)]
pub struct Input {
    path: PathBuf,
    contents: Contents,
    stamp: Option<Stamp>,
}

#[derive(Debug)]
enum Contents {
    /// The watch comes first: fields are dropped in order, and the handler must not know ranges that are unmapped.
    Mapped(#[expect(dead_code, reason = "ends the watch when it is dropped")] Watched, Map),
    Read(Vec<u8>),
}

/// What tells a file's version, as far as a file system tells it.
#[derive(Debug, PartialEq, Eq)]
struct Stamp {
    identity: (u64, u64),
    size: u64,
    modified: (i64, i64),
}

impl Stamp {
    fn of(meta: &Metadata) -> Stamp {
        let identity = (meta.dev(), meta.ino());
        Stamp { identity, size: meta.size(), modified: (meta.mtime(), meta.mtime_nsec()) }
    }
}

/// How an input is about to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// From start to end.
    Sequential,
    /// Here and there: reading ahead would be waste.
    Random,
    /// Soon: start to read it from disk now.
    WillNeed,
    /// Now and all of it: map its pages in one call instead of one fault a page (or sixteen).
    PopulateRead,
    /// No more: take its pages out of the process's memory. They stay what they are, should one be read all the same.
    DontNeed,
}

/// The most that is read from what cannot be mapped. `/dev/zero` has no end.
const MAX_READ_SIZE: u64 = 4 << 30;

impl Input {
    /// Opens and maps a file. What cannot be mapped (pipes, files of `/proc`, one mapping too many) is read instead.
    pub fn open(path: &Path) -> io::Result<Input> {
        let file = File::open(path)?;
        let meta = file.metadata()?;
        if meta.is_dir() {
            return Err(sys::is_a_directory());
        }
        let stamp = meta.is_file().then(|| Stamp::of(&meta));
        let mapped = if meta.is_file() && meta.size() > 0 { map(&file, meta.size()) } else { None };
        let contents = match mapped {
            Some(map) => Contents::Mapped(fault::watch_input(map.bytes(), path), map),
            None => Contents::Read(read(&file, meta.size())?),
        };
        Ok(Input { path: path.to_owned(), contents, stamp })
    }

    /// An input that is in memory already.
    pub fn from_bytes(path: impl Into<PathBuf>, bytes: Vec<u8>) -> Input {
        Input { path: path.into(), contents: Contents::Read(bytes), stamp: None }
    }

    /// The contents.
    pub fn bytes(&self) -> &[u8] {
        match &self.contents {
            Contents::Mapped(_, map) => map.bytes(),
            Contents::Read(bytes) => bytes,
        }
    }

    /// The path as it was given.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Device and inode number: the same for two paths to one file. `None` for what is not a regular file.
    pub fn identity(&self) -> Option<(u64, u64)> {
        self.stamp.as_ref().map(|stamp| stamp.identity)
    }

    /// When the file was last modified, in seconds since 1970; 0 for what is not a regular file.
    pub fn modified(&self) -> u64 {
        self.stamp.as_ref().map_or(0, |stamp| stamp.modified.0.max(0) as u64)
    }

    /// Whether the bytes are still those of the time of opening, as far as size and modification time tell.
    ///
    /// A file that was *replaced* (removed, or another one moved to its path) is unchanged: the mapping keeps the old
    /// one alive, and the link is consistent.
    pub fn unchanged(&self) -> bool {
        let Some(stamp) = &self.stamp else { return true };
        match fs::metadata(&self.path) {
            Ok(meta) => {
                let now = Stamp::of(&meta);
                now.identity != stamp.identity || now == *stamp
            }
            Err(_) => true,
        }
    }

    /// Tells the kernel how the bytes will be read. Only a hint.
    pub fn advise(&self, advice: Advice) {
        let Contents::Mapped(_, map) = &self.contents else { return };
        let fallback = match advice {
            Advice::Sequential => libc::MADV_SEQUENTIAL,
            Advice::Random => libc::MADV_RANDOM,
            Advice::WillNeed => libc::MADV_WILLNEED,
            Advice::DontNeed => libc::MADV_DONTNEED,
            Advice::PopulateRead => {
                #[cfg(target_os = "linux")]
                if map.advise(libc::MADV_POPULATE_READ).is_ok() {
                    return;
                }
                libc::MADV_WILLNEED
            }
        };
        let _ = map.advise(fallback);
    }
}

/// `None` where it cannot be done, for whatever reason: reading will tell if the file itself is at fault.
fn map(file: &File, size: u64) -> Option<Map> {
    Map::of_file(file, usize::try_from(size).ok()?).ok()
}

fn read(file: &File, expected_size: u64) -> io::Result<Vec<u8>> {
    let limit = expected_size.max(MAX_READ_SIZE);
    let mut bytes = Vec::new();
    file.take(limit).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == limit && limit != expected_size {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "has no end, or one beyond 4 GiB"));
    }
    Ok(bytes)
}
