# Notes of one kind of alignment share a segment; those of another have their own.
//# link: -e go $IN
//# segment: NOTE align=4 holds=.note.a
//# segment: NOTE align=8 holds=.note.b
        .globl go
        .text
go:     ret
        .section .note.a,"a",@note
        .balign 4
        .long 4, 4, 1
        .asciz "ABC"
        .long 7
        .section .note.b,"a",@note
        .balign 8
        .long 4, 8, 1
        .asciz "ABC"
        .quad 7
