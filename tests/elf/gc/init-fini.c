// Constructors, destructors and .init/.fini pieces are roots.
//# cflags: -ffunction-sections -fdata-sections
//# cc-link: $IN -Wl,--gc-sections
//# run: stdout "construct main destruct\n"
//# absent: unused
#include <stdio.h>
static __attribute__((constructor)) void construct(void) { printf("construct "); }
static __attribute__((destructor)) void destruct(void) { printf("destruct\n"); }
int unused(void) { return 1; }
int main(void) { printf("main "); return 0; }
