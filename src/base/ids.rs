//! Newtypes over `u32` so that an index into one array cannot be used on another.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub u32);
        impl $name {
            /// The index as `usize`.
            #[inline]
            pub fn idx(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// A linked file, in command-line order; 0 is the linker itself.
    FileId
    /// A global name, numbered by the interner.
    SymbolId
    /// The smallest unit that is kept, dropped or moved: an ELF input section, a Mach-O subsection.
    AtomId
}

/// "No id" in packed arrays.
pub const NONE: u32 = u32::MAX;
