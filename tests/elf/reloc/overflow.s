# A value that does not fit names the relocation, the place, the symbol and how far it is off.
//# link: -e go $IN -Ttext=0x10000 --section-start=far=0x200000000
//# error: overflow.o:(.text+0x3):
//# error: R_X86_64_PC32 against 
//# error: distant
//# error: out of range
//# error: 2147483647
//# link[absolute]: -e go $IN b.o -Ttext=0x10000 --section-start=far=0x200000000
//# error: R_X86_64_32
        .globl go, distant
        .text
go:     lea distant(%rip), %rax
        ret
        .section far,"aw"
distant: .long 1
//# file: b.s
        .data
        .long distant
