// Tables of what the host's libSystem has, by name without the leading underscore.
#pragma once
#include <stdarg.h>
#include <stddef.h>

struct shim { const char *name; void *address; };
struct shims { const struct shim *list; size_t count; };
#define SHIMS(name, ...) \
  static const struct shim name##_list[] = {__VA_ARGS__}; \
  const struct shims name = {name##_list, sizeof name##_list / sizeof *name##_list}

extern const struct shims stdio_shims;

// Apple's arm64 puts variable arguments on the stack, 8 bytes each, and its va_list is their address. The host's va_list takes
// all arguments from its stack pointer when both register areas are said to be used up: offsets of zero.
static inline void host_list(va_list *list, char *arguments) {
  struct { void *stack, *integers, *floats; int integer_offset, float_offset; } *fields = (void *)list;
  fields->stack = arguments;
  fields->integers = fields->floats = NULL;
  fields->integer_offset = fields->float_offset = 0;
}
