# A function that compact unwind cannot describe keeps its DWARF record, and the table points to it.
//# also: calls.c
//# link: $IN
//# compare: sections because the type of __eh_frame is up to the linker
//# run: exit 42
//# unwind: _wanted mode=dwarf
//# section: __TEXT,__eh_frame
        .globl  _wanted
        .p2align 2
_wanted: .cfi_startproc
        sub     sp, sp, #32
        .cfi_def_cfa_offset 32
        str     x19, [sp, #8]
        .cfi_offset w19, -24
        mov     w0, #42
        ldr     x19, [sp, #8]
        .cfi_restore w19
        add     sp, sp, #32
        .cfi_def_cfa_offset 0
        ret
        .cfi_endproc
        .subsections_via_symbols
