# An .eh_frame that is not one is an error that names the file and the place.
//# link: -e go $IN --eh-frame-hdr
//# unlike: bfd
//# error: malformed.o
//# error: .eh_frame
        .globl go
        .text
go:     ret
        .section .eh_frame,"a",@progbits
        .long 100
        .long 0
        .byte 1
