// Symbols: reading an image's export trie, and finding what a name is bound to by library ordinal, flat, or as a weak
// definition that all images share.
#include "loader.h"
#include <stdlib.h>
#include <string.h>

uint64_t read_uleb(const struct image *image, const uint8_t **at, const uint8_t *end, const char *what) {
  uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    if (*at >= end) refuse(image, "%s: a number runs past the end", what);
    uint8_t byte = *(*at)++;
    if (shift > 63 || (shift == 63 && (byte & 0x7e))) refuse(image, "%s: a number is too large", what);
    value |= (uint64_t)(byte & 0x7f) << shift;
    if (!(byte & 0x80)) return value;
  }
}

// ---- the trie ----

static const char trie[] = "export trie";

static const char *trie_string(const struct image *image, const uint8_t **at, const uint8_t *end) {
  const char *string = (const char *)*at;
  const uint8_t *nul = memchr(*at, 0, end - *at);
  if (!nul) refuse(image, "export trie: a string runs past the end");
  *at = nul + 1;
  return string;
}

// Reads the answer of a node whose bytes are [at, end).
static struct export read_export(const struct image *image, const uint8_t *at, const uint8_t *end) {
  struct export found = {.flags = read_uleb(image, &at, end, trie), .name = ""};
  if (found.flags & EXPORT_REEXPORT) {
    found.ordinal = read_uleb(image, &at, end, trie);
    found.name = trie_string(image, &at, end);
    if (!found.ordinal || found.ordinal > image->dependency_count) refuse(image, "export trie: no library %lu", found.ordinal);
  } else {
    found.value = read_uleb(image, &at, end, trie);
    if (found.flags & EXPORT_RESOLVER) read_uleb(image, &at, end, trie);
  }
  if (at != end) refuse(image, "export trie: a node's size is wrong");
  return found;
}

bool find_export(const struct image *image, const char *name, struct export *found) {
  const uint8_t *start = image->trie, *end = start + image->trie_size, *at = start;
  if (!image->trie_size) return false;
  for (;;) {
    uint64_t size = read_uleb(image, &at, end, trie);
    if (size > (uint64_t)(end - at)) refuse(image, "export trie: a node runs past the end");
    if (!*name && size) return *found = read_export(image, at, at + size), true;
    at += size;
    if (!*name || at >= end) return false;
    const uint8_t *next = NULL;
    for (unsigned count = *at++; count && !next; count--) {
      const char *edge = trie_string(image, &at, end);
      uint64_t offset = read_uleb(image, &at, end, trie);
      size_t length = strlen(edge);
      if (offset >= image->trie_size) refuse(image, "export trie: a child is outside of it");
      if (!strncmp(edge, name, length)) next = start + offset, name += length;
    }
    if (!next) return false;
    at = next;
  }
}

// Walks every node once: two ways to one node, or an edge that another hides, make a trie that lookups cannot trust.
static void check_node(const struct image *image, uint64_t offset, uint8_t *seen, char *name, size_t length) {
  const uint8_t *end = image->trie + image->trie_size, *at = image->trie + offset;
  if (offset >= image->trie_size) refuse(image, "export trie: a child is outside of it");
  if (seen[offset]++) refuse(image, "export trie: two ways to one node");
  uint64_t size = read_uleb(image, &at, end, trie);
  if (size >= (uint64_t)(end - at)) refuse(image, "export trie: a node runs past the end");
  if (size) {
    struct export found = read_export(image, at, at + size);
    uint64_t address = image->text->vmaddr + found.value;
    if (found.flags & EXPORT_WEAK && !(image->header->flags & MH_WEAK_DEFINES))
      refuse(image, "export trie: %.*s is weak, but the header lacks MH_WEAK_DEFINES", (int)length, name);
    if (!(found.flags & EXPORT_REEXPORT) && (found.flags & EXPORT_KIND) != EXPORT_ABSOLUTE && !segment_of(image, address, 0))
      refuse(image, "export trie: %.*s is outside of the segments", (int)length, name);
  }
  at += size;
  bool first[256] = {0};
  for (unsigned count = *at++; count; count--) {
    const char *edge = trie_string(image, &at, end);
    size_t more = strlen(edge);
    if (!more) refuse(image, "export trie: an empty edge");
    if (first[(uint8_t)*edge]) refuse(image, "export trie: two edges of a node begin alike");
    first[(uint8_t)*edge] = true;
    if (length + more >= 65536) refuse(image, "export trie: a name is too long");
    memcpy(name + length, edge, more);
    check_node(image, read_uleb(image, &at, end, trie), seen, name, length + more);
  }
}

void check_trie(const struct image *image) {
  if (!image->trie_size) return;
  uint8_t *seen = calloc(image->trie_size, 1);
  char *name = malloc(65536);
  check_node(image, 0, seen, name, 0);
  free(seen), free(name);
}

// ---- lookups ----

// A host library has what shims.c has; of what its text stub names besides, a function that says it is missing.
static void *lookup_host(struct image *image, const char *name) {
  void *found = find_shim(name);
  for (uint32_t i = 0; i < image->dependency_count && !found; i++)
    if (image->dependencies[i].image) found = lookup(image->dependencies[i].image, name);
  if (found || !image->stub_text) return found ? found : missing_symbol(name);
  size_t length = strlen(name);
  for (const char *at = image->stub_text + 1; (at = strstr(at, name)); at += length)
    if (strchr(" ',[\n", at[-1]) && strchr(" ',]\n", at[length])) return missing_symbol(name);
  return NULL;
}

static void *export_address(struct image *image, const struct export *found, const char *name) {
  if (found->flags & EXPORT_REEXPORT) {
    struct image *library = image->dependencies[found->ordinal - 1].image;
    return library ? lookup(library, *found->name ? found->name : name) : NULL;
  }
  if ((found->flags & EXPORT_KIND) == EXPORT_ABSOLUTE) return (void *)found->value;
  uint8_t *address = image->base + found->value;
  return found->flags & EXPORT_RESOLVER ? ((void *(*)(void))address)() : address;
}

void *lookup(struct image *image, const char *name) {
  struct export found;
  if (!image->file) return lookup_host(image, name);
  if (find_export(image, name, &found)) return export_address(image, &found, name);
  for (uint32_t i = 0; i < image->dependency_count; i++) {
    struct dependency *dependency = &image->dependencies[i];
    void *address = dependency->cmd == LC_REEXPORT_DYLIB && dependency->image ? lookup(dependency->image, name) : NULL;
    if (address) return address;
  }
  return NULL;
}

// In the order of loading; the host, which seems to have any name, comes last and only with what it really has.
void *lookup_flat(const char *name) {
  struct export found;
  for (uint32_t i = 0; i < image_count; i++)
    if (images[i]->file && images[i]->global && find_export(images[i], name, &found))
      return export_address(images[i], &found, name);
  return find_shim(name);
}

// Every image that has a weak definition of the name, and says so in its header, shares one: the first strong one, or else
// the first weak one. What no such image has is an ordinary symbol of the libraries of the image that asks.
void *lookup_weak(struct image *from, const char *name) {
  void *weak = NULL;
  if (!(from->header->flags & (MH_WEAK_DEFINES | MH_BINDS_TO_WEAK))) refuse(from, "weak bind of %s, but no MH_BINDS_TO_WEAK", name);
  for (uint32_t i = 0; i < image_count; i++) {
    struct image *image = images[i];
    struct export found;
    if (!image->file || !(image->header->flags & MH_WEAK_DEFINES) || !find_export(image, name, &found)) continue;
    void *address = export_address(image, &found, name);
    if (!(found.flags & EXPORT_WEAK)) return address;
    if (!weak) weak = address;
  }
  for (uint32_t i = 0; i < from->dependency_count && !weak; i++)
    if (from->dependencies[i].image) weak = lookup(from->dependencies[i].image, name);
  return weak;
}

void *bind(struct image *from, int ordinal, const char *name, bool weak) {
  void *address = NULL;
  const char *where = "flat namespace";
  if (!*name) refuse(from, "bind of a symbol without a name");
  if (ordinal > 0) {
    if ((uint32_t)ordinal > from->dependency_count) refuse(from, "bind of %s to library %d, which there is not", name, ordinal);
    struct dependency *dependency = &from->dependencies[ordinal - 1];
    where = dependency->name;
    if (dependency->image) address = lookup(dependency->image, name);
    else if (!weak) refuse(from, "symbol %s is not weak, but its library %s is not there", name, where);
  } else if (ordinal == ORDINAL_SELF) {
    where = "the image itself", address = lookup(from, name);
  } else if (ordinal == ORDINAL_MAIN) {
    where = "the main executable", address = lookup(images[0], name);
  } else if (ordinal == ORDINAL_FLAT) {
    address = lookup_flat(name);
  } else if (ordinal == ORDINAL_WEAK) {
    where = "weak definitions", address = lookup_weak(from, name);
  } else {
    refuse(from, "bind of %s with ordinal %d", name, ordinal);
  }
  if (!address && !weak) refuse(from, "symbol not found: %s, expected in %s", name, where);
  return address;
}

// ---- the symbol table, for who asks which function an address is in ----

const char *symbol_at(const struct image *image, uint64_t address, uint64_t *start) {
  const struct nlist_64 *symbols = (const void *)(image->file + image->symtab->symoff), *best = NULL;
  for (uint32_t i = 0; i < image->symtab->nsyms; i++) {
    const struct nlist_64 *symbol = &symbols[i];
    if (symbol->n_type & N_STAB || (symbol->n_type & N_TYPE) != N_SECT || symbol->n_value > address) continue;
    if (!best || symbol->n_value > best->n_value) best = symbol;
  }
  if (!best) return NULL;
  *start = best->n_value;
  return (const char *)image->file + image->symtab->stroff + best->n_strx;
}
