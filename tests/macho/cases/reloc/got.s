# GOT loads of a library's variable stay loads; of what the image defines they become addresses.
//# also: calls.c
//# dylib: libown.dylib own.o
//# link: calls.o got.o libown.dylib
//# run: exit 42
//# section: __DATA_CONST,__got size=16
//# fixup: bind in=__got sym=_outer
//# disasm: _wanted contains add x8
//# import: _outer from libown
//# file: own.c
int outer = 40;
//# file: got.s
        .globl  _wanted, _inner, _slot
        .p2align 2
_wanted: adrp   x8, _outer@GOTPAGE
        ldr     x8, [x8, _outer@GOTPAGEOFF]
        ldr     w0, [x8]
        adrp    x8, _inner@GOTPAGE
        ldr     x8, [x8, _inner@GOTPAGEOFF]
        ldr     w1, [x8]
        add     w0, w0, w1
        adrp    x8, _slot@PAGE
        add     x8, x8, _slot@PAGEOFF
        ldrsw   x9, [x8]
        ldr     x8, [x8, x9]
        ldr     w1, [x8]
        add     w0, w0, w1
        ret
        .data
        .p2align 2
_inner: .long   1
_last:  .long   1
        .section __DATA,slots
        .p2align 2
_slot:  .long   _last@GOT - .
        .subsections_via_symbols
