# Literals of four, eight and sixteen bytes are merged across objects.
//# also: calls.c
//# link: $IN
//# lld: differs because it puts them all into __literals
//# run: exit 42
//# section: __TEXT,__literal4 type=S_4BYTE_LITERALS size=8
//# section: __TEXT,__literal8 type=S_8BYTE_LITERALS size=8
//# section: __TEXT,__literal16 type=S_16BYTE_LITERALS size=16
        .globl  _wanted
        .p2align 2
_wanted: adrp   x8, l_four@PAGE
        ldr     w0, [x8, l_four@PAGEOFF]
        adrp    x8, l_eight@PAGE
        ldr     w1, [x8, l_eight@PAGEOFF]
        adrp    x8, l_sixteen@PAGE
        ldr     w2, [x8, l_sixteen@PAGEOFF]
        add     w0, w0, w1
        add     w0, w0, w2
        ret
        .literal4
l_four: .long   40
        .literal8
l_eight: .quad  1
        .literal16
l_sixteen: .quad 1, 2
        .subsections_via_symbols
//# file: more.s
        .literal4
l_a:    .long   40
l_b:    .long   41
        .literal8
l_c:    .quad   1
        .literal16
l_d:    .quad   1, 2
        .data
        .quad   l_a, l_b, l_c, l_d
        .subsections_via_symbols
