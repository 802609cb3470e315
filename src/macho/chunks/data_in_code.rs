//! Data among instructions (`LC_DATA_IN_CODE`): jump tables and the like, which disassemblers must not decode.
//!
//! An array of `data_in_code_entry` (`mach-o/loader.h`), sorted by offset from the mach header.
//! Cost: one sort, of which the order of input files leaves little to do.

use crate::macho::format::DataInCode;
use zerocopy::IntoBytes;

/// The array of `entries`. Their `offset` is that of the place in the output, in bytes from the mach header. Entries of 8
/// bytes leave nothing to pad.
pub fn build(mut entries: Vec<DataInCode>) -> Vec<u8> {
    entries.sort_by_key(|entry| entry.offset.get());
    entries.as_slice().as_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_sorted_and_keep_their_kinds() {
        let entry = |offset: u32, length: u16, kind: u16| DataInCode {
            offset: offset.into(),
            length: length.into(),
            kind: kind.into(),
        };
        let bytes = build(vec![entry(0x1_2000, 8, 4), entry(0x4010, 0x102, 1), entry(0x4000, 4, 2)]);
        let expected = [0, 0x40, 0, 0, 4, 0, 2, 0, 0x10, 0x40, 0, 0, 2, 1, 1, 0, 0, 0x20, 1, 0, 8, 0, 4, 0];
        assert_eq!(bytes, expected);
        assert_eq!(build(Vec::new()), b"");
    }
}
