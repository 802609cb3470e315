//! Adler-32, the check value of zlib streams (RFC 1950, 8.2).
//!
//! Two sums modulo 65521: of the bytes, and of the first sum after each byte, which is the bytes weighted by how many
//! follow. Sums are kept in lanes, which compilers turn into vectors, and the modulo is taken once per some KiB.

const BASE: u32 = 65521;
const LANES: usize = 16;

/// Rounds of one byte a lane before a lane could overflow: 255 * n * (n - 1) / 2 stays below 2^32 up to 5,804. A
/// multiple of that size gains nothing, and with this one the last sum of a block stays below 2^32 as well.
const ROUNDS: usize = 340;

/// The check value of `bytes`.
pub fn adler32(bytes: &[u8]) -> u32 {
    let (mut a, mut b) = (1u32, 0u32);
    for block in bytes.chunks(ROUNDS * LANES) {
        let (rounds, tail) = block.as_chunks::<LANES>();
        // Lane i: the sum of its bytes, and the sum of that sum before each round, so a byte r rounds before the last
        // counts r times there. It is followed by 16 r + 15 - i bytes of the rounds.
        let mut sums = [0u32; LANES];
        let mut earlier = [0u32; LANES];
        for round in rounds {
            for lane in 0..LANES {
                earlier[lane] += sums[lane];
                sums[lane] += u32::from(round[lane]);
            }
        }
        let mut weighted = u64::from(b) + u64::from(a) * (rounds.len() * LANES) as u64;
        for lane in 0..LANES {
            weighted += 16 * u64::from(earlier[lane]) + (LANES - lane) as u64 * u64::from(sums[lane]);
        }
        b = (weighted % u64::from(BASE)) as u32;
        a += sums.iter().sum::<u32>();
        for byte in tail {
            a += u32::from(*byte);
            b += a;
        }
        a %= BASE;
        b %= BASE;
    }
    b << 16 | a
}

/// The check value of two strings one after the other, from those of each and the length of the second.
pub fn combine(first: u32, second: u32, second_len: u64) -> u32 {
    let base = u64::from(BASE);
    let (a1, b1) = (u64::from(first & 0xffff), u64::from(first >> 16));
    let (a2, b2) = (u64::from(second & 0xffff), u64::from(second >> 16));
    // The second string's sums began with a = 1 where they should have begun with a1.
    let excess = a1 + base - 1;
    let b = b1 + b2 + excess % base * (second_len % base);
    let a = a2 + excess;
    (((b % base) << 16) | (a % base)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As RFC 1950 writes it.
    fn plain(bytes: &[u8]) -> u32 {
        let (mut a, mut b) = (1u32, 0u32);
        for byte in bytes {
            a = (a + u32::from(*byte)) % BASE;
            b = (b + a) % BASE;
        }
        b << 16 | a
    }

    #[test]
    fn lanes_agree_with_the_definition() {
        assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
        let varied: Vec<u8> = (0..20_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        // All ones is the worst case for the width of the sums.
        for bytes in [varied, vec![0xff; 20_000]] {
            for len in (0..100).chain([5439, 5440, 5441, 10_880, 19_999, 20_000]) {
                assert_eq!(adler32(&bytes[..len]), plain(&bytes[..len]), "{len}");
                let (first, second) = bytes.split_at(len);
                assert_eq!(combine(adler32(first), adler32(second), second.len() as u64), plain(&bytes), "{len}");
            }
        }
    }
}
