// What the files of the host's libSystem share: the form of their tables, variable arguments, error numbers and files.
//
// A table says which function or variable of this program a Mach-O symbol means, by name without the leading underscore.
#pragma once
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct shim { const char *name; void *address; };
struct shims { const struct shim *list; size_t count; };
#define SHIMS(table, ...) \
  static const struct shim list_of_##table[] = {__VA_ARGS__}; \
  const struct shims table = {list_of_##table, sizeof list_of_##table / sizeof *list_of_##table}
// Entries: a name with the host's own function, a name with ours, one that needs another function's address.
#define SAME(name) {#name, (void *)name}
#define OURS(name) {#name, (void *)shim_##name}
#define AS(name, target) {name, (void *)(target)}
// A function with variable arguments: the entry in variadic.S hands their address to shim_v<name>.
#define VARIABLE(name) {#name, (void *)variable_##name}

extern const struct shims plain_shims, math_shims, error_shims, stdio_shims, text_shims, file_shims, thread_shims, process_shims,
    memory_shims, image_shims;

// Apple's arm64 puts variable arguments on the stack, 8 bytes each, and its va_list is their address. The host's va_list takes
// all arguments from its stack pointer when both register areas are said to be used up: offsets of zero.
static inline void host_list(va_list *list, char *arguments) {
  struct { void *stack, *integers, *floats; int integer_offset, float_offset; } *fields = (void *)list;
  fields->stack = arguments;
  fields->integers = fields->floats = NULL;
  fields->integer_offset = fields->float_offset = 0;
}

// The next variable argument of an Apple list.
#define NEXT_ARGUMENT(type, arguments) (*(type *)((arguments += 8) - 8))

// errors.c: error numbers are Apple's where the program sees them, the host's elsewhere.
int apple_error(int host);
int host_error(int apple);
int *shim___error(void);

// process.c: signal numbers.
int apple_signal(int host);
int host_signal(int apple);

// stdio.c: the program's FILE stands for one of the host's.
struct file;
FILE *host_file(struct file *file);

// text.c
struct __locale_struct *host_locale(struct __locale_struct *locale);
