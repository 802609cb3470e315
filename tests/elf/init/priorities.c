// .init_array.N run by ascending N, then plain ones; .ctors run with them, from the end.
//# cc-link: $IN
//# run: stdout "1 2 3 c main\n"
//# unlike: lld mold -- they leave .ctors alone
#include <stdio.h>
static __attribute__((constructor)) void third(void) { printf("3 "); }
static __attribute__((constructor(200))) void second(void) { printf("2 "); }
static __attribute__((constructor(101))) void first(void) { printf("1 "); }
static void old(void) { printf("c "); }
static void (*const entry)(void) __attribute__((section(".ctors"), used)) = old;
int main(void) { puts("main"); return 0; }
