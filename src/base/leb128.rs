//! LEB128 numbers: seven bits a byte, least significant first, the top bit set on all bytes but the last.
//!
//! Call-frame records, DWARF, Mach-O export tries and rebase streams are written in them (DWARF 5, 7.6). A number may
//! be padded to any length, which assemblers use to fix a size before the value; only bits that do not fit are wrong.

use super::view::Malformed;

#[cold]
fn no_end(at: usize) -> Malformed {
    Malformed::new(at as u64, "a LEB128 number has no end")
}

#[cold]
fn too_big(at: usize) -> Malformed {
    Malformed::new(at as u64, "a LEB128 number does not fit in 64 bits")
}

/// The unsigned number at `*at`, which then stands behind it (or where it was, on an error).
#[inline]
pub fn read_uleb(bytes: &[u8], at: &mut usize) -> Result<u64, Malformed> {
    if let Some(&byte) = bytes.get(*at)
        && byte < 0x80
    {
        *at += 1;
        return Ok(byte.into());
    }
    let tail = bytes.get(*at..).ok_or_else(|| no_end(*at))?;
    let mut value = 0u64;
    for (i, byte) in tail.iter().enumerate() {
        let bits = u64::from(byte & 0x7f);
        // From the tenth byte on, one bit fits and then none.
        if i >= 9 && (i > 9 && bits != 0 || bits > 1) {
            return Err(too_big(*at));
        }
        if i <= 9 {
            value |= bits << (7 * i);
        }
        if byte & 0x80 == 0 {
            *at += i + 1;
            return Ok(value);
        }
    }
    Err(no_end(*at))
}

/// The signed number at `*at`, which then stands behind it (or where it was, on an error).
#[inline]
pub fn read_sleb(bytes: &[u8], at: &mut usize) -> Result<i64, Malformed> {
    let tail = bytes.get(*at..).ok_or_else(|| no_end(*at))?;
    let mut value = 0i64;
    for (i, byte) in tail.iter().enumerate() {
        let bits = i64::from(byte & 0x7f);
        if i < 9 {
            value |= bits << (7 * i);
        } else {
            // The tenth byte has bit 63 and copies of it; later ones have copies alone.
            let negative = if i == 9 { bits & 1 == 1 } else { value < 0 };
            if bits != if negative { 0x7f } else { 0 } {
                return Err(too_big(*at));
            }
            value |= if i == 9 { bits << 63 } else { 0 };
        }
        if byte & 0x80 == 0 {
            *at += i + 1;
            let width = 7 * (i + 1);
            // Bit 6 of the last byte is the sign.
            return Ok(if width < 64 { value << (64 - width) >> (64 - width) } else { value });
        }
    }
    Err(no_end(*at))
}

/// Appends `value` in as few bytes as it takes.
pub fn write_uleb(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends `value` in as few bytes as it takes.
pub fn write_sleb(out: &mut Vec<u8>, mut value: i64) {
    // The last byte's bit 6 is the sign, so it must agree with what is left.
    while !(-0x40..0x40).contains(&value) {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8 & 0x7f);
}

/// How many bytes [`write_uleb`] appends.
pub fn uleb_size(value: u64) -> usize {
    (64 - (value | 1).leading_zeros() as usize).div_ceil(7)
}

/// How many bytes [`write_sleb`] appends.
pub fn sleb_size(value: i64) -> usize {
    // The magnitude's bits and a sign bit.
    let magnitude = (value ^ (value >> 63)).cast_unsigned();
    (64 - magnitude.leading_zeros() as usize + 1).div_ceil(7)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interesting() -> Vec<i64> {
        let near = (0..64).flat_map(|shift| [-1i64, 0, 1].map(|d| (1i64 << shift).wrapping_add(d)));
        near.flat_map(|v| [v, v.wrapping_neg()]).chain([i64::MIN, i64::MAX]).collect()
    }

    #[test]
    fn what_is_written_is_read_back_and_has_the_size_foretold() {
        for value in interesting() {
            let unsigned = value.cast_unsigned();
            let mut bytes = Vec::new();
            write_uleb(&mut bytes, unsigned);
            assert_eq!(bytes.len(), uleb_size(unsigned), "{unsigned}");
            let signed_at = bytes.len();
            write_sleb(&mut bytes, value);
            assert_eq!(bytes.len() - signed_at, sleb_size(value), "{value}");
            let mut at = 0;
            assert_eq!(read_uleb(&bytes, &mut at), Ok(unsigned));
            assert_eq!(at, signed_at);
            assert_eq!(read_sleb(&bytes, &mut at), Ok(value));
            assert_eq!(at, bytes.len());
            (0..signed_at).for_each(|cut| assert!(read_uleb(&bytes[..cut], &mut 0).is_err()));
        }
    }

    #[test]
    fn the_examples_of_the_dwarf_standard() {
        let unsigned: [(u64, &[u8]); 4] = [(2, &[2]), (127, &[127]), (128, &[0x80, 1]), (12857, &[0xb9, 0x64])];
        for (value, bytes) in unsigned {
            assert_eq!(read_uleb(bytes, &mut 0), Ok(value));
        }
        let signed: [(i64, &[u8]); 6] = [
            (2, &[2]),
            (-2, &[0x7e]),
            (127, &[0xff, 0]),
            (-127, &[0x81, 0x7f]),
            (128, &[0x80, 1]),
            (-129, &[0xff, 0x7e]),
        ];
        for (value, bytes) in signed {
            assert_eq!(read_sleb(bytes, &mut 0), Ok(value));
            let mut out = Vec::new();
            write_sleb(&mut out, value);
            assert_eq!(out, bytes);
        }
    }

    #[test]
    fn padding_is_read_and_lost_bits_are_errors() {
        let padded = |first: u8, pad: u8, len: usize, last: u8| [vec![first], vec![pad; len], vec![last]].concat();
        for len in 0..30 {
            assert_eq!(read_uleb(&padded(0x85, 0x80, len, 0), &mut 0), Ok(5));
            assert_eq!(read_sleb(&padded(0x85, 0x80, len, 0), &mut 0), Ok(5));
            assert_eq!(read_sleb(&padded(0xfb, 0xff, len, 0x7f), &mut 0), Ok(-5));
        }
        assert_eq!(read_uleb(&padded(0xff, 0xff, 8, 1), &mut 0), Ok(u64::MAX));
        assert!(read_uleb(&padded(0xff, 0xff, 8, 2), &mut 0).is_err());
        assert!(read_uleb(&padded(0x80, 0x80, 9, 1), &mut 0).is_err());
        assert!(read_sleb(&padded(0x80, 0x80, 8, 1), &mut 0).is_err());
        assert!(read_sleb(&padded(0xff, 0xff, 9, 0), &mut 0).is_err());
        let mut at = 7;
        assert!(read_uleb(b"abc", &mut at).is_err() && read_sleb(b"abc", &mut at).is_err());
        assert_eq!(at, 7);
    }
}
