# .gnu.linkonce sections are dropped by name, and join the output section that their prefix stands for.
//# link: -e go linkonce.o b.o
//# symbol: f section=.text
//# check: u8(f) == 0xc3
//# no-section: .gnu.linkonce.t.f
//# lacks: .text 90 90 90 90
//# unlike: lld
        .globl go
        .text
go:     call f
        .section .gnu.linkonce.t.f,"ax",@progbits
        .weak f
f:      ret
//# file: b.s
        .section .gnu.linkonce.t.f,"ax",@progbits
        .weak f
f:      .long 0x90909090
        ret
