//! How strong a definition is, as one integer: resolving a name is an atomic minimum over all who define it.

use super::ids::FileId;
use super::zeroed::zeroed;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use zerocopy::FromZeros;

/// Class, then file, then index in the file's symbol table; the smallest wins. What the classes mean is the format's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank(pub u64);

impl Rank {
    /// Nobody defines the name.
    pub const NOBODY: Rank = Rank(u64::MAX);

    /// `class` is below 16, `file` below 2^24.
    #[inline]
    pub fn new(class: u64, file: FileId, index: u32) -> Rank {
        Rank(class << 60 | u64::from(file.0) << 32 | u64::from(index))
    }

    /// The class that it was made with.
    #[inline]
    pub fn class(self) -> u64 {
        self.0 >> 60
    }

    /// The file that it was made with.
    #[inline]
    pub fn file(self) -> FileId {
        FileId((self.0 >> 32) as u32 & 0xff_ffff)
    }

    /// The index that it was made with.
    #[inline]
    pub fn index(self) -> u32 {
        self.0 as u32
    }
}

/// The strongest definition of a name so far, among those that many threads bring. Holds the complement of the rank, of
/// which zero is nobody's.
#[derive(Debug, FromZeros)]
#[repr(transparent)]
pub struct AtomicRank(AtomicU64);

impl AtomicRank {
    /// One for each of `count` names: nobody defines them.
    pub fn nobody(count: usize) -> Vec<AtomicRank> {
        zeroed(count)
    }

    /// Puts `rank` in the place of a weaker one. Returns what was there before; of two, the later finds the first or
    /// something stronger.
    #[inline]
    pub fn claim(&self, rank: Rank) -> Rank {
        // Most definitions come late: a load costs less than a locked maximum, and leaves the cache line shared.
        match self.get() {
            before if before <= rank => before,
            _ => Rank(!self.0.fetch_max(!rank.0, Relaxed)),
        }
    }

    /// The strongest so far.
    #[inline]
    pub fn get(&self) -> Rank {
        Rank(!self.0.load(Relaxed))
    }

    /// The strongest of all.
    pub fn into_inner(self) -> Rank {
        Rank(!self.0.into_inner())
    }
}
