# Addends, differences and addresses in data mean the same after -r, whichever object they are in and whatever moved.
//# also: calls.c
//# compare: data because code and data lie otherwise far apart
//# object: merged.o before.o relocations.o calls.o
//# link: merged.o
//# run: exit 42
//# check: target(_table) == _wanted + 8
//# check: target(_to_inside) == _inner + 4
//# check: u64(_distance) == _table - _wanted + 3
//# check: s32(_back) == _wanted - _table
//# check: target(_to_here) == _table + 40
//# link[r]: -r before.o relocations.o
//# lld: differs because it has no -r
//# sh: llvm-objdump-19 -r out | grep -q 'SUBTRACTOR *_wanted'
//# sh: llvm-objdump-19 -r out | tr '\n' ' ' | grep -q 'ADDEND *0x8 [0-9a-f]* ARM64_RELOC_PAGE21 *_table'
        .globl  _wanted, _table
        .text
        .p2align 2
_wanted: stp    x29, x30, [sp, #-16]!
        bl      _inner + 4
        adrp    x8, _table@PAGE+8
        add     x8, x8, _table@PAGEOFF+8
        ldr     x8, [x8]
        adrp    x9, _inner@PAGE+4
        add     x9, x9, _inner@PAGEOFF+4
        cmp     x8, x9
        mov     w8, #42
        csel    w0, w8, wzr, eq
        ldp     x29, x30, [sp], #16
        ret
_inner: brk     #1
        ret
        .data
        .p2align 3
        .quad   7
_table: .quad   _wanted + 8
        .alt_entry _to_inside
_to_inside: .quad Linside
        .alt_entry _distance
_distance: .quad _table - _wanted + 3
        .alt_entry _back
_back:  .long   _wanted - _table
        .long   0
        .alt_entry _to_here
_to_here: .quad Lhere
Lhere:  .quad   0
        .text
_own:   ret
Linside = _inner + 4
        .subsections_via_symbols
//# file: before.s
        .text
        .p2align 4
_own:   ret
        ret
        .data
        .quad 1, 2, 3
        .subsections_via_symbols
