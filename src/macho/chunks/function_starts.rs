//! Where functions begin (`LC_FUNCTION_STARTS`): debuggers, profilers and crash reporters find the function of an address
//! with it when symbols are stripped.
//!
//! ULEB128 differences between ascending addresses, the first one from the start of `__TEXT`; a zero ends the list, and it
//! is padded to 8 bytes.
//! Cost: linear.

use crate::base::leb128::write_uleb;

/// The list of `offsets`, which are bytes from the start of `__TEXT` and ascend; equal ones are listed once. Nothing at all
/// for no functions.
pub fn build(offsets: impl IntoIterator<Item = u64>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut last = 0;
    for offset in offsets {
        assert!(offset >= last, "functions in the order of addresses: 0x{offset:x} after 0x{last:x}");
        // The mach header is at 0, so no function is; and a difference of 0 would be the end.
        if offset != last {
            write_uleb(&mut out, offset - last);
            last = offset;
        }
    }
    if !out.is_empty() {
        out.push(0);
        out.resize(out.len().next_multiple_of(8), 0);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Vec<u64> {
        let (mut starts, mut address, mut delta, mut shift) = (Vec::new(), 0, 0, 0);
        for byte in bytes {
            delta |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if *byte < 0x80 {
                if delta == 0 {
                    return starts;
                }
                address += delta;
                starts.push(address);
                (delta, shift) = (0, 0);
            }
        }
        assert!(bytes.is_empty(), "the list has no end");
        starts
    }

    #[test]
    fn what_is_listed_is_read_back() {
        let far = [0x4000, 0x4004, 0x4084, 0x8084, 1 << 32, u64::MAX];
        for count in 0..=far.len() {
            let bytes = build(far[..count].iter().copied());
            assert!(bytes.len().is_multiple_of(8));
            assert_eq!(read(&bytes), far[..count]);
        }
        // Lists whose last byte ends a multiple of 8 have their end all the same.
        for count in 0..100 {
            assert_eq!(read(&build((1..=count).map(|i| 4 * i))).len() as u64, count);
        }
    }

    #[test]
    fn equal_starts_are_listed_once() {
        assert_eq!(read(&build([0, 0x10, 0x10, 0x10, 0x20])), [0x10, 0x20]);
    }

    /// What ld64.lld 19 wrote for functions at 0x4e0 and 0x4e8.
    #[test]
    fn the_list_is_that_of_lld() {
        assert_eq!(build([0x4e0, 0x4e8]), [0xe0, 0x09, 0x08, 0, 0, 0, 0, 0]);
    }
}
