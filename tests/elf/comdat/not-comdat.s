# A group without GRP_COMDAT is never dropped, even if its signature comes twice.
//# link: -e go not-comdat.o b.o
//# section: .data size=8
        .globl go
        .text
go:     ret
        .section .data,"awG",@progbits,sig
        .long 1
//# file: b.s
        .section .data,"awG",@progbits,sig
        .long 2
