//! The value of one flag, and what both command lines read from one.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

/// One value of a flag, as typed, and the flag for the error message.
pub(super) struct Value<'a> {
    /// The flag as typed, with its dashes and without its values.
    pub flag: &'a str,
    /// The bytes of the value: paths and symbols need not be UTF-8.
    pub raw: &'a OsStr,
}

impl Value<'_> {
    pub(super) fn path(&self) -> PathBuf {
        PathBuf::from(self.raw)
    }

    /// An error that quotes the flag and the value.
    pub(super) fn wrong(&self, what: &str) -> String {
        format!("{}: '{}' {what}", self.flag, self.raw.display())
    }

    /// A hexadecimal number, `0x` optional.
    pub(super) fn hex(&self) -> Result<u64, String> {
        self.raw.to_str().and_then(hex).ok_or_else(|| self.wrong("is not a hexadecimal number"))
    }

    pub(super) fn count(&self) -> Result<usize, String> {
        self.raw.to_str().and_then(|text| text.parse().ok()).ok_or_else(|| self.wrong("is not a number"))
    }

    /// How many threads; at least one.
    pub(super) fn threads(&self) -> Result<usize, String> {
        match self.count()? {
            0 => Err(self.wrong("is no number of threads: it takes at least one")),
            n => Ok(n),
        }
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(&self, choices: &[(&str, T)]) -> Result<T, String> {
        let typed = self.raw.as_bytes();
        choices.iter().find(|(word, _)| word.as_bytes() == typed).map(|&(_, meaning)| meaning).ok_or_else(|| {
            let words: Vec<&str> = choices.iter().map(|&(word, _)| word).collect();
            self.wrong(&format!("is not one of {}", words.join(", ")))
        })
    }
}

/// A hexadecimal number, `0x` optional.
pub(super) fn hex(text: &str) -> Option<u64> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_hexdigit()).then(|| u64::from_str_radix(digits, 16).ok()).flatten()
}
