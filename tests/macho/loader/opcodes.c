// LC_DYLD_INFO: the classic fixups, streams of opcodes that rebase, bind, bind weak definitions, and bind lazily.
//
// Lazy pointers are bound as on macOS, by the stub helper at the first call, so that its code and its offsets are put to the
// test; but that every one of them can be bound is checked at load time.
#include "loader.h"
#include <stdlib.h>
#include <string.h>

enum { OPCODE = 0xf0, IMMEDIATE = 0x0f, TYPE_POINTER = 1, WEAK_IMPORT = 0x1, NON_WEAK_DEFINITION = 0x8 };
enum {
  REBASE_DONE = 0x00, REBASE_SET_TYPE = 0x10, REBASE_SET_SEGMENT = 0x20, REBASE_ADD_ADDR = 0x30, REBASE_ADD_ADDR_SCALED = 0x40,
  REBASE_DO_TIMES = 0x50, REBASE_DO_ULEB_TIMES = 0x60, REBASE_DO_ADD_ADDR = 0x70, REBASE_DO_ULEB_TIMES_SKIPPING = 0x80,
};
enum {
  BIND_DONE = 0x00, BIND_SET_ORDINAL = 0x10, BIND_SET_ORDINAL_ULEB = 0x20, BIND_SET_SPECIAL = 0x30, BIND_SET_SYMBOL = 0x40,
  BIND_SET_TYPE = 0x50, BIND_SET_ADDEND = 0x60, BIND_SET_SEGMENT = 0x70, BIND_ADD_ADDR = 0x80, BIND_DO = 0x90,
  BIND_DO_ADD_ADDR = 0xa0, BIND_DO_ADD_ADDR_SCALED = 0xb0, BIND_DO_ULEB_TIMES_SKIPPING = 0xc0,
};

// A stream with the registers of its machine.
struct machine {
  struct image *image;
  const char *what;
  const uint8_t *at, *end;
  uint64_t address;
  unsigned type;
  int ordinal;
  const char *symbol;
  bool weak, has_segment;
  int64_t addend;
};

static uint64_t uleb(struct machine *m) { return read_uleb(m->image, &m->at, m->end, m->what); }

static int64_t sleb(struct machine *m) {
  uint64_t value = 0;
  unsigned shift = 0;
  uint8_t byte;
  do {
    if (m->at >= m->end || shift > 63) refuse(m->image, "%s: a bad number", m->what);
    byte = *m->at++;
    value |= (uint64_t)(byte & 0x7f) << shift, shift += 7;
  } while (byte & 0x80);
  return byte & 0x40 && shift < 64 ? (int64_t)(value | -(uint64_t)1 << shift) : (int64_t)value;
}

static void set_segment(struct machine *m, unsigned index) {
  if (index >= m->image->segment_count) refuse(m->image, "%s: segment %u, which there is not", m->what, index);
  m->address = m->image->segments[index]->vmaddr + uleb(m);
  m->has_segment = true;
}

static uint8_t *place(struct machine *m) {
  if (!m->has_segment) refuse(m->image, "%s: no address is set", m->what);
  if (m->type != TYPE_POINTER) refuse(m->image, "%s: fixup of type %u", m->what, m->type);
  if (m->address % 4) refuse(m->image, "%s: %#lx is not aligned", m->what, m->address);
  return fixup_place(m->image, m->address, m->what);
}

// ---- rebase ----

static void rebase(struct machine *m, uint64_t count, uint64_t step) {
  for (; count; count--, m->address += step) {
    uint8_t *at = place(m);
    uint64_t value;
    memcpy(&value, at, 8);
    check_target(m->image, value & 0xffffffffffffff);
    mark_fixed(m->image, m->address);
    value += m->image->slide;
    memcpy(at, &value, 8);
  }
}

static void run_rebase(struct image *image) {
  const struct dyld_info_command *info = image->info;
  const uint8_t *at = image->file + info->rebase_off;
  struct machine m = {.image = image, .what = "rebase opcodes", .at = at, .end = at + info->rebase_size};
  while (m.at < m.end) {
    uint8_t byte = *m.at++, low = byte & IMMEDIATE;
    uint64_t count, skip;
    switch (byte & OPCODE) {
    case REBASE_DONE: return;
    case REBASE_SET_TYPE: m.type = low; break;
    case REBASE_SET_SEGMENT: set_segment(&m, low); break;
    case REBASE_ADD_ADDR: m.address += uleb(&m); break;
    case REBASE_ADD_ADDR_SCALED: m.address += low * 8; break;
    case REBASE_DO_TIMES: rebase(&m, low, 8); break;
    case REBASE_DO_ULEB_TIMES: rebase(&m, uleb(&m), 8); break;
    case REBASE_DO_ADD_ADDR: rebase(&m, 1, 8), m.address += uleb(&m); break;
    case REBASE_DO_ULEB_TIMES_SKIPPING: count = uleb(&m), skip = uleb(&m), rebase(&m, count, 8 + skip); break;
    default: refuse(image, "rebase opcode %#x", byte);
    }
  }
}

// ---- bind ----

// LAZY walks all lazy pointers and writes nothing, LAZY_ALL writes them, LAZY_ONE stops after the first.
enum kind { PLAIN, WEAK, LAZY, LAZY_ALL, LAZY_ONE };

// Returns the address that was bound to.
static void *bind_here(struct machine *m, enum kind kind) {
  if (kind >= LAZY) m->type = TYPE_POINTER;
  uint8_t *at = place(m);
  if (!m->symbol) refuse(m->image, "%s: no symbol is set", m->what);
  uint8_t *target;
  if (kind == WEAK) {
    // The pointer already holds a definition: its own image's by a rebase, or a library's by a plain bind.
    if (!(target = lookup_weak(m->image, m->symbol))) return NULL;
  } else {
    target = bind(m->image, m->ordinal, m->symbol, m->weak);
    if (kind == PLAIN) mark_fixed(m->image, m->address);
  }
  uint64_t value = target ? (uint64_t)target + m->addend : 0;
  if (kind != LAZY) memcpy(at, &value, 8);
  return (void *)value;
}

// Runs a stream; a lazy one has a DONE after each symbol and goes on, unless only one is wanted.
static void *run_bind(struct image *image, enum kind kind, const char *what, const uint8_t *start, uint32_t size, uint32_t offset) {
  struct machine m = {.image = image, .what = what, .at = start + offset, .end = start + size};
  uint64_t count, skip;
  void *bound = NULL;
  while (m.at < m.end) {
    uint8_t byte = *m.at++, low = byte & IMMEDIATE;
    switch (byte & OPCODE) {
    case BIND_DONE:
      if (kind != LAZY && kind != LAZY_ALL) return bound;
      break;
    case BIND_SET_ORDINAL: m.ordinal = low; break;
    case BIND_SET_ORDINAL_ULEB: m.ordinal = uleb(&m); break;
    case BIND_SET_SPECIAL: m.ordinal = low ? (int8_t)(low | 0xf0) : 0; break;
    case BIND_SET_SYMBOL:
      m.symbol = (const char *)m.at, m.weak = low & WEAK_IMPORT;
      if (!(m.at = memchr(m.at, 0, m.end - m.at))) refuse(image, "%s: a name runs past the end", what);
      m.at++;
      if (kind == WEAK && low & NON_WEAK_DEFINITION && !lookup(image, m.symbol))
        refuse(image, "%s: strong definition of %s, which is not exported", what, m.symbol);
      break;
    case BIND_SET_TYPE: m.type = low; break;
    case BIND_SET_ADDEND: m.addend = sleb(&m); break;
    case BIND_SET_SEGMENT: set_segment(&m, low); break;
    case BIND_ADD_ADDR: m.address += uleb(&m); break;
    case BIND_DO: bound = bind_here(&m, kind), m.address += 8; break;
    case BIND_DO_ADD_ADDR: bound = bind_here(&m, kind), m.address += 8 + uleb(&m); break;
    case BIND_DO_ADD_ADDR_SCALED: bound = bind_here(&m, kind), m.address += 8 + low * 8; break;
    case BIND_DO_ULEB_TIMES_SKIPPING:
      for (count = uleb(&m), skip = uleb(&m); count; count--) bound = bind_here(&m, kind), m.address += 8 + skip;
      break;
    default: refuse(image, "%s: opcode %#x", what, byte);
    }
  }
  return bound;
}

// ---- lazy pointers ----

static void *run_lazy(struct image *image, enum kind kind, uint32_t offset) {
  const struct dyld_info_command *info = image->info;
  return run_bind(image, kind, "lazy bind opcodes", image->file + info->lazy_bind_off, info->lazy_bind_size, offset);
}

void *lazy_bind(void *private, uint64_t offset) {
  struct image *image = image_of(private);
  if (!image || !image->info) refuse(NULL, "lazy binding for no image");
  if (offset >= image->info->lazy_bind_size) refuse(image, "lazy binding with offset %#lx", offset);
  void *target = run_lazy(image, LAZY_ONE, offset);
  if (!target) refuse(image, "lazy binding with offset %#lx binds nothing", offset);
  return target;
}

// Each lazy pointer leads, through the rebased address of a stub helper entry, to the offset of opcodes that bind this pointer.
static void check_lazy_pointer(struct image *image, uint64_t address) {
  uint64_t entry, offset;
  memcpy(&entry, (uint8_t *)address + image->slide, 8);
  const uint32_t *code = (const uint32_t *)entry;
  if (image_of(code) != image) return;   // what may have several definitions is not bound lazily, and has been bound
  const struct segment_command_64 *segment = segment_of(image, entry - image->slide, 12);
  if (!segment || !(segment->initprot & VM_EXECUTE)) refuse(image, "lazy pointer %#lx does not point to a stub helper", address);
  if (code[0] != 0x18000050) return;   // not `ldr w16, .+8`: this image's own definition
  offset = code[2];
  const struct dyld_info_command *info = image->info;
  const uint8_t *start = image->file + info->lazy_bind_off;
  if (offset >= info->lazy_bind_size) refuse(image, "stub helper's lazy offset %#lx is outside of the opcodes", offset);
  struct machine m = {.image = image, .what = "lazy bind opcodes", .at = start + offset, .end = start + info->lazy_bind_size};
  uint8_t byte = *m.at++;
  if ((byte & OPCODE) == BIND_SET_SEGMENT) set_segment(&m, byte & IMMEDIATE);
  if (m.address != address) refuse(image, "stub helper's lazy offset %#lx does not bind lazy pointer %#lx", offset, address);
}

static void check_lazy_pointers(struct image *image) {
  for (uint32_t i = 0; i < image->segment_count; i++)
    for (uint32_t j = 0; j < image->segments[i]->nsects; j++) {
      const struct section_64 *section = sections_of(image->segments[i]) + j;
      if ((section->flags & SECTION_TYPE) != S_LAZY_SYMBOL_POINTERS) continue;
      for (uint64_t k = 0; k < section->size / 8; k++) check_lazy_pointer(image, section->addr + k * 8);
    }
}

void apply_opcodes(struct image *image) {
  const struct dyld_info_command *info = image->info;
  run_rebase(image);
  run_bind(image, PLAIN, "bind opcodes", image->file + info->bind_off, info->bind_size, 0);
  check_lazy_pointers(image);
  run_lazy(image, image->header->flags & MH_BINDATLOAD ? LAZY_ALL : LAZY, 0);
}

void apply_weak_opcodes(struct image *image) {
  run_bind(image, WEAK, "weak bind opcodes", image->file + image->info->weak_bind_off, image->info->weak_bind_size, 0);
}
