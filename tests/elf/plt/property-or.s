# GNU_PROPERTY_X86_ISA_1_NEEDED is the union of all objects; ISA_1_USED too, but only if all have it.
//# link: -e go $IN
//# contains: .note.gnu.property 02 80 00 c0 04 00 00 00 03 00 00 00
//# unlike: lld
        .globl go
        .text
go:     ret
        .section .note.gnu.property,"a",@note
        .balign 8
        .long 4, 16, 5
        .asciz "GNU"
        .long 0xc0008002, 4, 1, 0
//# file: b.s
        .section .note.gnu.property,"a",@note
        .balign 8
        .long 4, 16, 5
        .asciz "GNU"
        .long 0xc0008002, 4, 2, 0
