// Lazy binding goes through .plt and .got.plt; -z now binds all at start.
//# cc-link: $IN -Wl,-z,lazy
//# run: stdout "x\n"
//# reloc: R_X86_64_JUMP_SLOT sym=puts in=.got.plt
//# no-dynamic: FLAGS BIND_NOW
//# cc-link[now]: $IN -Wl,-z,now
//# run: stdout "x\n"
//# dynamic: FLAGS_1 NOW
//# cc-link[audit]: $IN -Wl,-z,lazy
//# run: stdout "x\n" env LD_BIND_NOW=1
#include <stdio.h>
int main(void) { puts("x"); return 0; }
