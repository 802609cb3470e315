//! Owned mappings: the only place that calls `mmap` and `munmap`.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::ptr::{self, NonNull};
use std::slice;

use crate::sys;

/// Bytes mapped for reading, unmapped when dropped.
#[derive(Debug)]
pub(crate) struct Map {
    start: NonNull<u8>,
    size: usize,
}

// SAFETY: the mapping belongs to this value, is not tied to a thread, and `Map` only reads it.
unsafe impl Send for Map {}
// SAFETY: as above; shared references only read.
unsafe impl Sync for Map {}

impl Map {
    /// A private view of the first `size` bytes of `file`.
    pub(crate) fn of_file(file: &File, size: usize) -> io::Result<Map> {
        Map::new(size, libc::PROT_READ, libc::MAP_PRIVATE, file.as_raw_fd())
    }

    fn new(size: usize, protection: libc::c_int, flags: libc::c_int, fd: libc::c_int) -> io::Result<Map> {
        if size == 0 {
            return Ok(Map { start: NonNull::dangling(), size });
        }
        // SAFETY: a new mapping at a place of the kernel's choice touches no memory that exists.
        let start = unsafe { libc::mmap(ptr::null_mut(), size, protection, flags, fd, 0) };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(Map { start: NonNull::new(start.cast()).ok_or(io::ErrorKind::OutOfMemory)?, size })
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: `size` bytes from `start` on are mapped and readable as long as `self` lives. That another process
        // may change a mapped file is the hazard which the crate's documentation names.
        unsafe { slice::from_raw_parts(self.start.as_ptr(), self.size) }
    }

    /// Gives the kernel a hint about the bytes, if it knows that one.
    pub(crate) fn advise(&self, advice: libc::c_int) -> io::Result<()> {
        advise(self.start.as_ptr(), self.size, advice)
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        if self.size != 0 {
            // SAFETY: the mapping is ours, and borrows of it have ended with `self`.
            unsafe { libc::munmap(self.start.as_ptr().cast(), self.size) };
        }
    }
}

/// Bytes mapped for reading and writing.
#[derive(Debug)]
pub(crate) struct MapMut(Map);

impl MapMut {
    /// The first `size` bytes of `file`; what is written goes to the file.
    pub(crate) fn of_file(file: &File, size: usize) -> io::Result<MapMut> {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        Map::new(size, protection, libc::MAP_SHARED, file.as_raw_fd()).map(MapMut)
    }

    /// Zeroed memory.
    pub(crate) fn anonymous(size: usize) -> io::Result<MapMut> {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        Map::new(size, protection, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1).map(MapMut)
    }

    /// Zeroed memory whose start is a multiple of `align`, a power of two.
    pub(crate) fn anonymous_aligned(size: usize, align: usize) -> io::Result<MapMut> {
        let padded = size.checked_add(align).ok_or(io::ErrorKind::OutOfMemory)?;
        let mut map = MapMut::anonymous(padded)?;
        let padding = map.0.start.addr().get().wrapping_neg() & (align - 1);
        let (head, tail) = (padding, padded - padding - size);
        // SAFETY: `head < align` and `head + size + tail` is the mapping's size: three parts of one mapping, of which
        // the first and last are unmapped before anyone has seen them. `start` stays inside.
        unsafe {
            let start = map.0.start;
            if head != 0 {
                libc::munmap(start.as_ptr().cast(), head);
            }
            if tail != 0 {
                libc::munmap(start.add(head + size).as_ptr().cast(), tail);
            }
            map.0.start = start.add(head);
        }
        map.0.size = size;
        Ok(map)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.bytes()
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: `size` bytes from `start` on are mapped, readable and writable, as long as `self` lives, and `self`
        // is borrowed for as long as the slice.
        unsafe { slice::from_raw_parts_mut(self.0.start.as_ptr(), self.0.size) }
    }
}

/// `madvise` on all pages that hold one of the `size` bytes. Only for advice that leaves the contents as they are.
fn advise(start: *const u8, size: usize, advice: libc::c_int) -> io::Result<()> {
    if size == 0 {
        return Ok(());
    }
    let into_page = start.addr() & (PAGE_SIZE - 1);
    // SAFETY: this rounds down to the start of a page that is mapped since it holds `start`; the advice is one that
    // changes no byte (see above), so that no reference can notice it.
    unsafe {
        let page = start.wrapping_sub(into_page).cast_mut().cast();
        sys::retry(|| libc::madvise(page, size + into_page, advice)).map(|_| ())
    }
}

/// Asks for huge pages under `size` bytes from `start` on, where the system has them. A hint: no failure matters.
pub(crate) fn advise_huge(start: *const u8, size: usize) {
    #[cfg(target_os = "linux")]
    let _ = advise(start, size, libc::MADV_HUGEPAGE);
    #[cfg(not(target_os = "linux"))]
    let _ = (start, size);
}

/// Asks for small pages under `size` bytes from `start` on, but for those that are there. A hint, too.
pub(crate) fn advise_small(start: *const u8, size: usize) {
    #[cfg(target_os = "linux")]
    let _ = advise(start, size, libc::MADV_NOHUGEPAGE);
    #[cfg(not(target_os = "linux"))]
    let _ = (start, size);
}

/// Makes the pages under `size` bytes present and writable in one call instead of one fault a page. A hint, too.
pub(crate) fn populate_for_writing(start: *const u8, size: usize) {
    #[cfg(target_os = "linux")]
    let _ = advise(start, size, libc::MADV_POPULATE_WRITE);
    #[cfg(not(target_os = "linux"))]
    let _ = (start, size);
}

/// Takes the pages that lie within `size` bytes from `start` on out of this process: they stay in the file, and come back
/// when they are touched. A hint, too.
///
/// # Safety
/// The bytes are part of a shared mapping of a file. Other memory would lose its contents.
pub(crate) unsafe fn release_shared(start: *const u8, size: usize) {
    let into_page = start.addr().wrapping_neg() & (PAGE_SIZE - 1);
    let size = size.saturating_sub(into_page) & !(PAGE_SIZE - 1);
    #[cfg(target_os = "linux")]
    let _ = advise(start.wrapping_add(into_page), size, libc::MADV_DONTNEED);
    #[cfg(not(target_os = "linux"))]
    let _ = size;
}

/// The smallest page of the systems that sinew runs on, or a multiple of it: advice is rounded to it.
const PAGE_SIZE: usize = if cfg!(all(target_os = "macos", target_arch = "aarch64")) { 16 << 10 } else { 4 << 10 };
