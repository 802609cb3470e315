# Notes and other non-executable metadata that loaders look for are kept.
//# link: -e go $IN --gc-sections
//# section: .note.mine type=NOTE
//# segment: NOTE holds=.note.mine
        .globl go
        .text
go:     ret
        .section .note.mine,"a",@note
        .long 4, 4, 1
        .asciz "ABC"
        .long 7
