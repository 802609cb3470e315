# A reference to a symbol of a dropped COMDAT copy finds the kept one; a local one from outside is an error.
//# link: -e go a.o b.o defined-in-discarded.o
//# error: b.o:(.text+0x
//# error: inner
        .globl go
        .text
go:     ret
//# file: a.s
        .section .text.f,"axG",@progbits,f,comdat
        .globl f
f:      ret
//# file: b.s
        .section .text.f,"axG",@progbits,f,comdat
        .globl f
f:      ret
inner:  ret
        .text
        call inner
