// The parts of the Mach-O format that the loader reads, named as in Apple's <mach-o/loader.h>, <mach-o/nlist.h>,
// <mach-o/fixup-chains.h> and the kernel's cs_blobs.h. All integers are little-endian, but for the signature's, which are big.
#pragma once
#include <stdint.h>

enum { MH_MAGIC_64 = 0xfeedfacf, FAT_MAGIC = 0xcafebabe, CPU_TYPE_ARM64 = 0x0100000c };
enum { MH_EXECUTE = 2, MH_DYLIB = 6, MH_BUNDLE = 8 };
enum {
  MH_NOUNDEFS = 0x1, MH_DYLDLINK = 0x4, MH_BINDATLOAD = 0x8, MH_TWOLEVEL = 0x80, MH_FORCE_FLAT = 0x100,
  MH_WEAK_DEFINES = 0x8000, MH_BINDS_TO_WEAK = 0x10000, MH_NO_REEXPORTED_DYLIBS = 0x100000, MH_PIE = 0x200000,
  MH_HAS_TLV_DESCRIPTORS = 0x800000,
};
struct mach_header_64 { uint32_t magic, cputype, cpusubtype, filetype, ncmds, sizeofcmds, flags, reserved; };
struct load_command { uint32_t cmd, cmdsize; };

enum {
  LC_SYMTAB = 0x2, LC_UNIXTHREAD = 0x5, LC_DYSYMTAB = 0xb, LC_LOAD_DYLIB = 0xc, LC_ID_DYLIB = 0xd, LC_LOAD_DYLINKER = 0xe,
  LC_SEGMENT_64 = 0x19, LC_UUID = 0x1b, LC_CODE_SIGNATURE = 0x1d, LC_SEGMENT_SPLIT_INFO = 0x1e, LC_DYLD_INFO = 0x22,
  LC_VERSION_MIN_MACOSX = 0x24, LC_VERSION_MIN_IPHONEOS = 0x25, LC_FUNCTION_STARTS = 0x26, LC_DATA_IN_CODE = 0x29,
  LC_DYLIB_CODE_SIGN_DRS = 0x2b, LC_LINKER_OPTIMIZATION_HINT = 0x2e, LC_BUILD_VERSION = 0x32,
};
#define LC_REQ_DYLD 0x80000000u
#define LC_LOAD_WEAK_DYLIB (0x18 | LC_REQ_DYLD)
#define LC_RPATH (0x1c | LC_REQ_DYLD)
#define LC_REEXPORT_DYLIB (0x1f | LC_REQ_DYLD)
#define LC_DYLD_INFO_ONLY (0x22 | LC_REQ_DYLD)
#define LC_LOAD_UPWARD_DYLIB (0x23 | LC_REQ_DYLD)
#define LC_MAIN (0x28 | LC_REQ_DYLD)
#define LC_DYLD_EXPORTS_TRIE (0x33 | LC_REQ_DYLD)
#define LC_DYLD_CHAINED_FIXUPS (0x34 | LC_REQ_DYLD)

struct segment_command_64 {
  uint32_t cmd, cmdsize;
  char segname[16];
  uint64_t vmaddr, vmsize, fileoff, filesize;
  uint32_t maxprot, initprot, nsects, flags;
};
enum { VM_READ = 1, VM_WRITE = 2, VM_EXECUTE = 4, SG_READ_ONLY = 0x10 };
struct section_64 {
  char sectname[16], segname[16];
  uint64_t addr, size;
  uint32_t offset, align, reloff, nreloc, flags, reserved1, reserved2, reserved3;
};
enum {
  SECTION_TYPE = 0xff, S_ZEROFILL = 0x1, S_NON_LAZY_SYMBOL_POINTERS = 0x6, S_LAZY_SYMBOL_POINTERS = 0x7, S_SYMBOL_STUBS = 0x8,
  S_MOD_INIT_FUNC_POINTERS = 0x9, S_MOD_TERM_FUNC_POINTERS = 0xa, S_GB_ZEROFILL = 0xc, S_THREAD_LOCAL_REGULAR = 0x11,
  S_THREAD_LOCAL_ZEROFILL = 0x12, S_THREAD_LOCAL_VARIABLES = 0x13, S_THREAD_LOCAL_VARIABLE_POINTERS = 0x14,
  S_THREAD_LOCAL_INIT_FUNCTION_POINTERS = 0x15, S_INIT_FUNC_OFFSETS = 0x16,
};
struct dylib_command { uint32_t cmd, cmdsize, name, timestamp, current_version, compatibility_version; };
struct path_command { uint32_t cmd, cmdsize, path; };
struct entry_point_command { uint32_t cmd, cmdsize; uint64_t entryoff, stacksize; };
struct linkedit_data_command { uint32_t cmd, cmdsize, dataoff, datasize; };
struct dyld_info_command {
  uint32_t cmd, cmdsize, rebase_off, rebase_size, bind_off, bind_size, weak_bind_off, weak_bind_size, lazy_bind_off,
      lazy_bind_size, export_off, export_size;
};
struct symtab_command { uint32_t cmd, cmdsize, symoff, nsyms, stroff, strsize; };
struct dysymtab_command {
  uint32_t cmd, cmdsize, ilocalsym, nlocalsym, iextdefsym, nextdefsym, iundefsym, nundefsym, tocoff, ntoc, modtaboff, nmodtab,
      extrefsymoff, nextrefsyms, indirectsymoff, nindirectsyms, extreloff, nextrel, locreloff, nlocrel;
};
#define INDIRECT_SYMBOL_LOCAL 0x80000000u
#define INDIRECT_SYMBOL_ABS 0x40000000u
struct nlist_64 { uint32_t n_strx; uint8_t n_type, n_sect; uint16_t n_desc; uint64_t n_value; };
enum { N_STAB = 0xe0, N_PEXT = 0x10, N_TYPE = 0x0e, N_EXT = 0x01, N_UNDF = 0x0, N_ABS = 0x2, N_INDR = 0xa, N_SECT = 0xe };

// Library ordinals of an import: 1… are the dylibs in the order of their load commands; these are the others.
enum { ORDINAL_SELF = 0, ORDINAL_MAIN = -1, ORDINAL_FLAT = -2, ORDINAL_WEAK = -3 };
// A node's flags in the export trie.
enum { EXPORT_KIND = 3, EXPORT_ABSOLUTE = 2, EXPORT_WEAK = 4, EXPORT_REEXPORT = 8, EXPORT_RESOLVER = 16 };

struct dyld_chained_fixups_header {
  uint32_t fixups_version, starts_offset, imports_offset, symbols_offset, imports_count, imports_format, symbols_format;
};
struct dyld_chained_starts_in_segment {
  uint32_t size;
  uint16_t page_size, pointer_format;
  uint64_t segment_offset;
  uint32_t max_valid_pointer;
  uint16_t page_count, page_start[];
} __attribute__((packed));
enum { DYLD_CHAINED_PTR_64 = 2, DYLD_CHAINED_PTR_64_OFFSET = 6, PAGE_START_NONE = 0xffff, PAGE_START_MULTI = 0x8000 };
enum { IMPORTS = 1, IMPORTS_ADDEND = 2, IMPORTS_ADDEND64 = 3 };

// The signature: a SuperBlob of blobs, one of them the CodeDirectory.
enum { CSMAGIC_EMBEDDED_SIGNATURE = 0xfade0cc0, CSMAGIC_CODEDIRECTORY = 0xfade0c02 };
struct super_blob { uint32_t magic, length, count; };
struct blob_index { uint32_t type, offset; };
struct code_directory {
  uint32_t magic, length, version, flags, hashOffset, identOffset, nSpecialSlots, nCodeSlots, codeLimit;
  uint8_t hashSize, hashType, platform, pageSize;
  uint32_t spare2, scatterOffset, teamOffset, spare3;
  uint64_t codeLimit64, execSegBase, execSegLimit, execSegFlags;
} __attribute__((packed));
enum { CS_ADHOC = 0x2, CS_LINKER_SIGNED = 0x20000, CS_SUPPORTSEXECSEG = 0x20400, CS_HASHTYPE_SHA256 = 2, CS_EXECSEG_MAIN_BINARY = 1 };
