//! How strong a definition is, as one integer: resolving a name is an atomic minimum over all who define it.

use super::ids::FileId;

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
