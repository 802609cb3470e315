# An object that asks for an executable stack does not get one unless told so on the command line.
//# link: -e go $IN
//# segment: GNU_STACK flags=RW
//# unlike: bfd
        .globl go
        .text
go:     ret
        .section .note.GNU-stack,"x",@progbits
