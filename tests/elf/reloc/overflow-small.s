# Narrow fields overflow too.
//# link: -e go $IN
//# error: R_X86_64_8
//# error: wide
        .globl go
        .text
go:     ret
        .data
        .byte wide
        .globl wide
        .set wide, 0x1234
