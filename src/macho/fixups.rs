//! What dyld has to do to the image when it loads it: the one list that both encodings are made from.
//!
//! A fixup is a pointer-sized place in a writable segment. The list is sorted by address and holds each place once; chained
//! fixups (`chunks::chained_fixups`) and the classic opcodes (`chunks::dyld_info`) are two spellings of it.

/// A place that dyld writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fixup {
    /// Virtual address of the eight bytes.
    pub address: u64,
    /// What comes there.
    pub value: Value,
}

/// What dyld writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// A place of this image, moved with it.
    Rebase {
        /// Its virtual address as linked.
        target: u64,
    },
    /// A symbol that dyld looks up.
    Bind {
        /// Index into the list of imports.
        import: u32,
        /// Added to the symbol's address.
        addend: i64,
    },
}

/// A symbol that dyld looks up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Import<'a> {
    /// The symbol's name, with its underscore.
    pub name: &'a [u8],
    /// The library: from 1 in the order of load commands, or one of `BIND_SPECIAL_DYLIB_*`.
    pub ordinal: i32,
    /// Whether the symbol may be missing at run time.
    pub weak: bool,
}

/// A segment as far as fixups are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FixupSegment {
    /// Virtual address of its first byte; a multiple of the page size.
    pub address: u64,
    /// Bytes of memory.
    pub size: u64,
}
