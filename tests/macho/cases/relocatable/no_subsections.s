# One object without subsections: what -r makes of it and others has none, and nothing is cut that was whole.
//# object: merged.o main.o no_subsections.o
//# link: merged.o -dead_strip
//# run: exit 42
//# symbol: _unused local
//# link[r]: -r main.o no_subsections.o
//# lld: differs because it has no -r
//# no-flag: MH_SUBSECTIONS_VIA_SYMBOLS
        .globl _through
        .text
        .p2align 2
_through: mov w0, #42
_unused: ret
//# file: main.c
int through(void);
int main(void) { return through(); }
