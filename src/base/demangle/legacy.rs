//! Rust's legacy mangling: `_ZN4core3fmt9Formatter9write_str17h0123456789abcdefE`.
//!
//! It borrows C++'s nested names: a length before each path element, punctuation spelled `$LT$` or `..`, and a hash as
//! last element, which is not shown. Only that hash tells such a name from a C++ one. Source: rustc's
//! `rustc_symbol_mangling::legacy`. Cost: one pass over the name.

use super::text::{Rejected, Text};

/// `17h`, then sixteen digits.
const HASH_LEN: usize = 19;

pub(super) fn demangle(name: &[u8]) -> Option<String> {
    let inner = name.strip_prefix(b"_ZN")?;
    let path = without_suffix(inner)?;
    let (path, hash) = path.split_at_checked(path.len().checked_sub(HASH_LEN)?)?;
    if !is_hash(hash) {
        return None;
    }
    let mut text = Text::default();
    let mut rest = path;
    while !rest.is_empty() {
        let (element, after) = split_element(rest)?;
        if text.len() != 0 {
            text.push(b"::").ok()?;
        }
        push_element(&mut text, element).ok()?;
        rest = after;
    }
    if text.len() == 0 { None } else { text.finish() }
}

/// The path before the closing `E`: a compiler may have put a suffix such as `.llvm.1234` behind that.
fn without_suffix(inner: &[u8]) -> Option<&[u8]> {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | b'.' | b':' | b'@');
    if !inner.iter().all(plain) {
        return None;
    }
    let ends_here = |&at: &usize| inner[at] == b'E' && matches!(inner.get(at + 1), None | Some(b'.'));
    (0..inner.len()).rev().find(ends_here).map(|end| &inner[..end])
}

/// A real hash uses many different digits; a C++ identifier that happens to look like one is likely to repeat few.
fn is_hash(element: &[u8]) -> bool {
    let Some(digits) = element.strip_prefix(b"17h") else { return false };
    let mut seen = 0u16;
    for &digit in digits {
        match (digit as char).to_digit(16) {
            Some(value) if !digit.is_ascii_uppercase() => seen |= 1 << value,
            _ => return false,
        }
    }
    seen.count_ones() >= 5
}

/// Splits off the first `<length><identifier>`.
fn split_element(path: &[u8]) -> Option<(&[u8], &[u8])> {
    let digits = path.iter().take_while(|b| b.is_ascii_digit()).count();
    let len = path[..digits].iter().try_fold(0usize, |len, b| len.checked_mul(10)?.checked_add((b - b'0').into()))?;
    if digits == 0 || len == 0 { None } else { path[digits..].split_at_checked(len) }
}

fn push_element(text: &mut Text, element: &[u8]) -> Result<(), Rejected> {
    // An element may not start with `$`; the compiler puts `_` before it.
    let mut rest = if element.starts_with(b"_$") { &element[1..] } else { element };
    loop {
        let plain = rest.iter().position(|b| matches!(b, b'$' | b'.')).unwrap_or(rest.len());
        text.push(&rest[..plain])?;
        rest = &rest[plain..];
        if rest.is_empty() {
            return Ok(());
        }
        if let Some(after) = rest.strip_prefix(b"..") {
            text.push(b"::")?;
            rest = after;
        } else if let Some(after) = rest.strip_prefix(b".") {
            text.push(b".")?;
            rest = after;
        } else if let Some((c, after)) = split_escape(rest) {
            text.push_char(c)?;
            rest = after;
        } else {
            return text.push(rest); // an escape nobody knows: better shown than lost
        }
    }
}

/// Splits off a leading `$LT$` or `$u7e$`.
fn split_escape(text: &[u8]) -> Option<(char, &[u8])> {
    let inner = &text[1..];
    let end = memchr::memchr(b'$', inner)?;
    let c = match &inner[..end] {
        b"SP" => '@',
        b"BP" => '*',
        b"RF" => '&',
        b"LT" => '<',
        b"GT" => '>',
        b"LP" => '(',
        b"RP" => ')',
        b"C" => ',',
        [b'u', digits @ ..] if (1..=6).contains(&digits.len()) => {
            let value = digits.iter().try_fold(0, |value, &b| match (b as char).to_digit(16) {
                Some(digit) if !b.is_ascii_uppercase() => Some(value * 16 + digit),
                _ => None,
            })?;
            char::from_u32(value).filter(|c| !c.is_control())?
        }
        _ => return None,
    };
    Some((c, &inner[end + 1..]))
}
