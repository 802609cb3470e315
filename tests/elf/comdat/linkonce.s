# .gnu.linkonce sections are dropped by name.
//# link: -e go linkonce.o b.o
//# section: .text.f size=1
//# no-section: .gnu.linkonce.t.f
//# unlike: lld bfd mold
        .globl go
        .text
go:     call f
        .section .gnu.linkonce.t.f,"ax",@progbits
        .weak f
f:      ret
//# file: b.s
        .section .gnu.linkonce.t.f,"ax",@progbits
        .weak f
f:      nop
        ret
