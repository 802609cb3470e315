//! Hashes that are fast and spread well, and promise nothing against somebody who looks for collisions.
//!
//! [`hash_name`] is for symbol names: every name of every input goes through it once, so a short name must cost a
//! few multiplications and no loop. [`hash128`] stands for contents that are compared by nothing else, code for folding.
//! Both rest on one step, *fold*: the 128-bit product of two words, its halves xored, which lets every input bit reach
//! every output bit. [`hash_block`] is for pieces of output under a build-id, whose hashes SHA-256 then combines: it does
//! more with vectors and less with each byte. Words are read little-endian, so a hash is the same on every host.
//! Cost: one multiplication per 16 bytes of a name, two per 16 bytes of contents, one of vectors per 16 bytes of a block;
//! no allocation.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Odd words without structure: the first 64 bits after the point of the square roots of 7, 23, 47, 113, 139, 157, 223
/// and 241, lowest bit set. These are the first primes that give a lowest and a highest byte outside ASCII, so that no
/// word of a plain-text name cancels one of them to a zero factor, which would make the other factor irrelevant.
const K: [u64; 8] = [
    0xa54f_f53a_5f1d_36f1,
    0xcbbb_9d5d_c105_9ed9,
    0xdb0c_2e0d_64f9_8fa7,
    0xa151_3c69_681a_d6d5,
    0xca32_0b75_e2b6_34f9,
    0x87ab_b9f2_0872_07ed,
    0xeee5_2e4f_b5f4_1185,
    0x8630_5019_d3d9_5c9f,
];

#[inline(always)]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

/// The word at `at` of a chunk long enough to hold it.
#[inline(always)]
fn word(chunk: &[u8], at: usize) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&chunk[at..at + 8]);
    u64::from_le_bytes(bytes)
}

#[inline(always)]
fn half(chunk: &[u8], at: usize) -> u64 {
    let mut bytes = [0; 4];
    bytes.copy_from_slice(&chunk[at..at + 4]);
    u32::from_le_bytes(bytes).into()
}

/// A hash of a symbol name, good in every bit range: callers take shard, slot and tag from different bits.
#[inline]
pub fn hash_name(name: &[u8]) -> u64 {
    let len = name.len();
    let (seed, a, b) = if len > 16 {
        hash_front(name)
    } else if len >= 8 {
        // The two words overlap unless there are 16 bytes: no loop, and every byte is in one of them.
        (K[4], word(name, 0), word(name, len - 8))
    } else if len >= 4 {
        (K[4], half(name, 0), half(name, len - 4))
    } else if len > 0 {
        // First, middle and last byte: all there are, of one to three.
        (K[4], u64::from(name[0]) << 16 | u64::from(name[len / 2]) << 8 | u64::from(name[len - 1]), 0)
    } else {
        (K[4], 0, 0)
    };
    let product = u128::from(a ^ K[2]) * u128::from(b ^ seed);
    // A second multiplication, of the halves: after one, the lowest and highest bits of the product depend on few
    // bits of the factors. The length tells apart names that overlapping reads make look alike.
    fold(product as u64 ^ K[3], (product >> 64) as u64 ^ K[5] ^ len as u64)
}

/// What precedes the last 16 bytes of a name of more than 16, hashed; and those last 16 as two words.
#[inline(always)]
fn hash_front(name: &[u8]) -> (u64, u64, u64) {
    // Two lanes, so that the multiplications of one hide the latency of the other.
    let (mut even, mut odd) = (K[4], K[5]);
    let mut rest = name;
    while rest.len() > 32 {
        let (chunk, tail) = rest.split_at(32);
        even = fold(word(chunk, 0) ^ K[0], word(chunk, 8) ^ even);
        odd = fold(word(chunk, 16) ^ K[1], word(chunk, 24) ^ odd);
        rest = tail;
    }
    if rest.len() > 16 {
        even = fold(word(rest, 0) ^ K[0], word(rest, 8) ^ even);
    }
    let last = &name[name.len() - 16..];
    (even ^ odd.rotate_left(32), word(last, 0), word(last, 8))
}

/// A 128-bit hash of any bytes (a short input costs some 40 ns of finishing).
pub fn hash128(bytes: &[u8]) -> u128 {
    // Four lanes of two chains. The two chains of a lane see the same words in swapped roles, so a changed word
    // disturbs 128 bits of state, and a word that cancels a factor in one chain is still seen by the other.
    let mut low = [K[0], K[1], K[2], K[3]];
    let mut high = [K[4], K[5], K[6], K[7]];
    let mut chunks = bytes.chunks_exact(64);
    for chunk in &mut chunks {
        absorb(&mut low, &mut high, chunk);
    }
    let tail = chunks.remainder();
    if !tail.is_empty() {
        let mut padded = [0; 64];
        padded[..tail.len()].copy_from_slice(tail);
        absorb(&mut low, &mut high, &padded);
    }
    finish(low, high, bytes.len())
}

fn finish(low: [u64; 4], high: [u64; 4], len: usize) -> u128 {
    // The length is part of the state from here, so the zeros of a padding are not taken for input.
    let len = len as u64;
    let (mut x, mut y) = (len ^ K[5], len ^ K[2]);
    for lane in 0..4 {
        let (l, h) = (low[lane], high[lane]);
        (x, y) = (fold(x ^ l, h ^ K[lane]) ^ y.rotate_left(29), fold(y ^ h.rotate_left(32), l ^ K[lane + 4]) ^ x);
    }
    u128::from(fold(x ^ K[6], y ^ K[1])) << 64 | u128::from(fold(y ^ K[7], x ^ K[0]))
}

#[inline(always)]
fn absorb(low: &mut [u64; 4], high: &mut [u64; 4], chunk: &[u8]) {
    for lane in 0..4 {
        let (a, b) = (word(chunk, 16 * lane), word(chunk, 16 * lane + 8));
        low[lane] = fold(a ^ K[lane], b ^ low[lane]);
        high[lane] = fold(b ^ K[7 - lane], a ^ high[lane]);
    }
}

/// A 128-bit hash of a block of some hundred KiB. As good as 64 bits against accidents, and nearly twice as fast as [`hash128`].
pub fn hash_block(bytes: &[u8]) -> u128 {
    let mut lanes = K;
    for stripe in bytes.chunks(STRIPE_SIZE) {
        let mut chunks = stripe.chunks_exact(64);
        let mut keys = KEYS.windows(8);
        for (chunk, keys) in chunks.by_ref().zip(keys.by_ref()) {
            gather(&mut lanes, chunk, keys);
        }
        let tail = chunks.remainder();
        if let (false, Some(keys)) = (tail.is_empty(), keys.next()) {
            let mut padded = [0; 64];
            padded[..tail.len()].copy_from_slice(tail);
            gather(&mut lanes, &padded, keys);
        }
        // Sums let upper bits reach no lower ones.
        for (lane, k) in lanes.iter_mut().zip(K) {
            *lane = (*lane ^ *lane >> 47 ^ k).wrapping_mul(K[5]);
        }
    }
    let [a, b, c, d, e, f, g, h] = lanes;
    finish([a, b, c, d], [e, f, g, h], bytes.len())
}

/// Bytes that one round of [`KEYS`] is for.
const STRIPE_SIZE: usize = 1024;

/// Eight for each 64 bytes of a stripe, from one further on each time: what changes places changes its keys.
const KEYS: [u64; STRIPE_SIZE / 64 + 7] = {
    let mut keys = [0; STRIPE_SIZE / 64 + 7];
    let mut i = 0;
    while i < keys.len() {
        // One step of splitmix64 on a multiple of an odd word.
        let z = K[2].wrapping_mul(i as u64 + 1);
        let z = (z ^ z >> 30).wrapping_mul(K[3]);
        let z = (z ^ z >> 27).wrapping_mul(K[6] | 1);
        keys[i] = z ^ z >> 31;
        i += 1;
    }
    keys
};

/// Adds the product of both halves of each word to its lane, and the word itself to the lane beside it, so that a half
/// of zero hides nothing. Vector instructions have this multiplication.
#[inline(always)]
fn gather(lanes: &mut [u64; 8], chunk: &[u8], keys: &[u64]) {
    let words: [u64; 8] = std::array::from_fn(|i| word(chunk, 8 * i));
    for i in 0..8 {
        let keyed = words[i] ^ keys[i];
        let product = (keyed & 0xffff_ffff) * (keyed >> 32);
        lanes[i] = lanes[i].wrapping_add(product).wrapping_add(words[i ^ 1]);
    }
}

/// [`hash_name`] as a [`Hasher`], for small maps with byte-string keys.
#[derive(Debug, Default, Clone, Copy)]
pub struct NameHasher(u64);

impl Hasher for NameHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash_name(bytes) ^ self.0.rotate_left(23);
    }

    // The length that a slice writes before its bytes; `hash_name` has it already.
    fn write_usize(&mut self, value: usize) {
        self.0 = fold(self.0 ^ value as u64 ^ K[0], K[1]);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// A map with byte-string keys. Its iteration order means nothing, so it must not reach an output.
pub type NameMap<K, V> = HashMap<K, V, BuildHasherDefault<NameHasher>>;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// A generator of test data that is the same in every run (splitmix).
    fn next(state: &mut u64) -> u64 {
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Names as C++ and Rust write them: much in common, differing in a digit somewhere.
    fn mangled_names(count: usize) -> Vec<Vec<u8>> {
        let mut names = Vec::with_capacity(count);
        for i in 0..count {
            let (a, b, c) = (i % 100, i / 100 % 100, i / 10_000);
            names.push(match i % 5 {
                0 => format!("_ZN4llvm{a}SelectionDAG{b}getNodeEj{c}"),
                1 => format!("_ZNSt6vectorIN5clang{b}DeclE{c}SaIS{a}_EE17_M_realloc_insertIJRKS1_EEEvN9__gnu_cxxE"),
                2 => format!("_RNvXs{a}_NtCs{c:x}_4core3fmt{b}Display3fmt"),
                3 => format!(".L{c}.{b}.{a}"),
                _ => format!("{}{a}_{b}_{c}", "very_long_prefix_that_repeats_".repeat(1 + a % 6)),
            });
            names[i] = std::mem::take(&mut names[i]);
        }
        names.into_iter().map(String::into_bytes).collect()
    }

    #[test]
    fn distinct_names_have_distinct_hashes_and_fill_every_bit_range_evenly() {
        let names: HashSet<Vec<u8>> = mangled_names(2_000_000).into_iter().collect();
        let count = names.len() as f64;
        let mut hashes: Vec<u64> = names.iter().map(|n| hash_name(n)).collect();
        // Of n names in 2^16 buckets, chi-square is about 65,535 with a deviation of sqrt(2 * 65,535) = 362.
        for shift in (0..=48).step_by(4) {
            let mut buckets = vec![0u32; 1 << 16];
            hashes.iter().for_each(|h| buckets[(h >> shift & 0xffff) as usize] += 1);
            let expected = count / 65_536.0;
            let chi: f64 = buckets.iter().map(|&n| (f64::from(n) - expected).powi(2) / expected).sum();
            assert!((chi - 65_535.0).abs() < 5.0 * 362.0, "bits from {shift}: chi-square {chi}");
        }
        // Expected pairs that share 32 bits: n^2 / 2^33.
        for shift in [0, 16, 32] {
            let mut parts: Vec<u32> = hashes.iter().map(|h| (h >> shift) as u32).collect();
            parts.sort_unstable();
            let pairs = parts.windows(2).filter(|w| w[0] == w[1]).count() as f64;
            let expected = count * count / 2f64.powi(33);
            assert!((pairs - expected).abs() < 6.0 * expected.sqrt(), "bits from {shift}: {pairs} of {expected}");
        }
        hashes.sort_unstable();
        assert!(hashes.windows(2).all(|w| w[0] != w[1]));
    }

    /// Flipping any input bit flips each output bit in half of the cases; `output` bits, `trials` inputs a length.
    fn worst_avalanche(lengths: &[usize], trials: u32, hash: impl Fn(&[u8]) -> u128, output: usize) -> f64 {
        let mut state = 7;
        let mut worst = 0f64;
        for &len in lengths {
            for bit in (0..8 * len).step_by(if len > 64 { 13 } else { 1 }) {
                let mut flips = vec![0u32; output];
                for _ in 0..trials {
                    let mut name: Vec<u8> = (0..len).map(|_| b'0' + (next(&mut state) % 75) as u8).collect();
                    let before = hash(&name);
                    name[bit / 8] ^= 1 << (bit % 8);
                    let changed = before ^ hash(&name);
                    flips.iter_mut().enumerate().for_each(|(i, n)| *n += (changed >> i & 1) as u32);
                }
                let bias = flips.iter().map(|&n| (f64::from(n) / f64::from(trials) - 0.5).abs());
                worst = worst.max(bias.fold(0.0, f64::max));
            }
        }
        worst
    }

    #[test]
    fn every_input_bit_reaches_every_output_bit() {
        // 400 fair coins deviate by 0.025 (one sigma); the worst of some 200,000 series stays under 5.5 sigma.
        let lengths = [1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 32, 33, 48, 64, 100];
        let worst = worst_avalanche(&lengths[2..], 400, |b| hash_name(b).into(), 64);
        assert!(worst < 0.025 * 5.5, "hash_name {worst}");
        let worst = worst_avalanche(&[8, 63, 64, 65, 129, 300], 400, hash128, 128);
        assert!(worst < 0.025 * 5.5, "hash128 {worst}");
        let worst = worst_avalanche(&[8, 63, 64, 65, 129, 300, 1100], 400, hash_block, 128);
        assert!(worst < 0.025 * 5.5, "hash_block {worst}");
    }

    #[test]
    fn short_names_never_collide() {
        let mut seen = HashSet::new();
        assert!(seen.insert(hash_name(b"")));
        for a in 0..=255u8 {
            assert!(seen.insert(hash_name(&[a])));
            for b in 0..=255u8 {
                assert!(seen.insert(hash_name(&[a, b])));
                for c in b'a'..=b'z' {
                    assert!(seen.insert(hash_name(&[a, b, c])));
                }
            }
        }
        // Nothing but zeros: only the length tells them apart.
        assert!((1..200).all(|len| len <= 3 || seen.insert(hash_name(&vec![0; len]))));
    }

    #[test]
    fn blocks_that_differ_anywhere_hash_differently() {
        for hash in [hash128, hash_block] {
            let mut seen = HashSet::new();
            let mut block = vec![0u8; 1100];
            for len in 0..block.len() {
                assert!(seen.insert(hash(&block[..len])), "zeros, {len}");
            }
            for bit in 0..8 * block.len() {
                block[bit / 8] ^= 1 << (bit % 8);
                assert!(seen.insert(hash(&block)), "bit {bit}");
                block[bit / 8] ^= 1 << (bit % 8);
            }
            let mut state = 1;
            let random: Vec<u8> = (0..4096).map(|_| next(&mut state) as u8).collect();
            assert!(seen.insert(hash(&random)));
            for size in [8, 16, 64, 1024] {
                for (i, j) in (0..4096 / size).flat_map(|j| (0..j).map(move |i| (i, j))).step_by(13) {
                    let mut swapped = random.clone();
                    (0..size).for_each(|k| swapped.swap(size * i + k, size * j + k));
                    assert!(seen.insert(hash(&swapped)), "units {i} and {j} of {size} bytes swapped");
                }
            }
        }
    }

    #[test]
    fn the_hashes_are_the_same_in_every_build() {
        // Build-ids are compared between machines; a change here changes every one of them.
        assert_eq!(hash_name(b"main"), PINNED.0);
        assert_eq!(hash_name(b"_ZN4llvm12SelectionDAG7getNodeEjRKNS_5SDLocENS_3EVTE"), PINNED.1);
        assert_eq!(hash128(&[0x5a; 300]), PINNED.2);
        assert_eq!(hash_block(&[0x5a; 3000]), PINNED.3);
    }
    const PINNED: (u64, u64, u128, u128) = (
        13922762629891788446,
        11636220332734990438,
        0x6139_973d_6d23_83db_05aa_03ea_d174_9265,
        0x6337_42d8_5f37_9589_1628_c3b8_e7e1_7dbc,
    );

    #[test]
    fn a_map_of_names_finds_them() {
        let mut map: NameMap<Vec<u8>, usize> = NameMap::default();
        let names = mangled_names(1000);
        names.iter().enumerate().for_each(|(i, n)| assert_eq!(map.insert(n.clone(), i), None));
        assert!(names.iter().enumerate().all(|(i, n)| map[&n[..]] == i));
        assert!(!map.contains_key(&b"absent"[..]));
    }
}
