# What no symbol begins gets a label, so that the next link does not take it for the end of what is before it.
//# before: llvm-objcopy-19 -x b.o
//# object: merged.o a.o b.o main.o
//# link: merged.o -dead_strip
//# run: exit 42
//# section: __DATA,__own size=4
//# link[r]: -r a.o b.o
//# lld: differs because it has no -r
//# symbol: l00000004 local
//# sh: llvm-nm-19 out | grep -c ' l0000' | grep -qx 1
//# file: a.s
        .globl _used
        .section __DATA,__own
_used:  .long 40
        .subsections_via_symbols
//# file: b.s
        .globl _last
        .section __DATA,__own
        .long 1, 1, 1
        .alt_entry _last
_last:  .long 2
        .subsections_via_symbols
//# file: main.c
extern int used;
int main(void) { return used + 2; }
