# An alignment beyond a page holds as the file is linked and no longer when the image is moved: a warning says so.
//# also: calls.c
//# link: calls.o over_aligned.o
//# warning: __DATA,__wide is aligned to 32768 bytes
//# section: __DATA,__wide align=0x8000
//# check: _wanted_wide % 0x8000 == 0
//# link[page]: calls.o page.o
//# run: exit 42
//# section: __DATA,__page align=0x4000
        .globl  _wanted, _wanted_wide
        .p2align 2
_wanted: mov    w0, #42
        ret
        .section __DATA,__wide
        .p2align 15
_wanted_wide: .quad 1
        .subsections_via_symbols
//# file: page.s
        .globl  _wanted
        .p2align 2
_wanted: mov    w0, #42
        ret
        .section __DATA,__page
        .p2align 14
        .quad   1
        .subsections_via_symbols
