# Ranges of data in code keep their place in the output, and go with what is stripped.
//# also: calls.c
//# link: $IN -dead_strip
//# run: exit 42
//# data-in-code: 1
        .globl  _wanted, _dead, _table
        .p2align 2
_dead:  ret
        .data_region jt32
        .long   1, 2, 3
        .end_data_region
_wanted: adrp   x8, _table@PAGE
        add     x8, x8, _table@PAGEOFF
        ldr     w0, [x8, #4]
        ret
        .alt_entry _table
_table: .data_region
        .long  1, 42
        .end_data_region
        .subsections_via_symbols
