//! Punycode (RFC 3492) in the form that Rust names use it: ASCII and insertions come as two byte strings.
//!
//! Cost: an insertion moves the characters behind it, so O(n²) in the number of characters; hence the limit.

use crate::base::demangle::text::Rejected;

/// The longest identifier that is decoded.
const MAX_CHARS: usize = 1024;

// The parameters of RFC 3492, section 5.
const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const INITIAL_BIAS: u32 = 72;
const INITIAL_N: u32 = 0x80;

/// The characters of `ascii` with those that `insertions` describes put between them.
pub(super) fn decode(ascii: &[u8], insertions: &[u8]) -> Result<Vec<char>, Rejected> {
    let mut chars: Vec<char> = ascii.iter().map(|&b| b.into()).collect();
    let mut input = insertions.iter();
    let (mut n, mut i, mut bias) = (INITIAL_N, 0u32, INITIAL_BIAS);
    while !input.as_slice().is_empty() {
        if chars.len() >= MAX_CHARS {
            return Err(Rejected);
        }
        let delta = variable_length(&mut input, bias).ok_or(Rejected)?;
        let count = chars.len() as u32 + 1; // fits: at most MAX_CHARS
        i = i.checked_add(delta).ok_or(Rejected)?;
        bias = adapt(delta, count, chars.len() == ascii.len());
        n = n.checked_add(i / count).ok_or(Rejected)?;
        i %= count;
        chars.insert(i as usize, char::from_u32(n).ok_or(Rejected)?);
        i += 1;
    }
    Ok(chars)
}

/// Section 3.3: digits whose weight grows until one is below its threshold.
fn variable_length(input: &mut std::slice::Iter<'_, u8>, bias: u32) -> Option<u32> {
    let (mut value, mut weight, mut k) = (0u32, 1u32, BASE);
    loop {
        let digit = match *input.next()? {
            b @ b'a'..=b'z' => b - b'a',
            b @ b'A'..=b'Z' => b - b'A',
            b @ b'0'..=b'9' => b - b'0' + 26,
            _ => return None,
        };
        let digit = u32::from(digit);
        value = value.checked_add(digit.checked_mul(weight)?)?;
        let threshold = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
        if digit < threshold {
            return Some(value);
        }
        weight = weight.checked_mul(BASE - threshold)?;
        k += BASE;
    }
}

/// Section 6.1: what the next thresholds are, after `delta` led to a string of `count` characters.
fn adapt(delta: u32, count: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / DAMP } else { delta / 2 };
    delta += delta / count;
    let mut k = 0;
    while delta > (BASE - T_MIN) * T_MAX / 2 {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    k + (BASE - T_MIN + 1) * delta / (delta + SKEW)
}
