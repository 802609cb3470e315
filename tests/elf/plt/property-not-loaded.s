# An object whose property note is not loaded counts like the others (rustc makes such objects), and adds no section.
//# link: -e go $IN
//# section: .note.gnu.property flags=A
//# contains: .note.gnu.property 02 80 00 c0 04 00 00 00 03 00 00 00
        .globl go
        .text
go:     ret
        .section .note.gnu.property,"a",@note
        .balign 8
        .long 4, 16, 5
        .asciz "GNU"
        .long 0xc0008002, 4, 1, 0
//# file: b.s
        .section .note.gnu.property,"",@note
        .balign 8
        .long 4, 16, 5
        .asciz "GNU"
        .long 0xc0008002, 4, 2, 0
