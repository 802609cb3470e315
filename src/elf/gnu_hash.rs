//! The hash table of a shared object (DT_GNU_HASH), as the dynamic linker reads it.
//!
//! A header of four words (buckets, first symbol, words of the filter, shift), then a Bloom filter, the first symbol of
//! each bucket, and for each symbol from the first on its hash, the lowest bit of which says that its bucket ends there.

use super::format::*;
use crate::base::view::view;
use zerocopy::little_endian::{U32, U64};

/// `h = h * 33 + c`.
pub fn hash(name: &[u8]) -> u32 {
    name.iter().fold(5381u32, |h, c| h.wrapping_mul(33).wrapping_add(u32::from(*c)))
}

/// The table of a library.
#[derive(Debug, Clone, Copy)]
pub struct Table<'a> {
    /// The first symbol that has a place in it.
    first: u32,
    shift: u32,
    filter: &'a [U64],
    buckets: &'a [U32],
    chain: &'a [U32],
}

impl<'a> Table<'a> {
    /// The table that section `s` of the file `bytes` holds, if it is one by which names can be found.
    pub fn read(bytes: &'a [u8], s: &Shdr) -> Option<Table<'a>> {
        let words = |offset: u64, count: usize| view::<U32>(bytes, offset, count, "").ok();
        let (start, size) = (s.offset.get(), s.size.get());
        let [buckets, first, filter_len, shift] = words(start, 4)? else { return None };
        let filter_start = start + 16;
        let filter = view::<U64>(bytes, filter_start, filter_len.get() as usize, "").ok()?;
        let buckets_start = filter_start + 8 * u64::from(filter_len.get());
        let chain_start = buckets_start + 4 * u64::from(buckets.get());
        let buckets = words(buckets_start, buckets.get() as usize)?;
        let chain_size = start.checked_add(size)?.checked_sub(chain_start)?;
        let chain = words(chain_start, usize::try_from(chain_size / 4).ok()?)?;
        let is_sound = filter.len().is_power_of_two() && !buckets.is_empty() && shift.get() < u32::BITS;
        is_sound.then_some(Table { first: first.get(), shift: shift.get(), filter, buckets, chain })
    }

    /// Whether it has all symbols that the library defines. Those that a stub has, made to be linked and never run, may
    /// be in no table.
    pub fn is_complete(self, symbols: &[Sym], first_global: u32) -> bool {
        let others = symbols.get(first_global as usize..self.first as usize).unwrap_or(&[]);
        let end = self.first as usize + self.chain.len();
        end == symbols.len() && others.iter().all(|symbol| symbol.section.get() == SHN_UNDEF)
    }

    /// The numbers of the symbols whose names have this hash. A table that is wrong may name symbols that do not exist.
    pub fn symbols(self, hash: u32) -> impl Iterator<Item = u32> + 'a {
        let word = self.filter[(hash / u64::BITS) as usize & (self.filter.len() - 1)].get();
        let has = |bit: u32| word >> (bit % u64::BITS) & 1 != 0;
        let may_be_there = has(hash) && has(hash >> self.shift);
        let start = self.buckets[hash as usize % self.buckets.len()].get();
        let at = start.checked_sub(self.first).filter(|_| may_be_there);
        let chain = at.and_then(|at| self.chain.get(at as usize..)).unwrap_or(&[]);
        let mut has_ended = false;
        let bucket = chain.iter().take_while(move |entry| !std::mem::replace(&mut has_ended, entry.get() & 1 != 0));
        let equal = bucket.zip(u64::from(start)..).filter(move |(entry, _)| entry.get() | 1 == hash | 1);
        equal.filter_map(|(_, number)| u32::try_from(number).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zerocopy::FromZeros;

    /// Three symbols, from number 5 on, in two buckets; the filter lets everything through.
    fn table(names: [&[u8]; 3], first: u32, start: [u32; 2]) -> (Vec<u8>, Shdr) {
        let mut bytes = vec![0; 8];
        bytes.extend([2u32, first, 1, 6].map(u32::to_le_bytes).as_flattened());
        bytes.extend(u64::MAX.to_le_bytes());
        bytes.extend(start.map(u32::to_le_bytes).as_flattened());
        for (name, ends) in names.iter().zip([1, 0, 1]) {
            bytes.extend((hash(name) & !1 | ends).to_le_bytes());
        }
        let mut header = Shdr::new_zeroed();
        (header.offset, header.size) = (8.into(), (bytes.len() as u64 - 8).into());
        (bytes, header)
    }

    fn found(bytes: &[u8], header: &Shdr, name: &[u8]) -> Vec<u32> {
        Table::read(bytes, header).map_or(Vec::new(), |table| table.symbols(hash(name)).collect())
    }

    #[test]
    fn symbols_are_found_in_their_buckets() {
        assert_eq!([hash(b"a"), hash(b"b"), hash(b"d")].map(|h| h % 2), [0, 1, 1]);
        let (bytes, header) = table([b"a", b"b", b"d"], 5, [5, 6]);
        assert_eq!(found(&bytes, &header, b"a"), [5]);
        assert_eq!(found(&bytes, &header, b"b"), [6]);
        assert_eq!(found(&bytes, &header, b"d"), [7]);
        assert_eq!(found(&bytes, &header, b"f"), []);
        let mut symbols = [Sym::new_zeroed(); 9];
        let is_complete =
            |symbols: &[Sym]| Table::read(&bytes, &header).is_some_and(|table| table.is_complete(symbols, 1));
        assert!(is_complete(&symbols[..8]) && !is_complete(&symbols) && !is_complete(&symbols[..7]));
        symbols[4].section = 1.into();
        assert!(!is_complete(&symbols[..8]));
    }

    #[test]
    fn a_table_that_is_wrong_finds_nothing() {
        for (first, start) in [(5, [0, 0]), (5, [4, u32::MAX]), (u32::MAX, [u32::MAX; 2]), (0, [5, 7])] {
            let (bytes, header) = table([b"a", b"b", b"d"], first, start);
            let all: Vec<u32> = [b"a", b"b", b"d"].iter().flat_map(|name| found(&bytes, &header, *name)).collect();
            assert!(all.iter().all(|number| *number == u32::MAX), "{first} {start:?}: {all:?}");
        }
        let (bytes, header) = table([b"a", b"b", b"d"], 5, [5, 6]);
        for at in 8..bytes.len() {
            assert!(found(&bytes[..at], &header, b"a").is_empty());
            for byte in [0, 1, 0x7f, 0xff] {
                let mut bytes = bytes.clone();
                bytes[at] = byte;
                found(&bytes, &header, b"a");
            }
        }
        for size in [0, 1, 40, u64::MAX] {
            let header = Shdr { size: size.into(), ..header };
            found(&bytes, &header, b"a");
        }
    }
}
