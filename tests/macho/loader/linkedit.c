// __LINKEDIT: its parts must lie inside of it, aligned, disjoint, and in the order that dyld, codesign and strip expect; the
// symbol table must be parted into local, defined and undefined symbols as LC_DYSYMTAB says.
#include "loader.h"
#include <stdio.h>
#include <string.h>

struct part { const char *name; uint64_t offset, size; unsigned alignment; };

// The parts in the expected order.
static unsigned list_parts(const struct image *image, struct part *parts) {
  unsigned count = 0;
#define PART(...) (parts[count++] = (struct part){__VA_ARGS__})
  const struct dyld_info_command *info = image->info;
  if (info) {
    PART("rebase opcodes", info->rebase_off, info->rebase_size, 8);
    PART("bind opcodes", info->bind_off, info->bind_size, 8);
    PART("weak bind opcodes", info->weak_bind_off, info->weak_bind_size, 8);
    PART("lazy bind opcodes", info->lazy_bind_off, info->lazy_bind_size, 8);
    PART("export trie", info->export_off, info->export_size, 8);
  }
  if (image->chained) PART("chained fixups", image->chained->dataoff, image->chained->datasize, 8);
  if (image->exports_trie) PART("export trie", image->exports_trie->dataoff, image->exports_trie->datasize, 8);
  if (image->function_starts) PART("function starts", image->function_starts->dataoff, image->function_starts->datasize, 8);
  if (image->data_in_code) PART("data in code", image->data_in_code->dataoff, image->data_in_code->datasize, 8);
  PART("symbol table", image->symtab->symoff, (uint64_t)image->symtab->nsyms * sizeof(struct nlist_64), 8);
  PART("indirect symbols", image->dysymtab->indirectsymoff, (uint64_t)image->dysymtab->nindirectsyms * 4, 4);
  PART("string table", image->symtab->stroff, image->symtab->strsize, 1);
  PART("code signature", image->signature->dataoff, image->signature->datasize, 16);
#undef PART
  return count;
}

static void check_parts(const struct image *image) {
  struct part parts[16];
  unsigned count = list_parts(image, parts);
  uint64_t at = image->linkedit->fileoff, end = at + image->linkedit->filesize;
  const char *before = "start of __LINKEDIT";
  for (unsigned i = 0; i < count; i++) {
    const struct part *part = &parts[i];
    if (!part->size) continue;
    if (part->offset % part->alignment) refuse(image, "%s is not aligned to %u bytes", part->name, part->alignment);
    if (part->offset < image->linkedit->fileoff || part->offset > end || part->size > end - part->offset)
      refuse(image, "%s is outside of __LINKEDIT", part->name);
    if (part->offset < at) refuse(image, "%s overlaps or precedes %s", part->name, before);
    at = part->offset + part->size, before = part->name;
  }
  if (image->signature->dataoff + (uint64_t)image->signature->datasize != end) refuse(image, "code signature does not end the file");
  if (image->signature->dataoff - (image->symtab->stroff + (uint64_t)image->symtab->strsize) >= 16)
    refuse(image, "code signature does not follow the string table");
}

// ---- symbols ----

static const struct section_64 *section_number(const struct image *image, unsigned number) {
  for (uint32_t i = 0; i < image->segment_count; i++) {
    if (number <= image->segments[i]->nsects) return sections_of(image->segments[i]) + number - 1;
    number -= image->segments[i]->nsects;
  }
  return NULL;
}

static void check_undefined(const struct image *image, const struct nlist_64 *symbol, const char *name) {
  unsigned ordinal = symbol->n_desc >> 8;
  bool special = ordinal == 0 || ordinal >= 0xfe;   // self, main executable, dynamic lookup
  if (image->header->flags & MH_TWOLEVEL && !special && ordinal > image->dependency_count)
    refuse(image, "symbol %s: library ordinal %u", name, ordinal);
  if (symbol->n_value || symbol->n_sect) refuse(image, "undefined symbol %s has an address", name);
}

enum group { LOCAL, DEFINED, UNDEFINED };

static void check_symbol(const struct image *image, const struct nlist_64 *symbol, enum group group) {
  const char *strings = (const char *)image->file + image->symtab->stroff;
  if (symbol->n_strx >= image->symtab->strsize) refuse(image, "a symbol's name is outside of the string table");
  const char *name = strings + symbol->n_strx;
  if (symbol->n_type & N_STAB) {
    if (group != LOCAL) refuse(image, "debugging symbol %s among others", name);
    return;
  }
  bool external = symbol->n_type & N_EXT, undefined = external && (symbol->n_type & N_TYPE) == N_UNDF;
  enum group is = undefined ? UNDEFINED : external ? DEFINED : LOCAL;
  if (is != group) refuse(image, "symbol %s is not in the part of the table that LC_DYSYMTAB has for it", name);
  if (undefined) check_undefined(image, symbol, name);
  if ((symbol->n_type & N_TYPE) != N_SECT) return;
  const struct section_64 *section = symbol->n_sect ? section_number(image, symbol->n_sect) : NULL;
  if (!section) refuse(image, "symbol %s is in section %u, which there is not", name, symbol->n_sect);
  // The header's own symbol stands before the first section.
  bool header = symbol->n_value == image->text->vmaddr;
  if (!header && (symbol->n_value < section->addr || symbol->n_value > section->addr + section->size))
    refuse(image, "symbol %s is not in section %.16s", name, section->sectname);
}

static void check_symbols(const struct image *image) {
  const struct symtab_command *symtab = image->symtab;
  const struct dysymtab_command *parts = image->dysymtab;
  const struct nlist_64 *symbols = bytes_at(image, symtab->symoff, (uint64_t)symtab->nsyms * sizeof *symbols, "symbol table");
  const char *strings = bytes_at(image, symtab->stroff, symtab->strsize, "string table");
  if (symtab->strsize && strings[symtab->strsize - 1]) refuse(image, "string table does not end with a zero");
  uint64_t at = 0;
  const uint32_t groups[3][2] = {
      {parts->ilocalsym, parts->nlocalsym}, {parts->iextdefsym, parts->nextdefsym}, {parts->iundefsym, parts->nundefsym}};
  for (enum group group = LOCAL; group <= UNDEFINED; group++) {
    if (groups[group][1] && groups[group][0] != at) refuse(image, "LC_DYSYMTAB: part %u begins at %u", group, groups[group][0]);
    if (at + groups[group][1] > symtab->nsyms) refuse(image, "LC_DYSYMTAB: more symbols than LC_SYMTAB has");
    for (uint64_t end = at + groups[group][1]; at < end; at++) check_symbol(image, &symbols[at], group);
  }
  if (at != symtab->nsyms) refuse(image, "LC_DYSYMTAB covers %lu of %u symbols", at, symtab->nsyms);
}

// ---- indirect symbols ----

static void check_indirect(const struct image *image) {
  uint64_t count = image->dysymtab->nindirectsyms;
  const uint32_t *table = bytes_at(image, image->dysymtab->indirectsymoff, count * 4, "indirect symbols");
  for (uint64_t i = 0; i < count; i++)
    if (!(table[i] & (INDIRECT_SYMBOL_LOCAL | INDIRECT_SYMBOL_ABS)) && table[i] >= image->symtab->nsyms)
      refuse(image, "indirect symbol %lu is symbol %u, which there is not", i, table[i]);
  for (uint32_t i = 0; i < image->segment_count; i++)
    for (uint32_t j = 0; j < image->segments[i]->nsects; j++) {
      const struct section_64 *section = sections_of(image->segments[i]) + j;
      uint64_t each = 8;
      switch (section->flags & SECTION_TYPE) {
      case S_SYMBOL_STUBS: each = section->reserved2; break;
      case S_NON_LAZY_SYMBOL_POINTERS: case S_LAZY_SYMBOL_POINTERS: case S_THREAD_LOCAL_VARIABLE_POINTERS: break;
      default: continue;
      }
      if (!each || section->size % each) refuse(image, "%.16s does not hold whole entries", section->sectname);
      if (section->reserved1 + section->size / each > count) refuse(image, "%.16s needs more indirect symbols", section->sectname);
    }
}

// Addresses of functions, each a distance from the one before, the first from the header.
static void check_function_starts(const struct image *image) {
  if (!image->function_starts) return;
  const uint8_t *at = image->file + image->function_starts->dataoff, *end = at + image->function_starts->datasize;
  uint64_t address = image->text->vmaddr, step;
  while (at < end && (step = read_uleb(image, &at, end, "function starts"))) {
    address += step;
    const struct segment_command_64 *segment = segment_of(image, address, 4);
    if (address % 4 || !segment || !(segment->initprot & VM_EXECUTE)) refuse(image, "function starts: no function at %#lx", address);
  }
}

void check_linkedit(struct image *image) {
  check_parts(image);
  check_symbols(image);
  check_indirect(image);
  check_function_starts(image);
  if (image->exports_trie) image->trie = image->file + image->exports_trie->dataoff, image->trie_size = image->exports_trie->datasize;
  else if (image->info) image->trie = image->file + image->info->export_off, image->trie_size = image->info->export_size;
}
