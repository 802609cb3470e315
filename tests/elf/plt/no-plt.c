// Calls through the GOT (-fno-plt) need neither PLT nor jump slots.
//# cflags: -fno-plt -O2
//# cc-link: $IN
//# run: stdout "x\n"
//# reloc: R_X86_64_GLOB_DAT sym=puts
//# no-reloc: R_X86_64_JUMP_SLOT sym=puts
#include <stdio.h>
int main(void) { puts("x"); return 0; }
