//! The on-disk structures of ELF64 little-endian, as the gABI, the x86-64 psABI and glibc's `elf.h` define them.
//!
//! Field names lose their prefix (`sh_offset` is `offset`); constants keep the spelling of the specification.
//! Everything has alignment 1: an archive member is only 2-aligned.

use std::mem::{align_of, size_of};
use zerocopy::little_endian::{U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

macro_rules! on_disk {
    ($($(#[$doc:meta])* $name:ident ($size:literal) { $($field:ident: $ty:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned, Clone, Copy, Debug, Default)]
        #[repr(C)]
        #[allow(missing_docs)]
        pub struct $name { $(pub $field: $ty),* }
        const _: () = assert!(size_of::<$name>() == $size && align_of::<$name>() == 1);
    )*};
}

on_disk! {
    /// File header (gABI, "ELF Header").
    Ehdr (64) {
        ident: [u8; 16], kind: U16, machine: U16, version: U32, entry: U64, phoff: U64, shoff: U64, flags: U32,
        ehsize: U16, phentsize: U16, phnum: U16, shentsize: U16, shnum: U16, shstrndx: U16,
    }
    /// Section header (gABI, "Section Header Table").
    Shdr (64) {
        name: U32, kind: U32, flags: U64, addr: U64, offset: U64, size: U64, link: U32, info: U32, align: U64,
        entsize: U64,
    }
    /// Program header (gABI, "Program Header").
    Phdr (56) {
        kind: U32, flags: U32, offset: U64, vaddr: U64, paddr: U64, filesz: U64, memsz: U64, align: U64,
    }
    /// Symbol table entry (gABI, "Symbol Table").
    Sym (24) { name: U32, info: u8, other: u8, section: U16, value: U64, size: U64 }
    /// Relocation with addend (gABI, "Relocation"): `info` is symbol << 32 | type.
    Rela (24) { offset: U64, info: U64, addend: U64 }
    /// Dynamic section entry (gABI, "Dynamic Section").
    Dyn (16) { tag: U64, value: U64 }
    /// Version definition (`Elf64_Verdef`, LSB "Symbol Versioning").
    Verdef (20) { version: U16, flags: U16, index: U16, count: U16, hash: U32, aux: U32, next: U32 }
    /// Name of a version definition or of one of its parents (`Elf64_Verdaux`).
    Verdaux (8) { name: U32, next: U32 }
    /// Versions needed from one file (`Elf64_Verneed`).
    Verneed (16) { version: U16, count: U16, file: U32, aux: U32, next: U32 }
    /// One version needed (`Elf64_Vernaux`).
    Vernaux (16) { hash: U32, flags: U16, other: U16, name: U32, next: U32 }
    /// Note header (gABI, "Note Section").
    Nhdr (12) { name_size: U32, desc_size: U32, kind: U32 }
    /// Compression header at the start of SHF_COMPRESSED sections (gABI, "Section Compression").
    Chdr (24) { kind: U32, reserved: U32, size: U64, align: U64 }
}

impl Sym {
    /// STB_* (upper four bits of `st_info`).
    #[inline]
    pub fn bind(&self) -> u8 {
        self.info >> 4
    }
    /// STT_* (lower four bits of `st_info`).
    #[inline]
    pub fn kind(&self) -> u8 {
        self.info & 15
    }
    /// STV_* (lower two bits of `st_other`).
    #[inline]
    pub fn visibility(&self) -> u8 {
        self.other & 3
    }
}

impl Rela {
    /// Index of the symbol.
    #[inline]
    pub fn symbol(&self) -> u32 {
        (self.info.get() >> 32) as u32
    }
    /// R_*.
    #[inline]
    pub fn kind(&self) -> u32 {
        self.info.get() as u32
    }
    /// The addend as a signed number.
    #[inline]
    pub fn addend(&self) -> i64 {
        self.addend.get() as i64
    }
    /// A relocation of type `kind` against dynamic symbol `symbol` at virtual address `offset`.
    pub fn new(offset: u64, kind: u32, symbol: u32, addend: i64) -> Self {
        Rela {
            offset: offset.into(),
            info: (u64::from(symbol) << 32 | u64::from(kind)).into(),
            addend: (addend as u64).into(),
        }
    }
}

macro_rules! constants {
    ($($ty:ty { $($name:ident = $value:expr,)* })*) => {
        $($(#[allow(missing_docs)] pub const $name: $ty = $value;)*)*
    };
}

constants! {
    [u8; 4] { ELFMAG = *b"\x7fELF", }
    u8 {
        ELFCLASS64 = 2, ELFDATA2LSB = 1, EV_CURRENT = 1, ELFOSABI_NONE = 0, ELFOSABI_GNU = 3,
        STB_LOCAL = 0, STB_GLOBAL = 1, STB_WEAK = 2, STB_GNU_UNIQUE = 10,
        STT_NOTYPE = 0, STT_OBJECT = 1, STT_FUNC = 2, STT_SECTION = 3, STT_FILE = 4, STT_COMMON = 5, STT_TLS = 6,
        STT_GNU_IFUNC = 10,
        STV_DEFAULT = 0, STV_INTERNAL = 1, STV_HIDDEN = 2, STV_PROTECTED = 3,
    }
    u16 {
        ET_REL = 1, ET_EXEC = 2, ET_DYN = 3, EM_X86_64 = 62,
        SHN_UNDEF = 0, SHN_LORESERVE = 0xff00, SHN_X86_64_LCOMMON = 0xff02, SHN_ABS = 0xfff1, SHN_COMMON = 0xfff2,
        SHN_XINDEX = 0xffff,
        VER_NDX_LOCAL = 0, VER_NDX_GLOBAL = 1, VER_FLG_BASE = 1, VER_FLG_WEAK = 2, VERSYM_HIDDEN = 0x8000,
    }
    u32 {
        SHT_NULL = 0, SHT_PROGBITS = 1, SHT_SYMTAB = 2, SHT_STRTAB = 3, SHT_RELA = 4, SHT_HASH = 5, SHT_DYNAMIC = 6,
        SHT_NOTE = 7, SHT_NOBITS = 8, SHT_REL = 9, SHT_DYNSYM = 11, SHT_INIT_ARRAY = 14, SHT_FINI_ARRAY = 15,
        SHT_PREINIT_ARRAY = 16, SHT_GROUP = 17, SHT_SYMTAB_SHNDX = 18, SHT_RELR = 19,
        SHT_LLVM_ADDRSIG = 0x6fff_4c03, SHT_LLVM_DEPENDENT_LIBRARIES = 0x6fff_4c04,
        SHT_LLVM_CALL_GRAPH_PROFILE = 0x6fff_4c09, SHT_LLVM_LTO = 0x6fff_4c0c,
        SHT_GNU_HASH = 0x6fff_fff6, SHT_GNU_VERDEF = 0x6fff_fffd, SHT_GNU_VERNEED = 0x6fff_fffe,
        SHT_GNU_VERSYM = 0x6fff_ffff, SHT_X86_64_UNWIND = 0x7000_0001,
        GRP_COMDAT = 1, ELFCOMPRESS_ZLIB = 1, ELFCOMPRESS_ZSTD = 2,
        PT_NULL = 0, PT_LOAD = 1, PT_DYNAMIC = 2, PT_INTERP = 3, PT_NOTE = 4, PT_PHDR = 6, PT_TLS = 7,
        PT_GNU_EH_FRAME = 0x6474_e550, PT_GNU_STACK = 0x6474_e551, PT_GNU_RELRO = 0x6474_e552,
        PT_GNU_PROPERTY = 0x6474_e553,
        PF_X = 1, PF_W = 2, PF_R = 4,
        NT_GNU_ABI_TAG = 1, NT_GNU_BUILD_ID = 3, NT_GNU_PROPERTY_TYPE_0 = 5,
        NT_FDO_PACKAGING_METADATA = 0xcafe_1a7e,
        GNU_PROPERTY_STACK_SIZE = 1, GNU_PROPERTY_NO_COPY_ON_PROTECTED = 2,
        GNU_PROPERTY_X86_UINT32_AND_LO = 0xc000_0002, GNU_PROPERTY_X86_UINT32_AND_HI = 0xc000_7fff,
        GNU_PROPERTY_X86_UINT32_OR_LO = 0xc000_8000, GNU_PROPERTY_X86_UINT32_OR_HI = 0xc000_ffff,
        GNU_PROPERTY_X86_UINT32_OR_AND_LO = 0xc001_0000, GNU_PROPERTY_X86_UINT32_OR_AND_HI = 0xc001_7fff,
        GNU_PROPERTY_X86_FEATURE_1_AND = 0xc000_0002, GNU_PROPERTY_X86_ISA_1_NEEDED = 0xc000_8002,
        GNU_PROPERTY_X86_FEATURE_1_IBT = 1, GNU_PROPERTY_X86_FEATURE_1_SHSTK = 2,
        DF_ORIGIN = 1, DF_SYMBOLIC = 2, DF_TEXTREL = 4, DF_BIND_NOW = 8, DF_STATIC_TLS = 16,
        DF_1_NOW = 1, DF_1_GLOBAL = 2, DF_1_NODELETE = 8, DF_1_LOADFLTR = 0x10, DF_1_INITFIRST = 0x20,
        DF_1_NOOPEN = 0x40, DF_1_ORIGIN = 0x80, DF_1_INTERPOSE = 0x400, DF_1_NODEFLIB = 0x800, DF_1_NODUMP = 0x1000,
        DF_1_PIE = 0x0800_0000,
    }
    u64 {
        SHF_WRITE = 1, SHF_ALLOC = 2, SHF_EXECINSTR = 4, SHF_MERGE = 0x10, SHF_STRINGS = 0x20, SHF_INFO_LINK = 0x40,
        SHF_LINK_ORDER = 0x80, SHF_OS_NONCONFORMING = 0x100, SHF_GROUP = 0x200, SHF_TLS = 0x400,
        SHF_COMPRESSED = 0x800, SHF_GNU_RETAIN = 0x20_0000, SHF_X86_64_LARGE = 0x1000_0000,
        SHF_EXCLUDE = 0x8000_0000,
        DT_NULL = 0, DT_NEEDED = 1, DT_PLTRELSZ = 2, DT_PLTGOT = 3, DT_HASH = 4, DT_STRTAB = 5, DT_SYMTAB = 6,
        DT_RELA = 7, DT_RELASZ = 8, DT_RELAENT = 9, DT_STRSZ = 10, DT_SYMENT = 11, DT_INIT = 12, DT_FINI = 13,
        DT_SONAME = 14, DT_RPATH = 15, DT_SYMBOLIC = 16, DT_REL = 17, DT_PLTREL = 20, DT_DEBUG = 21,
        DT_TEXTREL = 22, DT_JMPREL = 23, DT_INIT_ARRAY = 25, DT_FINI_ARRAY = 26, DT_INIT_ARRAYSZ = 27,
        DT_FINI_ARRAYSZ = 28, DT_RUNPATH = 29, DT_FLAGS = 30, DT_PREINIT_ARRAY = 32, DT_PREINIT_ARRAYSZ = 33,
        DT_RELRSZ = 35, DT_RELR = 36, DT_RELRENT = 37, DT_GNU_HASH = 0x6fff_fef5, DT_TLSDESC_PLT = 0x6fff_fef6,
        DT_TLSDESC_GOT = 0x6fff_fef7, DT_DEPAUDIT = 0x6fff_fefb, DT_AUDIT = 0x6fff_fefc, DT_VERSYM = 0x6fff_fff0,
        DT_RELACOUNT = 0x6fff_fff9, DT_FLAGS_1 = 0x6fff_fffb, DT_VERDEF = 0x6fff_fffc, DT_VERDEFNUM = 0x6fff_fffd,
        DT_VERNEED = 0x6fff_fffe, DT_VERNEEDNUM = 0x6fff_ffff, DT_AUXILIARY = 0x7fff_fffd, DT_FILTER = 0x7fff_ffff,
    }
}

/// x86-64 relocation types (psABI 4.4.1, "Relocation Types").
#[allow(missing_docs)]
pub mod r_x86_64 {
    macro_rules! types {
        ($($name:ident = $value:literal,)*) => {
            $(pub const $name: u32 = $value;)*
            /// The name of a type, for messages.
            pub fn name(kind: u32) -> String {
                match kind {
                    $($value => stringify!($name).to_string(),)*
                    _ => format!("relocation type {kind}"),
                }
            }
        };
    }
    types! {
        R_X86_64_NONE = 0, R_X86_64_64 = 1, R_X86_64_PC32 = 2, R_X86_64_GOT32 = 3, R_X86_64_PLT32 = 4,
        R_X86_64_COPY = 5, R_X86_64_GLOB_DAT = 6, R_X86_64_JUMP_SLOT = 7, R_X86_64_RELATIVE = 8,
        R_X86_64_GOTPCREL = 9, R_X86_64_32 = 10, R_X86_64_32S = 11, R_X86_64_16 = 12, R_X86_64_PC16 = 13,
        R_X86_64_8 = 14, R_X86_64_PC8 = 15, R_X86_64_DTPMOD64 = 16, R_X86_64_DTPOFF64 = 17, R_X86_64_TPOFF64 = 18,
        R_X86_64_TLSGD = 19, R_X86_64_TLSLD = 20, R_X86_64_DTPOFF32 = 21, R_X86_64_GOTTPOFF = 22,
        R_X86_64_TPOFF32 = 23, R_X86_64_PC64 = 24, R_X86_64_GOTOFF64 = 25, R_X86_64_GOTPC32 = 26,
        R_X86_64_GOT64 = 27, R_X86_64_GOTPCREL64 = 28, R_X86_64_GOTPC64 = 29, R_X86_64_PLTOFF64 = 31,
        R_X86_64_SIZE32 = 32, R_X86_64_SIZE64 = 33, R_X86_64_GOTPC32_TLSDESC = 34, R_X86_64_TLSDESC_CALL = 35,
        R_X86_64_TLSDESC = 36, R_X86_64_IRELATIVE = 37, R_X86_64_GOTPCRELX = 41, R_X86_64_REX_GOTPCRELX = 42,
        R_X86_64_CODE_4_GOTPCRELX = 43, R_X86_64_CODE_4_GOTTPOFF = 44, R_X86_64_CODE_4_GOTPC32_TLSDESC = 45,
        R_X86_64_CODE_5_GOTPCRELX = 46, R_X86_64_CODE_5_GOTTPOFF = 47, R_X86_64_CODE_5_GOTPC32_TLSDESC = 48,
        R_X86_64_CODE_6_GOTPCRELX = 49, R_X86_64_CODE_6_GOTTPOFF = 50, R_X86_64_CODE_6_GOTPC32_TLSDESC = 51,
    }
}
