//! The output file, which appears whole or not at all.
//!
//! It is built under a temporary name in the target's directory and takes the target's place by `rename` when it is
//! complete. It is a new inode, and until then the old output stays as it was, whatever fails, unless that is a large
//! file that nobody else can see: then its inode is filled again (`recycle.rs`), and is gone where a link fails so late. A
//! program that runs keeps running in any case. Blocks are reserved first, so that a full disk is an error and not a
//! fault. Permissions are 0666 or 0777 less the umask, which the kernel applies as it creates the file.
//!
//! A target that is a symbolic link is itself replaced and not what it points to, as lld and mold do. A target that
//! is no regular file (a device, FIFO or socket, and the links in `/dev` and `/proc` that lead to open files) is never
//! replaced or changed: the output is built in memory and written to it at the end.
//!
//! Freeing the blocks of a big old output takes long (80 ms for 200 MB), so [`Output::commit`] returns a [`Leftover`]
//! that keeps the old inode alive without a name: whoever drops it last, or ends with it, pays.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::ops::Range;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::slice;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use crate::fault::{self, Watched};
use crate::map::{self, MapMut};
#[cfg(target_os = "linux")]
use crate::recycle;
use crate::sys;

/// How bytes get from the jobs to the file.
///
/// The choice for few threads was measured (`examples/strategies.rs`: 200 MB on ext4, jobs of 256 KiB, Linux 6.18, 2
/// cores; create, fill and commit in milliseconds of wall time, a new file / an old output that is filled again):
///
/// | strategy       | 1 thread  | 2 threads |
/// |----------------|-----------|-----------|
/// | `Map`          |  88 / 44  |  58 / 38  |
/// | `MapPopulated` |  99 / 57  | 131 / 60  |
/// | `Pwrite`       |  54 / 45  |  42 / 26  |
///
/// One `pwrite` of a buffer that is in the cache costs less than the faults on the pages that it fills, and it leaves
/// no mapping to be torn down. It is also what macOS wants, whose kernel remembers the signature of mapped pages.
///
/// But writes to one file take turns: Linux locks the inode for each (`ext4_buffered_write_iter` and its like), so that
/// what they take on one thread is the least for any number of them. Faults take no turns, and an eighth of what they take
/// is less. That is reasoned: no machine with so many processors was at hand.
///
/// A program of a few pages has as many pieces as a large one: made in memory, it takes one system call instead of thirty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    /// Jobs write to a shared mapping of the file; each page faults once.
    Map,
    /// The same, but each job has its pages made present in one call before it starts.
    MapPopulated,
    /// Jobs write to a buffer that stays in the cache, and `pwrite` copies it to the file.
    Pwrite,
    /// Jobs write to memory, all of which is written to the file in the end.
    Memory,
}

impl Strategy {
    /// What suits a file of `size` bytes and so many threads.
    fn suited(size: u64, threads: usize) -> Strategy {
        const SMALL: u64 = 128 << 10;
        const MANY: usize = 8;
        match () {
            _ if size <= SMALL => Strategy::Memory,
            _ if cfg!(target_os = "linux") && threads >= MANY => Strategy::MapPopulated,
            _ => Strategy::Pwrite,
        }
    }
}

/// A file under construction. Dropped before [`Output::commit`], it leaves no trace.
#[derive(Debug)]
pub struct Output {
    path: PathBuf,
    size: u64,
    body: Body,
    /// `None` for a target that is written in place.
    temporary: Option<Temporary>,
    /// It still holds what an older link wrote, all over, where it should be zero.
    is_stale: bool,
}

#[derive(Debug)]
enum Body {
    Mapped(#[expect(dead_code, reason = "ends the watch when it is dropped")] Watched, MapMut, Populate),
    File(File),
    /// What is to be written, and the file if it is open already.
    Memory(MapMut, Option<File>),
}

impl Body {
    /// The bytes, where they are in memory.
    fn bytes(&self) -> Result<&[u8], &File> {
        match self {
            Body::Mapped(_, map, _) | Body::Memory(map, _) => Ok(map.bytes()),
            Body::File(file) => Err(file),
        }
    }

    fn bytes_mut(&mut self) -> Result<&mut [u8], &File> {
        match self {
            Body::Mapped(_, map, _) | Body::Memory(map, _) => Ok(map.bytes_mut()),
            Body::File(file) => Err(file),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Populate {
    OnFault,
    InBulk,
}

impl Output {
    /// Begins a file of `size` bytes, all zero, which so many threads will fill.
    pub fn create(path: &Path, size: u64, executable: bool, threads: usize) -> io::Result<Output> {
        Output::create_with(path, size, executable, Strategy::suited(size, threads))
    }

    /// Like [`Output::create`], with a strategy of the caller's choice.
    pub fn create_with(path: &Path, size: u64, executable: bool, strategy: Strategy) -> io::Result<Output> {
        let map_size = usize::try_from(size).map_err(|_| io::ErrorKind::FileTooLarge)?;
        let path = path.to_owned();
        if target(&path)? == Target::InPlace {
            let body = Body::Memory(MapMut::anonymous(map_size)?, None);
            return Ok(Output { path, size, body, temporary: None, is_stale: false });
        }
        let (fresh, file) = Temporary::create(&path, if executable { 0o777 } else { 0o666 })?;
        if strategy == Strategy::Memory {
            let body = Body::Memory(MapMut::anonymous(map_size)?, Some(file));
            return Ok(Output { path, size, body, temporary: Some(fresh), is_stale: false });
        }
        let old = recycled(&path, &file, size);
        let is_stale = old.is_some();
        let (temporary, file, is_reserved) = match old {
            Some(old) => old,
            None => {
                let is_reserved = reserve(&file, size)?;
                (fresh, file, is_reserved)
            }
        };
        let populate = if strategy == Strategy::MapPopulated { Populate::InBulk } else { Populate::OnFault };
        // A disk that may yet be full says so best in answer to a write. Not every file system can map what is written.
        let is_mapped = strategy != Strategy::Pwrite && is_reserved;
        let body = match is_mapped.then(|| MapMut::of_file(&file, map_size)) {
            Some(Ok(map)) => Body::Mapped(fault::watch_output(map.bytes(), &path), map, populate),
            Some(Err(_)) | None => Body::File(file),
        };
        Ok(Output { path, size, body, temporary: Some(temporary), is_stale })
    }

    /// The file's size.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Cuts the file into pieces that can be filled at the same time. What lies between them stays as it is. Cut each
    /// byte out once: what a slot's bytes are before they are filled for the second time depends on the strategy. Writes
    /// only where zeros have to replace what an older link left between the pieces.
    ///
    /// # Panics
    /// If the ranges are not in ascending order, overlap, or leave the file.
    pub fn carve(&mut self, ranges: &[Range<u64>]) -> io::Result<Vec<Slot<'_>>> {
        let mut at = 0;
        for range in ranges {
            let fits = at <= range.start && range.start <= range.end && range.end <= self.size;
            assert!(fits, "{range:?} follows {at} in an output of {} bytes", self.size);
            at = range.end;
        }
        let is_zero = !self.is_stale && self.body.bytes().is_ok();
        self.clear_outside(ranges)?;
        let populate = if let Body::Mapped(_, _, populate) = self.body { populate } else { Populate::OnFault };
        let slots = match self.body.bytes_mut() {
            Err(file) => {
                ranges.iter().map(|range| Slot { range: range.clone(), is_zero, place: Place::File(file) }).collect()
            }
            Ok(bytes) => {
                let (mut rest, mut rest_start) = (bytes, 0);
                let cut = |range: &Range<u64>| {
                    // Both fit into `usize`, as the size of the map does.
                    let (_, tail) = std::mem::take(&mut rest).split_at_mut((range.start - rest_start) as usize);
                    let (bytes, tail) = tail.split_at_mut((range.end - range.start) as usize);
                    (rest, rest_start) = (tail, range.end);
                    Slot { range: range.clone(), is_zero, place: Place::Memory(bytes, populate) }
                };
                ranges.iter().map(cut).collect()
            }
        };
        Ok(slots)
    }

    /// Cuts the file, as [`Output::carve`] does, into the pieces of jobs, wherever these lie. There is no slot for an empty
    /// range.
    pub fn lend<'j, const N: usize>(
        &mut self,
        jobs: impl Iterator<Item = &'j [Range<u64>; N]>,
    ) -> io::Result<Vec<[Option<Slot<'_>>; N]>> {
        let (mut pieces, mut lent) = (Vec::new(), Vec::new());
        for (j, ranges) in jobs.enumerate() {
            let filled = ranges.iter().enumerate().filter(|(_, range)| !range.is_empty());
            pieces.extend(filled.map(|(p, range)| (range.clone(), j, p)));
            lent.push([const { None }; N]);
        }
        pieces.sort_unstable_by_key(|(range, ..)| range.start);
        let ranges: Vec<Range<u64>> = pieces.iter().map(|(range, ..)| range.clone()).collect();
        for (slot, (_, j, p)) in self.carve(&ranges)?.into_iter().zip(pieces) {
            lent[j][p] = Some(slot);
        }
        Ok(lent)
    }

    /// Puts zeros in place of what an older link wrote, but for ascending ranges that are about to be filled.
    fn clear_outside(&mut self, ranges: &[Range<u64>]) -> io::Result<()> {
        static ZEROS: [u8; 64 << 10] = [0; 64 << 10];
        if !self.is_stale {
            return Ok(());
        }
        let mut at = 0;
        for range in ranges.iter().chain([&(self.size..self.size)]) {
            while at < range.start {
                let end = range.start.min(at + ZEROS.len() as u64);
                // Both fit into `usize`, as the size of the file does.
                let (from, to) = (at as usize, end as usize);
                match self.body.bytes_mut() {
                    Err(file) => file.write_all_at(&ZEROS[..to - from], at)?,
                    Ok(all) => all[from..to].fill(0),
                }
                at = end;
            }
            at = range.end;
        }
        self.is_stale = false;
        Ok(())
    }

    /// Writes `bytes` at `offset`.
    ///
    /// # Panics
    /// If they do not fit into the file.
    pub fn patch(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let range = self.range_of(offset, bytes.len() as u64);
        self.clear_outside(slice::from_ref(&(offset..offset + bytes.len() as u64)))?;
        match self.body.bytes_mut() {
            Err(file) => file.write_all_at(bytes, offset)?,
            Ok(all) => all[range].copy_from_slice(bytes),
        }
        Ok(())
    }

    /// What the file holds in `range` by now.
    ///
    /// # Panics
    /// If the file does not reach that far.
    pub fn read(&self, range: Range<u64>) -> io::Result<Vec<u8>> {
        let size = range.end.checked_sub(range.start).expect("a range ends after it starts");
        let indices = self.range_of(range.start, size);
        if self.is_stale {
            return Ok(vec![0; indices.len()]);
        }
        match self.body.bytes() {
            Ok(all) => Ok(all[indices].to_vec()),
            Err(file) => {
                let mut bytes = vec![0; indices.len()];
                file.read_exact_at(&mut bytes, range.start)?;
                Ok(bytes)
            }
        }
    }

    fn range_of(&self, offset: u64, size: u64) -> Range<usize> {
        let end = offset.checked_add(size).filter(|end| *end <= self.size);
        let end = end.unwrap_or_else(|| panic!("{size} bytes at {offset} in an output of {} bytes", self.size));
        // The size of the output fits into `usize`.
        offset as usize..end as usize
    }

    /// Puts the file in its place.
    pub fn commit(mut self) -> io::Result<Leftover> {
        self.clear_outside(&[])?;
        let Output { path, body, temporary, .. } = self;
        let Some(temporary) = temporary else {
            if let Ok(bytes) = body.bytes() {
                // Neither created nor truncated: it exists and is not ours.
                OpenOptions::new().write(true).open(&path)?.write_all(bytes)?;
            }
            return Ok(Leftover { _replaced: None });
        };
        // What was a file when we began may have become something else since.
        if target(&path)? != Target::Replace {
            let what = "became something other than a file while it was being linked";
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, what));
        }
        match body {
            // Some network file systems report a failed write no earlier than here.
            Body::File(file) => close(file)?,
            // A mapping is as good as a descriptor that may write: as long as there is one, the program cannot be run.
            Body::Mapped(..) => drop(body),
            Body::Memory(map, file) => {
                if let Some(mut file) = file {
                    file.write_all(map.bytes())?;
                    close(file)?;
                }
            }
        }
        let replaced = open_inode(&path);
        fs::rename(&temporary.path, &path)?;
        temporary.keep();
        Ok(Leftover { _replaced: replaced })
    }
}

/// What a committed output leaves to be freed: the file that it replaced. Dropping it does that; to leave it to the
/// end of the process, `mem::forget` it.
#[derive(Debug)]
#[must_use = "dropping it may take long: let the process do it last"]
pub struct Leftover {
    _replaced: Option<File>,
}

/// A piece of an [`Output`] that one job fills.
#[derive(Debug)]
pub struct Slot<'a> {
    range: Range<u64>,
    /// What it lends for the bytes is zero already.
    is_zero: bool,
    place: Place<'a>,
}

#[derive(Debug)]
enum Place<'a> {
    Memory(&'a mut [u8], Populate),
    File(&'a File),
}

impl Slot<'_> {
    /// How many bytes the job has to fill.
    #[allow(clippy::len_without_is_empty, reason = "a slot is not a collection")]
    pub fn len(&self) -> usize {
        // Checked against the size of the output, which fits.
        (self.range.end - self.range.start) as usize
    }

    /// Where in the file that is.
    pub fn range(&self) -> Range<u64> {
        self.range.clone()
    }

    /// Lends `f` the slot's bytes, all zero, to be filled.
    pub fn fill<R>(self, scratch: &mut Scratch, f: impl FnOnce(&mut [u8]) -> R) -> io::Result<R> {
        let is_zero = self.is_zero;
        self.fill_whole(scratch, |bytes| {
            if !is_zero {
                bytes.fill(0);
            }
            f(bytes)
        })
    }

    /// Like [`Slot::fill`], but `f` has to write every byte: they may be what another slot was filled with.
    pub fn fill_whole<R>(self, scratch: &mut Scratch, f: impl FnOnce(&mut [u8]) -> R) -> io::Result<R> {
        let len = self.len();
        match self.place {
            Place::Memory(bytes, populate) => {
                if populate == Populate::InBulk {
                    map::populate_for_writing(bytes.as_ptr(), bytes.len());
                }
                let result = f(bytes);
                if populate == Populate::InBulk {
                    // Before the file is committed all have to go, one after the other where no job has let them go.
                    // SAFETY: these bytes are part of a shared mapping of a file: no other is populated in bulk.
                    unsafe { map::release_shared(bytes.as_ptr(), bytes.len()) };
                }
                Ok(result)
            }
            Place::File(file) => {
                let bytes = scratch.bytes(len)?;
                let result = f(bytes);
                file.write_all_at(bytes, self.range.start)?;
                Ok(result)
            }
        }
    }
}

/// A thread's buffer for the slots that it fills: reused, as large as the largest of them. It comes from the heap, which
/// by then has memory that was touched before: new pages would have to be zeroed.
#[derive(Debug, Default)]
pub struct Scratch {
    bytes: Vec<u8>,
}

impl Scratch {
    /// A buffer that takes its memory when it is first used.
    pub fn new() -> Scratch {
        Scratch::default()
    }

    fn bytes(&mut self, size: usize) -> io::Result<&mut [u8]> {
        if self.bytes.len() < size {
            let size = size.checked_next_power_of_two().unwrap_or(size).max(MIN_SCRATCH_SIZE);
            // Not grown: what is in it is not worth being copied.
            self.bytes = Vec::new();
            self.bytes.try_reserve_exact(size).map_err(|_| io::ErrorKind::OutOfMemory)?;
            self.bytes.resize(size, 0);
        }
        Ok(&mut self.bytes[..size])
    }
}

/// A small link fills nothing but small slots.
const MIN_SCRATCH_SIZE: usize = 4 << 10;

#[derive(Debug, PartialEq, Eq)]
enum Target {
    /// There is nothing, or a file or link that a new file may take the place of.
    Replace,
    /// There is something that is not ours to replace.
    InPlace,
}

fn target(path: &Path) -> io::Result<Target> {
    if path.as_os_str().is_empty() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let meta = match fs::metadata(path) {
        Ok(meta) => meta,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Target::Replace),
        Err(error) => return Err(error),
    };
    if meta.is_dir() {
        return Err(sys::is_a_directory());
    }
    // `-o /dev/stdout` may lead to a regular file, and yet that link must survive.
    let is_system = path.starts_with("/dev") || path.starts_with("/proc");
    let is_fixed_link = is_system && fs::symlink_metadata(path)?.is_symlink();
    Ok(if meta.is_file() && !is_fixed_link { Target::Replace } else { Target::InPlace })
}

/// A file without its final name, removed when dropped.
#[derive(Debug)]
struct Temporary {
    path: PathBuf,
    _watched: Watched,
}

impl Temporary {
    /// A new file next to `target`, so that it can be renamed to it.
    fn create(target: &Path, mode: u32) -> io::Result<(Temporary, File)> {
        loop {
            // A name that is taken was left by a process of the same number that was killed.
            let path = Temporary::name(target);
            let watched = fault::watch_temporary(&path);
            match OpenOptions::new().read(true).write(true).create_new(true).mode(mode).open(&path) {
                Ok(file) => return Ok((Temporary { path, _watched: watched }, file)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error),
            }
        }
    }

    /// The file `target` itself, which gives up its name.
    #[cfg(target_os = "linux")]
    fn take(target: &Path) -> io::Result<Temporary> {
        let path = Temporary::name(target);
        let watched = fault::watch_temporary(&path);
        fs::rename(target, &path)?;
        Ok(Temporary { path, _watched: watched })
    }

    /// A name next to `target`. Not derived from the target's name, which may be as long as names get.
    fn name(target: &Path) -> PathBuf {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        target.with_file_name(format!(".sinew-{}-{}.tmp", std::process::id(), COUNTER.fetch_add(1, Relaxed)))
    }

    /// The file has another name by now.
    fn keep(mut self) {
        self.path.clear();
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.path.as_os_str().is_empty() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The old file at `path` under a temporary name, if it can serve instead of the new file `fresh`: with `size` bytes, which
/// are what they were, and whether blocks are reserved for them.
#[cfg(target_os = "linux")]
fn recycled(path: &Path, fresh: &File, size: u64) -> Option<(Temporary, File, bool)> {
    if size < recycle::WORTH_RECYCLING {
        return None;
    }
    let file = recycle::open(path, fresh)?;
    let old_size = file.metadata().ok()?.len();
    let temporary = Temporary::take(path).ok()?;
    // From here on it cannot be found any more. What happened just before shows now.
    let is_reserved =
        recycle::is_still_alone(&file, &temporary.path).then(|| reserve(&file, size)).and_then(Result::ok);
    let is_ready = is_reserved.is_some() && (size >= old_size || file.set_len(size).is_ok());
    if let (Some(is_reserved), true) = (is_reserved, is_ready) {
        return Some((temporary, file, is_reserved));
    }
    // As it was, but for what a disk that is now full had left for it.
    if file.metadata().is_ok_and(|meta| meta.len() > old_size) {
        let _ = file.set_len(old_size);
    }
    if fs::rename(&temporary.path, path).is_ok() {
        temporary.keep();
    }
    None
}

/// Other systems remember what they found out about a file's pages (macOS: whether their signature is right).
#[cfg(not(target_os = "linux"))]
fn recycled(_path: &Path, _fresh: &File, _size: u64) -> Option<(Temporary, File, bool)> {
    None
}

/// Gives an empty file `size` bytes of zero and the blocks for them, or at least the size where the file system cannot
/// reserve blocks. Returns whether it could.
fn reserve(file: &File, size: u64) -> io::Result<bool> {
    let size = libc::off_t::try_from(size).map_err(|_| io::ErrorKind::FileTooLarge)?;
    if size == 0 {
        return Ok(true);
    }
    #[cfg(target_os = "linux")]
    {
        // SAFETY: an open descriptor and a positive size.
        match sys::retry(|| unsafe { libc::fallocate(file.as_raw_fd(), 0, 0, size) }) {
            Err(error) if matches!(error.raw_os_error(), Some(libc::EOPNOTSUPP | libc::ENOSYS)) => {}
            result => return result.map(|_| true),
        }
    }
    #[cfg(target_os = "macos")]
    {
        let (fst_flags, fst_posmode) = (libc::F_ALLOCATEALL, libc::F_PEOFPOSMODE);
        let request = libc::fstore_t { fst_flags, fst_posmode, fst_offset: 0, fst_length: size, fst_bytesalloc: 0 };
        // SAFETY: an open descriptor and the structure that this request takes.
        let result = sys::retry(|| unsafe { libc::fcntl(file.as_raw_fd(), libc::F_PREALLOCATE, &raw const request) });
        if let Err(error) = result
            && error.raw_os_error() == Some(libc::ENOSPC)
        {
            return Err(error);
        }
    }
    // SAFETY: an open descriptor.
    sys::retry(|| unsafe { libc::ftruncate(file.as_raw_fd(), size) }).map(|_| false)
}

/// Closes a file and says whether that worked.
fn close(file: File) -> io::Result<()> {
    use std::os::fd::IntoRawFd;
    // SAFETY: the descriptor is open and, after `into_raw_fd`, ours. It is closed even where an error is returned.
    match sys::check(unsafe { libc::close(file.into_raw_fd()) }) {
        Err(error) if error.kind() != io::ErrorKind::Interrupted => Err(error),
        _ => Ok(()),
    }
}

/// Holds on to the inode that `path` names, so that its blocks are not freed as soon as its name goes. Needs no
/// permission on the file. If there is none, there is nothing to hold.
fn open_inode(path: &Path) -> Option<File> {
    #[cfg(target_os = "linux")]
    let flags = libc::O_PATH | libc::O_NOFOLLOW;
    #[cfg(not(target_os = "linux"))]
    let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
    OpenOptions::new().read(true).custom_flags(flags).open(path).ok()
}
