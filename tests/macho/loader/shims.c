// The host's libSystem: from a Mach-O symbol's name to a function or variable of this program.
#include "loader.h"
#include "shims.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct shims *const tables[] = {&stdio_shims};

void *find_shim(const char *name) {
  if (!strcmp(name, "dyld_stub_binder")) return dyld_stub_binder;
  if (!strcmp(name, "__tlv_bootstrap")) return tlv_bootstrap;
  if (*name++ != '_') return NULL;
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
    for (size_t j = 0; j < tables[i]->count; j++)
      if (!strcmp(tables[i]->list[j].name, name)) return tables[i]->list[j].address;
  return NULL;
}

static _Noreturn void call_missing(const char *name) {
  fflush(stdout);
  fprintf(stderr, "loader: the host has no %s\n", name);
  _exit(99);
}

// A function made of four instructions: call_missing(name).
void *missing_symbol(const char *name) {
  static uint8_t *page;
  static size_t used = PAGE;
  enum { SIZE = 32 };
  if (used == PAGE) {
    page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) abort();
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
