//! The heap of a program that lives for a second: arrays come from huge pages, small blocks from the system.
//!
//! A large link asks for 100 MB in some ten thousand arrays. In small pages that is 25,000 faults, a tenth of the time
//! the link takes, and as many entries for the TLB to miss while arrays are read in the order of names. [`Heap`] cuts
//! blocks of 4 KiB and more from regions that want huge pages, so that a fault brings 2 MiB. The first regions are
//! smaller than a huge page, since zeroing one costs more than a small link has to allocate.
//!
//! Sizes are rounded up to a class, four to a power of two, and a block that is freed waits in a list of its class. Where
//! that list is empty, new blocks are cut from the largest block that waits, before memory is taken that was never
//! touched: what a pass needed for itself serves the passes after it. Where even the largest is too small, blocks that
//! lie side by side are joined, if enough came back since that was last done: passes leave many arrays of some 100 KiB,
//! one of each job, and ask for few of some megabytes. Nothing goes back to the system before the process ends.
//!
//! Huge pages are a bet. A virtual machine whose host took free memory back pays for each 4 KiB of it again on first
//! touch, and the kernel hands out huge pages just from memory that has been free for long: 8 ms each were measured
//! where 0.2 ms is usual, one after the other as soon as the few that were in use of late are gone. The same 2 MiB in
//! small pages, which come from what was freed last, took 1.0 ms when asked for in bulk and 1.4 ms when each faulted. So
//! every huge page is timed as it is first touched, and after a slow one there are small pages only, in bulk.
//!
//! Cost: a lock, a shift and two loads a block; at most a quarter of a block's addresses are never touched.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ops::Range;
use std::ptr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::map;
use crate::memory::{HUGE_PAGE_SIZE, Region};
use crate::process;

/// A [`GlobalAlloc`], to be made a program's by `#[global_allocator]`.
#[derive(Debug)]
pub struct Heap {
    blocks: Mutex<Blocks>,
    slow_huge_page: Duration,
}

/// Blocks below this are the system allocator's, which packs them better.
const MIN_SIZE: usize = 4096;
/// What classes are multiples of, and so all blocks: a page is not needed by anyone.
const MAX_ALIGN: usize = MIN_SIZE / 4;
const CLASS_COUNT: usize = 4 * (usize::BITS - MIN_SIZE.trailing_zeros()) as usize;

const FIRST_REGION_SIZE: usize = 256 << 10;
/// Regions grow up to this, if a block is not larger. Of a block, no more than this is touched before its owner does.
const MAX_REGION_SIZE: usize = 16 << 20;
/// Processor time for one huge page from which on small ones are no worse (see above).
const SLOW_HUGE_PAGE: Duration = Duration::from_micros(1000);
/// So much is asked for at once where pages are small.
const BULK_SIZE: usize = 256 << 10;
/// Blocks from here on are cut up for smaller ones, and joined to larger ones.
const MIN_CUT_SIZE: usize = 64 << 10;
/// Blocks are not joined while less than this could come of it.
const MIN_JOINED_SIZE: usize = 1 << 20;

#[derive(Debug)]
struct Blocks {
    /// The block freed last of each class; its first word leads to the one before. Null where there is none.
    freed: [*mut u8; CLASS_COUNT],
    /// No class above this has a freed block.
    highest: usize,
    /// What has not been cut from the newest region: zero.
    fresh: Rest,
    /// Where the pages of the newest region begin that nobody has brought in yet.
    absent: *mut u8,
    /// What has not been cut from a block that was freed.
    used: Rest,
    /// Bytes of blocks that could be cut up and were freed since such blocks were last joined.
    loose: usize,
    /// Bytes of all regions so far.
    taken: usize,
    /// Huge pages turned out slow.
    small_pages: bool,
}

/// Memory to cut blocks from.
#[derive(Debug, Clone, Copy)]
struct Rest {
    next: *mut u8,
    size: usize,
}

impl Rest {
    const NONE: Rest = Rest { next: ptr::null_mut(), size: 0 };

    fn end(self) -> *mut u8 {
        self.next.wrapping_add(self.size)
    }

    /// Takes the wish for huge pages back for what begins at `start`.
    fn prefer_small_pages(self, start: *mut u8) {
        map::advise_small(start, self.end().addr().saturating_sub(start.addr()));
    }

    /// The first `size` bytes, if there are as many.
    fn cut(&mut self, size: usize) -> Option<*mut u8> {
        let left = self.size.checked_sub(size)?;
        let block = self.next;
        // SAFETY: `size` bytes from `next` on belong to this rest, as was just seen.
        *self = Rest { next: unsafe { block.add(size) }, size: left };
        Some(block)
    }
}

/// A list of pieces of memory that nobody uses, kept in their first bytes: what is after each, and its size.
#[derive(Clone, Copy)]
struct Run(*mut (Run, usize));

impl Run {
    const NONE: Run = Run(ptr::null_mut());

    /// # Safety
    /// The piece belongs to nobody, is aligned to [`MAX_ALIGN`], and remains untouched while the list is in use.
    unsafe fn push(self, piece: *mut u8, size: usize) -> Run {
        let head = piece.cast::<(Run, usize)>();
        // SAFETY: pieces are aligned well and large enough.
        unsafe { head.write((self, size)) };
        Run(head)
    }

    /// The first piece, and those after it.
    fn split(self) -> Option<(Rest, Run)> {
        if self.0.is_null() {
            return None;
        }
        // SAFETY: `push` wrote that, and nobody touched it since.
        let (after, size) = unsafe { self.0.read() };
        Some((Rest { next: self.0.cast(), size }, after))
    }

    /// The pieces in ascending order of address: pairs of sorted lists are merged, each as long as its number in
    /// `sorted` says (a power of two).
    ///
    /// # Safety
    /// As for [`Run::push`], of all pieces.
    unsafe fn sorted(mut self) -> Run {
        let mut sorted = [Run::NONE; usize::BITS as usize];
        while let Some((piece, after)) = self.split() {
            // SAFETY: the piece is on no other list from here on.
            let mut list = unsafe { Run::NONE.push(piece.next, piece.size) };
            for slot in &mut sorted {
                if slot.0.is_null() {
                    *slot = list;
                    break;
                }
                // SAFETY: both are sorted, and hold different pieces.
                list = unsafe { Run::merged(std::mem::replace(slot, Run::NONE), list) };
            }
            self = after;
        }
        // SAFETY: the same.
        sorted.into_iter().fold(Run::NONE, |all, list| unsafe { Run::merged(all, list) })
    }

    /// # Safety
    /// As for [`Run::push`]; both are in ascending order.
    unsafe fn merged(mut self, mut other: Run) -> Run {
        let mut all = Run::NONE;
        let mut last = &raw mut all;
        while !self.0.is_null() {
            if other.0.is_null() || self.0 < other.0 {
                (self, other) = (other, self);
            }
            // SAFETY: `other` leads to a piece; `last` to `all`, or to the piece before that one.
            unsafe {
                last.write(other);
                last = &raw mut (*other.0).0;
                other = last.read();
            }
        }
        // SAFETY: the same.
        unsafe { last.write(other) };
        all
    }
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

/// The bytes of each block of a class.
fn size_of_class(class: usize) -> usize {
    let shift = class.div_ceil(4) + MIN_SIZE.trailing_zeros() as usize - 3;
    let units = 8 - class.wrapping_neg() % 4;
    units << shift
}

impl Heap {
    /// An empty heap. There should be one in a program.
    #[allow(clippy::new_without_default, reason = "to be called in a constant")]
    pub const fn new() -> Heap {
        let freed = [ptr::null_mut(); CLASS_COUNT];
        let (fresh, used) = (Rest::NONE, Rest::NONE);
        let absent = ptr::null_mut();
        let blocks = Blocks { freed, highest: 0, fresh, absent, used, loose: 0, taken: 0, small_pages: false };
        Heap { blocks: Mutex::new(blocks), slow_huge_page: SLOW_HUGE_PAGE }
    }

    fn blocks(&self) -> MutexGuard<'_, Blocks> {
        // Nothing panics while it holds the lock.
        self.blocks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A block for `size` bytes and whether it is known to be zero; null where memory is out.
    fn take(&self, size: usize) -> (*mut u8, bool) {
        let (class, size) = class_of(size);
        let mut blocks = self.blocks();
        if let Some(block) = blocks.pop(class) {
            return (block, false);
        }
        if let Some(block) = blocks.cut_used(class, size) {
            return (block, false);
        }
        if blocks.loose >= size.max(MIN_JOINED_SIZE) {
            blocks.join();
            if let Some(block) = blocks.pop(class).or_else(|| blocks.cut_used(class, size)) {
                return (block, false);
            }
        }
        let block = blocks.cut_fresh(size);
        let (entered, small_pages) = (blocks.enter(), blocks.small_pages);
        // Others can go on while the kernel zeroes these pages.
        drop(blocks);
        if !entered.is_empty() {
            self.bring_in(entered, small_pages);
        }
        (block, true)
    }

    /// Makes the pages present that a block is the first to use. Each of them begins in that block.
    #[cold]
    fn bring_in(&self, pages: Range<*mut u8>, small_pages: bool) {
        let size = pages.end.addr() - pages.start.addr();
        if small_pages {
            return map::populate_for_writing(pages.start, size.min(MAX_REGION_SIZE));
        }
        for at in (0..size.min(MAX_REGION_SIZE)).step_by(HUGE_PAGE_SIZE) {
            let start = process::thread_cpu_time();
            // SAFETY: the byte belongs to the block that the caller has just cut and given to nobody. It stays zero.
            unsafe { pages.start.add(at).write_volatile(0) };
            if process::thread_cpu_time().saturating_sub(start) > self.slow_huge_page {
                map::advise_small(pages.start.wrapping_add(at + HUGE_PAGE_SIZE), size - at - HUGE_PAGE_SIZE);
                return self.blocks().give_up_huge_pages();
            }
        }
    }
}

impl Blocks {
    /// The block of `class` that was freed last.
    fn pop(&mut self, class: usize) -> Option<*mut u8> {
        let block = self.freed[class];
        if block.is_null() {
            return None;
        }
        // SAFETY: a freed block is nobody else's, and begins with what `push` wrote.
        self.freed[class] = unsafe { block.cast::<*mut u8>().read() };
        Some(block)
    }

    /// # Safety
    /// `block` has the size of `class`, is aligned to [`MAX_ALIGN`], and nobody uses it any more.
    unsafe fn push(&mut self, class: usize, block: *mut u8) {
        // SAFETY: it is large enough and aligned for a pointer, and nobody else's.
        unsafe { block.cast::<*mut u8>().write(self.freed[class]) };
        self.freed[class] = block;
        self.highest = self.highest.max(class);
        let size = size_of_class(class);
        self.loose += if size < MIN_CUT_SIZE { 0 } else { size };
    }

    /// Makes one block of large ones that lie side by side.
    #[cold]
    fn join(&mut self) {
        let mut list = Run::NONE;
        for class in class_of(MIN_CUT_SIZE).0..=self.highest {
            while let Some(block) = self.pop(class) {
                // SAFETY: a block of this class has that many bytes, which are nobody else's.
                list = unsafe { Run::push(list, block, size_of_class(class)) };
            }
        }
        // SAFETY: the list was made of blocks that are apart.
        let mut runs = unsafe { list.sorted() };
        while let Some((mut whole, mut after)) = runs.split() {
            while let Some((next, rest)) = after.split().filter(|(next, _)| next.next == whole.end()) {
                (whole.size, after) = (whole.size + next.size, rest);
            }
            self.keep(whole);
            runs = after;
        }
        self.loose = 0;
    }

    /// `size` bytes of memory that was used before, if there is a rest or a block of more than `class` that has them.
    fn cut_used(&mut self, class: usize, size: usize) -> Option<*mut u8> {
        if let Some(block) = self.used.cut(size) {
            return Some(block);
        }
        while self.highest > class && self.freed[self.highest].is_null() {
            self.highest -= 1;
        }
        let whole = size_of_class(self.highest);
        if self.highest <= class || whole < MIN_CUT_SIZE {
            return None;
        }
        let whole = Rest { next: self.pop(self.highest)?, size: whole };
        let rest = std::mem::replace(&mut self.used, whole);
        self.keep(rest);
        self.used.cut(size)
    }

    /// Turns a rest into blocks that may be taken; what is below [`MIN_SIZE`] is lost.
    fn keep(&mut self, mut rest: Rest) {
        while rest.size >= MIN_SIZE {
            // The class of what is there, or the one below if that is larger.
            let (class, size) = class_of(rest.size);
            let class = if size > rest.size { class - 1 } else { class };
            let Some(block) = rest.cut(size_of_class(class)) else { return };
            // SAFETY: it was just cut to this class's size, all of which are multiples of `MAX_ALIGN`.
            unsafe { self.push(class, block) };
        }
    }

    /// `size` bytes that were never used; null where memory is out.
    fn cut_fresh(&mut self, size: usize) -> *mut u8 {
        if size > self.fresh.size && !self.grow(size) {
            return ptr::null_mut();
        }
        self.fresh.cut(size).unwrap_or(ptr::null_mut())
    }

    /// Takes a new region; the rest of the one before is lost.
    #[cold]
    fn grow(&mut self, size: usize) -> bool {
        let wanted = self.taken.clamp(FIRST_REGION_SIZE, MAX_REGION_SIZE).max(size);
        let Some(region) = Region::new(wanted) else { return false };
        let bytes = region.leak();
        self.taken += bytes.len();
        self.fresh = Rest { next: bytes.as_mut_ptr(), size: bytes.len() };
        // What is smaller than a huge page is left to fault: most of it may never be used.
        self.absent = if bytes.len() < HUGE_PAGE_SIZE { self.fresh.end() } else { self.fresh.next };
        if self.small_pages {
            self.fresh.prefer_small_pages(self.absent);
        }
        true
    }

    /// The pages that were reached by what was cut last, to be brought in by whoever cut it; each begins in that block.
    #[inline]
    fn enter(&mut self) -> Range<*mut u8> {
        let (start, used) = (self.absent, self.fresh.next.addr().saturating_sub(self.absent.addr()));
        if used == 0 {
            return start..start;
        }
        let step = if self.small_pages { BULK_SIZE } else { HUGE_PAGE_SIZE };
        // Both steps divide the size of a region that is brought in at all.
        self.absent = start.wrapping_add(used.next_multiple_of(step));
        start..self.absent
    }

    /// From here on there are small pages only.
    #[cold]
    fn give_up_huge_pages(&mut self) {
        self.small_pages = true;
        self.fresh.prefer_small_pages(self.absent);
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
        // SAFETY: it was taken with this layout, so it has this class's size, and the caller is done with it.
        unsafe { self.blocks().push(class, block) };
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

    #[test]
    fn classes_hold_what_is_asked_for_and_at_most_a_quarter_more() {
        let mut last = (0, MIN_SIZE);
        for size in (MIN_SIZE..200_000).chain([1 << 20, (1 << 20) + 1, usize::MAX / 8]) {
            let (class, block) = class_of(size);
            assert!(block >= size && block - size <= size / 4 && block % MAX_ALIGN == 0, "{size}: {block}");
            assert!(class < CLASS_COUNT && (class, block) >= last, "{size}: class {class}");
            assert_eq!(class == last.0, block == last.1, "{size}");
            assert_eq!((class_of(block), size_of_class(class)), ((class, block), block));
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
    fn a_large_block_that_is_freed_is_cut_up() {
        let heap = Heap::new();
        // SAFETY: every block is freed once, with its layout, and not used beyond its size.
        unsafe {
            let large = heap.alloc(layout(1 << 20));
            large.write_bytes(1, 1 << 20);
            heap.dealloc(large, layout(1 << 20));
            let taken = heap.blocks().taken;
            let blocks: Vec<*mut u8> = (0..5).map(|i| heap.alloc_zeroed(layout(100_000 + i))).collect();
            for (i, block) in blocks.iter().enumerate() {
                assert_eq!(*block, large.add(i * class_of(100_000).1));
                assert!((0..100_000).all(|at| block.add(at).read() == 0));
            }
            assert_eq!(heap.blocks().taken, taken);
            // What was left of it waits in lists while another one is cut up.
            let other = heap.alloc(layout(8 << 20));
            heap.dealloc(other, layout(8 << 20));
            assert_eq!(heap.alloc(layout(600_000)), other);
            let left = heap.alloc(layout(400_000));
            assert!((large.addr()..large.addr() + (1 << 20)).contains(&left.addr()));
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
    fn blocks_are_zero_where_huge_pages_are_slow_and_where_not() {
        for slow_huge_page in [Duration::ZERO, Duration::MAX] {
            let heap = Heap { slow_huge_page, ..Heap::new() };
            let sizes = [1 << 20, 3 << 20, 2 * MAX_REGION_SIZE + 5000, HUGE_PAGE_SIZE, 600 << 10, 4 << 20, 5000];
            // SAFETY: every block is used within its size.
            unsafe {
                let blocks = sizes.map(|size| heap.alloc_zeroed(layout(size)));
                for (block, size) in blocks.into_iter().zip(sizes) {
                    assert!((0..size).step_by(100).all(|at| block.add(at).read() == 0));
                    block.write_bytes(1, size);
                }
            }
            assert_eq!(heap.blocks().small_pages, slow_huge_page.is_zero());
        }
    }

    #[test]
    fn blocks_side_by_side_are_joined() {
        let heap = Heap::new();
        let (size, count) = (96 << 10, 100);
        // SAFETY: every block is freed once, with its layout, and not used beyond its size.
        unsafe {
            let blocks: Vec<_> = (0..count).map(|_| heap.alloc(layout(size))).collect();
            let taken = heap.blocks().taken;
            // In an order that has nothing to do with addresses; one remains.
            (0..count).map(|i| i * 37 % count).filter(|i| *i != 50).for_each(|i| heap.dealloc(blocks[i], layout(size)));
            blocks[50].write_bytes(7, size);
            let large: Vec<_> = (0..3).map(|_| heap.alloc_zeroed(layout(2 << 20))).collect();
            assert_eq!(heap.blocks().taken, taken);
            for block in &large {
                assert!((0..2 << 20).step_by(1024).all(|at| block.add(at).read() == 0));
                block.write_bytes(8, 2 << 20);
            }
            assert!((0..size).all(|at| blocks[50].add(at).read() == 7));
            large.into_iter().for_each(|block| heap.dealloc(block, layout(2 << 20)));
        }
    }

    #[test]
    fn lists_are_sorted_by_address() {
        let mut bytes = vec![[0u64; 128]; 1000];
        let start = bytes.as_mut_ptr();
        for count in [0, 1, 2, 3, 64, 999, 1000] {
            // SAFETY: the pieces are apart, and nothing else uses them meanwhile.
            let mut list = unsafe {
                let piece = |i: usize| start.add(i * 7 % 1000).cast::<u8>();
                (0..count).fold(Run::NONE, |list, i| list.push(piece(i), i)).sorted()
            };
            let mut found = Vec::new();
            while let Some((piece, after)) = list.split() {
                found.push((piece.next.addr(), piece.size));
                list = after;
            }
            assert_eq!(found.len(), count);
            assert!(found.is_sorted() && found.iter().all(|(at, i)| *at == start.addr() + i * 7 % 1000 * 1024));
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
