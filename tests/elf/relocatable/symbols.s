# -r: -x and -X drop local symbols but for those that relocations name; -s keeps what another link needs.
//# cflags: -Wa,-L
//# link: -r $IN
//# symbol: .Lused local section=.rodata.str1.1
//# symbol: .Lidle local
//# symbol: plain local
//# symbol: main global
//# link[x]: -r $IN -x
//# symbol: .Lused local section=.rodata.str1.1
//# absent: .Lidle plain
//# symbol: main global
//# link[X]: -r $IN -X
//# absent: .Lidle
//# symbol: plain local value=3 section=.data
//# link[s]: -r $IN -s
//# absent: .Lidle plain
//# symbol: main global
//# reloc: any in=.text sym=.Lused
//# unlike: lld
        .globl main
        .text
main:   mov .Lused@GOTPCREL(%rip), %rax
        ret
        .section .rodata.str1.1,"aMS",@progbits,1
.Lused: .string "abc"
        .data
        .byte 0
        .byte 0
        .byte 0
plain:  .quad .Lused
.Lidle: .byte 0
