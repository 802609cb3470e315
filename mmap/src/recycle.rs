//! The pages of an output that is about to be replaced, taken for the new one.
//!
//! Most links replace what the one before them wrote. A new file needs pages of the kernel's cache and blocks of the disk,
//! the old one's have to be freed, and for hundreds of megabytes both take longer than to copy the bytes. So the old file
//! itself is taken: it loses its name, is filled under the temporary one, and gets its name back when it is complete.
//! Nobody sees half a file, as with a new one; only a link that fails this late leaves none (nor do GNU ld, lld and mold).
//!
//! That is right only for a file that nobody else can see: with one name, and open nowhere. A program that runs cannot be
//! opened for writing. Who else has it open, or mapped (a library that was loaded), the kernel tells by granting or
//! refusing a *write lease* (fcntl(2), `F_SETLEASE`), which is to say "no one has it open but me". The lease is kept until
//! the file is complete: should someone have been about to open the file when it lost its name, he waits for that long.
//! And it is worth it only while the old bytes are in memory: those of a page that is filled in part would have to be
//! read first.

#![cfg(target_os = "linux")]

use std::fs::{self, File, Metadata, OpenOptions};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use crate::sys;

/// Bytes from which taking an old file is less work than a new one.
pub(crate) const WORTH_RECYCLING: u64 = 1 << 20;

/// The file at `path`, if it can become what the new and empty file `fresh` would be.
pub(crate) fn open(path: &Path, fresh: &File) -> Option<File> {
    let model = fresh.metadata().ok()?;
    // Opened only then: as long as a file is open for writing, the program in it cannot be started.
    is_like(&fs::symlink_metadata(path).ok()?, &model).then_some(())?;
    let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
    let old = OpenOptions::new().read(true).write(true).custom_flags(flags).open(path).ok()?;
    let meta = old.metadata().ok()?;
    let is_suitable = is_like(&meta, &model)
        && attributes(&old)? == attributes(fresh)?
        && match file_system(&old)? {
            FileSystem::OnDisk => is_in_memory(&old, meta.len()),
            // Asked for what is there without waiting, it does not answer on every kernel.
            FileSystem::InMemory => true,
        };
    // Asked only, so that a file that is in use keeps its name.
    (is_suitable && lease(&old)).then(|| end_lease(&old))?;
    Some(old)
}

/// Whether a file of one name, large enough, belongs to whom the new one belongs to, with the same permissions.
fn is_like(old: &Metadata, fresh: &Metadata) -> bool {
    let about = |meta: &Metadata| (meta.mode(), meta.uid(), meta.gid(), meta.dev());
    about(old) == about(fresh) && old.nlink() == 1 && old.len() >= WORTH_RECYCLING
}

/// The names of access control lists, labels and whatever else is attached to the file, as long as there are few.
fn attributes(file: &File) -> Option<Vec<u8>> {
    let mut names = [0_u8; 256];
    // SAFETY: an open descriptor and room for so many bytes.
    let size = unsafe { libc::flistxattr(file.as_raw_fd(), names.as_mut_ptr().cast(), names.len()) };
    usize::try_from(size).ok().map(|size| names[..size].to_vec())
}

enum FileSystem {
    OnDisk,
    InMemory,
}

/// One of those where leases mean what they should, since their files are the ones that get mapped (not where one file
/// system lies over another, as in containers, or on another machine).
fn file_system(file: &File) -> Option<FileSystem> {
    // SAFETY: all zero is a valid `statfs`.
    let mut about: libc::statfs = unsafe { std::mem::zeroed() };
    // SAFETY: an open descriptor, and room for what is asked.
    sys::check(unsafe { libc::fstatfs(file.as_raw_fd(), &raw mut about) }).ok()?;
    // 32 bits, of a type that is another one for each C library and architecture.
    let is = |magic| about.f_type as u32 == magic;
    if is(libc::TMPFS_MAGIC as u32) {
        return Some(FileSystem::InMemory);
    }
    let on_disk = [libc::EXT4_SUPER_MAGIC, libc::XFS_SUPER_MAGIC, libc::BTRFS_SUPER_MAGIC];
    on_disk.iter().any(|magic| is(*magic as u32)).then_some(FileSystem::OnDisk)
}

/// Whether the pages are in the kernel's cache, as a sample shows.
fn is_in_memory(file: &File, size: u64) -> bool {
    const SAMPLES: u64 = 32;
    (0..SAMPLES).all(|i| {
        let mut byte = 0_u8;
        let place = libc::iovec { iov_base: (&raw mut byte).cast(), iov_len: 1 };
        // Sizes of files are less than 2^63, and so is the product of what they divide into.
        let offset = (size / SAMPLES * i) as libc::off_t;
        // SAFETY: an open descriptor and room for the one byte.
        unsafe { libc::preadv2(file.as_raw_fd(), &raw const place, 1, offset, libc::RWF_NOWAIT) == 1 }
    })
}

/// Whether this is what has the name `path` now, and no other, and nobody else has it open: for good, as a lease is taken.
pub(crate) fn is_still_alone(file: &File, path: &Path) -> bool {
    let inode = |meta: Metadata| (meta.dev(), meta.ino(), meta.nlink());
    let (ours, named) = (file.metadata().map(inode), fs::symlink_metadata(path).map(inode));
    matches!((ours, named), (Ok(ours), Ok(named)) if ours == named && ours.2 == 1) && lease(file)
}

/// Whether nobody else has the file open. Who opens it from now on waits until the lease ends, with the descriptor at the
/// latest.
fn lease(file: &File) -> bool {
    let fd = file.as_raw_fd();
    // Whoever waits makes the kernel send a signal, SIGIO unless another is named: this one is ignored by default.
    // SAFETY: an open descriptor, and what these requests take.
    unsafe { libc::fcntl(fd, F_SETSIG, libc::SIGURG) == 0 && libc::fcntl(fd, libc::F_SETLEASE, libc::F_WRLCK) == 0 }
}

/// From `asm-generic/fcntl.h`.
const F_SETSIG: libc::c_int = 10;

/// Gives a lease back.
fn end_lease(file: &File) {
    // SAFETY: an open descriptor, and what this request takes.
    let _ = sys::check(unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETLEASE, libc::F_UNLCK) });
}
