# A mergeable section whose last string has no end is an error, not a read beyond it.
//# link: -e go $IN
//# error: .rodata
//# unlike: bfd
        .globl go
        .text
go:     ret
        .section .rodata.str,"aMS",@progbits,1
        .ascii "no end"
