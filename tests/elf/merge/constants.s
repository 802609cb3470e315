# Fixed-size constants merge by content, and the output keeps their alignment.
//# link: -e go $IN
//# check: one == another
//# check: one % 16 == 0
//# check: one != different
//# check: u64(different) == 8
        .globl go
        .text
go:     movaps one(%rip), %xmm0
        movaps another(%rip), %xmm1
        movaps different(%rip), %xmm1
        .section .rodata.cst16,"aM",@progbits,16
        .balign 16
one:    .quad 7, 7
        .section .rodata.cst16.b,"aM",@progbits,16
        .balign 16
another: .quad 7, 7
different: .quad 8, 7
