// The heap with Apple's zones (all of them the host's one heap), sorting with context, and random numbers.
#define _GNU_SOURCE
#include "shims.h"
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

// Programs call through the functions in a zone as well.
struct zone {
  void *reserved[2];
  size_t (*size)(struct zone *, void *);
  void *(*malloc)(struct zone *, size_t), *(*calloc)(struct zone *, size_t, size_t), *(*valloc)(struct zone *, size_t);
  void (*free)(struct zone *, void *);
  void *(*realloc)(struct zone *, void *, size_t);
  void (*destroy)(struct zone *);
  const char *name;
  void *more[16];
};
static size_t size_in_zone(struct zone *zone, void *memory) { return (void)zone, malloc_usable_size(memory); }
static void *shim_malloc_zone_malloc(struct zone *zone, size_t size) { return (void)zone, malloc(size); }
static void *shim_malloc_zone_calloc(struct zone *zone, size_t count, size_t size) { return (void)zone, calloc(count, size); }
static void *shim_malloc_zone_valloc(struct zone *zone, size_t size) { return (void)zone, valloc(size); }
static void *shim_malloc_zone_realloc(struct zone *zone, void *memory, size_t size) { return (void)zone, realloc(memory, size); }
static void *shim_malloc_zone_memalign(struct zone *zone, size_t alignment, size_t size) { return (void)zone, memalign(alignment, size); }
static void shim_malloc_zone_free(struct zone *zone, void *memory) { (void)zone, free(memory); }
static void shim_malloc_destroy_zone(struct zone *zone) { (void)zone; }
static void shim_malloc_set_zone_name(struct zone *zone, const char *name) { zone->name = name; }
static struct zone the_zone = {.size = size_in_zone, .malloc = shim_malloc_zone_malloc, .calloc = shim_malloc_zone_calloc,
    .valloc = shim_malloc_zone_valloc, .free = shim_malloc_zone_free, .realloc = shim_malloc_zone_realloc,
    .destroy = shim_malloc_destroy_zone, .name = "DefaultMallocZone"};
static struct zone *shim_malloc_default_zone(void) { return &the_zone; }
static struct zone *shim_malloc_create_zone(size_t size, unsigned flags) { return (void)size, (void)flags, &the_zone; }
static struct zone *shim_malloc_zone_from_ptr(const void *memory) { return memory ? &the_zone : NULL; }
static size_t shim_malloc_size(void *memory) { return malloc_usable_size(memory); }
static size_t shim_malloc_good_size(size_t size) { return (size + 15) & -16ul; }
static void *shim_reallocf(void *memory, size_t size) {
  void *new = realloc(memory, size);
  if (!new) free(memory);
  return new;
}

// Apple's comparison takes its context first, and qsort_r it before the function.
typedef int compare(void *context, const void *a, const void *b);
struct order { compare *compare; void *context; };
static int host_compare(const void *a, const void *b, void *order) {
  return ((struct order *)order)->compare(((struct order *)order)->context, a, b);
}
static void shim_qsort_r(void *base, size_t count, size_t size, void *context, compare *compare) {
  qsort_r(base, count, size, host_compare, &(struct order){compare, context});
}
static int shim_mergesort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *)) {
  return qsort(base, count, size, compare), 0;   // the host's is a merge sort
}

static uint32_t shim_arc4random(void) { return arc4random(); }

SHIMS(memory_shims, OURS(malloc_default_zone), OURS(malloc_create_zone), OURS(malloc_zone_from_ptr),
      OURS(malloc_set_zone_name), OURS(malloc_destroy_zone), OURS(malloc_zone_valloc), OURS(malloc_zone_malloc),
      OURS(malloc_zone_calloc), OURS(malloc_zone_realloc), OURS(malloc_zone_memalign), OURS(malloc_zone_free), OURS(malloc_size),
      OURS(malloc_good_size), OURS(reallocf), OURS(qsort_r), OURS(mergesort), AS("heapsort", shim_mergesort), OURS(arc4random),
      SAME(arc4random_buf), SAME(arc4random_uniform));
