# Sections sort by their init priority and --sort-section=name; file order otherwise.
//# link: -e go $IN
//# check: u8(addr(.data)) == 2
//# link[name]: -e go $IN --sort-section=name
//# unlike: lld
//# contains: .data 01 02 03
//# link[wild]: -e go $IN
//# contains: .data 02 03 01
//# unlike: lld
        .globl go
        .text
go:     ret
        .section .data.b,"aw"
        .byte 2
        .section .data.c,"aw"
        .byte 3
        .section .data.a,"aw"
        .byte 1
