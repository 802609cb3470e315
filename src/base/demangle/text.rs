//! The text under construction: a byte buffer with a limit, because back-references let a short name describe an
//! endless one.

/// The longest text a name may have. Real ones, of deep template instantiations, stay an order of magnitude below.
const LIMIT: usize = 64 * 1024;

/// The text would pass [`LIMIT`], nest too deep, take too long, or the name makes no sense.
#[derive(Debug)]
pub(super) struct Rejected;

/// What has been written so far.
#[derive(Default)]
pub(super) struct Text {
    bytes: Vec<u8>,
}

impl Text {
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Takes back everything after the first `len` bytes.
    pub(super) fn truncate(&mut self, len: usize) {
        self.bytes.truncate(len);
    }

    #[inline]
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), Rejected> {
        if bytes.len() > LIMIT - self.bytes.len() {
            return Err(Rejected);
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    pub(super) fn push_str(&mut self, text: &str) -> Result<(), Rejected> {
        self.push(text.as_bytes())
    }

    pub(super) fn push_char(&mut self, c: char) -> Result<(), Rejected> {
        self.push(c.encode_utf8(&mut [0; 4]).as_bytes())
    }

    pub(super) fn push_number(&mut self, mut number: u64) -> Result<(), Rejected> {
        let mut digits = [0; 20]; // u64::MAX has twenty digits
        let mut start = digits.len();
        loop {
            start -= 1;
            digits[start] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                return self.push(&digits[start..]);
            }
        }
    }

    /// The text, unless an identifier of the name was no UTF-8.
    pub(super) fn finish(self) -> Option<String> {
        String::from_utf8(self.bytes).ok()
    }
}
