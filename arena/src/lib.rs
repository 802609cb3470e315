//! Bump arenas: many small `Copy` objects, freed together.
//!
//! A linker makes millions of short arrays (names, atoms, fixups) that all live until the link ends. A [`Bump`] cuts
//! them from chunks that it takes from a [`Source`], by adding to a pointer; nothing is freed one by one, no
//! destructor runs (`T: Copy`), and dropping the bump gives its chunks back. It knows nothing of linking, and where
//! the memory comes from is the caller's choice: the global allocator ([`Growing`]), huge pages, a slab.
//!
//! A bump is [`Send`] but not `Sync`: a worker is lent `&'a mut Bump`, reborrows it as `&'a Bump`, and returns what
//! it built for `'a`. Every method takes `&self`, so an iterator or closure that is filling one array may allocate
//! others from the same bump; that is sound because space is claimed before anyone else's code runs.
//!
//! Cost: an allocation is an alignment, a comparison and an addition; a chunk costs one call to its source.

mod chunk;

pub use chunk::{Chunk, Growing, Source};

use std::alloc::Layout;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::ptr::{self, NonNull};
use std::slice;

/// An arena for `Copy` values.
pub struct Bump {
    /// The first byte of the chunk that is being cut up.
    base: Cell<NonNull<u8>>,
    /// The first byte of it that is free.
    next: Cell<NonNull<u8>>,
    /// How many bytes are free from `next` on.
    room: Cell<usize>,
    /// Everything that is touched only when a chunk is used up.
    store: RefCell<Store>,
}

struct Store {
    source: Box<dyn Source>,
    chunks: Vec<Chunk>,
}

// SAFETY: a bump owns its chunks and its source, both of which are `Send`; `base` and `next` point into those chunks
// (or dangle while `room` is zero) and nowhere else. What was allocated borrows the bump, so a bump that can be moved
// to another thread has no such borrow left, and values of a type that is not `Send` can no longer be reached.
unsafe impl Send for Bump {}

#[allow(clippy::mut_from_ref, reason = "each call returns bytes that no earlier call returned")]
impl Bump {
    /// An arena on the global allocator. Takes no memory until the first allocation.
    pub fn new() -> Bump {
        Bump::with_source(Box::new(Growing::new()))
    }

    /// An arena whose chunks come from `source`, and go back to it when the arena is dropped.
    pub fn with_source(source: Box<dyn Source>) -> Bump {
        let nowhere = Cell::new(NonNull::dangling());
        let store = RefCell::new(Store { source, chunks: Vec::new() });
        Bump { base: nowhere.clone(), next: nowhere, room: Cell::new(0), store }
    }

    /// Moves `value` into the arena.
    pub fn alloc<T: Copy>(&self, value: T) -> &mut T {
        let place = self.claim(Layout::new::<T>()).cast::<T>();
        // SAFETY: `claim` returned room for a `T`, aligned for it, that nobody else was or will be given, and that
        // lives as long as the borrow of `self`.
        unsafe {
            place.write(value);
            &mut *place.as_ptr()
        }
    }

    /// Copies a slice into the arena.
    pub fn copy<T: Copy>(&self, values: &[T]) -> &mut [T] {
        let place = self.claim_array::<T>(values.len());
        // SAFETY: `place` has room for `values.len()` elements, aligned, and cannot overlap `values` since it was not
        // given to anyone before; after the copy all of it is initialised. The lifetime is that of `self`'s borrow.
        unsafe {
            place.copy_from_nonoverlapping(NonNull::from(values).cast::<T>(), values.len());
            slice::from_raw_parts_mut(place.as_ptr(), values.len())
        }
    }

    /// An array of `f(0), …, f(count - 1)`. `f` may allocate from this arena.
    pub fn fill_with<T: Copy>(&self, count: usize, mut f: impl FnMut(usize) -> T) -> &mut [T] {
        let place = self.claim_array::<T>(count);
        for i in 0..count {
            let value = f(i);
            // SAFETY: `i < count`, and `place` has room for `count` elements. The room was claimed before `f` ran, so
            // nothing that `f` allocates overlaps it; a panic in `f` leaves only unused bytes behind.
            unsafe { place.add(i).write(value) };
        }
        // SAFETY: the loop has initialised all `count` elements of room that is ours alone for `self`'s borrow.
        unsafe { slice::from_raw_parts_mut(place.as_ptr(), count) }
    }

    /// An array of all that `values` yields, of any number. The iterator may allocate from this arena; while it does
    /// not, the array grows where it stands.
    pub fn collect<T: Copy>(&self, values: impl IntoIterator<Item = T>) -> &mut [T] {
        let mut values = values.into_iter();
        // The hint is a promise of no one's: cap what is reserved for it, growth takes care of the rest.
        let hint = values.size_hint().0.min(MAX_HINTED_SIZE / size_of::<T>().max(1));
        let mut array = Growth { bump: self, place: NonNull::dangling(), len: 0, capacity: 0 };
        array.grow_to(hint);
        while let Some(value) = values.next() {
            if array.len == array.capacity {
                array.grow_to(array.len.saturating_add(values.size_hint().0).saturating_add(1));
            }
            // SAFETY: `len < capacity`, and `place` has room for `capacity` elements that are this array's alone.
            unsafe { array.place.add(array.len).write(value) };
            array.len += 1;
        }
        array.finish()
    }

    /// `count` bytes of zero.
    pub fn bytes(&self, count: usize) -> &mut [u8] {
        let place = self.claim_array::<u8>(count);
        // SAFETY: `place` has room for `count` bytes that nobody else has; zeroing initialises them all.
        unsafe {
            place.write_bytes(0, count);
            slice::from_raw_parts_mut(place.as_ptr(), count)
        }
    }

    /// The parts one after the other.
    pub fn concat(&self, parts: &[&[u8]]) -> &[u8] {
        let total = parts.iter().try_fold(0usize, |sum, part| sum.checked_add(part.len()));
        let total = total.unwrap_or_else(|| out_of_memory(usize::MAX));
        let place = self.claim_array::<u8>(total);
        let mut at = place;
        for part in parts {
            // SAFETY: `at` is `place` plus the lengths of the parts before, so `part` fits into the `total` claimed
            // bytes, which no part can overlap because they were not given to anyone before.
            unsafe {
                at.copy_from_nonoverlapping(NonNull::from(*part).cast::<u8>(), part.len());
                at = at.add(part.len());
            }
        }
        // SAFETY: the parts have initialised all `total` bytes.
        unsafe { slice::from_raw_parts(place.as_ptr(), total) }
    }

    /// Copies a string into the arena.
    pub fn str(&self, text: &str) -> &str {
        // SAFETY: these are the bytes of a `str`.
        unsafe { std::str::from_utf8_unchecked(self.copy(text.as_bytes())) }
    }

    /// How many bytes of memory the arena holds, used or not.
    pub fn reserved_size(&self) -> usize {
        self.store.borrow().chunks.iter().map(Chunk::size).sum()
    }

    fn claim_array<T>(&self, count: usize) -> NonNull<T> {
        let layout = Layout::array::<T>(count);
        let layout = layout.unwrap_or_else(|_| out_of_memory(count.saturating_mul(size_of::<T>())));
        self.claim(layout).cast::<T>()
    }

    /// `layout.size()` bytes that no other call returns, aligned to `layout.align()`, valid until the bump is dropped.
    #[inline]
    fn claim(&self, layout: Layout) -> NonNull<u8> {
        let next = self.next.get();
        // A `Layout` is at most `isize::MAX` with its alignment, so that the sum cannot overflow.
        let padding = next.addr().get().wrapping_neg() & (layout.align() - 1);
        let size = padding + layout.size();
        if size > self.room.get() {
            return self.claim_slowly(layout);
        }
        // SAFETY: `next` begins `room >= size` bytes that are free (or dangles where both are zero: adding zero to any
        // pointer is allowed).
        unsafe {
            self.next.set(next.add(size));
            self.room.set(self.room.get() - size);
            next.add(padding)
        }
    }

    #[cold]
    fn claim_slowly(&self, layout: Layout) -> NonNull<u8> {
        let size = layout.size();
        if size == 0 {
            // No bytes are needed, but the free ones start or end at a place that is not aligned for them.
            return NonNull::new(ptr::without_provenance_mut(layout.align())).expect("an alignment is at least 1");
        }
        let min_size = size + (layout.align() - 1);
        let store = &mut *self.store.borrow_mut();
        let chunk = store.source.take(min_size).filter(|chunk| chunk.size() >= min_size);
        let chunk = chunk.unwrap_or_else(|| out_of_memory(min_size));
        let (base, chunk_size) = (chunk.start(), chunk.size());
        store.chunks.push(chunk);

        let padding = base.addr().get().wrapping_neg() & (layout.align() - 1);
        let used = padding + size;
        // SAFETY: `padding < align`, so `used <= min_size <= chunk_size`: both sums stay within the new chunk.
        let (place, next) = unsafe { (base.add(padding), base.add(used)) };
        // After a big object, go on with the chunk that has more left. The old one's rest is lost otherwise.
        if chunk_size - used >= self.room.get() {
            self.base.set(base);
            self.next.set(next);
            self.room.set(chunk_size - used);
        }
        place
    }
}

/// The largest array that [`Bump::collect`] reserves on the word of a size hint alone.
const MAX_HINTED_SIZE: usize = 1 << 20;

/// An array at the end of which elements are added while others may allocate.
struct Growth<'a, T> {
    bump: &'a Bump,
    place: NonNull<T>,
    len: usize,
    capacity: usize,
}

impl<'a, T: Copy> Growth<'a, T> {
    fn grow_to(&mut self, wanted: usize) {
        if wanted <= self.capacity {
            return;
        }
        if size_of::<T>() == 0 {
            self.capacity = usize::MAX;
            return;
        }
        // Doubling, and no fewer than 64 bytes at once, so that growth costs one copy an element in the long run. What
        // the hint asks for beyond that is limited for the same reason as at the start.
        let hinted = wanted.min(self.len.saturating_add(MAX_HINTED_SIZE / size_of::<T>()));
        let least = (64 / size_of::<T>()).max(1);
        let capacity = hinted.max(self.capacity.saturating_mul(2)).max(self.len + 1).max(least);
        let Ok(layout) = Layout::array::<T>(capacity) else { out_of_memory(capacity.saturating_mul(size_of::<T>())) };
        let more = layout.size() - self.capacity * size_of::<T>();
        if self.is_last() && more <= self.bump.room.get() {
            // SAFETY: the array ends where the free bytes of its own chunk begin, and there are `more` of them.
            self.bump.next.set(unsafe { self.bump.next.get().add(more) });
            self.bump.room.set(self.bump.room.get() - more);
        } else {
            let place = self.bump.claim(layout).cast::<T>();
            // SAFETY: the new place has room for more than `len` elements and is nobody else's; the old one has `len`
            // initialised ones (or dangles, with `len` zero).
            unsafe { place.copy_from_nonoverlapping(self.place, self.len) };
            self.place = place;
        }
        self.capacity = capacity;
    }

    /// Nothing was allocated behind this array, so its end can be moved.
    fn is_last(&self) -> bool {
        // SAFETY: `place` has room for `capacity` elements, so this is its end (or it dangles, and zero is added).
        let end = unsafe { self.place.add(self.capacity) };
        // That it ends at `next` is not enough: it may end the chunk before, and the new chunk lie right behind it.
        self.capacity != 0 && end.cast() == self.bump.next.get() && self.place.cast() >= self.bump.base.get()
    }

    /// Gives back what was reserved and not used, where that is possible.
    fn finish(self) -> &'a mut [T] {
        if size_of::<T>() != 0 && self.is_last() {
            let unused = (self.capacity - self.len) * size_of::<T>();
            // SAFETY: the array's unused elements are the last bytes before `next` and in the same chunk.
            self.bump.next.set(unsafe { self.bump.next.get().sub(unused) });
            self.bump.room.set(self.bump.room.get() + unused);
        }
        // SAFETY: the first `len` elements are initialised, aligned, and this array's alone for the bump's borrow.
        unsafe { slice::from_raw_parts_mut(self.place.as_ptr(), self.len) }
    }
}

#[cold]
fn out_of_memory(size: usize) -> ! {
    panic!("out of memory: the arena could not get {size} bytes")
}

impl Drop for Bump {
    fn drop(&mut self) {
        let store = self.store.get_mut();
        for chunk in store.chunks.drain(..) {
            store.source.give_back(chunk);
        }
    }
}

impl Default for Bump {
    fn default() -> Self {
        Bump::new()
    }
}

impl fmt::Debug for Bump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bump").field("room", &self.room.get()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
