// What the loader's files share: an image, the list of images, and one function or two of each file.
#pragma once
#include "macho.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { PAGE = 0x4000, MAX_SEGMENTS = 64 };

// A library that a load command names.
struct dependency {
  const char *name;
  uint32_t cmd;          // LC_LOAD_DYLIB, …
  struct image *image;   // NULL: a weak one that is not there
};

// An export trie's answer.
struct export {
  uint64_t flags, value, ordinal;
  const char *name;   // of a re-export, in its library; "" is the same name
};

// A loaded Mach-O file. One without `file` is the host's own libSystem, whose symbols shims.c knows.
struct image {
  char *path;
  const char *install;                    // LC_ID_DYLIB; the path of an executable or bundle
  const uint8_t *file;                    // the arm64 slice
  size_t size;
  const struct mach_header_64 *header;
  uint8_t *base;                          // where the header is mapped
  intptr_t slide;
  uint64_t low, high;                     // unslid addresses; without __PAGEZERO
  const struct segment_command_64 *segments[MAX_SEGMENTS];
  uint32_t segment_count;
  const struct segment_command_64 *text, *linkedit;
  struct dependency *dependencies;
  uint32_t dependency_count;
  const char **rpaths;
  uint32_t rpath_count;
  struct image *loaded_by;                // whose LC_RPATHs also serve
  const struct linkedit_data_command *chained, *exports_trie, *signature, *function_starts, *data_in_code;
  const struct dyld_info_command *info;
  const struct symtab_command *symtab;
  const struct dysymtab_command *dysymtab;
  const struct entry_point_command *entry;
  const uint8_t *trie;
  uint32_t trie_size;
  uint8_t *fixed;                         // a bit for each 4 bytes that a fixup has written
  const char *stub_text;                  // of a host library: the text of its .tbd, if a root has one
  struct thread_storage *storage;
  bool global, fixups_done, initialised;
};

extern struct image **images;             // in load order: the main executable is the first
extern uint32_t image_count;
extern const char *roots[16];
extern uint32_t root_count;
extern int program_argc;
extern char **program_argv, **program_envp;
extern const char *program_apple[];

// main.c
_Noreturn void refuse(const struct image *image, const char *format, ...) __attribute__((format(printf, 2, 3)));

// image.c
struct image *load(const char *name, struct image *by, bool must);   // and all it needs; not yet fixed up
void finish_loading(uint32_t first);                                 // fixes up and protects images[first…]
void initialise(struct image *image);
struct image *image_of(const void *address);
const void *bytes_at(const struct image *image, uint64_t offset, uint64_t size, const char *what);
const struct segment_command_64 *segment_of(const struct image *image, uint64_t address, uint64_t size);
static inline const struct section_64 *sections_of(const struct segment_command_64 *segment) {
  return (const struct section_64 *)(segment + 1);
}

// check.c, linkedit.c, signature.c: refuse what macOS would
void check_commands(struct image *image);
void check_linkedit(struct image *image);
void check_signature(struct image *image);
void sha256(const uint8_t *bytes, size_t size, uint8_t digest[32]);

// crash.c
void report_crashes(void);

// symbols.c
const char *symbol_at(const struct image *image, uint64_t address, uint64_t *start);   // the last one before it, from the table
uint64_t read_uleb(const struct image *image, const uint8_t **at, const uint8_t *end, const char *what);
bool find_export(const struct image *image, const char *name, struct export *found);
void check_trie(const struct image *image);
void *lookup(struct image *image, const char *name);                  // in an image and what it re-exports; NULL if absent
void *lookup_flat(const char *name);
void *lookup_weak(struct image *from, const char *name);
void *bind(struct image *from, int ordinal, const char *name, bool weak);

// fixups.c, opcodes.c
uint8_t *fixup_place(struct image *image, uint64_t address, const char *what);
void mark_fixed(struct image *image, uint64_t address);
void check_target(const struct image *image, uint64_t address);
void apply_chained(struct image *image);
void apply_opcodes(struct image *image);
void apply_weak_opcodes(struct image *image);
void check_pointers_fixed(struct image *image);
void *lazy_bind(void *private, uint64_t offset);                      // called by dyld_stub_binder

// tlv.c
void prepare_thread_locals(struct image *image);
void *thread_local_address(uint64_t *descriptor);                     // called by tlv_bootstrap

// libsystem/shims.c
void *find_shim(const char *name);                                    // NULL: the host has nothing by this name
void *missing_symbol(const char *name);                               // a function that says so and exits with 99

// entry.S
int call_on_stack(void *function, int argc, char **argv, char **envp, const char **apple, void *stack);
void tlv_bootstrap(void);
void dyld_stub_binder(void);
