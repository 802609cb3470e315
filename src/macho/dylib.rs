//! What a dynamic library exports.

/// A symbol that a library defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Export<'a> {
    /// With its underscore.
    pub name: &'a [u8],
    /// What it is.
    pub flags: ExportFlags,
}

/// What an export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ExportFlags(pub u8);

#[allow(missing_docs)]
impl ExportFlags {
    pub const WEAK_DEFINITION: ExportFlags = ExportFlags(1);

    pub fn contains(self, other: ExportFlags) -> bool {
        self.0 & other.0 == other.0
    }
}
