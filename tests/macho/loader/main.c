// loader [--root DIR]... PROGRAM [ARGS]: runs an arm64 Mach-O program on Linux.
//
// It does what macOS's kernel and dyld do: checks the files and refuses those that macOS would not run (one line, exit status
// 98), maps the program and its libraries, applies their fixups, runs initialisers and calls main. Libraries with absolute
// names are looked for below each DIR; libSystem is this program's own C library behind shims (shims.c), and what it lacks is
// a function that prints its name and exits with 99. The program's exit status is passed on.
#define _GNU_SOURCE
#include "loader.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

const char *roots[16];
uint32_t root_count;
int program_argc;
char **program_argv, **program_envp;
const char *program_apple[2];

void refuse(const struct image *image, const char *format, ...) {
  va_list list;
  va_start(list, format);
  fflush(stdout);
  fprintf(stderr, "loader: %s: ", image ? image->path : "loader");
  vfprintf(stderr, format, list);
  fputc('\n', stderr);
  _exit(98);
}

// The kernel gives the main thread 8 MiB of stack unless LC_MAIN says otherwise.
static void *new_stack(uint64_t size) {
  if (!size) size = 8 << 20;
  void *stack = mmap(NULL, size + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (stack == MAP_FAILED) refuse(NULL, "no memory for a stack of %#lx bytes", (unsigned long)size);
  mprotect(stack, PAGE, PROT_NONE);
  return (char *)stack + size + PAGE;
}

static _Noreturn void usage(void) {
  fprintf(stderr, "usage: loader [--root DIR]... PROGRAM [ARGS]\n");
  exit(2);
}

int main(int argc, char **argv, char **envp) {
  int next = 1;
  for (; next + 1 < argc && !strcmp(argv[next], "--root"); next += 2) {
    if (root_count == sizeof roots / sizeof *roots) usage();
    roots[root_count++] = argv[next + 1];
  }
  if (next >= argc || argv[next][0] == '-') usage();
  program_argc = argc - next, program_argv = argv + next, program_envp = envp;
  char *apple;
  if (asprintf(&apple, "executable_path=%s", argv[next]) < 0) return 98;
  program_apple[0] = apple;

  struct image *main_image = load(argv[next], NULL, true);
  if (main_image->header->filetype != MH_EXECUTE) refuse(main_image, "not an executable");
  for (uint32_t i = 0; i < image_count; i++) images[i]->global = true;
  finish_loading(0);
  report_crashes();
  initialise(main_image);
  void *entry = main_image->base + main_image->entry->entryoff;
  exit(call_on_stack(entry, program_argc, program_argv, program_envp, program_apple, new_stack(main_image->entry->stacksize)));
}
