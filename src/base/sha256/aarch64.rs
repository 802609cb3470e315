//! SHA-256 with the cryptographic extension of Armv8 (`SHA256H`, `SHA256H2`, `SHA256SU0`, `SHA256SU1`).
//!
//! The state is two vectors, `abcd` and `efgh`, lowest lane first; an instruction pair does four rounds.
#![allow(unsafe_code)]

use super::{BLOCK, K};
use std::arch::aarch64::*;
use std::arch::is_aarch64_feature_detected;

/// Takes blocks into the state, and says so; does nothing where the processor cannot.
pub(super) fn compress(state: &mut [u32; 8], blocks: &[[u8; BLOCK]]) -> bool {
    let available = is_aarch64_feature_detected!("sha2") && is_aarch64_feature_detected!("neon");
    if available {
        // SAFETY: the processor has the features that the function is compiled for, asked on the line above.
        unsafe { compress_sha2(state, blocks) };
    }
    available
}

#[target_feature(enable = "neon,sha2")]
fn compress_sha2(state: &mut [u32; 8], blocks: &[[u8; BLOCK]]) {
    let [a, b, c, d, e, f, g, h] = *state;
    let mut abcd = words(a, b, c, d);
    let mut efgh = words(e, f, g, h);
    for block in blocks {
        let (abcd_before, efgh_before) = (abcd, efgh);
        let mut w0 = load(block, 0);
        let mut w1 = load(block, 16);
        let mut w2 = load(block, 32);
        let mut w3 = load(block, 48);
        for t in (0..48).step_by(16) {
            (abcd, efgh) = rounds(abcd, efgh, w0, t);
            (abcd, efgh) = rounds(abcd, efgh, w1, t + 4);
            (abcd, efgh) = rounds(abcd, efgh, w2, t + 8);
            (abcd, efgh) = rounds(abcd, efgh, w3, t + 12);
            w0 = schedule(w0, w1, w2, w3);
            w1 = schedule(w1, w2, w3, w0);
            w2 = schedule(w2, w3, w0, w1);
            w3 = schedule(w3, w0, w1, w2);
        }
        (abcd, efgh) = rounds(abcd, efgh, w0, 48);
        (abcd, efgh) = rounds(abcd, efgh, w1, 52);
        (abcd, efgh) = rounds(abcd, efgh, w2, 56);
        (abcd, efgh) = rounds(abcd, efgh, w3, 60);
        abcd = vaddq_u32(abcd, abcd_before);
        efgh = vaddq_u32(efgh, efgh_before);
    }
    *state = [
        vgetq_lane_u32::<0>(abcd),
        vgetq_lane_u32::<1>(abcd),
        vgetq_lane_u32::<2>(abcd),
        vgetq_lane_u32::<3>(abcd),
        vgetq_lane_u32::<0>(efgh),
        vgetq_lane_u32::<1>(efgh),
        vgetq_lane_u32::<2>(efgh),
        vgetq_lane_u32::<3>(efgh),
    ];
}

/// A vector of four words, `w0` in the lowest lane.
#[inline]
#[target_feature(enable = "neon")]
fn words(w0: u32, w1: u32, w2: u32, w3: u32) -> uint32x4_t {
    let pair = |low: u32, high: u32| vcreate_u32(u64::from(low) | u64::from(high) << 32);
    vcombine_u32(pair(w0, w1), pair(w2, w3))
}

/// Four words of the block, each turned to the processor's byte order. Compiles to one load and one reversal.
#[inline]
#[target_feature(enable = "neon")]
fn load(block: &[u8; BLOCK], at: usize) -> uint32x4_t {
    let half = |at: usize| {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&block[at..at + 8]);
        vcreate_u8(u64::from_le_bytes(bytes))
    };
    vreinterpretq_u32_u8(vrev32q_u8(vcombine_u8(half(at), half(at + 8))))
}

/// Rounds `t` to `t + 3`.
#[inline]
#[target_feature(enable = "neon,sha2")]
fn rounds(abcd: uint32x4_t, efgh: uint32x4_t, w: uint32x4_t, t: usize) -> (uint32x4_t, uint32x4_t) {
    let wk = vaddq_u32(w, words(K[t], K[t + 1], K[t + 2], K[t + 3]));
    (vsha256hq_u32(abcd, efgh, wk), vsha256h2q_u32(efgh, abcd, wk))
}

/// The four schedule words after the sixteen in `w0` to `w3`.
#[inline]
#[target_feature(enable = "neon,sha2")]
fn schedule(w0: uint32x4_t, w1: uint32x4_t, w2: uint32x4_t, w3: uint32x4_t) -> uint32x4_t {
    vsha256su1q_u32(vsha256su0q_u32(w0, w1), w2, w3)
}
