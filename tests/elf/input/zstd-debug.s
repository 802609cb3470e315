# A zstd-compressed section is an error that names the compression and a way out.
//# link: -e go $IN
//# error: zstd
//# unlike: lld bfd mold
        .globl go
        .text
go:     ret
        .section .debug_info,"0x800",@progbits
        .long 2, 0
        .quad 100, 1
        .byte 0x28, 0xb5, 0x2f, 0xfd
