// Fixups: LC_DYLD_CHAINED_FIXUPS in the formats of arm64, and what both kinds of fixups check of the places they write.
#include "loader.h"
#include <stdlib.h>
#include <string.h>

// The mapped place of a pointer-sized fixup; its bytes are marked, so that a second fixup there is refused.
uint8_t *fixup_place(struct image *image, uint64_t address, const char *what) {
  const struct segment_command_64 *segment = segment_of(image, address, 8);
  if (!segment) refuse(image, "%s at %#lx is outside of the segments", what, address);
  if (!(segment->initprot & VM_WRITE)) refuse(image, "%s at %#lx in %.16s, which is not writable", what, address, segment->segname);
  if (address + 8 - segment->vmaddr > segment->filesize) refuse(image, "%s at %#lx is not in the file", what, address);
  bool inside = false;
  for (uint32_t i = 0; i < segment->nsects && !inside; i++) {
    const struct section_64 *section = sections_of(segment) + i;
    inside = address >= section->addr && address + 8 <= section->addr + section->size;
  }
  if (!inside) refuse(image, "%s at %#lx is in no section", what, address);
  return (uint8_t *)address + image->slide;
}

void mark_fixed(struct image *image, uint64_t address) {
  if (!image->fixed) image->fixed = calloc((image->high - image->low) / 4 / 8 + 2, 1);
  for (uint64_t word = (address - image->low) / 4, end = word + 2; word < end; word++) {
    if (image->fixed[word / 8] >> word % 8 & 1) refuse(image, "two fixups at %#lx", address);
    image->fixed[word / 8] |= 1 << word % 8;
  }
}

// Where a rebase points to: into the image. The end of a segment counts (section$end and the like).
void check_target(const struct image *image, uint64_t address) {
  if (!segment_of(image, address, 0)) refuse(image, "rebase to %#lx, outside of the segments", address);
}

// ---- chained fixups ----

struct import { int ordinal; bool weak; const char *name; int64_t addend; };

struct chains {
  const uint8_t *data;
  uint32_t size;
  const struct dyld_chained_fixups_header *header;
  struct import *imports;
  void **bound;      // by import; NULL: not yet
};

// Ordinals of 8 and 16 bits are signed near their upper end.
static int signed_ordinal(uint32_t ordinal, unsigned bits) {
  return bits == 8 ? (ordinal > 0xf0 ? (int8_t)ordinal : (int)ordinal) : (ordinal > 0xfff0 ? (int16_t)ordinal : (int)ordinal);
}

static void read_imports(struct image *image, struct chains *chains) {
  const struct dyld_chained_fixups_header *header = chains->header;
  static const uint8_t sizes[] = {0, 4, 8, 16};
  if (header->imports_format < 1 || header->imports_format > 3) refuse(image, "chained imports format %u", header->imports_format);
  uint64_t size = (uint64_t)header->imports_count * sizes[header->imports_format];
  if (header->imports_offset > chains->size || size > chains->size - header->imports_offset ||
      header->imports_offset + size > header->symbols_offset || header->symbols_offset > chains->size)
    refuse(image, "chained imports are outside of the chained fixups");
  chains->imports = calloc(header->imports_count + 1, sizeof *chains->imports);
  chains->bound = calloc(header->imports_count + 1, sizeof *chains->bound);
  uint32_t pool = chains->size - header->symbols_offset;
  const char *names = (const char *)chains->data + header->symbols_offset;
  for (uint32_t i = 0; i < header->imports_count; i++) {
    const uint8_t *at = chains->data + header->imports_offset + i * sizes[header->imports_format];
    struct import *import = &chains->imports[i];
    uint64_t name;
    if (header->imports_format == IMPORTS_ADDEND64) {
      uint64_t word;
      memcpy(&word, at, 8), memcpy(&import->addend, at + 8, 8);
      import->ordinal = signed_ordinal(word & 0xffff, 16), import->weak = word >> 16 & 1, name = word >> 32;
      if (word >> 17 & 0x7fff) refuse(image, "chained import %u: reserved bits", i);
    } else {
      uint32_t word;
      int32_t addend = 0;
      memcpy(&word, at, 4);
      if (header->imports_format == IMPORTS_ADDEND) memcpy(&addend, at + 4, 4);
      import->ordinal = signed_ordinal(word & 0xff, 8), import->weak = word >> 8 & 1, name = word >> 9, import->addend = addend;
    }
    if (name >= pool || !memchr(names + name, 0, pool - name)) refuse(image, "chained import %u: name outside of the names", i);
    import->name = names + name;
  }
}

static void *bound_import(struct image *image, struct chains *chains, uint32_t index) {
  if (index >= chains->header->imports_count) refuse(image, "chained bind of import %u, which there is not", index);
  struct import *import = &chains->imports[index];
  // A weak import may stay NULL, to which no addend is added.
  if (!chains->bound[index]) chains->bound[index] = bind(image, import->ordinal, import->name, import->weak);
  return chains->bound[index] ? (uint8_t *)chains->bound[index] + import->addend : NULL;
}

// Follows one chain from an unslid address; it must end inside of its page.
static void walk(struct image *image, struct chains *chains, uint64_t address, uint64_t page_end, unsigned format) {
  for (;;) {
    if (address + 8 > page_end) refuse(image, "chain leaves its page at %#lx", address);
    uint8_t *place = fixup_place(image, address, "chained fixup");
    mark_fixed(image, address);
    uint64_t word, next, value;
    memcpy(&word, place, 8);
    next = word >> 51 & 0xfff;
    if (word >> 63) {
      if (word >> 32 & 0x7ffff) refuse(image, "chained bind at %#lx: reserved bits", address);
      uint8_t *target = bound_import(image, chains, word & 0xffffff);
      value = target ? (uint64_t)target + (word >> 24 & 0xff) : 0;
    } else {
      if (word >> 44 & 0x7f) refuse(image, "chained rebase at %#lx: reserved bits", address);
      value = word & 0xfffffffff;
      if (format == DYLD_CHAINED_PTR_64_OFFSET) value += image->text->vmaddr;
      check_target(image, value);
      value = (value + image->slide) | (word >> 36 & 0xff) << 56;
    }
    memcpy(place, &value, 8);
    if (!next) return;
    address += next * 4;
  }
}

static void walk_segment(struct image *image, struct chains *chains, uint32_t index, uint32_t offset) {
  const struct dyld_chained_starts_in_segment *starts = (const void *)(chains->data + offset);
  if (offset % 4 || offset > chains->size - sizeof *starts || starts->size > chains->size - offset ||
      sizeof *starts + starts->page_count * 2u > starts->size)
    refuse(image, "chain starts of segment %u are outside of the chained fixups", index);
  const struct segment_command_64 *segment = image->segments[index];
  if (starts->page_size != PAGE) refuse(image, "chains with pages of %#x bytes", starts->page_size);
  if (starts->pointer_format != DYLD_CHAINED_PTR_64 && starts->pointer_format != DYLD_CHAINED_PTR_64_OFFSET)
    refuse(image, "chained pointer format %u", starts->pointer_format);
  if (starts->segment_offset != segment->vmaddr - image->text->vmaddr)
    refuse(image, "chain starts of %.16s: segment offset %#lx", segment->segname, starts->segment_offset);
  if (starts->page_count > (segment->vmsize + PAGE - 1) / PAGE) refuse(image, "chain starts of %.16s: too many pages", segment->segname);
  for (uint32_t page = 0; page < starts->page_count; page++) {
    uint64_t address = segment->vmaddr + (uint64_t)page * PAGE;
    uint16_t start = starts->page_start[page];
    if (start == PAGE_START_NONE) continue;
    if (start >= PAGE) refuse(image, "chain of page %u of %.16s starts at %#x", page, segment->segname, start);
    walk(image, chains, address + start, address + PAGE, starts->pointer_format);
  }
}

void apply_chained(struct image *image) {
  struct chains chains = {.data = image->file + image->chained->dataoff, .size = image->chained->datasize};
  chains.header = (const void *)chains.data;
  if (chains.size < sizeof *chains.header) refuse(image, "chained fixups are too small");
  if (chains.header->fixups_version) refuse(image, "chained fixups version %u", chains.header->fixups_version);
  if (chains.header->symbols_format) refuse(image, "compressed names of chained imports");
  read_imports(image, &chains);
  uint32_t at = chains.header->starts_offset;
  if (at % 4 || at > chains.size - 4) refuse(image, "chain starts are outside of the chained fixups");
  const uint32_t *starts = (const void *)(chains.data + at);
  if (starts[0] != image->segment_count) refuse(image, "chain starts of %u segments, but there are %u", starts[0], image->segment_count);
  if ((chains.size - at) / 4 < starts[0] + 1) refuse(image, "chain starts are outside of the chained fixups");
  for (uint32_t i = 0; i < starts[0]; i++)
    if (starts[i + 1]) walk_segment(image, &chains, i, at + starts[i + 1]);
  free(chains.imports), free(chains.bound);
}

// ---- what must not be left alone ----

static void check_slots(struct image *image, const struct section_64 *section) {
  for (uint64_t address = section->addr; address + 8 <= section->addr + section->size; address += 8) {
    uint64_t word = (address - image->low) / 4;
    if (!image->fixed || !(image->fixed[word / 8] >> word % 8 & 1))
      refuse(image, "no fixup at %#lx in %.16s", address, section->sectname);
  }
}

// Sections that hold pointers only: a slot without a fixup would be an unslid address at run time.
void check_pointers_fixed(struct image *image) {
  for (uint32_t i = 0; i < image->segment_count; i++)
    for (uint32_t j = 0; j < image->segments[i]->nsects; j++) {
      const struct section_64 *section = sections_of(image->segments[i]) + j;
      switch (section->flags & SECTION_TYPE) {
      case S_NON_LAZY_SYMBOL_POINTERS: case S_LAZY_SYMBOL_POINTERS: case S_MOD_INIT_FUNC_POINTERS:
      case S_MOD_TERM_FUNC_POINTERS: case S_THREAD_LOCAL_VARIABLE_POINTERS: check_slots(image, section);
      }
    }
}
