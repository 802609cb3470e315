//! Large arrays of zeros that nobody has touched.
//!
//! The kernel gives out zeros. An array that is written when it is made takes all its pages at once, on the thread that
//! makes it; one that is left alone takes each page when, and where, a thread comes to it. `vec![0; n]` does so for
//! integers; this does for all types of which zeros are a value.

use std::alloc::{Layout, handle_alloc_error};
use zerocopy::FromZeros;

/// `count` zeros.
pub fn zeroed<T: FromZeros>(count: usize) -> Vec<T> {
    T::new_vec_zeroed(count).unwrap_or_else(|_| match Layout::array::<T>(count) {
        Ok(layout) => handle_alloc_error(layout),
        Err(_) => panic!("an array of {count} elements"),
    })
}
