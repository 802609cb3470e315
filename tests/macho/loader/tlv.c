// Thread-local variables. Code reaches one through its descriptor {function, key, offset}, calling the function with the
// descriptor's address; the function finds this thread's copy of the image's variables, made at the first use.
#include "loader.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct thread_storage {
  pthread_key_t key;
  const uint8_t *initial;
  uint64_t initial_size, size, alignment;
};

struct descriptor { void (*function)(void); uint64_t key, offset; };

static bool is_content(const struct section_64 *section) {
  uint32_t type = section->flags & SECTION_TYPE;
  return type == S_THREAD_LOCAL_REGULAR || type == S_THREAD_LOCAL_ZEROFILL;
}

// The sections of initial values must stand together, those of the file before those of zeros: offsets count over all.
static struct thread_storage *read_storage(struct image *image) {
  struct thread_storage *storage = calloc(1, sizeof *storage);
  uint64_t start = 0, end = 0;
  bool zeros = false;
  storage->alignment = 1;
  for (uint32_t i = 0; i < image->segment_count; i++)
    for (uint32_t j = 0; j < image->segments[i]->nsects; j++) {
      const struct section_64 *section = sections_of(image->segments[i]) + j;
      if (!is_content(section)) continue;
      uint64_t alignment = (uint64_t)1 << section->align;
      if (!start) start = end = section->addr;
      if (section->addr < end || section->addr - end >= alignment) refuse(image, "thread-local sections are not adjacent");
      if (alignment > storage->alignment) storage->alignment = alignment;
      end = section->addr + section->size;
      if ((section->flags & SECTION_TYPE) == S_THREAD_LOCAL_ZEROFILL) {
        zeros = true;
      } else {
        if (zeros) refuse(image, "thread-local zeros before initial values");
        storage->initial_size = end - start;
      }
    }
  if (start % storage->alignment) refuse(image, "thread-local initial values are not aligned to %#lx", storage->alignment);
  if (storage->alignment < 16) storage->alignment = 16;   // as malloc's
  storage->initial = (uint8_t *)start + image->slide, storage->size = end - start;
  if (pthread_key_create(&storage->key, free)) refuse(image, "no key for thread-local variables");
  return storage;
}

void prepare_thread_locals(struct image *image) {
  for (uint32_t i = 0; i < image->segment_count; i++)
    for (uint32_t j = 0; j < image->segments[i]->nsects; j++) {
      const struct section_64 *section = sections_of(image->segments[i]) + j;
      if ((section->flags & SECTION_TYPE) != S_THREAD_LOCAL_VARIABLES) continue;
      if (!(image->header->flags & MH_HAS_TLV_DESCRIPTORS)) refuse(image, "thread-local variables, but not MH_HAS_TLV_DESCRIPTORS");
      if (section->size % sizeof(struct descriptor)) refuse(image, "size of the thread-local descriptors");
      if (!image->storage) image->storage = read_storage(image);
      struct descriptor *at = (void *)((uint8_t *)section->addr + image->slide), *end = at + section->size / sizeof *at;
      for (; at < end; at++) {
        if (at->function != tlv_bootstrap) refuse(image, "thread-local descriptor is not bound to __tlv_bootstrap");
        if (at->key) refuse(image, "thread-local descriptor has a key");
        if (at->offset >= image->storage->size && at->offset) refuse(image, "thread-local offset %#lx is too large", at->offset);
        at->key = (uint64_t)image->storage;
      }
    }
}

void *thread_local_address(uint64_t *words) {
  struct descriptor *descriptor = (void *)words;
  struct thread_storage *storage = (void *)descriptor->key;
  if (!storage) refuse(NULL, "thread-local variable of an image that is not loaded");
  uint8_t *mine = pthread_getspecific(storage->key);
  if (!mine) {
    if (posix_memalign((void **)&mine, storage->alignment, storage->size + 1)) abort();
    memset(mine, 0, storage->size);
    memcpy(mine, storage->initial, storage->initial_size);
    pthread_setspecific(storage->key, mine);
  }
  return mine + descriptor->offset;
}
