# PAGE21 and PAGEOFF12 with ARM64_RELOC_ADDEND, scaled for each width of load and store.
//# also: calls.c
//# link: $IN
//# run: exit 42
        .globl  _wanted
        .p2align 2
_wanted: adrp   x8, _table@PAGE+5
        ldrb    w0, [x8, _table@PAGEOFF+5]
        adrp    x8, _table@PAGE+6
        ldrh    w1, [x8, _table@PAGEOFF+6]
        adrp    x8, _table@PAGE+8
        ldr     w2, [x8, _table@PAGEOFF+8]
        adrp    x8, _table@PAGE+16
        ldr     x3, [x8, _table@PAGEOFF+16]
        adrp    x8, _table@PAGE+32
        ldr     q0, [x8, _table@PAGEOFF+32]
        umov    w4, v0.b[0]
        adrp    x8, _table@PAGE+4101
        add     x8, x8, _table@PAGEOFF+4101
        ldrb    w5, [x8]
        add     w0, w0, w1
        add     w0, w0, w2
        add     w0, w0, w3
        add     w0, w0, w4
        add     w0, w0, w5
        ret
        .data
        .globl  _table
        .p2align 4
_table: .byte   0, 0, 0, 0, 0, 2
        .short  10
        .long   10, 0
        .quad   10, 0
        .byte   5
        .zero   4101 - 33
        .byte   5
        .subsections_via_symbols
