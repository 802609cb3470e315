//! The heap of a program that lives for a second: arrays come from huge pages, small blocks from the system.
//!
//! A large link asks for 100 MB in some ten thousand arrays. In small pages that is 25,000 faults, a tenth of the time
//! the link takes, and as many entries for the TLB to miss while arrays are read in the order of names. [`Heap`] cuts
//! blocks of 4 KiB and more from regions that want huge pages, so that a fault brings 2 MiB. The first regions are
//! smaller than a huge page, since zeroing one costs more than a small link has to allocate.
//!
//! Sizes are rounded up to a class, four to a power of two, and a block that is freed waits in a list of its class.
//! Nothing goes back to the system before the process ends. Blocks of other sizes than these never meet: there is no
//! splitting and no joining, and no search.
//! Cost: a lock, a shift and two loads a block; at most a quarter of a block's addresses are never touched.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::memory::Region;

/// A [`GlobalAlloc`], to be made a program's by `#[global_allocator]`.
#[derive(Debug)]
pub struct Heap {
    blocks: Mutex<Blocks>,
}

/// Blocks below this are the system allocator's, which packs them better.
const MIN_SIZE: usize = 4096;
/// What classes are multiples of, and so all blocks: a page is not needed by anyone.
const MAX_ALIGN: usize = MIN_SIZE / 4;
const CLASS_COUNT: usize = 4 * (usize::BITS - MIN_SIZE.trailing_zeros()) as usize;

const FIRST_REGION_SIZE: usize = 256 << 10;
const MAX_REGION_SIZE: usize = 64 << 20;

#[derive(Debug)]
struct Blocks {
    /// The block freed last of each class; its first word leads to the one before. Null where there is none.
    freed: [*mut u8; CLASS_COUNT],
    /// What has not been cut from the newest region: `room` bytes of zero.
    next: *mut u8,
    room: usize,
    /// Bytes of all regions so far.
    taken: usize,
}

// SAFETY: all pointers lead to memory that belongs to the heap, or to nobody; none of it is tied to a thread.
unsafe impl Send for Blocks {}

/// Whether the heap itself has blocks for `layout`. Depends on nothing else, so that a block goes back where it came from.
#[inline]
fn is_own(layout: Layout) -> bool {
    layout.size() >= MIN_SIZE && layout.align() <= MAX_ALIGN
}

/// Number and size of the smallest class that holds `size` bytes, which are at least [`MIN_SIZE`].
#[inline]
fn class_of(size: usize) -> (usize, usize) {
    // Classes of one power of two are a quarter of it apart: two bits below the highest tell them apart.
    let shift = (size - 1).ilog2() - 2;
    let units = ((size - 1) >> shift) + 1;
    // The smallest class is eight units of its shift; above it, each shift has five to eight.
    let number = 4 * (shift as usize + 3 - MIN_SIZE.trailing_zeros() as usize) + units - 8;
    (number, units << shift)
}

impl Heap {
    /// An empty heap. There should be one in a program.
    #[allow(clippy::new_without_default, reason = "to be called in a constant")]
    pub const fn new() -> Heap {
        let none = [ptr::null_mut(); CLASS_COUNT];
        Heap { blocks: Mutex::new(Blocks { freed: none, next: ptr::null_mut(), room: 0, taken: 0 }) }
    }

    fn blocks(&self) -> MutexGuard<'_, Blocks> {
        // Nothing panics while it holds the lock.
        self.blocks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A block for `size` bytes and whether it is known to be zero; null where memory is out.
    fn take(&self, size: usize) -> (*mut u8, bool) {
        let (class, size) = class_of(size);
        let mut blocks = self.blocks();
        let block = blocks.freed[class];
        if block.is_null() {
            return (blocks.cut(size), true);
        }
        // SAFETY: a freed block is nobody else's, and begins with what `dealloc` wrote.
        blocks.freed[class] = unsafe { block.cast::<*mut u8>().read() };
        (block, false)
    }
}

impl Blocks {
    /// `size` bytes that were never used.
    fn cut(&mut self, size: usize) -> *mut u8 {
        if size > self.room && !self.grow(size) {
            return ptr::null_mut();
        }
        let block = self.next;
        // SAFETY: `room` bytes from `next` on are the newest region's, and `size` is no more.
        self.next = unsafe { block.add(size) };
        self.room -= size;
        block
    }

    /// Takes a new region; the rest of the one before is lost.
    #[cold]
    fn grow(&mut self, size: usize) -> bool {
        let wanted = self.taken.clamp(FIRST_REGION_SIZE, MAX_REGION_SIZE).max(size);
        let Some(region) = Region::new(wanted) else { return false };
        let bytes = region.leak();
        self.taken += bytes.len();
        (self.next, self.room) = (bytes.as_mut_ptr(), bytes.len());
        true
    }
}

// SAFETY: a block is at least as large as asked for (its class is) and aligned to `MAX_ALIGN`, the greatest power of two
// that divides all classes and the start of all regions; it is given to nobody else before it comes back. None of the
// methods panics, and `Region` allocates only less than `MIN_SIZE`, which does not come back here.
unsafe impl GlobalAlloc for Heap {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_own(layout) {
            return self.take(layout.size()).0;
        }
        // SAFETY: the caller's promise is the same.
        unsafe { System.alloc(layout) }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if !is_own(layout) {
            // SAFETY: the caller's promise is the same.
            return unsafe { System.alloc_zeroed(layout) };
        }
        let (block, is_zero) = self.take(layout.size());
        if !is_zero && !block.is_null() {
            // SAFETY: the block holds that many bytes and is ours alone.
            unsafe { block.write_bytes(0, layout.size()) };
        }
        block
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if !is_own(layout) {
            // SAFETY: it came from there, since `is_own` says the same of the same layout.
            return unsafe { System.dealloc(block, layout) };
        }
        let (class, _) = class_of(layout.size());
        let mut blocks = self.blocks();
        // SAFETY: the block is large enough and aligned for a pointer, and the caller is done with it.
        unsafe { block.cast::<*mut u8>().write(blocks.freed[class]) };
        blocks.freed[class] = block;
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: the caller promises that the new size is valid with the same alignment.
        let new = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        match (is_own(layout), is_own(new)) {
            // SAFETY: the caller's promise is the same.
            (false, false) => return unsafe { System.realloc(block, layout, new_size) },
            (true, true) if class_of(layout.size()) == class_of(new_size) => return block,
            _ => {}
        }
        // SAFETY: both layouts are valid and not empty; the old block holds at least what is copied, and the new one is
        // nobody else's.
        unsafe {
            let moved = self.alloc(new);
            if !moved.is_null() {
                moved.copy_from_nonoverlapping(block, layout.size().min(new_size));
                self.dealloc(block, layout);
            }
            moved
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::HUGE_PAGE_SIZE;

    #[test]
    fn classes_hold_what_is_asked_for_and_at_most_a_quarter_more() {
        let mut last = (0, MIN_SIZE);
        for size in (MIN_SIZE..200_000).chain([1 << 20, (1 << 20) + 1, usize::MAX / 8]) {
            let (class, block) = class_of(size);
            assert!(block >= size && block - size <= size / 4 && block % MAX_ALIGN == 0, "{size}: {block}");
            assert!(class < CLASS_COUNT && (class, block) >= last, "{size}: class {class}");
            assert_eq!(class == last.0, block == last.1, "{size}");
            assert_eq!(class_of(block), (class, block));
            last = (class, block);
        }
    }

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size, 8).unwrap()
    }

    #[test]
    fn blocks_are_apart_and_come_back() {
        let heap = Heap::new();
        let sizes = [100, 4095, 4096, 5000, 300_000, HUGE_PAGE_SIZE, 3 * HUGE_PAGE_SIZE + 1, 4096];
        // SAFETY: every block is freed once, with its layout, and not used beyond its size.
        unsafe {
            let blocks = sizes.map(|size| heap.alloc(layout(size)));
            for (i, (block, size)) in blocks.iter().zip(sizes).enumerate() {
                block.write_bytes(i as u8 + 1, size);
            }
            for (i, (block, size)) in blocks.iter().zip(sizes).enumerate() {
                assert!((0..size).all(|at| block.add(at).read() == i as u8 + 1));
            }
            blocks.iter().zip(sizes).for_each(|(block, size)| heap.dealloc(*block, layout(size)));
            // The last one of its class comes first, and is zero only when that was asked for.
            assert_eq!(heap.alloc(layout(4096)), blocks[7]);
            let zeroed = heap.alloc_zeroed(layout(4090 + 6));
            assert!(zeroed == blocks[2] && (0..4096).all(|at| zeroed.add(at).read() == 0));
        }
    }

    #[test]
    fn blocks_keep_their_bytes_as_they_grow_and_shrink() {
        let heap = Heap::new();
        // SAFETY: the block is always used with the size it has by then.
        unsafe {
            let mut size = 64;
            let mut block = heap.alloc(layout(size));
            (0..64).for_each(|at| block.add(at).write(at as u8));
            for new_size in [4000, 4096, 4097, 5000, 70_000, 5 << 20, 4200, 64] {
                block = heap.realloc(block, layout(size), new_size);
                size = new_size;
                assert!((0..64).all(|at| block.add(at).read() == at as u8), "{new_size}");
            }
            heap.dealloc(block, layout(size));
        }
    }

    #[test]
    fn memory_that_there_is_not_is_null() {
        let heap = Heap::new();
        // SAFETY: valid layouts.
        unsafe {
            assert!(heap.alloc(layout(usize::MAX / 4)).is_null());
            assert!(heap.alloc_zeroed(layout(usize::MAX / 4)).is_null());
            assert!(!heap.alloc(Layout::from_size_align(8192, 8192).unwrap()).is_null());
        }
    }
}
