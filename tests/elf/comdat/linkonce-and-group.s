# A linkonce section and a group of one section that define the same symbols are one thing, of which the first stays.
//# run: exit 7
//# link[section-first]: linkonce-and-group.o section.o group.o
//# contains: .text 91 91 91 91
//# lacks: .text 92 92 92 92
//# same-as: bfd run
//# link[group-first]: linkonce-and-group.o group.o section.o
//# contains: .text 92 92 92 92
//# lacks: .text 91 91 91 91
//# link[other-symbols]: linkonce-and-group.o other.o weak.o
//# contains: .text 93 93 93 93
//# contains: .text 94 94 94 94
//# unlike: lld
        .globl _start
        .text
_start: mov     $60, %eax
        mov     $7, %edi
        syscall
//# file: section.s
        .section .gnu.linkonce.t.f,"ax",@progbits
        .globl f
f:      .long 0x91919191
//# file: group.s
        .section .text.f,"axG",@progbits,f,comdat
        .globl f
f:      .long 0x92929292
//# file: other.s
        .section .text.f,"axG",@progbits,f,comdat
        .weak f, g
f:      .long 0x93939393
g:      ret
//# file: weak.s
        .section .gnu.linkonce.t.f,"ax",@progbits
        .weak f
f:      .long 0x94949494
