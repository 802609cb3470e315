//! The structures and constants of Mach-O files.
//!
//! Sources: `mach-o/loader.h`, `mach-o/nlist.h`, `mach-o/reloc.h`, `mach-o/arm64/reloc.h`, `mach-o/fat.h`,
//! `mach-o/fixup-chains.h` and `mach-o/compact_unwind_encoding.h` of Apple's cctools and dyld, whose names the constants
//! keep. Everything is little-endian, has alignment 1 and is read through `base::view`; `fat_header` alone is big-endian.

use zerocopy::little_endian::{I32, U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned, big_endian};

macro_rules! on_disk {
    ($($(#[$doc:meta])* $name:ident = $size:literal { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned, Clone, Copy, Debug, Default)]
        #[repr(C)]
        #[allow(missing_docs)] // The fields are the headers' own, without their prefixes.
        pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }
        const _: () = assert!(size_of::<$name>() == $size && align_of::<$name>() == 1);
    )*};
}

/// A segment's or section's name: NUL-padded, and without a NUL when it has sixteen bytes.
pub type Name = [u8; 16];

/// The bytes of a name before its padding.
pub fn name(field: &Name) -> &[u8] {
    &field[..field.iter().position(|b| *b == 0).unwrap_or(16)]
}

/// A name, padded. What does not fit is cut off: callers have checked the length.
pub fn padded(text: &[u8]) -> Name {
    let mut field = [0; 16];
    let len = text.len().min(16);
    field[..len].copy_from_slice(&text[..len]);
    field
}

on_disk! {
    /// `mach_header_64`.
    Header = 32 {
        magic: U32, cpu_type: U32, cpu_subtype: U32, file_type: U32,
        command_count: U32, commands_size: U32, flags: U32, reserved: U32,
    }
    /// `load_command`: what every load command begins with. `size` is a multiple of 8.
    LoadCommand = 8 { command: U32, size: U32, }
    /// `segment_command_64`, followed by `section_count` sections.
    Segment = 72 {
        command: U32, size: U32, name: Name, address: U64, vm_size: U64, offset: U64, file_size: U64,
        max_protection: U32, initial_protection: U32, section_count: U32, flags: U32,
    }
    /// `section_64`. `align` is an exponent of two.
    Section = 80 {
        name: Name, segment: Name, address: U64, size: U64, offset: U32, align: U32,
        relocations_offset: U32, relocation_count: U32, flags: U32, reserved1: U32, reserved2: U32, reserved3: U32,
    }
    /// `nlist_64`: an entry of the symbol table.
    Nlist = 16 { name: U32, kind: u8, section: u8, description: U16, value: U64, }
    /// `relocation_info`: `packed` holds, from the lowest bit, symbol 24, pc-relative 1, length 2, external 1, type 4.
    Relocation = 8 { address: I32, packed: U32, }
    /// `symtab_command`.
    SymtabCommand = 24 {
        command: U32, size: U32, symbols_offset: U32, symbol_count: U32, strings_offset: U32, strings_size: U32,
    }
    /// `dysymtab_command`.
    DysymtabCommand = 80 {
        command: U32, size: U32, first_local: U32, local_count: U32, first_external: U32, external_count: U32,
        first_undefined: U32, undefined_count: U32, toc_offset: U32, toc_count: U32, modules_offset: U32,
        module_count: U32, references_offset: U32, reference_count: U32, indirect_offset: U32, indirect_count: U32,
        external_relocations_offset: U32, external_relocation_count: U32,
        local_relocations_offset: U32, local_relocation_count: U32,
    }
    /// `dylib_command`: `LC_ID_DYLIB` and the commands that load one. The name follows.
    DylibCommand = 24 {
        command: U32, size: U32, name_offset: U32, timestamp: U32, current_version: U32, compatibility_version: U32,
    }
    /// `dylinker_command`, `rpath_command`, `sub_framework_command` and others of one string.
    StringCommand = 12 { command: U32, size: U32, string_offset: U32, }
    /// `uuid_command`.
    UuidCommand = 24 { command: U32, size: U32, uuid: [u8; 16], }
    /// `linkedit_data_command`: a piece of `__LINKEDIT`.
    LinkeditCommand = 16 { command: U32, size: U32, data_offset: U32, data_size: U32, }
    /// `dyld_info_command`.
    DyldInfoCommand = 48 {
        command: U32, size: U32, rebase_offset: U32, rebase_size: U32, bind_offset: U32, bind_size: U32,
        weak_bind_offset: U32, weak_bind_size: U32, lazy_bind_offset: U32, lazy_bind_size: U32,
        export_offset: U32, export_size: U32,
    }
    /// `build_version_command`, followed by `tool_count` pairs. Versions are `xxxx.yy.zz` in nibbles.
    BuildVersionCommand = 24 { command: U32, size: U32, platform: U32, min_os: U32, sdk: U32, tool_count: U32, }
    /// `build_tool_version`.
    BuildTool = 8 { tool: U32, version: U32, }
    /// `version_min_command`: what systems before `LC_BUILD_VERSION` read.
    VersionMinCommand = 16 { command: U32, size: U32, version: U32, sdk: U32, }
    /// `source_version_command`: `A.B.C.D.E` packed as 24.10.10.10.10 bits.
    SourceVersionCommand = 16 { command: U32, size: U32, version: U64, }
    /// `entry_point_command` (`LC_MAIN`): the file offset of `main`.
    EntryPointCommand = 24 { command: U32, size: U32, entry_offset: U64, stack_size: U64, }
    /// `encryption_info_command_64`.
    EncryptionInfoCommand = 24 { command: U32, size: U32, offset: U32, data_size: U32, id: U32, pad: U32, }
    /// `linker_option_command`: `count` NUL-terminated strings follow.
    LinkerOptionCommand = 12 { command: U32, size: U32, count: U32, }
    /// `data_in_code_entry`.
    DataInCode = 8 { offset: U32, length: U16, kind: U16, }
    /// An entry of `__LD,__compact_unwind` in an object.
    CompactUnwind = 32 { function: U64, length: U32, encoding: U32, personality: U64, lsda: U64, }
    /// `dyld_chained_fixups_header`.
    ChainedFixupsHeader = 28 {
        version: U32, starts_offset: U32, imports_offset: U32, symbols_offset: U32,
        import_count: U32, imports_format: U32, symbols_format: U32,
    }
    /// `dyld_chained_starts_in_segment`, followed by one `u16` a page.
    ChainedStarts = 22 {
        size: U32, page_size: U16, pointer_format: U16, segment_offset: U64, max_valid_pointer: U32, page_count: U16,
    }
    /// `unwind_info_section_header`: what `__TEXT,__unwind_info` begins with.
    UnwindHeader = 28 {
        version: U32, common_encodings_offset: U32, common_encoding_count: U32,
        personalities_offset: U32, personality_count: U32, index_offset: U32, index_count: U32,
    }
    /// `unwind_info_section_header_index_entry`.
    UnwindIndex = 12 { function_offset: U32, second_level_offset: U32, lsda_offset: U32, }
    /// `unwind_info_section_header_lsda_index_entry`.
    UnwindLsda = 8 { function_offset: U32, lsda_offset: U32, }
    /// `fat_arch`: one architecture of a universal file.
    FatArch = 20 {
        cpu_type: big_endian::U32, cpu_subtype: big_endian::U32, offset: big_endian::U32, size: big_endian::U32,
        align: big_endian::U32,
    }
    /// `fat_arch_64`.
    FatArch64 = 32 {
        cpu_type: big_endian::U32, cpu_subtype: big_endian::U32, offset: big_endian::U64, size: big_endian::U64,
        align: big_endian::U32, reserved: big_endian::U32,
    }
    /// `fat_header`.
    FatHeader = 8 { magic: big_endian::U32, arch_count: big_endian::U32, }
}

impl Relocation {
    /// A relocation of 2^`length` bytes at `address` in its section; `external` if `symbol` is a symbol.
    #[inline]
    pub fn new(address: u32, kind: u8, symbol: u32, length: u32, external: bool) -> Relocation {
        let is_pc_relative = matches!(
            kind,
            ARM64_RELOC_BRANCH26
                | ARM64_RELOC_PAGE21
                | ARM64_RELOC_GOT_LOAD_PAGE21
                | ARM64_RELOC_POINTER_TO_GOT
                | ARM64_RELOC_TLVP_LOAD_PAGE21
        );
        let flags = u32::from(is_pc_relative) << 24 | length << 25 | u32::from(external) << 27;
        let packed = symbol | flags | u32::from(kind) << 28;
        Relocation { address: (address as i32).into(), packed: packed.into() }
    }
    /// The same at another place, with another symbol or section.
    #[inline]
    pub fn moved(&self, address: u32, symbol: u32) -> Relocation {
        let packed = self.packed.get() & !0xff_ffff | symbol & 0xff_ffff;
        Relocation { address: (address as i32).into(), packed: packed.into() }
    }
    /// Index into the symbol table if [`Relocation::is_external`], else the ordinal of a section (from 1); for
    /// [`ARM64_RELOC_ADDEND`] the addend itself.
    #[inline]
    pub fn symbol(&self) -> u32 {
        self.packed.get() & 0xff_ffff
    }
    /// Whether the place of the relocation counts.
    #[inline]
    pub fn is_pc_relative(&self) -> bool {
        self.packed.get() >> 24 & 1 != 0
    }
    /// Exponent of the number of bytes that are patched.
    #[inline]
    pub fn length(&self) -> u32 {
        self.packed.get() >> 25 & 3
    }
    /// Whether [`Relocation::symbol`] is a symbol.
    #[inline]
    pub fn is_external(&self) -> bool {
        self.packed.get() >> 27 & 1 != 0
    }
    /// One of `ARM64_RELOC_*`.
    #[inline]
    pub fn kind(&self) -> u8 {
        (self.packed.get() >> 28) as u8
    }
}

impl Nlist {
    /// Whether it is a debugger's entry, whose other fields mean something else.
    #[inline]
    pub fn is_stab(&self) -> bool {
        self.kind & N_STAB != 0
    }
    /// `N_UNDF`, `N_ABS`, `N_SECT`, `N_INDR`, `N_PBUD`.
    #[inline]
    pub fn class(&self) -> u8 {
        self.kind & N_TYPE
    }
    /// Whether other files see it.
    #[inline]
    pub fn is_external(&self) -> bool {
        self.kind & N_EXT != 0
    }
    /// Whether it is external, but goes no further than this link.
    #[inline]
    pub fn is_private_external(&self) -> bool {
        self.kind & N_PEXT != 0
    }
    /// Whether `flag` of `description` is set.
    #[inline]
    pub fn has(&self, flag: u16) -> bool {
        self.description.get() & flag != 0
    }
}

impl Section {
    /// One of `S_*`.
    #[inline]
    pub fn kind(&self) -> u32 {
        self.flags.get() & SECTION_TYPE
    }
    /// Whether it has no bytes in the file.
    #[inline]
    pub fn is_zero_fill(&self) -> bool {
        matches!(self.kind(), S_ZEROFILL | S_GB_ZEROFILL | S_THREAD_LOCAL_ZEROFILL)
    }
    /// The segment's and the section's name.
    #[inline]
    pub fn full_name(&self) -> (&[u8], &[u8]) {
        (name(&self.segment), name(&self.name))
    }
}

macro_rules! constants {
    ($type:ty: $($name:ident = $value:expr),* $(,)?) => {
        $(#[allow(missing_docs)] pub const $name: $type = $value;)*
    };
}

constants!(u32:
    MH_MAGIC_64 = 0xfeed_facf, MH_CIGAM_64 = 0xcffa_edfe, MH_MAGIC = 0xfeed_face, MH_CIGAM = 0xcefa_edfe,
    FAT_MAGIC = 0xcafe_babe, FAT_MAGIC_64 = 0xcafe_babf,
    CPU_TYPE_X86_64 = 0x0100_0007, CPU_TYPE_ARM64 = 0x0100_000c, CPU_TYPE_ARM64_32 = 0x0200_000c,
    CPU_SUBTYPE_ARM64_ALL = 0, CPU_SUBTYPE_ARM64_V8 = 1, CPU_SUBTYPE_ARM64E = 2, CPU_SUBTYPE_X86_64_ALL = 3,
    CPU_SUBTYPE_MASK = 0xff00_0000,
    MH_OBJECT = 1, MH_EXECUTE = 2, MH_DYLIB = 6, MH_DYLINKER = 7, MH_BUNDLE = 8, MH_DYLIB_STUB = 9,
    MH_NOUNDEFS = 0x1, MH_DYLDLINK = 0x4, MH_BINDATLOAD = 0x8,
    MH_TWOLEVEL = 0x80, MH_FORCE_FLAT = 0x100, MH_SUBSECTIONS_VIA_SYMBOLS = 0x2000,
    MH_WEAK_DEFINES = 0x8000, MH_BINDS_TO_WEAK = 0x1_0000, MH_ALLOW_STACK_EXECUTION = 0x2_0000, MH_ROOT_SAFE = 0x4_0000,
    MH_SETUID_SAFE = 0x8_0000, MH_NO_REEXPORTED_DYLIBS = 0x10_0000, MH_PIE = 0x20_0000,
    MH_DEAD_STRIPPABLE_DYLIB = 0x40_0000, MH_HAS_TLV_DESCRIPTORS = 0x80_0000, MH_NO_HEAP_EXECUTION = 0x100_0000,
    MH_APP_EXTENSION_SAFE = 0x200_0000, MH_NLIST_OUTOFSYNC_WITH_DYLDINFO = 0x400_0000, MH_SIM_SUPPORT = 0x800_0000,
    LC_REQ_DYLD = 0x8000_0000,
    LC_SYMTAB = 0x2, LC_UNIXTHREAD = 0x5, LC_DYSYMTAB = 0xb, LC_LOAD_DYLIB = 0xc, LC_ID_DYLIB = 0xd,
    LC_LOAD_DYLINKER = 0xe, LC_ID_DYLINKER = 0xf, LC_SUB_FRAMEWORK = 0x12, LC_SUB_UMBRELLA = 0x13, LC_SUB_CLIENT = 0x14,
    LC_SUB_LIBRARY = 0x15, LC_LOAD_WEAK_DYLIB = 0x18 | LC_REQ_DYLD, LC_SEGMENT_64 = 0x19, LC_ROUTINES_64 = 0x1a,
    LC_UUID = 0x1b, LC_RPATH = 0x1c | LC_REQ_DYLD, LC_CODE_SIGNATURE = 0x1d, LC_SEGMENT_SPLIT_INFO = 0x1e,
    LC_REEXPORT_DYLIB = 0x1f | LC_REQ_DYLD, LC_LAZY_LOAD_DYLIB = 0x20, LC_ENCRYPTION_INFO = 0x21, LC_DYLD_INFO = 0x22,
    LC_DYLD_INFO_ONLY = 0x22 | LC_REQ_DYLD, LC_LOAD_UPWARD_DYLIB = 0x23 | LC_REQ_DYLD, LC_VERSION_MIN_MACOSX = 0x24,
    LC_VERSION_MIN_IPHONEOS = 0x25, LC_FUNCTION_STARTS = 0x26, LC_DYLD_ENVIRONMENT = 0x27, LC_MAIN = 0x28 | LC_REQ_DYLD,
    LC_DATA_IN_CODE = 0x29, LC_SOURCE_VERSION = 0x2a, LC_ENCRYPTION_INFO_64 = 0x2c, LC_LINKER_OPTION = 0x2d,
    LC_LINKER_OPTIMIZATION_HINT = 0x2e, LC_VERSION_MIN_TVOS = 0x2f, LC_VERSION_MIN_WATCHOS = 0x30,
    LC_BUILD_VERSION = 0x32, LC_DYLD_EXPORTS_TRIE = 0x33 | LC_REQ_DYLD, LC_DYLD_CHAINED_FIXUPS = 0x34 | LC_REQ_DYLD,
    VM_PROT_READ = 1, VM_PROT_WRITE = 2, VM_PROT_EXECUTE = 4,
    SG_NORELOC = 0x4, SG_READ_ONLY = 0x10,
    SECTION_TYPE = 0xff, SECTION_ATTRIBUTES = 0xffff_ff00,
    S_REGULAR = 0x0, S_ZEROFILL = 0x1, S_CSTRING_LITERALS = 0x2, S_4BYTE_LITERALS = 0x3, S_8BYTE_LITERALS = 0x4,
    S_LITERAL_POINTERS = 0x5, S_NON_LAZY_SYMBOL_POINTERS = 0x6, S_LAZY_SYMBOL_POINTERS = 0x7, S_SYMBOL_STUBS = 0x8,
    S_MOD_INIT_FUNC_POINTERS = 0x9, S_MOD_TERM_FUNC_POINTERS = 0xa, S_COALESCED = 0xb, S_GB_ZEROFILL = 0xc,
    S_INTERPOSING = 0xd, S_16BYTE_LITERALS = 0xe, S_DTRACE_DOF = 0xf, S_LAZY_DYLIB_SYMBOL_POINTERS = 0x10,
    S_THREAD_LOCAL_REGULAR = 0x11, S_THREAD_LOCAL_ZEROFILL = 0x12, S_THREAD_LOCAL_VARIABLES = 0x13,
    S_THREAD_LOCAL_VARIABLE_POINTERS = 0x14, S_THREAD_LOCAL_INIT_FUNCTION_POINTERS = 0x15, S_INIT_FUNC_OFFSETS = 0x16,
    S_ATTR_PURE_INSTRUCTIONS = 0x8000_0000, S_ATTR_NO_TOC = 0x4000_0000, S_ATTR_STRIP_STATIC_SYMS = 0x2000_0000,
    S_ATTR_NO_DEAD_STRIP = 0x1000_0000, S_ATTR_LIVE_SUPPORT = 0x0800_0000, S_ATTR_SELF_MODIFYING_CODE = 0x0400_0000,
    S_ATTR_DEBUG = 0x0200_0000, S_ATTR_SOME_INSTRUCTIONS = 0x0000_0400, S_ATTR_EXT_RELOC = 0x0000_0200,
    S_ATTR_LOC_RELOC = 0x0000_0100,
    INDIRECT_SYMBOL_LOCAL = 0x8000_0000, INDIRECT_SYMBOL_ABS = 0x4000_0000,
    PLATFORM_MACOS = 1, PLATFORM_IOS = 2, PLATFORM_TVOS = 3, PLATFORM_WATCHOS = 4, PLATFORM_BRIDGEOS = 5,
    PLATFORM_MACCATALYST = 6, PLATFORM_IOSSIMULATOR = 7, PLATFORM_TVOSSIMULATOR = 8, PLATFORM_WATCHOSSIMULATOR = 9,
    PLATFORM_DRIVERKIT = 10, PLATFORM_XROS = 11, PLATFORM_XROSSIMULATOR = 12,
    TOOL_CLANG = 1, TOOL_SWIFT = 2, TOOL_LD = 3, TOOL_LLD = 4,
);

// Symbols (`mach-o/nlist.h`, `mach-o/stab.h`).
constants!(u8:
    N_STAB = 0xe0, N_PEXT = 0x10, N_TYPE = 0x0e, N_EXT = 0x01,
    N_UNDF = 0x0, N_ABS = 0x2, N_SECT = 0xe, N_PBUD = 0xc, N_INDR = 0xa,
    NO_SECT = 0,
    N_GSYM = 0x20, N_FUN = 0x24, N_STSYM = 0x26, N_LCSYM = 0x28, N_BNSYM = 0x2e, N_AST = 0x32, N_SLINE = 0x44,
    N_ENSYM = 0x4e, N_SO = 0x64, N_OSO = 0x66, N_LBRAC = 0xc0, N_RBRAC = 0xe0,
);
constants!(u16:
    REFERENCE_FLAG_UNDEFINED_NON_LAZY = 0, REFERENCED_DYNAMICALLY = 0x10, N_NO_DEAD_STRIP = 0x20, N_DESC_DISCARDED = 0x20,
    N_WEAK_REF = 0x40, N_WEAK_DEF = 0x80, N_REF_TO_WEAK = 0x80, N_SYMBOL_RESOLVER = 0x100, N_ALT_ENTRY = 0x200,
    N_COLD_FUNC = 0x400,
    DYNAMIC_LOOKUP_ORDINAL = 0xfe, EXECUTABLE_ORDINAL = 0xff,
);
/// The largest ordinal that a symbol table can say (`MAX_LIBRARY_ORDINAL`).
pub const MAX_LIBRARY_ORDINAL: u32 = 0xfd;

// Relocations of arm64 objects (`mach-o/arm64/reloc.h`).
constants!(u8:
    ARM64_RELOC_UNSIGNED = 0, ARM64_RELOC_SUBTRACTOR = 1, ARM64_RELOC_BRANCH26 = 2, ARM64_RELOC_PAGE21 = 3,
    ARM64_RELOC_PAGEOFF12 = 4, ARM64_RELOC_GOT_LOAD_PAGE21 = 5, ARM64_RELOC_GOT_LOAD_PAGEOFF12 = 6,
    ARM64_RELOC_POINTER_TO_GOT = 7, ARM64_RELOC_TLVP_LOAD_PAGE21 = 8, ARM64_RELOC_TLVP_LOAD_PAGEOFF12 = 9,
    ARM64_RELOC_ADDEND = 10, ARM64_RELOC_AUTHENTICATED_POINTER = 11,
);

// The export trie (`mach-o/loader.h`).
constants!(u64:
    EXPORT_SYMBOL_FLAGS_KIND_MASK = 0x3, EXPORT_SYMBOL_FLAGS_KIND_REGULAR = 0, EXPORT_SYMBOL_FLAGS_KIND_THREAD_LOCAL = 1,
    EXPORT_SYMBOL_FLAGS_KIND_ABSOLUTE = 2, EXPORT_SYMBOL_FLAGS_WEAK_DEFINITION = 0x4, EXPORT_SYMBOL_FLAGS_REEXPORT = 0x8,
    EXPORT_SYMBOL_FLAGS_STUB_AND_RESOLVER = 0x10, EXPORT_SYMBOL_FLAGS_STATIC_RESOLVER = 0x20,
);

// Library ordinals with a meaning of their own (`mach-o/loader.h`, `BIND_SPECIAL_DYLIB_*`).
constants!(i32:
    BIND_SPECIAL_DYLIB_SELF = 0, BIND_SPECIAL_DYLIB_MAIN_EXECUTABLE = -1, BIND_SPECIAL_DYLIB_FLAT_LOOKUP = -2,
    BIND_SPECIAL_DYLIB_WEAK_LOOKUP = -3,
);

// Chained fixups (`mach-o/fixup-chains.h`).
constants!(u16:
    DYLD_CHAINED_PTR_64 = 2, DYLD_CHAINED_PTR_64_OFFSET = 6, DYLD_CHAINED_PTR_START_NONE = 0xffff,
);
constants!(u32:
    DYLD_CHAINED_IMPORT = 1, DYLD_CHAINED_IMPORT_ADDEND = 2, DYLD_CHAINED_IMPORT_ADDEND64 = 3,
);

// Compact unwind encodings (`mach-o/compact_unwind_encoding.h`).
constants!(u32:
    UNWIND_IS_NOT_FUNCTION_START = 0x8000_0000, UNWIND_HAS_LSDA = 0x4000_0000, UNWIND_PERSONALITY_MASK = 0x3000_0000,
    UNWIND_SECOND_LEVEL_REGULAR = 2, UNWIND_SECOND_LEVEL_COMPRESSED = 3,
    UNWIND_ARM64_MODE_MASK = 0x0f00_0000, UNWIND_ARM64_MODE_FRAMELESS = 0x0200_0000, UNWIND_ARM64_MODE_DWARF = 0x0300_0000,
    UNWIND_ARM64_MODE_FRAME = 0x0400_0000, UNWIND_ARM64_DWARF_SECTION_OFFSET = 0x00ff_ffff,
    UNWIND_X86_64_MODE_DWARF = 0x0400_0000,
);

// Second-level pages of `__unwind_info` (`mach-o/compact_unwind_encoding.h`).
on_disk! {
    /// `unwind_info_regular_second_level_page_header`; `entries_offset` counts from it.
    UnwindRegularPage = 8 { kind: U32, entries_offset: U16, entry_count: U16, }
    /// `unwind_info_regular_second_level_entry`.
    UnwindRegularEntry = 8 { function_offset: U32, encoding: U32, }
    /// `unwind_info_compressed_second_level_page_header`; the offsets count from it.
    UnwindCompressedPage = 12 {
        kind: U32, entries_offset: U16, entry_count: U16, encodings_offset: U16, encoding_count: U16,
    }
}
constants!(u32: UNWIND_X86_64_MODE_STACK_IND = 0x0300_0000,);
