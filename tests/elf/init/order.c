// Constructors of equal priority run in the order of the files; destructors in the reverse.
//# cc-link: $IN
//# run: stdout "a b b a \n"
//# section: .init_array type=INIT_ARRAY
//# section: .fini_array type=FINI_ARRAY
#include <stdio.h>
static __attribute__((constructor)) void a(void) { printf("a "); }
static __attribute__((destructor)) void z(void) { puts("a "); }
int main(void) { return 0; }
//# file: b.c
#include <stdio.h>
static __attribute__((constructor)) void b(void) { printf("b "); }
static __attribute__((destructor)) void y(void) { printf("b "); }
