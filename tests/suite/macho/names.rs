//! Numbers of `<mach-o/loader.h>` and `<mach-o/nlist.h>` with the names under which cases speak of them.

/// File types.
pub(crate) const FILETYPES: &[(u64, &str)] =
    &[(1, "MH_OBJECT"), (2, "MH_EXECUTE"), (6, "MH_DYLIB"), (7, "MH_DYLINKER"), (8, "MH_BUNDLE"), (0xb, "MH_KEXT")];

/// Bits of the header's flags.
pub(crate) const FLAGS: &[(u64, &str)] = &[
    (0x1, "MH_NOUNDEFS"),
    (0x2, "MH_INCRLINK"),
    (0x4, "MH_DYLDLINK"),
    (0x8, "MH_BINDATLOAD"),
    (0x80, "MH_TWOLEVEL"),
    (0x100, "MH_FORCE_FLAT"),
    (0x2000, "MH_SUBSECTIONS_VIA_SYMBOLS"),
    (0x8000, "MH_WEAK_DEFINES"),
    (0x1_0000, "MH_BINDS_TO_WEAK"),
    (0x2_0000, "MH_ALLOW_STACK_EXECUTION"),
    (0x4_0000, "MH_ROOT_SAFE"),
    (0x8_0000, "MH_SETUID_SAFE"),
    (0x10_0000, "MH_NO_REEXPORTED_DYLIBS"),
    (0x20_0000, "MH_PIE"),
    (0x40_0000, "MH_DEAD_STRIPPABLE_DYLIB"),
    (0x80_0000, "MH_HAS_TLV_DESCRIPTORS"),
    (0x100_0000, "MH_NO_HEAP_EXECUTION"),
    (0x200_0000, "MH_APP_EXTENSION_SAFE"),
    (0x400_0000, "MH_NLIST_OUTOFSYNC_WITH_DYLDINFO"),
    (0x800_0000, "MH_SIM_SUPPORT"),
];

/// Load commands.
pub(crate) const COMMANDS: &[(u64, &str)] = &[
    (0x2, "LC_SYMTAB"),
    (0xb, "LC_DYSYMTAB"),
    (0xc, "LC_LOAD_DYLIB"),
    (0xd, "LC_ID_DYLIB"),
    (0xe, "LC_LOAD_DYLINKER"),
    (0xf, "LC_ID_DYLINKER"),
    (0x11, "LC_ROUTINES"),
    (0x12, "LC_SUB_FRAMEWORK"),
    (0x13, "LC_SUB_UMBRELLA"),
    (0x14, "LC_SUB_CLIENT"),
    (0x15, "LC_SUB_LIBRARY"),
    (0x8000_0018, "LC_LOAD_WEAK_DYLIB"),
    (0x19, "LC_SEGMENT_64"),
    (0x1a, "LC_ROUTINES_64"),
    (0x1b, "LC_UUID"),
    (0x8000_001c, "LC_RPATH"),
    (0x1d, "LC_CODE_SIGNATURE"),
    (0x1e, "LC_SEGMENT_SPLIT_INFO"),
    (0x8000_001f, "LC_REEXPORT_DYLIB"),
    (0x20, "LC_LAZY_LOAD_DYLIB"),
    (0x21, "LC_ENCRYPTION_INFO"),
    (0x22, "LC_DYLD_INFO"),
    (0x8000_0022, "LC_DYLD_INFO_ONLY"),
    (0x8000_0023, "LC_LOAD_UPWARD_DYLIB"),
    (0x24, "LC_VERSION_MIN_MACOSX"),
    (0x25, "LC_VERSION_MIN_IPHONEOS"),
    (0x26, "LC_FUNCTION_STARTS"),
    (0x27, "LC_DYLD_ENVIRONMENT"),
    (0x8000_0028, "LC_MAIN"),
    (0x29, "LC_DATA_IN_CODE"),
    (0x2a, "LC_SOURCE_VERSION"),
    (0x2b, "LC_DYLIB_CODE_SIGN_DRS"),
    (0x2c, "LC_ENCRYPTION_INFO_64"),
    (0x2d, "LC_LINKER_OPTION"),
    (0x2e, "LC_LINKER_OPTIMIZATION_HINT"),
    (0x32, "LC_BUILD_VERSION"),
    (0x8000_0033, "LC_DYLD_EXPORTS_TRIE"),
    (0x8000_0034, "LC_DYLD_CHAINED_FIXUPS"),
    (0x8000_0035, "LC_FILESET_ENTRY"),
    (0x36, "LC_ATOM_INFO"),
];

/// Section types, the low byte of a section's flags.
pub(crate) const SECTION_TYPES: &[(u64, &str)] = &[
    (0x0, "S_REGULAR"),
    (0x1, "S_ZEROFILL"),
    (0x2, "S_CSTRING_LITERALS"),
    (0x3, "S_4BYTE_LITERALS"),
    (0x4, "S_8BYTE_LITERALS"),
    (0x5, "S_LITERAL_POINTERS"),
    (0x6, "S_NON_LAZY_SYMBOL_POINTERS"),
    (0x7, "S_LAZY_SYMBOL_POINTERS"),
    (0x8, "S_SYMBOL_STUBS"),
    (0x9, "S_MOD_INIT_FUNC_POINTERS"),
    (0xa, "S_MOD_TERM_FUNC_POINTERS"),
    (0xb, "S_COALESCED"),
    (0xc, "S_GB_ZEROFILL"),
    (0xd, "S_INTERPOSING"),
    (0xe, "S_16BYTE_LITERALS"),
    (0x11, "S_THREAD_LOCAL_REGULAR"),
    (0x12, "S_THREAD_LOCAL_ZEROFILL"),
    (0x13, "S_THREAD_LOCAL_VARIABLES"),
    (0x14, "S_THREAD_LOCAL_VARIABLE_POINTERS"),
    (0x15, "S_THREAD_LOCAL_INIT_FUNCTION_POINTERS"),
    (0x16, "S_INIT_FUNC_OFFSETS"),
];

/// Section attributes, the high bits of a section's flags, as cases write them.
pub(crate) const ATTRIBUTES: &[(u64, &str)] = &[
    (0x8000_0000, "pure-instructions"),
    (0x4000_0000, "no-toc"),
    (0x2000_0000, "strip-static-syms"),
    (0x1000_0000, "no-dead-strip"),
    (0x0800_0000, "live-support"),
    (0x0400_0000, "self-modifying"),
    (0x0200_0000, "debug"),
    (0x0000_0400, "some-instructions"),
];

/// Platforms of LC_BUILD_VERSION.
pub(crate) const PLATFORMS: &[(u64, &str)] = &[
    (1, "macos"),
    (2, "ios"),
    (3, "tvos"),
    (4, "watchos"),
    (5, "bridgeos"),
    (6, "mac-catalyst"),
    (7, "ios-simulator"),
    (8, "tvos-simulator"),
    (9, "watchos-simulator"),
    (10, "driverkit"),
    (11, "xros"),
    (12, "xros-simulator"),
];

/// Names of the bits that are set, in the table's order.
pub(crate) fn bits(table: &[(u64, &'static str)], value: u64) -> Vec<&'static str> {
    table.iter().filter(|(bit, _)| value & bit != 0).map(|(_, name)| *name).collect()
}
