//! What must hold for every arena; meant to be run under Miri, too.

use super::*;
use std::sync::{Arc, Mutex};

/// Sizes small enough for Miri.
const MANY: usize = if cfg!(miri) { 300 } else { 20_000 };

#[repr(align(256))]
#[derive(Clone, Copy, Debug, PartialEq)]
struct Wide(u8);

/// Hands out `Vec`s of exactly the least size or `step`, and writes down what came and went.
#[derive(Clone, Default)]
struct Counting {
    step: usize,
    limit: usize,
    log: Arc<Mutex<(usize, usize)>>,
}

impl Source for Counting {
    fn take(&mut self, min_size: usize) -> Option<Chunk> {
        let mut log = self.log.lock().unwrap();
        if log.0 == self.limit {
            return None;
        }
        log.0 += 1;
        Some(Chunk::from_owner(vec![0xaa_u8; min_size.max(self.step)]))
    }

    fn give_back(&mut self, chunk: Chunk) {
        assert!(chunk.size() >= self.step);
        self.log.lock().unwrap().1 += 1;
    }
}

#[test]
fn values_of_all_sizes_keep_what_was_put_there() {
    let bump = Bump::new();
    let mut kept = Vec::new();
    for i in 0..MANY {
        let byte = bump.alloc(i as u8);
        let long = bump.alloc(i as u64);
        let text = bump.str(&i.to_string());
        let array = bump.fill_with(i % 7, |k| (i * k) as u32);
        kept.push((byte, long, text, array));
    }
    for (i, (byte, long, text, array)) in kept.iter_mut().enumerate() {
        assert_eq!((**byte, **long, *text), (i as u8, i as u64, i.to_string().as_str()));
        assert!(array.iter().enumerate().all(|(k, v)| *v == (i * k) as u32));
        **long += 1;
    }
}

#[test]
fn every_alignment_is_honoured() {
    // A source of vectors starts its chunks anywhere.
    let bump = Bump::with_source(Box::new(Counting { step: 700, limit: usize::MAX, ..Counting::default() }));
    for i in 0..50_u8 {
        bump.alloc(i);
        let wide = bump.alloc(Wide(i));
        assert_eq!((&raw const *wide).addr() % 256, 0);
        assert_eq!(bump.copy(&[u128::from(i); 3]).as_ptr().addr() % align_of::<u128>(), 0);
        assert_eq!(*wide, Wide(i));
    }
}

#[test]
fn nothing_needs_no_memory_but_is_aligned() {
    let bump = Bump::new();
    assert_eq!(bump.copy::<Wide>(&[]).as_ptr().addr() % 256, 0);
    assert_eq!(bump.collect::<Wide>([]).len(), 0);
    assert_eq!(bump.fill_with(1000, |_| ()).len(), 1000);
}

#[test]
fn a_big_object_does_not_waste_the_chunk_in_use() {
    let source = Counting { step: 1000, limit: 2, ..Counting::default() };
    let bump = Bump::with_source(Box::new(source.clone()));
    bump.alloc(1_u8);
    bump.bytes(5000).fill(7);
    for _ in 0..900 {
        bump.alloc(2_u8);
    }
    assert_eq!(source.log.lock().unwrap().0, 2, "the small ones fit into the first chunk");
    assert_eq!(bump.reserved_size(), 6000);
}

#[test]
fn chunks_go_back_where_they_came_from() {
    let source = Counting { step: 64, limit: usize::MAX, ..Counting::default() };
    let bump = Bump::with_source(Box::new(source.clone()));
    (0..100_u64).for_each(|i| _ = bump.alloc(i));
    drop(bump);
    let (taken, returned) = *source.log.lock().unwrap();
    assert!(taken >= 100 * 8 / 64);
    assert_eq!(taken, returned);
}

#[test]
fn bytes_are_zero_even_in_memory_that_is_not() {
    let bump = Bump::with_source(Box::new(Counting { step: 4096, limit: 1, ..Counting::default() }));
    assert!(bump.bytes(4000).iter().all(|b| *b == 0));
}

#[test]
fn arrays_grow_to_any_length() {
    let bump = Bump::new();
    for count in [0, 1, 2, 15, 16, 17, MANY, 3 * MANY] {
        // `filter` hides the length, `map` tells it.
        let hidden = bump.collect((0..count).filter(|_| true));
        let told = bump.collect((0..count).map(|i| i as u8));
        assert!(hidden.iter().enumerate().all(|(i, v)| *v == i) && hidden.len() == count);
        assert!(told.iter().enumerate().all(|(i, v)| *v == i as u8) && told.len() == count);
    }
    assert_eq!(bump.collect(std::iter::repeat_n((), 1000)).len(), 1000);
}

#[test]
fn collect_leaves_no_gap() {
    // Each array claims 64 bytes at first.
    let bump = Bump::with_source(Box::new(Counting { step: 990 + 64, limit: 1, ..Counting::default() }));
    for _ in 0..100 {
        assert_eq!(bump.collect((0..10_u8).filter(|_| true)).len(), 10);
    }
}

/// Yields `self.0` bytes and promises `self.1`.
struct Liar(u8, usize);

impl Iterator for Liar {
    type Item = u8;
    fn next(&mut self) -> Option<u8> {
        self.0 = self.0.checked_sub(1)?;
        Some(self.0)
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.1, None)
    }
}

#[test]
fn a_size_hint_is_not_trusted() {
    let bump = Bump::new();
    assert_eq!(bump.collect(Liar(99, usize::MAX)).len(), 99);
    assert!(bump.reserved_size() < 8 << 20);
}

#[test]
fn closures_may_allocate_from_the_same_arena() {
    let bump = Bump::with_source(Box::new(Counting { step: 100, limit: usize::MAX, ..Counting::default() }));
    let names = bump.fill_with(50, |i| bump.str(&"x".repeat(i)));
    let nested = bump.collect((0..50_usize).map(|i| {
        let inner: &[usize] = bump.collect((0..i).filter(|_| true).inspect(|k| _ = bump.alloc(*k as u8)));
        inner
    }));
    assert!(names.iter().enumerate().all(|(i, name)| **name == "x".repeat(i)));
    assert!(nested.iter().enumerate().all(|(i, inner)| inner.iter().copied().eq(0..i) && inner.len() == i));
}

/// Chunks that lie back to back, as a slab's do: the end of one is the beginning of the next.
#[test]
fn an_array_does_not_grow_across_adjacent_chunks() {
    struct Slab(&'static mut [u8]);
    impl Source for Slab {
        fn take(&mut self, min_size: usize) -> Option<Chunk> {
            let (head, tail) = std::mem::take(&mut self.0).split_at_mut_checked(min_size.max(64))?;
            self.0 = tail;
            Some(Chunk::from_owner(head))
        }
    }
    let slab: &'static mut [u8] = Vec::leak(vec![0; 4096]);
    let slab_start = slab.as_ptr();
    let bump = Bump::with_source(Box::new(Slab(slab)));
    // The array claims the whole first chunk. Then the second is opened and all of it given up again, so that the
    // free bytes begin where the array ends, in another chunk.
    let array = bump.collect((0..100_u8).filter(|i| *i != 40 || bump.collect(Liar(0, 64)).is_empty()));
    assert!(array.iter().copied().eq(0..100));
    assert!(array.as_ptr().addr() >= slab_start.addr() + 64, "it must have moved out of the first chunk");
}

#[test]
fn parts_are_joined() {
    let bump = Bump::new();
    assert_eq!(bump.concat(&[b"ab", b"", b"cde"]), b"abcde");
    assert_eq!(bump.concat(&[]), b"");
}

#[test]
fn a_worker_returns_what_it_built() {
    let mut bumps = [Bump::new(), Bump::new()];
    let built: Vec<&[usize]> = std::thread::scope(|scope| {
        let workers: Vec<_> = bumps
            .iter_mut()
            .map(|bump| {
                scope.spawn(move || {
                    let bump: &Bump = bump;
                    &*bump.fill_with(10, |i| i)
                })
            })
            .collect();
        workers.into_iter().map(|w| w.join().unwrap()).collect()
    });
    assert!(built.iter().all(|b| b.iter().copied().eq(0..10)));
}

#[test]
fn a_panic_while_filling_leaves_the_arena_usable() {
    let bump = Bump::new();
    let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        bump.fill_with(10, |i| if i == 5 { panic!("five") } else { i }).len()
    }));
    assert!(failed.is_err());
    assert_eq!(bump.str("still here"), "still here");
}

#[test]
#[should_panic(expected = "out of memory: the arena could not get 1000 bytes")]
fn no_memory_is_a_panic_with_the_size() {
    Bump::with_source(Box::new(Counting::default())).bytes(1000);
}

#[test]
#[should_panic(expected = "out of memory: the arena could not get")]
fn an_impossible_size_is_a_panic_too() {
    Bump::new().fill_with(usize::MAX / 2, |i| i);
}
