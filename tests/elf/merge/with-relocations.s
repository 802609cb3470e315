# A mergeable section that has relocations of its own is not merged.
//# link: -e go $IN
//# check: u64(one) == go
//# check: u64(two) == other
        .globl go, other
        .text
go:     ret
other:  ret
        .section .rodata.a,"aM",@progbits,8
        .balign 8
one:    .quad go
        .section .rodata.b,"aM",@progbits,8
        .balign 8
two:    .quad other
