// Common symbols take the largest size and alignment and lie in .bss; a definition takes their place.
//# also: start.s
//# cflags: -fcommon
//# link: common.o big.o start.o
//# symbol: shared global object section=.bss size=64
//# check: shared % 32 == 0
//# run: exit 0
//# link[defined]: common.o big.o defined.o start.o
//# symbol: shared global object section=.data
//# run: exit 9
//# link[weak]: common.o weak.o start.o
//# symbol: shared global object section=.bss size=4
//# run: exit 0
int shared;
int main(void) { return shared; }
//# file: big.c
__attribute__((aligned(32))) char shared[64];
//# file: defined.c
int shared[16] = { 9 };
//# file: weak.c
__attribute__((weak)) int shared = 4;
