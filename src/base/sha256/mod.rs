//! SHA-256 (FIPS 180-4): build-ids, and the page hashes and identities of Mach-O code signatures.
//!
//! `soft.rs` is the definition, in portable code. Where the processor has instructions for it, `x86.rs` or
//! `aarch64.rs` computes the same some six times as fast; [`compress`] is the only place that chooses.
//! Cost: about 2 GB/s a thread with the instructions; no allocation.

#[cfg(target_arch = "aarch64")]
mod aarch64;
pub mod soft;
#[cfg(target_arch = "x86_64")]
mod x86;

/// Bytes that are taken at once.
pub const BLOCK: usize = 64;

/// The round constants: fractions of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2).
#[rustfmt::skip]
const K: [u32; 64] = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
];

/// The first state: fractions of the square roots of the first 8 primes (FIPS 180-4, 5.3.3).
const INITIAL: [u32; 8] =
    [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

/// A hash in progress.
#[derive(Debug, Clone)]
pub struct Sha256 {
    state: [u32; 8],
    /// The first `total % 64` bytes of the block that is not complete yet.
    pending: [u8; BLOCK],
    total: u64,
}

impl Default for Sha256 {
    fn default() -> Self {
        Sha256 { state: INITIAL, pending: [0; BLOCK], total: 0 }
    }
}

impl Sha256 {
    /// The hash of nothing so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends `bytes` to what is hashed.
    pub fn update(&mut self, mut bytes: &[u8]) {
        let filled = (self.total % BLOCK as u64) as usize;
        // The format counts bits modulo 2^64.
        self.total = self.total.wrapping_add(bytes.len() as u64);
        if filled > 0 {
            let (head, rest) = bytes.split_at(bytes.len().min(BLOCK - filled));
            self.pending[filled..filled + head.len()].copy_from_slice(head);
            if filled + head.len() < BLOCK {
                return;
            }
            compress(&mut self.state, &[self.pending]);
            bytes = rest;
        }
        let (blocks, tail) = bytes.as_chunks::<BLOCK>();
        compress(&mut self.state, blocks);
        self.pending[..tail.len()].copy_from_slice(tail);
    }

    /// The hash of all that was appended.
    pub fn finish(mut self) -> [u8; 32] {
        // A one bit, zeros, and the length in bits at the end of the last block (5.1.1).
        let filled = (self.total % BLOCK as u64) as usize;
        let mut last = [[0; BLOCK]; 2];
        let padded = last.as_flattened_mut();
        padded[..filled].copy_from_slice(&self.pending[..filled]);
        padded[filled] = 0x80;
        let blocks = if filled < BLOCK - 8 { 1 } else { 2 };
        let bits = self.total.wrapping_mul(8).to_be_bytes();
        padded[blocks * BLOCK - 8..blocks * BLOCK].copy_from_slice(&bits);
        compress(&mut self.state, &last[..blocks]);

        let mut digest = [0; 32];
        digest.as_chunks_mut::<4>().0.iter_mut().zip(self.state).for_each(|(bytes, word)| *bytes = word.to_be_bytes());
        digest
    }
}

/// The hash of `bytes`.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(bytes);
    hash.finish()
}

/// Takes blocks into the state, by the fastest means that the processor has.
fn compress(state: &mut [u32; 8], blocks: &[[u8; BLOCK]]) {
    #[cfg(target_arch = "x86_64")]
    if x86::compress(state, blocks) {
        return;
    }
    #[cfg(target_arch = "aarch64")]
    if aarch64::compress(state, blocks) {
        return;
    }
    soft::compress(state, blocks);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|b| format!("{b:02x}")).collect()
    }

    #[test]
    fn fips_vectors() {
        let cases: [(&[u8], &str); 4] = [
            (b"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
            ),
            (&[b'a'; 1_000_000], "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
        ];
        for (input, digest) in cases {
            assert_eq!(hex(&sha256(input)), digest);
        }
    }

    fn sample(len: usize) -> Vec<u8> {
        (0..len as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 23) as u8).collect()
    }

    /// The whole hash by `soft.rs` alone, its padding written out a second time.
    fn soft_sha256(bytes: &[u8]) -> [u8; 32] {
        let mut padded = [bytes, &[0x80]].concat();
        padded.resize((padded.len() + 8).next_multiple_of(64), 0);
        let end = padded.len() - 8;
        padded[end..].copy_from_slice(&(8 * bytes.len() as u64).to_be_bytes());
        let mut state = INITIAL;
        soft::compress(&mut state, padded.as_chunks().0);
        let digest: Vec<u8> = state.iter().flat_map(|w| w.to_be_bytes()).collect();
        digest.try_into().unwrap()
    }

    #[test]
    fn every_length_agrees_with_the_portable_code() {
        for len in 0..=300 {
            let bytes = sample(len);
            assert_eq!(sha256(&bytes), soft_sha256(&bytes), "{len} bytes");
        }
    }

    #[test]
    fn the_processors_instructions_agree_with_the_portable_code() {
        let bytes = sample(64 * 33);
        let blocks = bytes.as_chunks().0;
        for count in 0..=blocks.len() {
            let (mut soft, mut fast) = (INITIAL, INITIAL);
            soft::compress(&mut soft, &blocks[..count]);
            #[cfg(target_arch = "x86_64")]
            let available = x86::compress(&mut fast, &blocks[..count]);
            #[cfg(target_arch = "aarch64")]
            let available = aarch64::compress(&mut fast, &blocks[..count]);
            #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
            let available = false;
            assert_eq!(fast, if available { soft } else { INITIAL });
        }
    }

    #[test]
    fn pieces_hash_like_the_whole() {
        let bytes = sample(1000);
        for size in [1, 3, 63, 64, 65, 127, 128, 500] {
            let mut hash = Sha256::new();
            bytes.chunks(size).for_each(|piece| hash.update(piece));
            hash.update(b"");
            assert_eq!(hash.finish(), sha256(&bytes), "pieces of {size}");
        }
    }
}
