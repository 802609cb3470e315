//! SHA-256 with the SHA extensions of x86 (Intel SDM, `SHA256RNDS2`, `SHA256MSG1`, `SHA256MSG2`).
//!
//! The instructions keep the state as two vectors, `abef` and `cdgh`, highest lane first, and do two rounds each; the
//! message schedule advances four words at a time.
#![allow(unsafe_code)]

use super::{BLOCK, K};
use std::arch::x86_64::*;

/// Takes blocks into the state, and says so; does nothing where the processor cannot.
pub(super) fn compress(state: &mut [u32; 8], blocks: &[[u8; BLOCK]]) -> bool {
    let available =
        is_x86_feature_detected!("sha") && is_x86_feature_detected!("sse4.1") && is_x86_feature_detected!("ssse3");
    if available {
        // SAFETY: the processor has the features that the function is compiled for, asked on the lines above.
        unsafe { compress_sha(state, blocks) };
    }
    available
}

#[target_feature(enable = "sha,sse2,ssse3,sse4.1")]
fn compress_sha(state: &mut [u32; 8], blocks: &[[u8; BLOCK]]) {
    let [a, b, c, d, e, f, g, h] = state.map(u32::cast_signed);
    let mut abef = _mm_set_epi32(a, b, e, f);
    let mut cdgh = _mm_set_epi32(c, d, g, h);
    for block in blocks {
        let (abef_before, cdgh_before) = (abef, cdgh);
        let mut w0 = load(block, 0);
        let mut w1 = load(block, 16);
        let mut w2 = load(block, 32);
        let mut w3 = load(block, 48);
        for t in (0..48).step_by(16) {
            (abef, cdgh) = rounds(abef, cdgh, w0, t);
            (abef, cdgh) = rounds(abef, cdgh, w1, t + 4);
            (abef, cdgh) = rounds(abef, cdgh, w2, t + 8);
            (abef, cdgh) = rounds(abef, cdgh, w3, t + 12);
            w0 = schedule(w0, w1, w2, w3);
            w1 = schedule(w1, w2, w3, w0);
            w2 = schedule(w2, w3, w0, w1);
            w3 = schedule(w3, w0, w1, w2);
        }
        (abef, cdgh) = rounds(abef, cdgh, w0, 48);
        (abef, cdgh) = rounds(abef, cdgh, w1, 52);
        (abef, cdgh) = rounds(abef, cdgh, w2, 56);
        (abef, cdgh) = rounds(abef, cdgh, w3, 60);
        abef = _mm_add_epi32(abef, abef_before);
        cdgh = _mm_add_epi32(cdgh, cdgh_before);
    }
    *state = [
        _mm_extract_epi32::<3>(abef),
        _mm_extract_epi32::<2>(abef),
        _mm_extract_epi32::<3>(cdgh),
        _mm_extract_epi32::<2>(cdgh),
        _mm_extract_epi32::<1>(abef),
        _mm_extract_epi32::<0>(abef),
        _mm_extract_epi32::<1>(cdgh),
        _mm_extract_epi32::<0>(cdgh),
    ]
    .map(i32::cast_unsigned);
}

/// Four words of the block, each turned to the processor's byte order. Compiles to one load and one shuffle.
#[inline]
#[target_feature(enable = "sse2,ssse3")]
fn load(block: &[u8; BLOCK], at: usize) -> __m128i {
    let word = |at: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&block[at..at + 8]);
        i64::from_le_bytes(bytes)
    };
    let reverse_words = _mm_set_epi64x(0x0c0d_0e0f_0809_0a0b, 0x0405_0607_0001_0203);
    _mm_shuffle_epi8(_mm_set_epi64x(word(at + 8), word(at)), reverse_words)
}

/// Rounds `t` to `t + 3`.
#[inline]
#[target_feature(enable = "sha,sse2")]
fn rounds(abef: __m128i, cdgh: __m128i, w: __m128i, t: usize) -> (__m128i, __m128i) {
    let [k0, k1, k2, k3] = [K[t], K[t + 1], K[t + 2], K[t + 3]].map(u32::cast_signed);
    let wk = _mm_add_epi32(w, _mm_set_epi32(k3, k2, k1, k0));
    // After two rounds the old a, b, e, f have moved to c, d, g, h, so the two vectors swap roles.
    let cdgh = _mm_sha256rnds2_epu32(cdgh, abef, wk);
    let abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32::<0b00_00_11_10>(wk));
    (abef, cdgh)
}

/// The four schedule words after the sixteen in `w0` to `w3`.
#[inline]
#[target_feature(enable = "sha,sse2,ssse3")]
fn schedule(w0: __m128i, w1: __m128i, w2: __m128i, w3: __m128i) -> __m128i {
    let seven_back = _mm_alignr_epi8::<4>(w3, w2);
    _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(w0, w1), seven_back), w3)
}
