# DTPOFF64 in debug information is the offset in the module's TLS block.
//# link: -e go $IN
//# contains: .debug_info 08 00 00 00 00 00 00 00 aa
//# link[shared]: -shared $IN
//# contains: .debug_info 08 00 00 00 00 00 00 00 aa
        .globl go
        .text
go:     ret
        .section .tdata,"awT",@progbits
        .quad 1
x:      .quad 2
        .section .debug_info,"",@progbits
        .quad x@dtpoff
        .byte 0xaa
