// When the program crashes: says where, in terms of images and symbols, and dies of the same signal.
#define _GNU_SOURCE
#include "loader.h"
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

static void say_where(const char *what, uint64_t address) {
  struct image *image = image_of((void *)address);
  uint64_t start;
  const char *name = image ? symbol_at(image, address - image->slide, &start) : NULL;
  if (name) fprintf(stderr, "loader: %s %s+%#lx in %s\n", what, name, address - image->slide - start, image->path);
  else if (image) fprintf(stderr, "loader: %s %#lx in %s\n", what, address - image->slide, image->path);
  else fprintf(stderr, "loader: %s %#lx in no image\n", what, address);
}

static void on_crash(int signal, siginfo_t *info, void *context) {
  const mcontext_t *registers = &((ucontext_t *)context)->uc_mcontext;
  fprintf(stderr, "loader: signal %d\n", signal);
  say_where("  address", (uint64_t)info->si_addr);
  say_where("  at", registers->pc);
  say_where("  from", registers->regs[30]);
  // The chain of frames, as far as it looks like one.
  const uint64_t *frame = (const uint64_t *)registers->regs[29], *low = (const uint64_t *)registers->sp;
  for (int depth = 0; depth < 16 && frame >= low && frame < low + (1 << 20) && (uint64_t)frame % 16 == 0; depth++) {
    say_where("  from", frame[1]);
    low = frame + 1, frame = (const uint64_t *)frame[0];
  }
  raise(signal);   // its handler was for once
}

void report_crashes(void) {
  static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
  static char memory[64 << 10];
  sigaltstack(&(stack_t){.ss_sp = memory, .ss_size = sizeof memory}, NULL);
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
    sigaction(signals[i], &(struct sigaction){.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND | SA_NODEFER}, NULL);
}
