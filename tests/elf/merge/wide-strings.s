# Strings of two- and four-byte characters end with a character of zeros, wherever zero bytes stand.
//# link: -e go $IN
//# check: one == another
//# check: u16(tail) == 0x0200
        .globl go
        .text
go:     lea one(%rip), %rax
        lea another(%rip), %rax
        lea tail(%rip), %rax
        .section .rodata.a,"aMS",@progbits,2
        .balign 2
one:    .word 0x100, 0x300, 0
tail:   .word 0x200, 0
        .section .rodata.b,"aMS",@progbits,2
        .balign 2
another: .word 0x100, 0x300, 0
