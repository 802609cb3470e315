# .comment holds each producer once.
//# link: -e go $IN
//# contains: .comment "compiler 1\0" count=1
//# contains: .comment "compiler 2\0" count=1
//# section: .comment flags=MS
        .globl go
        .text
go:     ret
        .section .comment,"MS",@progbits,1
        .asciz "compiler 1"
//# file: b.s
        .section .comment,"MS",@progbits,1
        .asciz "compiler 1"
        .asciz "compiler 2"
