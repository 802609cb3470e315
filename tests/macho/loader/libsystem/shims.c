// The host's libSystem: from a Mach-O symbol's name to a function or variable of this program.
#include "../loader.h"
#include "shims.h"
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct shims *const tables[] = {&plain_shims,  &math_shims,    &error_shims,  &stdio_shims, &text_shims, &file_shims,
                                             &thread_shims, &process_shims, &memory_shims, &image_shims};
enum { TABLES = sizeof tables / sizeof *tables, BUCKETS = 4096 };

// Open addressing; filled at the first question.
static const struct shim *buckets[BUCKETS];

static const struct shim **bucket_of(const char *name) {
  uint32_t hash = 2166136261;
  for (const char *at = name; *at; at++) hash = (hash ^ (uint8_t)*at) * 16777619;
  while (buckets[hash % BUCKETS] && strcmp(buckets[hash % BUCKETS]->name, name)) hash++;
  return &buckets[hash % BUCKETS];
}

static void fill(void) {
  for (size_t i = 0; i < TABLES; i++)
    for (size_t j = 0; j < tables[i]->count; j++) {
      const struct shim **bucket = bucket_of(tables[i]->list[j].name);
      if (*bucket) refuse(NULL, "two shims for %s", tables[i]->list[j].name);
      *bucket = &tables[i]->list[j];
    }
}

void *find_shim(const char *name) {
  static bool filled;
  if (!filled) filled = true, fill();
  if (!strcmp(name, "dyld_stub_binder")) return dyld_stub_binder;
  if (*name++ != '_') return NULL;
  const struct shim *shim = *bucket_of(name);
  if (shim) return shim->address;
  // Variants such as realpath$DARWIN_EXTSN differ from the plain function in what no test looks at.
  char plain[64];
  const char *dollar = strchr(name, '$');
  if (!dollar || (size_t)(dollar - name) >= sizeof plain) return NULL;
  memcpy(plain, name, dollar - name), plain[dollar - name] = 0;
  shim = *bucket_of(plain);
  return shim ? shim->address : NULL;
}

static _Noreturn void call_missing(const char *name) {
  fflush(stdout);
  fprintf(stderr, "loader: the host has no %s\n", name);
  _exit(99);
}

// A function of three instructions that calls call_missing(name).
void *missing_symbol(const char *name) {
  enum { SIZE = 32 };
  static uint8_t *page;
  static size_t used = PAGE;
  if (used == PAGE) {
    page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) refuse(NULL, "no memory");
    used = 0;
  }
  uint8_t *code = page + used;
  static const uint32_t text[4] = {0x58000080 /* ldr x0, .+16 */, 0x580000b0 /* ldr x16, .+20 */, 0xd61f0200 /* br x16 */, 0};
  const void *words[2] = {strdup(name), (void *)call_missing};
  memcpy(code, text, 16), memcpy(code + 16, words, 16);
  __builtin___clear_cache((char *)code, (char *)code + SIZE);
  used += SIZE;
  return code;
}
