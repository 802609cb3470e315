//! Memory by the megabyte, in huge pages where the system has them.
//!
//! 50,000 page faults cost 50 to 75 ms, more than a mid-size link may take. A huge page replaces 512 faults by one,
//! but only where it fits: [`Region`] is aligned for that, and says that it wants it.

use crate::map::{self, MapMut};

/// The huge page of x86-64 and of arm64 with 4 KiB pages.
pub const HUGE_PAGE_SIZE: usize = 2 << 20;

/// Zeroed memory straight from the kernel, given back when dropped.
#[derive(Debug)]
pub struct Region(MapMut);

impl Region {
    /// At least `size` bytes: whole huge pages from 2 MiB on, whole 4 KiB pages below. `None` where memory is out.
    pub fn new(size: usize) -> Option<Region> {
        if size < HUGE_PAGE_SIZE {
            return MapMut::anonymous(size.checked_next_multiple_of(4096)?).ok().map(Region);
        }
        let size = size.checked_next_multiple_of(HUGE_PAGE_SIZE)?;
        let map = MapMut::anonymous_aligned(size, HUGE_PAGE_SIZE).ok()?;
        map::advise_huge(map.bytes().as_ptr(), size);
        Some(Region(map))
    }

    /// The memory, never to be given back: to be cut up into pieces of which each goes its own way.
    pub fn leak(self) -> &'static mut [u8] {
        Box::leak(Box::new(self)).as_mut()
    }
}

impl AsMut<[u8]> for Region {
    fn as_mut(&mut self) -> &mut [u8] {
        self.0.bytes_mut()
    }
}

/// Starts to bring the cache line at the start of `item` in, for a read that comes soon. Changes nothing but the time.
#[inline(always)]
pub fn prefetch<T: ?Sized>(item: &T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch has no effect that can be observed, whatever the address.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(item).cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = item;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_zero_writable_and_aligned() {
        for size in [0, 1, 4096, HUGE_PAGE_SIZE, HUGE_PAGE_SIZE + 1, 5 * HUGE_PAGE_SIZE] {
            let mut region = Region::new(size).unwrap();
            let bytes = region.as_mut();
            assert!(bytes.len() >= size && bytes.iter().all(|b| *b == 0));
            bytes.fill(1);
            if size >= HUGE_PAGE_SIZE {
                assert_eq!((bytes.as_ptr().addr() % HUGE_PAGE_SIZE, bytes.len() % HUGE_PAGE_SIZE), (0, 0));
            }
        }
        assert!(Region::new(usize::MAX).is_none() && Region::new(usize::MAX / 2).is_none());
    }

    #[test]
    fn a_leaked_region_can_be_cut_up() {
        let (head, tail) = Region::new(8192).unwrap().leak().split_at_mut(4096);
        (head[0], tail[0]) = (1, 2);
        assert_eq!((head[0], tail[0]), (1, 2));
    }
}
