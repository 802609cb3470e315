//! Compresses into zlib streams (RFC 1950 around RFC 1951), for `--compress-debug-sections=zlib`.
//!
//! Made for speed, about as dense as other encoders at their level 1: matches come from a table of the last two places
//! where four bytes hashed alike, the first good one is taken, and each block gets whichever is smallest of a code made
//! for it, the fixed code, and no compression.
//! A stream may be made in shards, on several threads: each is deflated for itself and ends on a byte boundary (a
//! "sync flush": an empty stored block), so that the stream is [`HEADER`], the shards' bytes, and [`trailer`]. Where
//! the cuts are decides the bytes, so they must follow from sizes alone; [`SHARD_SIZE`] is a good one.
//! Cost: some 200 MB/s a thread; 400 KiB of tables and tokens a shard.

use super::adler32::{adler32, combine};

/// What a stream begins with: deflate, a window of 32 KiB, the fastest level.
pub const HEADER: [u8; 2] = [0x78, 0x01];
/// How much input a shard should have: enough to make little of the matches lost at its start.
pub const SHARD_SIZE: usize = 1 << 20;

/// A part of a stream, compressed.
#[derive(Debug, Clone)]
pub struct Shard {
    /// Whole bytes of deflate blocks, none of them the last of the stream.
    pub bytes: Vec<u8>,
    adler: u32,
    size: u64,
}

/// Compresses `input` into one zlib stream.
pub fn deflate_zlib(input: &[u8]) -> Vec<u8> {
    let shards: Vec<Shard> = input.chunks(SHARD_SIZE).map(deflate_shard).collect();
    let mut stream = HEADER.to_vec();
    shards.iter().for_each(|shard| stream.extend_from_slice(&shard.bytes));
    stream.extend(trailer(&shards));
    stream
}

/// What a stream of these shards ends with: an empty last block in the fixed code, and the check value.
pub fn trailer(shards: &[Shard]) -> [u8; 6] {
    let check = shards.iter().fold(adler32(b""), |check, shard| combine(check, shard.adler, shard.size));
    let [c0, c1, c2, c3] = check.to_be_bytes();
    [0x03, 0x00, c0, c1, c2, c3]
}

/// Compresses one part of a stream.
pub fn deflate_shard(input: &[u8]) -> Shard {
    let mut writer = Writer { out: Vec::with_capacity(input.len() / 3 + 64), buffer: 0, count: 0 };
    let mut matches = Matches::new();
    let mut tokens = Vec::with_capacity(BLOCK_TOKENS);
    let mut at = 0;
    while at < input.len() {
        let start = at;
        tokens.clear();
        let mut frequencies = Frequencies::default();
        at = matches.tokens(input, at, &mut tokens, &mut frequencies);
        write_block(&mut writer, &tokens, &mut frequencies, &input[start..at]);
    }
    writer.stored(b"");
    Shard { bytes: writer.out, adler: adler32(input), size: input.len() as u64 }
}

const BLOCK_TOKENS: usize = 1 << 15;
const WINDOW: usize = 1 << 15;
const LONGEST: usize = 258;
const HASH_BITS: u32 = 15;
const END_OF_BLOCK: usize = 256;

/// A literal byte, or a match: length and distance. A distance of zero marks a literal.
#[derive(Debug, Clone, Copy)]
struct Token {
    length: u16,
    distance: u16,
}

/// How often each symbol is used in a block.
struct Frequencies {
    literals: [u32; 286],
    distances: [u32; 30],
}

impl Default for Frequencies {
    fn default() -> Self {
        Frequencies { literals: [0; 286], distances: [0; 30] }
    }
}

/// The places where four bytes with the same hash were seen last, newest first.
///
/// Places are kept modulo 2^32. A stale or wrong one costs a comparison and nothing else, as bytes decide.
struct Matches {
    places: Vec<[u32; 2]>,
}

impl Matches {
    fn new() -> Matches {
        Matches { places: vec![[0; 2]; 1 << HASH_BITS] }
    }

    /// Enters the place `at`, and gives those that had been there; `None` within four bytes of the end.
    #[inline]
    fn enter(&mut self, input: &[u8], at: usize) -> Option<[u32; 2]> {
        let word = u32::from_le_bytes(*input.get(at..)?.first_chunk()?);
        let slot = &mut self.places[(word.wrapping_mul(0x9e37_79b1) >> (32 - HASH_BITS)) as usize];
        let before = *slot;
        *slot = [at as u32, before[0]];
        Some(before)
    }

    /// Appends the tokens of one block, which begins at `at`, and says where it ends.
    fn tokens(&mut self, input: &[u8], mut at: usize, tokens: &mut Vec<Token>, used: &mut Frequencies) -> usize {
        let mut misses = 0;
        while at < input.len() && tokens.len() < BLOCK_TOKENS {
            let best = self.enter(input, at).and_then(|places| longest(input, at, places));
            let Some((length, distance)) = best else {
                // Noise is passed in growing steps.
                let step = (1 + (misses >> 6)).min(16).min(input.len() - at).min(BLOCK_TOKENS - tokens.len());
                misses += 1;
                for byte in &input[at..at + step] {
                    used.literals[usize::from(*byte)] += 1;
                    tokens.push(Token { length: (*byte).into(), distance: 0 });
                }
                at += step;
                continue;
            };
            misses = 0;
            used.literals[length_symbol(length).0] += 1;
            used.distances[distance_symbol(distance).0] += 1;
            tokens.push(Token { length: length as u16, distance: distance as u16 });
            // All places of a short match, and a few of a long one, whose inside is rarely looked for.
            let end = at + length;
            for place in at + 1..end.min(at + 24) {
                self.enter(input, place);
            }
            at = end;
        }
        at
    }
}

/// The longer of the matches at two places, with its distance; at least four bytes.
#[inline]
fn longest(input: &[u8], at: usize, places: [u32; 2]) -> Option<(usize, usize)> {
    let mut best = None;
    let mut best_length = 3;
    for place in places {
        let distance = (at as u32).wrapping_sub(place) as usize;
        if distance == 0 || distance > WINDOW || distance > at {
            continue;
        }
        let length = common(&input[at - distance..], &input[at..]);
        if length > best_length {
            (best, best_length) = (Some((length, distance)), length);
        }
    }
    best
}

/// How many bytes `earlier` and `later` begin with alike, up to the longest match.
#[inline]
fn common(earlier: &[u8], later: &[u8]) -> usize {
    let limit = later.len().min(LONGEST);
    let (earlier, later) = (&earlier[..limit], &later[..limit]);
    let (words, more) = (earlier.as_chunks::<8>().0, later.as_chunks::<8>().0);
    for (i, (a, b)) in words.iter().zip(more).enumerate() {
        let differing = u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b);
        if differing != 0 {
            return 8 * i + (differing.trailing_zeros() / 8) as usize;
        }
    }
    let done = 8 * words.len();
    done + earlier[done..].iter().zip(&later[done..]).take_while(|(a, b)| a == b).count()
}

/// Symbol, extra bits and their value of a match length (RFC 1951, 3.2.5): four symbols for each number of extra
/// bits, eight for none, and one of its own for the longest.
#[inline]
fn length_symbol(length: usize) -> (usize, u32, u64) {
    let l = length - 3;
    if length == LONGEST {
        (285, 0, 0)
    } else if l < 8 {
        (257 + l, 0, 0)
    } else {
        let extra = l.ilog2() - 2;
        (257 + 4 * (extra as usize + 1) + (l >> extra & 3), extra, (l & ((1 << extra) - 1)) as u64)
    }
}

/// The same of a distance: two symbols for each number of extra bits, four for none.
#[inline]
fn distance_symbol(distance: usize) -> (usize, u32, u64) {
    let d = distance - 1;
    if d < 4 {
        (d, 0, 0)
    } else {
        let extra = d.ilog2() - 1;
        (2 * (extra as usize + 1) + (d >> extra & 1), extra, (d & ((1 << extra) - 1)) as u64)
    }
}

/// Writes one block in the smallest way. `input` is what the tokens stand for.
fn write_block(writer: &mut Writer, tokens: &[Token], used: &mut Frequencies, input: &[u8]) {
    used.literals[END_OF_BLOCK] = 1;
    let literals = Code::of(&used.literals, 15);
    let distances = Code::of(&used.distances, 15);
    let description = Description::of(&literals.lengths, &distances.lengths);
    let (fixed_literals, fixed_distances) = fixed_codes();

    let made = 17 + description.bits() + literals.bits(&used.literals) + distances.bits(&used.distances);
    let fixed = 3 + fixed_literals.bits(&used.literals) + fixed_distances.bits(&used.distances);
    // Extra bits are in both of them; they only matter against storing, where noise has few matches anyway.
    let stored = 8 * (input.len() + 5 * input.len().div_ceil(0xffff)) as u64;
    if stored <= made.min(fixed) {
        input.chunks(0xffff).for_each(|chunk| writer.stored(chunk));
    } else if fixed <= made {
        writer.put(0b010, 3);
        writer.tokens(tokens, &fixed_literals, &fixed_distances);
    } else {
        writer.put(0b100, 3);
        description.write(writer);
        writer.tokens(tokens, &literals, &distances);
    }
}

/// A prefix code: the length of each symbol's code (zero when it has none), and the code, first bit lowest.
struct Code {
    lengths: Vec<u8>,
    codes: Vec<u16>,
}

impl Code {
    /// The best code for symbols that are used so often, none longer than `longest` bits.
    fn of(frequencies: &[u32], longest: usize) -> Code {
        Code::from_lengths(code_lengths(frequencies, longest))
    }

    /// The canonical code with these lengths (RFC 1951, 3.2.2).
    fn from_lengths(lengths: Vec<u8>) -> Code {
        let mut counts = [0u16; 17];
        lengths.iter().filter(|len| **len > 0).for_each(|len| counts[usize::from(*len) + 1] += 1);
        let mut next = [0u16; 17];
        for len in 1..17 {
            next[len] = (next[len - 1] + counts[len]) << 1;
        }
        let code = |&len: &u8| {
            if len == 0 {
                return 0;
            }
            let code = next[usize::from(len)];
            next[usize::from(len)] += 1;
            code.reverse_bits() >> (16 - len)
        };
        let codes = lengths.iter().map(code).collect();
        Code { lengths, codes }
    }

    fn bits(&self, frequencies: &[u32]) -> u64 {
        frequencies.iter().zip(&self.lengths).map(|(n, len)| u64::from(*n) * u64::from(*len)).sum()
    }
}

/// The codes that need no description (RFC 1951, 3.2.6).
fn fixed_codes() -> (Code, Code) {
    let mut lengths = vec![8; 288];
    lengths[144..256].fill(9);
    lengths[256..280].fill(7);
    (Code::from_lengths(lengths), Code::from_lengths(vec![5; 30]))
}

/// Huffman's code lengths; those past `longest` are shortened, at the cost of the next best symbols.
fn code_lengths(frequencies: &[u32], longest: usize) -> Vec<u8> {
    let mut lengths = vec![0; frequencies.len()];
    let mut symbols: Vec<usize> = (0..frequencies.len()).filter(|s| frequencies[*s] > 0).collect();
    // Rarest first, and of equals the lower symbol first: the order must not depend on how a sort works.
    symbols.sort_by_key(|s| (frequencies[*s], *s));
    let count = symbols.len();
    if count < 2 {
        symbols.iter().for_each(|s| lengths[*s] = 1);
        return lengths;
    }

    // The two rarest trees are joined until one is left. Leaves are sorted, and joined trees are made in ascending
    // order, so the rarest is at the front of one of two queues. Node i of 0..count is a leaf, the others are joins.
    let mut weights: Vec<u64> = symbols.iter().map(|s| frequencies[*s].into()).collect();
    let mut parents = vec![0; 2 * count - 1];
    let (mut leaf, mut join) = (0, count);
    for node in count..2 * count - 1 {
        let mut weight = 0;
        for _ in 0..2 {
            let take_leaf = leaf < count && (join == node || weights[leaf] <= weights[join]);
            let rarest = if take_leaf { &mut leaf } else { &mut join };
            weight += weights[*rarest];
            parents[*rarest] = node;
            *rarest += 1;
        }
        weights.push(weight);
    }
    // How many leaves there are at each depth, those too deep counted at the limit.
    let mut depths = vec![0usize; 2 * count - 1];
    let mut counts = vec![0u32; longest + 1];
    for node in (0..2 * count - 2).rev() {
        depths[node] = depths[parents[node]] + 1;
        if node < count {
            counts[depths[node].min(longest)] += 1;
        }
    }
    // Cutting off depth takes more of the space of bit strings than there is. To give one string of the longest kind
    // back, a leaf there moves up beside a leaf of the next depth that has one, which moves down a level.
    let mut space: u64 = counts.iter().enumerate().skip(1).map(|(len, n)| u64::from(*n) << (longest - len)).sum();
    while space > 1 << longest {
        let Some(len) = (1..longest).rev().find(|len| counts[*len] > 0) else { break };
        counts[longest] -= 1;
        counts[len] -= 1;
        counts[len + 1] += 2;
        space -= 1;
    }
    let by_length = (1..=longest).rev().flat_map(|len| std::iter::repeat_n(len as u8, counts[len] as usize));
    symbols.iter().zip(by_length).for_each(|(symbol, len)| lengths[*symbol] = len);
    lengths
}

/// The lengths of a block's codes, as they are written before it: runs in a code of their own (RFC 1951, 3.2.7).
struct Description {
    literal_count: usize,
    distance_count: usize,
    /// Symbol, extra bits, their value.
    runs: Vec<(usize, u32, u64)>,
    frequencies: [u32; 19],
    code: Code,
    order_count: usize,
}

const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

impl Description {
    fn of(literals: &[u8], distances: &[u8]) -> Description {
        let used = |lengths: &[u8], least: usize| lengths.iter().rposition(|l| *l > 0).map_or(0, |i| i + 1).max(least);
        let (literal_count, distance_count) = (used(literals, 257), used(distances, 1));
        let lengths = [&literals[..literal_count], &distances[..distance_count]].concat();
        let mut runs = Vec::new();
        for run in lengths.chunk_by(|a, b| a == b) {
            let len = usize::from(run[0]);
            let mut left = run.len();
            // A run of other than zeros is its first and "as before".
            if len > 0 {
                runs.push((len, 0, 0));
                left -= 1;
            }
            while left > 0 {
                let (most, run) = match (len, left) {
                    (_, 1..=2) => (1, (len, 0, 0)),
                    (0, 3..=10) => (10, (17, 3, left as u64 - 3)),
                    (0, _) => (138, (18, 7, left.min(138) as u64 - 11)),
                    _ => (6, (16, 2, left.min(6) as u64 - 3)),
                };
                runs.push(run);
                left -= left.min(most);
            }
        }
        let mut frequencies = [0; 19];
        runs.iter().for_each(|(symbol, ..)| frequencies[*symbol] += 1);
        // Decoders want this code complete, so it needs two symbols. There is always a length above zero; pair it.
        if frequencies.iter().filter(|n| **n > 0).count() < 2 {
            frequencies[0] += 1;
        }
        let code = Code::of(&frequencies, 7);
        let order_count = ORDER.iter().rposition(|s| code.lengths[*s] > 0).map_or(4, |i| (i + 1).max(4));
        Description { literal_count, distance_count, runs, frequencies, code, order_count }
    }

    fn bits(&self) -> u64 {
        let extra: u64 = self.runs.iter().map(|(_, extra, _)| u64::from(*extra)).sum();
        3 * self.order_count as u64 + self.code.bits(&self.frequencies) + extra
    }

    fn write(&self, writer: &mut Writer) {
        writer.put(self.literal_count as u64 - 257, 5);
        writer.put(self.distance_count as u64 - 1, 5);
        writer.put(self.order_count as u64 - 4, 4);
        ORDER[..self.order_count].iter().for_each(|s| writer.put(self.code.lengths[*s].into(), 3));
        for &(symbol, extra, value) in &self.runs {
            writer.put(self.code.codes[symbol].into(), self.code.lengths[symbol].into());
            writer.put(value, extra);
        }
    }
}

/// The output as bits, least significant first.
struct Writer {
    out: Vec<u8>,
    buffer: u64,
    /// Bits in `buffer`, below 32 between calls.
    count: u32,
}

impl Writer {
    /// Appends the low `n` bits of `value`, which has no others; at most 32.
    #[inline(always)]
    fn put(&mut self, value: u64, n: u32) {
        self.buffer |= value << self.count;
        self.count += n;
        if self.count >= 32 {
            self.out.extend_from_slice(&(self.buffer as u32).to_le_bytes());
            self.buffer >>= 32;
            self.count -= 32;
        }
    }

    /// A stored block of at most 65,535 bytes. It ends on a byte boundary.
    fn stored(&mut self, bytes: &[u8]) {
        self.put(0b000, 3);
        let whole = self.count.div_ceil(8) as usize;
        self.out.extend_from_slice(&self.buffer.to_le_bytes()[..whole]);
        (self.buffer, self.count) = (0, 0);
        let size = bytes.len() as u16;
        self.out.extend(size.to_le_bytes());
        self.out.extend((!size).to_le_bytes());
        self.out.extend_from_slice(bytes);
    }

    fn tokens(&mut self, tokens: &[Token], literals: &Code, distances: &Code) {
        for token in tokens {
            let length = usize::from(token.length);
            if token.distance == 0 {
                self.put(literals.codes[length].into(), literals.lengths[length].into());
                continue;
            }
            let (symbol, extra, value) = length_symbol(length);
            let len = u32::from(literals.lengths[symbol]);
            self.put(u64::from(literals.codes[symbol]) | value << len, len + extra);
            let (symbol, extra, value) = distance_symbol(token.distance.into());
            let len = u32::from(distances.lengths[symbol]);
            self.put(u64::from(distances.codes[symbol]) | value << len, len + extra);
        }
        self.put(literals.codes[END_OF_BLOCK].into(), literals.lengths[END_OF_BLOCK].into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::inflate::inflate_zlib;
    use std::io::Read;

    /// Both our decoder and another's must give the input back.
    fn round_trip(input: &[u8], what: &str) -> usize {
        let stream = deflate_zlib(input);
        let mut ours = vec![0xa5; input.len()];
        assert_eq!(inflate_zlib(&stream, &mut ours), Ok(()), "{what}");
        assert!(ours == input, "{what}");
        let mut theirs = Vec::new();
        flate2::read::ZlibDecoder::new(&stream[..]).read_to_end(&mut theirs).expect(what);
        assert!(theirs == input, "{what}");
        stream.len()
    }

    fn noise(len: usize, seed: u64) -> Vec<u8> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as u8
        };
        (0..len).map(|_| next()).collect()
    }

    #[test]
    fn every_shape_of_data_comes_back() {
        for len in (0..300).chain([65_534, 65_535, 65_536, 131_070, SHARD_SIZE - 1, SHARD_SIZE, SHARD_SIZE + 1]) {
            round_trip(&noise(len, 1), "noise");
            assert!(round_trip(&vec![7; len], "a run") < 60 + len / 100);
        }
        for period in 1..300 {
            let bytes: Vec<u8> = noise(period, 2).into_iter().cycle().take(3000).collect();
            assert!(round_trip(&bytes, "a period") < period + 200);
        }
        // Matches at the edge of the window, and just out of it.
        for gap in WINDOW - 300..WINDOW - 240 {
            let bytes = [noise(258, 3), noise(gap, 4), noise(258, 3), noise(gap, 5), noise(258, 3)].concat();
            round_trip(&bytes, "far matches");
        }
    }

    #[test]
    fn noise_hardly_grows_and_text_shrinks() {
        let len = 3_000_000;
        assert!(round_trip(&noise(len, 9), "noise") < len + len / 1000);
        let text: Vec<u8> =
            (0..200_000u64).flat_map(|i| format!("DW_TAG_{}:{}\n", i % 31, i * i % 977).into_bytes()).collect();
        assert!(round_trip(&text, "text") < text.len() / 3);
    }

    #[test]
    fn skewed_frequencies_need_the_limit_on_lengths() {
        // Fibonacci frequencies give the deepest of all Huffman trees, one level a symbol.
        let mut frequencies = vec![1u32, 1];
        while frequencies.len() < 40 {
            frequencies.push(frequencies[frequencies.len() - 1] + frequencies[frequencies.len() - 2]);
        }
        for longest in [7, 15] {
            let lengths = code_lengths(&frequencies, longest);
            let space: u32 = lengths.iter().map(|len| 1 << (longest - usize::from(*len))).sum();
            assert_eq!(space, 1 << longest, "the code is complete");
            assert!(lengths.is_sorted_by(|a, b| a >= b), "a rarer symbol has no shorter code");
        }
        assert_eq!(code_lengths(&[3, 0, 9, 1, 1], 15), [2, 0, 1, 3, 3]);
        assert_eq!(code_lengths(&[0, 5, 0], 15), [0, 1, 0]);
        // Each symbol half as likely as the one before.
        let zeros = |c: &[u8]| c.iter().fold(0, |n, b| n << 8 | u32::from(*b)).trailing_zeros();
        let skewed: Vec<u8> = noise(400_000, 6).chunks(4).map(|c| zeros(c) as u8 * 7).collect();
        round_trip(&skewed, "skewed");
    }

    #[test]
    fn shards_made_apart_are_one_stream() {
        let bytes: Vec<u8> = (0..60_000u64).flat_map(|i| format!("{} ", i * i % 1009).into_bytes()).collect();
        for size in [1, 1000, 65_536, bytes.len()] {
            let bytes = &bytes[..bytes.len().min(size * 300)];
            let shards: Vec<Shard> = bytes.chunks(size).map(deflate_shard).collect();
            let parts: Vec<u8> = shards.iter().flat_map(|shard| shard.bytes.clone()).collect();
            let stream = [&HEADER[..], &parts, &trailer(&shards)].concat();
            let mut out = vec![0; bytes.len()];
            assert_eq!(inflate_zlib(&stream, &mut out), Ok(()), "shards of {size}");
            assert!(out == bytes);
        }
    }
}
