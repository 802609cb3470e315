# Mergeable sections of different entry sizes or flags do not mix, and nothing of theirs is lost.
//# link: -e go $IN
//# contains: .rodata "text\0"
//# check: u64(number) == 0x1122334455667788
//# check: number % 8 == 0
        .globl go
        .text
go:     lea number(%rip), %rax
        lea .Lt(%rip), %rax
        ret
        .section .rodata.str,"aMS",@progbits,1
.Lt:    .asciz "text"
        .section .rodata.cst8,"aM",@progbits,8
        .balign 8
number: .quad 0x1122334455667788
        .section .rodata,"a",@progbits
        .byte 1
