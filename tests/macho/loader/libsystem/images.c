// dlopen and its family over the loader's own images, and what the unwinder and others ask dyld.
#define _GNU_SOURCE
#include "../loader.h"
#include "shims.h"
#include <stdlib.h>
#include <string.h>

enum { LOCAL = 0x4, NOLOAD = 0x10 };
static __thread char message[1024];
static __thread bool has_message;

static void *fail(const char *what, const char *name) {
  snprintf(message, sizeof message, "%s: %s", what, name);
  has_message = true;
  return NULL;
}

static char *shim_dlerror(void) { return has_message ? has_message = false, message : NULL; }

// Handles are images. An image that macOS would refuse ends the program here as well: a test wants to see the reason.
static void *open_image(const char *path, int mode, struct image *by) {
  if (!path) return images[0];
  uint32_t first = image_count;
  if (mode & NOLOAD) {
    for (uint32_t i = 0; i < image_count; i++)
      if (!strcmp(images[i]->path, path) || !strcmp(images[i]->install, path)) return images[i];
    return fail("not loaded", path);
  }
  struct image *image = load(path, by, false);
  if (!image) return fail("no such file", path);
  if (image->file && image->header->filetype == MH_EXECUTE && image != images[0]) return fail("an executable", path);
  for (uint32_t i = first; i < image_count; i++) images[i]->global = !(mode & LOCAL);
  finish_loading(first);
  initialise(image);
  return image;
}

static void *shim_dlopen(const char *path, int mode) { return open_image(path, mode, image_of(__builtin_return_address(0))); }

// Images stay, as those with thread-local variables or Objective-C classes do on macOS.
static int shim_dlclose(void *handle) { return handle ? 0 : -1; }
static bool shim_dlopen_preflight(const char *path) { return open_image(path, NOLOAD, NULL) != NULL; }

// In an image and all that it loads, each asked once.
static void *lookup_deep(struct image *image, const char *name, struct image **seen, uint32_t *count) {
  for (uint32_t i = 0; i < *count; i++)
    if (seen[i] == image) return NULL;
  seen[(*count)++] = image;
  void *found = image->file ? lookup(image, name) : find_shim(name);
  for (uint32_t i = 0; i < image->dependency_count && !found; i++)
    if (image->dependencies[i].image) found = lookup_deep(image->dependencies[i].image, name, seen, count);
  return found;
}

static void *shim_dlsym(void *handle, const char *plain) {
  enum { NEXT = -1, DEFAULT = -2, SELF = -3, MAIN_ONLY = -5 };
  struct image *by = image_of(__builtin_return_address(0)), *seen[image_count];
  uint32_t count = 0;
  char name[1024];
  snprintf(name, sizeof name, "_%s", plain);
  void *found = NULL;
  switch ((intptr_t)handle) {
  case DEFAULT: found = lookup_flat(name); break;
  case MAIN_ONLY: found = lookup(images[0], name); break;
  case SELF:
    if (by) found = lookup_deep(by, name, seen, &count);
    break;
  case NEXT:
    for (uint32_t i = 0; by && i < by->dependency_count && !found; i++)
      if (by->dependencies[i].image) found = lookup_deep(by->dependencies[i].image, name, seen, &count);
    break;
  default: found = lookup_deep(handle, name, seen, &count);
  }
  return found ? found : fail("symbol not found", plain);
}

// ---- addresses ----

struct info { const char *path; void *base; const char *name; void *address; };

static int shim_dladdr(const void *address, struct info *info) {
  struct image *image = image_of(address);
  if (!image) return 0;
  *info = (struct info){image->path, image->base, NULL, NULL};
  uint64_t start;
  const char *name = symbol_at(image, (uint64_t)address - image->slide, &start);
  if (!name) return 1;
  info->name = *name == '_' ? name + 1 : name;
  info->address = (void *)(start + image->slide);
  return 1;
}

static struct image *image_of_header(const void *header) {
  for (uint32_t i = 0; i < image_count; i++)
    if (images[i]->file && images[i]->base == header) return images[i];
  return NULL;
}

static void *find_section(const struct image *image, const char *segment, const char *name, unsigned long *size) {
  for (uint32_t i = 0; i < image->segment_count; i++)
    for (uint32_t j = 0; j < image->segments[i]->nsects; j++) {
      const struct section_64 *section = sections_of(image->segments[i]) + j;
      if (strncmp(section->segname, segment, 16) || strncmp(section->sectname, name, 16)) continue;
      *size = section->size;
      return (void *)(section->addr + image->slide);
    }
  *size = 0;
  return NULL;
}

static void *shim_getsectiondata(const void *header, const char *segment, const char *name, unsigned long *size) {
  struct image *image = image_of_header(header);
  return image ? find_section(image, segment, name, size) : NULL;
}

static void *shim_getsegmentdata(const void *header, const char *name, unsigned long *size) {
  struct image *image = image_of_header(header);
  for (uint32_t i = 0; image && i < image->segment_count; i++) {
    if (strncmp(image->segments[i]->segname, name, 16)) continue;
    *size = image->segments[i]->vmsize;
    return (void *)(image->segments[i]->vmaddr + image->slide);
  }
  return NULL;
}

struct unwind_sections { const void *header, *dwarf; unsigned long dwarf_size; const void *compact; unsigned long compact_size; };

static bool shim__dyld_find_unwind_sections(void *address, struct unwind_sections *to) {
  struct image *image = image_of(address);
  if (!image) return false;
  to->header = image->base;
  to->dwarf = find_section(image, "__TEXT", "__eh_frame", &to->dwarf_size);
  to->compact = find_section(image, "__TEXT", "__unwind_info", &to->compact_size);
  return true;
}

// ---- the list ----

static struct image *numbered(uint32_t index) {
  for (uint32_t i = 0; i < image_count; i++)
    if (images[i]->file && !index--) return images[i];
  return NULL;
}
static uint32_t shim__dyld_image_count(void) {
  uint32_t count = 0;
  while (numbered(count)) count++;
  return count;
}
static const void *shim__dyld_get_image_header(uint32_t index) { return numbered(index) ? numbered(index)->base : NULL; }
static const char *shim__dyld_get_image_name(uint32_t index) { return numbered(index) ? numbered(index)->path : NULL; }
static intptr_t shim__dyld_get_image_vmaddr_slide(uint32_t index) { return numbered(index) ? numbered(index)->slide : 0; }
static const void *shim_dyld_image_header_containing_address(const void *address) {
  struct image *image = image_of(address);
  return image ? image->base : NULL;
}

// The images of now; later ones are not told of.
static void shim__dyld_register_func_for_add_image(void (*function)(const void *, intptr_t)) {
  for (uint32_t i = 0; i < image_count; i++)
    if (images[i]->file) function(images[i]->base, images[i]->slide);
}
static void shim__dyld_register_func_for_remove_image(void (*function)(const void *, intptr_t)) { (void)function; }

SHIMS(image_shims, {"_tlv_bootstrap", tlv_bootstrap}, OURS(dlopen), OURS(dlclose), OURS(dlopen_preflight), OURS(dlsym), OURS(dlerror),
      OURS(dladdr), OURS(getsectiondata), OURS(getsegmentdata), OURS(_dyld_find_unwind_sections), OURS(_dyld_image_count),
      OURS(_dyld_get_image_header), OURS(_dyld_get_image_name), OURS(_dyld_get_image_vmaddr_slide),
      OURS(dyld_image_header_containing_address), OURS(_dyld_register_func_for_add_image), OURS(_dyld_register_func_for_remove_image));
