//! The embedded signature: the CodeDirectory's fields, and each page's SHA-256 beside the one that it should have.
//!
//! The blobs are big-endian (`<kern/cs_blobs.h>`).

use super::dump::MachO;
use crate::dump::{Result, slice, string};

/// The CodeDirectory.
#[derive(Debug, Clone)]
pub(crate) struct Signature {
    /// Length that the super blob claims, and the room it has.
    pub(crate) length: u64,
    pub(crate) room: u64,
    pub(crate) blobs: u64,
    pub(crate) version: u64,
    pub(crate) flags: u64,
    pub(crate) identifier: String,
    pub(crate) code_limit: u64,
    pub(crate) special_slots: u64,
    pub(crate) hash_size: u64,
    pub(crate) hash_type: u64,
    /// log2.
    pub(crate) page_size: u64,
    pub(crate) exec_base: u64,
    pub(crate) exec_limit: u64,
    pub(crate) exec_flags: u64,
    pub(crate) slots: u64,
    /// Pages whose hash is not that of their bytes.
    pub(crate) wrong_pages: Vec<u64>,
}

fn big(bytes: &[u8], at: u64, len: u64) -> Result<u64> {
    Ok(slice(bytes, at, len, "signature")?.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
}

/// The signature of `file`, if it has one.
pub(crate) fn read(file: &MachO) -> Result<Option<Signature>> {
    let Some((at, room)) = file.blobs.get("signature").copied() else { return Ok(None) };
    let blob = slice(&file.bytes, at, room, "signature")?;
    if big(blob, 0, 4)? != 0xfade_0cc0 {
        return Err("the signature is no embedded super blob".to_string());
    }
    let (length, blobs) = (big(blob, 4, 4)?, big(blob, 8, 4)?);
    let slot = (0..blobs).find(|i| big(blob, 12 + i * 8, 4) == Ok(0)).ok_or("no CodeDirectory")?;
    let at = big(blob, 16 + slot * 8, 4)?;
    let directory = slice(blob, at, big(blob, at + 4, 4)?, "CodeDirectory")?;
    if big(directory, 0, 4)? != 0xfade_0c02 {
        return Err("the CodeDirectory has another magic".to_string());
    }
    let word = |at| big(directory, at, 4);
    let byte = |at| big(directory, at, 1);
    let mut signature = Signature {
        length,
        room,
        blobs,
        version: word(8)?,
        flags: word(12)?,
        identifier: string(directory, word(20)?)?,
        special_slots: word(24)?,
        slots: word(28)?,
        code_limit: word(32)?,
        hash_size: byte(36)?,
        hash_type: byte(37)?,
        page_size: byte(39)?,
        exec_base: big(directory, 64, 8)?,
        exec_limit: big(directory, 72, 8)?,
        exec_flags: big(directory, 80, 8)?,
        wrong_pages: Vec::new(),
    };
    let code = slice(&file.bytes, 0, signature.code_limit, "signed bytes")?;
    let hashes = slice(directory, word(16)?, signature.slots * 32, "page hashes")?;
    let pages = code.chunks(1 << signature.page_size.min(20));
    if pages.len() as u64 != signature.slots {
        return Err(format!("{} pages are signed of {}", signature.slots, pages.len()));
    }
    // Large test programs are padding for the most part: a page like the one before has its hash.
    let mut last: (&[u8], [u8; 32]) = (&[], [0; 32]);
    for (i, (page, hash)) in pages.zip(hashes.chunks_exact(32)).enumerate() {
        last = (page, if page == last.0 { last.1 } else { sha256(page) });
        if last.1 != *hash {
            signature.wrong_pages.push(i as u64);
        }
    }
    Ok(Some(signature))
}

/// FIPS 180-4, section 6.2, word by word.
pub(crate) fn sha256(message: &[u8]) -> [u8; 32] {
    let mut state = fractions(8, |x| x.sqrt());
    let constants = fractions(64, |x| x.cbrt());
    let mut padded = message.to_vec();
    padded.push(0x80);
    padded.resize((message.len() + 9).next_multiple_of(64), 0);
    let length = padded.len() - 8;
    padded[length..].copy_from_slice(&(message.len() as u64 * 8).to_be_bytes());
    for block in padded.chunks_exact(64) {
        let mut w: Vec<u32> = block.chunks_exact(4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]])).collect();
        for t in 16..64 {
            let (a, b) = (w[t - 15], w[t - 2]);
            let small0 = a.rotate_right(7) ^ a.rotate_right(18) ^ a >> 3;
            let small1 = b.rotate_right(17) ^ b.rotate_right(19) ^ b >> 10;
            w.push(w[t - 16].wrapping_add(small0).wrapping_add(w[t - 7]).wrapping_add(small1));
        }
        let mut v = state.clone();
        for t in 0..64 {
            let big1 = v[4].rotate_right(6) ^ v[4].rotate_right(11) ^ v[4].rotate_right(25);
            let choice = v[4] & v[5] ^ !v[4] & v[6];
            let one = [big1, choice, constants[t], w[t]].iter().fold(v[7], |sum, x| sum.wrapping_add(*x));
            let big0 = v[0].rotate_right(2) ^ v[0].rotate_right(13) ^ v[0].rotate_right(22);
            let majority = v[0] & v[1] ^ v[0] & v[2] ^ v[1] & v[2];
            let two = big0.wrapping_add(majority);
            v.rotate_right(1);
            v[4] = v[4].wrapping_add(one);
            v[0] = one.wrapping_add(two);
        }
        state.iter_mut().zip(v).for_each(|(s, v)| *s = s.wrapping_add(v));
    }
    let mut digest = [0; 32];
    digest.chunks_exact_mut(4).zip(state).for_each(|(d, s)| d.copy_from_slice(&s.to_be_bytes()));
    digest
}

/// The first 32 bits of the fractional parts of roots of the first primes, which is what the constants are.
fn fractions(count: usize, root: impl Fn(f64) -> f64) -> Vec<u32> {
    let prime = |n: &u32| (2..*n).all(|d| !n.is_multiple_of(d));
    (2..).filter(prime).take(count).map(|p| (root(f64::from(p)).fract() * 2_f64.powi(32)) as u32).collect()
}
