# Three personalities fit, a fourth is an error that names it.
//# also: calls.c
//# link: three.o calls.o
//# run: exit 42
//# unwind: personalities 3
//# unwind: _wanted personality=_one
//# link[four]: three.o four.o calls.o
//# error: personalit
//# file: three.s
        .globl  _wanted, _one, _two, _three
        .p2align 2
_one:   ret
_two:   ret
_three: ret
_wanted: .cfi_startproc
        .cfi_personality 155, _one
        .cfi_lsda 16, l_table
        mov     w0, #42
        ret
        .cfi_endproc
_second: .cfi_startproc
        .cfi_personality 155, _two
        .cfi_lsda 16, l_table
        ret
        .cfi_endproc
_third: .cfi_startproc
        .cfi_personality 155, _three
        .cfi_lsda 16, l_table
        ret
        .cfi_endproc
        .section __TEXT,__gcc_except_tab
        .p2align 2
l_table: .long  0
        .subsections_via_symbols
//# file: four.s
        .globl  _four
        .p2align 2
_four:  ret
_fourth: .cfi_startproc
        .cfi_personality 155, _four
        .cfi_lsda 16, l_table4
        ret
        .cfi_endproc
        .section __TEXT,__gcc_except_tab
        .p2align 2
l_table4: .long 0
        .subsections_via_symbols
