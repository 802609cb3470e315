//! Chunks: the pieces of memory that a bump cuts up, and where they come from.
//!
//! A [`Source`] is safe to implement outside this crate: a chunk is made of anything that owns bytes
//! ([`Chunk::from_owner`]: a mapped region, a `Vec<u8>`, a `&'static mut [u8]` cut from a slab), and dropping the
//! chunk drops that owner.

use std::alloc::{self, Layout};
use std::fmt;
use std::ptr::NonNull;

/// Where an arena's memory comes from, and where it goes in the end.
pub trait Source: Send {
    /// A chunk of at least `min_size` bytes; `None` where there is no memory left.
    fn take(&mut self, min_size: usize) -> Option<Chunk>;

    /// A chunk that the arena needs no more. Dropping it frees it.
    fn give_back(&mut self, chunk: Chunk) {
        drop(chunk);
    }
}

/// A piece of memory that is nobody else's.
pub struct Chunk {
    start: NonNull<u8>,
    size: usize,
    owner: Owner,
}

enum Owner {
    /// The global allocator, asked for [`Chunk::layout`].
    Global,
    /// A leaked `Box`, freed with the chunk. A raw pointer, because a `Box` claims to be the only way to its bytes
    /// whenever it is moved, and `start` is a second one.
    Boxed(NonNull<dyn Send>),
}

// SAFETY: the memory belongs to this chunk alone; the owner is `Send`, and so is a `&mut [u8]` borrowed from it.
unsafe impl Send for Chunk {}

/// Enough for everything that is usual; more is reached with padding.
const GLOBAL_ALIGN: usize = 16;

impl Chunk {
    /// `size` bytes of the global allocator, `None` where it has no more.
    pub fn global(size: usize) -> Option<Chunk> {
        let layout = Layout::from_size_align(size.max(1), GLOBAL_ALIGN).ok()?;
        // SAFETY: the size is not zero.
        let start = NonNull::new(unsafe { alloc::alloc(layout) })?;
        Some(Chunk { start, size: layout.size(), owner: Owner::Global })
    }

    /// The bytes of `owner`, which is kept until the chunk is dropped and not looked at before.
    pub fn from_owner<O: AsMut<[u8]> + Send + 'static>(owner: O) -> Chunk {
        let owner = Box::into_raw(Box::new(owner));
        // SAFETY: `owner` was just leaked, so it is valid and nobody else's. This borrow lasts until the chunk is
        // dropped: until then the owner is neither moved nor used, so the bytes stay valid and unaliased.
        let bytes: &'static mut [u8] = unsafe { (*owner).as_mut() };
        let size = bytes.len();
        let start = NonNull::from(bytes).cast::<u8>();
        // SAFETY: `Box::into_raw` never returns null.
        let owner = unsafe { NonNull::new_unchecked(owner as *mut dyn Send) };
        Chunk { start, size, owner: Owner::Boxed(owner) }
    }

    /// How many bytes there are.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The first of [`Chunk::size`] bytes that may be read and written as long as the chunk exists.
    pub(crate) fn start(&self) -> NonNull<u8> {
        self.start
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        match self.owner {
            Owner::Global => {
                let layout =
                    Layout::from_size_align(self.size, GLOBAL_ALIGN).expect("it was allocated with this layout");
                // SAFETY: `start` came from `alloc` with this very layout and is freed once, here.
                unsafe { alloc::dealloc(self.start.as_ptr(), layout) }
            }
            // SAFETY: the pointer came from `Box::into_raw` and is freed once, here; the borrow of its bytes ends.
            Owner::Boxed(owner) => drop(unsafe { Box::from_raw(owner.as_ptr()) }),
        }
    }
}

impl fmt::Debug for Chunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chunk").field("start", &self.start).field("size", &self.size).finish_non_exhaustive()
    }
}

/// Chunks of the global allocator: 64 KiB, then twice as much each time, up to 1 MiB; more only if one object asks.
#[derive(Debug)]
pub struct Growing {
    size: usize,
}

impl Growing {
    const FIRST: usize = 64 << 10;
    const LAST: usize = 1 << 20;

    /// A source that begins small.
    pub fn new() -> Growing {
        Growing { size: Self::FIRST }
    }
}

impl Default for Growing {
    fn default() -> Self {
        Growing::new()
    }
}

impl Source for Growing {
    fn take(&mut self, min_size: usize) -> Option<Chunk> {
        let size = self.size;
        self.size = (size * 2).min(Self::LAST);
        Chunk::global(size.max(min_size))
    }
}
