# A bind's addend up to 255 fits into the chain; larger ones need imports with an addend of 32 bits, then of 64.
//# also: calls.c
//# dylib: libown.dylib own.o
//# link: calls.o small.o libown.dylib
//# run: exit 42
//# fixup: bind sym=_outer addend=255
//# link[wide]: calls.o small.o large.o libown.dylib
//# run: exit 42
//# fixup: bind sym=_outer addend=70000
//# fixup: bind sym=_outer addend=-8
//# link[huge]: calls.o small.o large.o huge.o libown.dylib
//# run: exit 42
//# fixup: bind sym=_outer addend=0x123456789ab
//# file: own.c
int outer[100];
//# file: small.s
        .globl  _wanted
        .p2align 2
_wanted: mov    w0, #42
        ret
        .data
        .p2align 3
        .quad   _outer, _outer + 255
//# file: large.s
        .data
        .p2align 3
        .quad   _outer + 70000, _outer - 8
//# file: huge.s
        .data
        .p2align 3
        .quad   _outer + 0x123456789ab
