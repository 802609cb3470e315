# A mergeable section whose last string has no end is kept as it is, and nothing beyond it is read.
//# link: -e go $IN
//# contains: .rodata "no end"
//# unlike: lld -- to it this is an error
        .globl go
        .text
go:     lea .Lt(%rip), %rax
        ret
        .section .rodata.str,"aMS",@progbits,1
.Lt:    .ascii "no end"
