# Thread-local sections of several names make one block: those with bytes first, each aligned, also in other threads.
//# cc-link: $IN -pthread
//# cc-link[static]: $IN -pthread -static
//# run: exit 0
//# segment: TLS align=256 holds=.tdata,.tdata_own,.tbss,.tbss_own
//# check: addr(.tbss_own) % 64 == 0
        .globl initial, initial_own, zeros, zeros_own
        .section .tbss,"awT",@nobits
        .type zeros, @object
        .balign 256
zeros:  .zero 8
        .section .tdata,"awT",@progbits
        .type initial, @object
        .balign 16
initial: .quad 5
        .byte 1
        .section .tbss_own,"awT",@nobits
        .type zeros_own, @object
        .balign 64
zeros_own: .zero 24
        .section .tdata_own,"awT",@progbits
        .type initial_own, @object
        .balign 128
initial_own: .quad 6
        .section .note.GNU-stack,"",@progbits
//# file: main.c
#include <pthread.h>
#include <stdint.h>
extern __thread long initial, initial_own, zeros, zeros_own[3];
static void *check(void *unused) {
  (void)unused;
  if (initial != 5 || initial_own != 6 || zeros || zeros_own[0] || zeros_own[2]) return (void *)1;
  if ((uintptr_t)&zeros % 256 || (uintptr_t)&zeros_own % 64 || (uintptr_t)&initial_own % 128) return (void *)2;
  initial = initial_own = zeros = zeros_own[0] = zeros_own[2] = -1;
  return 0;
}
int main(void) {
  pthread_t thread;
  void *other = (void *)3;
  pthread_create(&thread, 0, check, 0);
  pthread_join(thread, &other);
  return (int)(intptr_t)other + 10 * (int)(intptr_t)check(0);
}
