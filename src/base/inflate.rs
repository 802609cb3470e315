//! Decompresses zlib streams (RFC 1950 around RFC 1951), as compressed debug sections hold them.
//!
//! The size of the result is known beforehand (`ch_size`), so the output is a slice of that size and nothing grows.
//! Bits wait in a 64-bit buffer that is filled eight bytes at a time; a code is looked up by its first 11 bits (8 for
//! distances), and longer codes by a second table for the rest. Past the end of the input the buffer is filled with
//! zeros, and how many is counted: a stream that used one of them is truncated. So the inner loop has no test for the
//! end, and ends all the same, as each code that a turn decodes either writes output, of which there is a fixed
//! amount, or ends the block.
//! Cost: 700 to 900 MB/s of output on one thread; some 20 KiB of tables, made once per stream.

use super::adler32::adler32;

const LITERAL_BITS: u32 = 11;
const DISTANCE_BITS: u32 = 8;
const CODE_LENGTH_BITS: u32 = 7;

const TRUNCATED: &str = "compressed data ends early";
const TOO_LONG: &str = "compressed data is longer than its declared size";

/// Fills `out` with the decompressed `input`. What follows the stream in `input` is ignored.
///
/// It is an error when the stream holds more or fewer bytes than `out`, or does not match its check value.
pub fn inflate_zlib(input: &[u8], out: &mut [u8]) -> Result<(), String> {
    let [method, flags, stream @ ..] = input else {
        return Err(TRUNCATED.into());
    };
    // Low four bits: deflate. High four: a window of up to 32 KiB. The two bytes are a multiple of 31 by design.
    let check = u16::from_be_bytes([*method, *flags]);
    if method & 0x0f != 8 || method >> 4 > 7 || check % 31 != 0 {
        return Err("compressed data does not begin with a zlib header".into());
    }
    if flags & 0x20 != 0 {
        return Err("compressed data needs a preset dictionary".into());
    }
    let used = inflate(stream, out)?;
    let Some(expected) = stream[used..].first_chunk() else {
        return Err(TRUNCATED.into());
    };
    let (expected, found) = (u32::from_be_bytes(*expected), adler32(out));
    if expected != found {
        return Err(format!("compressed data has check value 0x{expected:08x}, its content 0x{found:08x}"));
    }
    Ok(())
}

/// Fills `out` with a raw deflate stream, and says how many bytes of `input` that took.
fn inflate(input: &[u8], out: &mut [u8]) -> Result<usize, String> {
    let mut bits = Bits::new(input, 0);
    // Made-up zeros may decode to anything. Whatever is wrong with them, what is wrong is that the input ended.
    let found = blocks(&mut bits, out).map_err(|e| bits.used().err().unwrap_or(e))?;
    let used = bits.used()?;
    if found < out.len() {
        return Err(format!("compressed data holds {found} bytes, not its declared size of {}", out.len()));
    }
    Ok(used)
}

/// Decodes blocks up to the last, and says how much of `out` they fill.
fn blocks(bits: &mut Bits<'_>, out: &mut [u8]) -> Result<usize, String> {
    let mut fixed = None;
    let mut dynamic = Tables::default();
    let mut at = 0;
    loop {
        bits.refill();
        let last = bits.take(1) == 1;
        match bits.take(2) {
            0 => at = stored(bits, out, at)?,
            1 => {
                if fixed.is_none() {
                    fixed = Some(Tables::fixed()?);
                }
                if let Some(tables) = &fixed {
                    at = compressed(bits, tables, out, at)?;
                }
            }
            2 => {
                dynamic.read(bits)?;
                at = compressed(bits, &dynamic, out, at)?;
            }
            _ => return Err("compressed data has a block of no known type".into()),
        }
        if last {
            return Ok(at);
        }
        // Empty blocks write nothing, so a stream of them ends only because the input does.
        bits.used()?;
    }
}

/// The input as bits, least significant first.
struct Bits<'a> {
    input: &'a [u8],
    at: usize,
    buffer: u64,
    /// Valid bits in `buffer`; those above are zero or what will be read there again.
    count: u32,
    /// Bytes that were made up past the end of the input.
    zeros: usize,
}

impl<'a> Bits<'a> {
    fn new(input: &'a [u8], at: usize) -> Self {
        Bits { input, at, buffer: 0, count: 0, zeros: 0 }
    }

    /// Leaves at least 56 bits in the buffer.
    #[inline(always)]
    fn refill(&mut self) {
        if let Some(word) = self.input.get(self.at..).and_then(|tail| tail.first_chunk()) {
            self.buffer |= u64::from_le_bytes(*word) << self.count;
            // Whole bytes that fitted. Bits of the next byte may be in place too; or-ing them in again is harmless.
            self.at += ((63 - self.count) / 8) as usize;
            self.count |= 56;
        } else {
            self.refill_at_the_end();
        }
    }

    #[cold]
    fn refill_at_the_end(&mut self) {
        while self.count < 56 {
            match self.input.get(self.at) {
                Some(byte) => {
                    self.buffer |= u64::from(*byte) << self.count;
                    self.at += 1;
                }
                None => self.zeros += 1,
            }
            self.count += 8;
        }
    }

    /// The next `n` bits; there are that many, and `n` is below 32.
    #[inline(always)]
    fn take(&mut self, n: u32) -> u32 {
        let value = (self.buffer & ((1 << n) - 1)) as u32;
        self.skip(n);
        value
    }

    #[inline(always)]
    fn skip(&mut self, n: u32) {
        debug_assert!(n <= self.count);
        self.buffer >>= n;
        self.count -= n;
    }

    /// How many bytes of the input were used, the last perhaps in part.
    fn used(&self) -> Result<usize, String> {
        // What was not used is in the buffer, made-up bytes last.
        let unused = (self.count / 8) as usize;
        if unused < self.zeros { Err(TRUNCATED.into()) } else { Ok(self.at - (unused - self.zeros)) }
    }
}

/// A block of bytes as they are (RFC 1951, 3.2.4).
fn stored(bits: &mut Bits<'_>, out: &mut [u8], at: usize) -> Result<usize, String> {
    let start = bits.used()?;
    let Some(&[l0, l1, n0, n1]) = bits.input[start..].first_chunk() else {
        return Err(TRUNCATED.into());
    };
    let len = u16::from_le_bytes([l0, l1]);
    if len != !u16::from_le_bytes([n0, n1]) {
        return Err("a stored block of compressed data has an inconsistent length".into());
    }
    let len = usize::from(len);
    let data = bits.input[start + 4..].get(..len).ok_or(TRUNCATED)?;
    out.get_mut(at..at + len).ok_or(TOO_LONG)?.copy_from_slice(data);
    *bits = Bits::new(bits.input, start + 4 + len);
    Ok(at + len)
}

/// A block of codes (RFC 1951, 3.2.3). Output begins at `at`; the result is where it ended.
fn compressed(bits: &mut Bits<'_>, tables: &Tables, out: &mut [u8], mut at: usize) -> Result<usize, String> {
    loop {
        bits.refill();
        let mut entry = tables.literals.look_up(bits);
        // A refill lasts for two literals (15 bits each) and one more code; a length with its distance needs up to 48.
        if entry.is_literal() {
            *out.get_mut(at).ok_or(TOO_LONG)? = entry.value() as u8;
            at += 1;
            entry = tables.literals.look_up(bits);
            if entry.is_literal() {
                *out.get_mut(at).ok_or(TOO_LONG)? = entry.value() as u8;
                at += 1;
                entry = tables.literals.look_up(bits);
                if entry.is_literal() {
                    *out.get_mut(at).ok_or(TOO_LONG)? = entry.value() as u8;
                    at += 1;
                    continue;
                }
            }
            bits.refill();
        }
        if entry.is_stop() {
            return if entry.value() == END_OF_BLOCK {
                Ok(at)
            } else {
                Err("compressed data has a code that stands for nothing".into())
            };
        }
        let len = entry.value() as usize + bits.take(entry.extra()) as usize;
        let entry = tables.distances.look_up(bits);
        if entry.is_stop() {
            return Err("compressed data has a distance code that stands for nothing".into());
        }
        let distance = entry.value() as usize + bits.take(entry.extra()) as usize;
        if distance > at {
            return Err("compressed data refers to what is before its beginning".into());
        }
        if len > out.len() - at {
            return Err(TOO_LONG.into());
        }
        copy_match(out, at, distance, len);
        at += len;
    }
}

/// Copies `len` bytes from `distance` before `at` to `at`, as if one at a time: source and target may overlap.
#[inline(always)]
fn copy_match(out: &mut [u8], at: usize, distance: usize, len: usize) {
    const STEP: usize = 16;
    let from = at - distance;
    if distance >= STEP
        && let Some(window) = out.get_mut(from..at + len + STEP)
    {
        // Steps of fixed size are two instructions each. The last may write past the match, within `out`, where the
        // next code writes again (or where the declared size is not reached, and nothing of `out` is used).
        let mut done = 0;
        while done < len {
            let mut step = [0; STEP];
            step.copy_from_slice(&window[done..done + STEP]);
            window[distance + done..distance + done + STEP].copy_from_slice(&step);
            done += STEP;
        }
    } else if distance == 1 {
        let byte = out[from];
        out[at..at + len].fill(byte);
    } else {
        // What is copied becomes source: with each copy the distance that may be copied at once doubles.
        let mut done = 0;
        while done < len {
            let step = (distance + done).min(len - done);
            out.copy_within(from..from + step, at + done);
            done += step;
        }
    }
}

/// What a code stands for.
///
/// Bits 0 to 4: bits to skip. 5: a literal. 6: a second table. 7: the end or an error. 8 to 15: extra bits that follow,
/// or the index bits of the second table. 16 to 31: literal, base, or where the second table starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry(u32);

const LITERAL: u32 = 1 << 5;
const SECOND: u32 = 1 << 6;
const STOP: u32 = 1 << 7;
const END_OF_BLOCK: u32 = 1;
/// No code begins like this. It takes no bits; the decoder stops.
const INVALID: Entry = Entry(STOP);

impl Entry {
    fn new(kind: u32, extra: u32, value: u32) -> Entry {
        Entry(value << 16 | extra << 8 | kind)
    }
    fn skip(self) -> u32 {
        self.0 & 0x1f
    }
    fn is_literal(self) -> bool {
        self.0 & LITERAL != 0
    }
    fn is_second(self) -> bool {
        self.0 & SECOND != 0
    }
    fn is_stop(self) -> bool {
        self.0 & STOP != 0
    }
    fn extra(self) -> u32 {
        self.0 >> 8 & 0xff
    }
    fn value(self) -> u32 {
        self.0 >> 16
    }
}

/// The codes of one alphabet: `1 << FIRST_BITS` entries, and the second tables behind them.
#[derive(Debug, Default)]
struct Table<const FIRST_BITS: u32> {
    entries: Vec<Entry>,
}

impl<const FIRST_BITS: u32> Table<FIRST_BITS> {
    /// The entry of the next code, whose bits are taken.
    #[inline(always)]
    fn look_up(&self, bits: &mut Bits<'_>) -> Entry {
        let mut entry = self.entries[(bits.buffer & ((1 << FIRST_BITS) - 1)) as usize];
        if entry.is_second() {
            bits.skip(FIRST_BITS);
            let rest = bits.buffer & ((1 << entry.extra()) - 1);
            entry = self.entries[entry.value() as usize + rest as usize];
        }
        bits.skip(entry.skip());
        entry
    }

    /// Builds the table of the canonical code with these lengths (RFC 1951, 3.2.2); `meaning` says what symbols mean.
    ///
    /// A code must use up the space of bit strings exactly. As in every decoder, a code of one symbol may take one
    /// bit and leave half the space, and a code may have no symbol if none is used.
    fn build(&mut self, lengths: &[u8], meaning: impl Fn(usize) -> Entry) -> Result<(), String> {
        let mut counts = [0u16; 16];
        lengths.iter().for_each(|len| counts[usize::from(*len)] += 1);
        counts[0] = 0;
        // The first code of each length, and how much of the space is left, in units of 15-bit codes.
        let mut next = [0u32; 16];
        let mut left = 1i32 << 15;
        for len in 1..16 {
            next[len] = (next[len - 1] + u32::from(counts[len - 1])) << 1;
            left -= i32::from(counts[len]) << (15 - len);
        }
        let longest = (1..16).rev().find(|len| counts[*len] > 0).unwrap_or(0);
        if left < 0 || (left > 0 && longest > 1) {
            return Err("compressed data describes an impossible code".into());
        }

        self.entries.clear();
        self.entries.resize(1 << FIRST_BITS, INVALID);
        let second_bits = (longest as u32).saturating_sub(FIRST_BITS);
        for (symbol, &len) in lengths.iter().enumerate() {
            if len == 0 {
                continue;
            }
            let code = next[usize::from(len)];
            next[usize::from(len)] += 1;
            let len = u32::from(len);
            // Codes come with their first bit lowest.
            let code = (code.reverse_bits() >> (32 - len)) as usize;
            let Entry(meaning) = meaning(symbol);
            if len <= FIRST_BITS {
                // Whatever follows a short code, it is that code.
                let entries = self.entries[..1 << FIRST_BITS].iter_mut().skip(code).step_by(1 << len);
                entries.for_each(|entry| *entry = Entry(meaning | len));
                continue;
            }
            let first = code & ((1 << FIRST_BITS) - 1);
            if !self.entries[first].is_second() {
                // At most 143 of them, as a complete code has two symbols in each: far below 2^16 entries.
                self.entries[first] = Entry::new(SECOND, second_bits, self.entries.len() as u32);
                self.entries.resize(self.entries.len() + (1 << second_bits), INVALID);
            }
            let start = self.entries[first].value() as usize;
            let len = len - FIRST_BITS;
            let entries = self.entries[start..start + (1 << second_bits)].iter_mut();
            let entries = entries.skip(code >> FIRST_BITS).step_by(1 << len);
            entries.for_each(|entry| *entry = Entry(meaning | len));
        }
        Ok(())
    }
}

/// The codes of one block.
#[derive(Debug, Default)]
struct Tables {
    literals: Table<LITERAL_BITS>,
    distances: Table<DISTANCE_BITS>,
    code_lengths: Table<CODE_LENGTH_BITS>,
}

impl Tables {
    /// The codes that need no description (RFC 1951, 3.2.6).
    fn fixed() -> Result<Tables, String> {
        let mut lengths = [8u8; 288];
        lengths[144..256].fill(9);
        lengths[256..280].fill(7);
        let mut tables = Tables::default();
        tables.literals.build(&lengths, literal_meaning)?;
        tables.distances.build(&[5; 32], distance_meaning)?;
        Ok(tables)
    }

    /// Reads the code lengths of a block, themselves coded (RFC 1951, 3.2.7).
    fn read(&mut self, bits: &mut Bits<'_>) -> Result<(), String> {
        // The lengths of the code for code lengths come in the order of how likely they are needed.
        const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
        bits.refill();
        let literal_count = 257 + bits.take(5) as usize;
        let distance_count = 1 + bits.take(5) as usize;
        let order_count = 4 + bits.take(4) as usize;
        if literal_count > 286 || distance_count > 30 {
            return Err("compressed data describes too many codes".into());
        }
        let mut order_lengths = [0u8; 19];
        for &symbol in &ORDER[..order_count] {
            bits.refill();
            order_lengths[symbol] = bits.take(3) as u8;
        }
        self.code_lengths.build(&order_lengths, |symbol| Entry::new(0, 0, symbol as u32))?;

        let mut lengths = [0u8; 286 + 30];
        let total = literal_count + distance_count;
        let mut at = 0;
        while at < total {
            bits.refill();
            let entry = self.code_lengths.look_up(bits);
            if entry.is_stop() {
                return Err("compressed data has a code length that stands for nothing".into());
            }
            let (len, repeat) = match entry.value() {
                16 if at == 0 => return Err("compressed data repeats a code length before the first".into()),
                16 => (lengths[at - 1], 3 + bits.take(2) as usize),
                17 => (0, 3 + bits.take(3) as usize),
                18 => (0, 11 + bits.take(7) as usize),
                len => (len as u8, 1),
            };
            // A run may go from the literals on into the distances, but not past them.
            let run = lengths[..total].get_mut(at..at + repeat).ok_or("compressed data has too many code lengths")?;
            run.fill(len);
            at += repeat;
        }
        let (literals, distances) = lengths[..total].split_at(literal_count);
        if literals[256] == 0 {
            return Err("compressed data has a block that cannot end".into());
        }
        self.literals.build(literals, literal_meaning)?;
        self.distances.build(distances, distance_meaning)
    }
}

/// Literals, the end of the block, and lengths with their extra bits (RFC 1951, 3.2.5).
fn literal_meaning(symbol: usize) -> Entry {
    const BASES: [u16; 29] = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ];
    const EXTRA: [u8; 29] = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
    match symbol {
        0..=255 => Entry::new(LITERAL, 0, symbol as u32),
        256 => Entry::new(STOP, 0, END_OF_BLOCK),
        257..=285 => Entry::new(0, EXTRA[symbol - 257].into(), BASES[symbol - 257].into()),
        // The fixed code has two symbols to spare.
        _ => INVALID,
    }
}

/// Distances with their extra bits (RFC 1951, 3.2.5): two for each number of extra bits, but four for none.
fn distance_meaning(symbol: usize) -> Entry {
    match symbol as u32 {
        symbol @ 0..=3 => Entry::new(0, 0, symbol + 1),
        symbol @ 4..=29 => {
            let extra = symbol / 2 - 1;
            Entry::new(0, extra, ((2 + symbol % 2) << extra) + 1)
        }
        _ => INVALID,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::ZlibEncoder};
    use std::io::Write;

    fn inflated(input: &[u8], size: usize) -> Result<Vec<u8>, String> {
        // Filled with something else than zeros, so that bytes nobody wrote are seen.
        let mut out = vec![0xa5; size];
        inflate_zlib(input, &mut out).map(|()| out)
    }

    fn compress(bytes: &[u8], level: u32) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(level));
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// Made by zlib 1.2: level 0, level 9 with the fixed strategy, level 9.
    const STORED: &[u8] = b"\x78\x01\x01\x05\x00\xfa\xff\x73\x69\x6e\x65\x77\x06\x73\x02\x27";
    const FIXED: &[u8] =
        b"\x78\x01\x4b\x54\xc8\xc9\xcc\xcb\x4e\x2d\x52\x48\xca\xcc\x4b\x29\x56\xc8\x4b\xcc\x4d\x2d\x56\x28\xc9\x57\
        \x48\x4c\x49\x29\x4a\x2d\x2e\x4e\x2d\xb6\x56\x48\xa4\x8a\x12\x00\xdf\x46\x25\xf3";
    const DYNAMIC: &[u8] =
        b"\x78\xda\x2d\xcf\xc7\x11\x04\x41\x0c\x02\xc0\x84\xf4\x18\x79\x93\x7f\x60\x07\x5b\xf7\x56\x17\xa0\x77\x4f\
        \xf4\x54\xe2\x4c\xf6\x5c\xb4\x2e\xc4\xf2\x52\xbc\xae\x24\x16\xf7\x0a\x80\x51\x08\x87\xb0\x80\x88\x86\x68\
        \x83\x30\x00\x67\x42\x19\x23\x12\xc2\x1d\xa2\x1f\x84\x52\xa4\x83\x6c\xb1\xe4\x6b\x51\x90\x20\xd9\x00\xc9\
        \x07\x32\x6c\x49\x08\x6b\x88\x19\x88\x64\x8d\x19\xc4\x2c\x44\x29\x7b\x48\x94\x43\xa6\x40\x8a\x5b\x63\xb8\
        \x95\x3d\xfa\xa5\x40\xac\x53\x70\x49\x2f\x97\xf0\x9b\x76\x88\xe6\x92\x66\x08\x0e\x7f\xb2\x5c\x52\xdc\x3a\
        \x10\xce\x77\x10\xa9\x0c\xff\xd7\xfc\x00\x6f\xc5\x3a\xc4";

    #[test]
    fn vectors_of_zlib() {
        assert_eq!(inflated(STORED, 5).unwrap(), b"sinew");
        let text = "a linker binds names to addresses; ".repeat(3);
        assert_eq!(inflated(FIXED, text.len()).unwrap(), text.as_bytes());
        let numbers: String = (0..60).map(|i| format!("{}:{},", i * i % 97, i % 7)).collect();
        assert_eq!(inflated(DYNAMIC, numbers.len()).unwrap(), numbers.as_bytes());
    }

    /// Data of many shapes: empty, runs, short periods, text, noise, and what gives codes of all lengths.
    fn samples() -> Vec<Vec<u8>> {
        let mut state = 1u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 8
        };
        let mut samples = vec![vec![], vec![7], vec![0; 100_000]];
        for period in 1..40 {
            samples.push((0..1000).map(|i| (i % period) as u8).collect());
        }
        samples.push((0..40_000).flat_map(|i| format!("DW_TAG_{}:{} ", i % 31, i * i % 977).into_bytes()).collect());
        samples.push((0..300_000).map(|_| next() as u8).collect());
        // Each symbol half as likely as the one before: the rare ones get codes of 15 bits.
        samples.push((0..300_000).map(|_| next().trailing_zeros() as u8 * 9).collect());
        // Matches far back, and of every length.
        let noise: Vec<u8> = (0..33_000).map(|_| next() as u8).collect();
        let mut far = noise.clone();
        for len in 3..300 {
            let at = next() as usize % (noise.len() - len);
            far.extend_from_slice(&noise[at..at + len]);
            far.push(next() as u8);
        }
        samples.push(far);
        samples
    }

    #[test]
    fn what_another_encoder_makes_comes_back() {
        for (i, bytes) in samples().into_iter().enumerate() {
            for level in [0, 1, 2, 6, 9] {
                let compressed = compress(&bytes, level);
                assert!(inflated(&compressed, bytes.len()).as_ref() == Ok(&bytes), "sample {i}, level {level}");
                assert!(inflated(&compressed, bytes.len() + 1).is_err(), "sample {i}, level {level}");
                if !bytes.is_empty() {
                    assert!(inflated(&compressed, bytes.len() - 1).is_err(), "sample {i}, level {level}");
                }
            }
        }
    }

    #[test]
    fn every_cut_is_an_error() {
        let text: Vec<u8> = (0..300).flat_map(|i| format!("{} ", i * i % 89).into_bytes()).collect();
        for level in [0, 1, 9] {
            let compressed = compress(&text, level);
            for len in 0..compressed.len() {
                assert_eq!(inflated(&compressed[..len], text.len()).unwrap_err(), TRUNCATED, "level {level}, {len}");
            }
            let longer = [&compressed[..], b"more"].concat();
            assert_eq!(inflated(&longer, text.len()).as_ref(), Ok(&text));
        }
    }

    #[test]
    fn every_wrong_bit_is_an_error() {
        let text: Vec<u8> = (0..200).flat_map(|i| format!("{} ", i * i % 89).into_bytes()).collect();
        for level in [0, 1, 9] {
            let compressed = compress(&text, level);
            for bit in 0..8 * compressed.len() {
                let mut garbled = compressed.clone();
                garbled[bit / 8] ^= 1 << (bit % 8);
                // The padding before a stored block, and after the last, holds bits that mean nothing.
                let result = inflated(&garbled, text.len());
                assert!(result.is_err() || result.as_ref() == Ok(&text), "level {level}, bit {bit}");
            }
        }
    }

    #[test]
    fn noise_ends_in_an_error() {
        let mut state = 9u64;
        for _ in 0..20_000 {
            let mut noise = vec![0x78, 0x9c];
            for _ in 0..12 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                noise.extend(state.to_be_bytes());
            }
            // Most blocks of noise have a bad type or code; the type of the first is forced in turn.
            noise[2] = (noise[2] & !7) | ((state >> 33) as u8 % 6);
            assert!(inflated(&noise, 1000).is_err());
        }
    }

    #[test]
    fn impossible_codes_are_errors() {
        let build = |lengths: &[u8]| Table::<7>::default().build(lengths, |_| Entry::new(0, 0, 0));
        assert!(build(&[1, 1, 1]).is_err(), "too many");
        assert!(build(&[2, 2, 2]).is_err(), "too few");
        assert!(build(&[1, 2, 3]).is_err(), "too few");
        assert!(build(&[15; 286]).is_err(), "far too few");
        assert!(build(&[1; 286]).is_err(), "far too many");
        assert!(build(&[1, 2, 3, 3]).is_ok() && build(&[0, 1]).is_ok() && build(&[0, 0]).is_ok());
        assert!(build(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 15]).is_ok());
    }

    #[test]
    fn headers_are_checked() {
        let good = compress(b"x", 6);
        assert_eq!(inflated(&good, 1).unwrap(), b"x");
        for (method, flags) in [(0x79, 0x9c), (0x88, 0x1c), (0x78, 0x9d), (0x78, 0xbb)] {
            assert!(inflated(&[&[method, flags], &good[2..]].concat(), 1).is_err());
        }
    }
}
