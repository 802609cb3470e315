// -keep_dwarf_unwind keeps the DWARF frames of functions that compact unwind describes too; without it they go.
//# lld: differs because it does not know the option
//# link: $IN -keep_dwarf_unwind
//# section: __TEXT,__eh_frame
//# unwind: _main mode=frameless
//# run: exit 42
//# link[dropped]: $IN -no_keep_dwarf_unwind
//# no-section: __TEXT,__eh_frame
//# unwind: _main mode=frameless
//# run: exit 42
.subsections_via_symbols
.globl _main
_main:
        .cfi_startproc
        mov     w0, #42
        ret
        .cfi_endproc
Lend:
        .section __TEXT,__eh_frame,coalesced,no_toc+strip_static_syms+live_support
EH_frame:
        .long   Lcie_end - Lcie
Lcie:
        .long   0
        .byte   1
        .asciz  "zR"
        .byte   1, 0x78, 30, 1, 0x10
        .byte   0x0c, 31, 0
        .p2align 3
Lcie_end:
        .long   Lfde_end - Lfde
Lfde:
        .long   Lfde - EH_frame
        .quad   _main - .
        .quad   Lend - _main
        .byte   0
        .p2align 3
Lfde_end:
