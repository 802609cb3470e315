# A debug section may refer to an undefined or discarded symbol; 32-bit fields hold section offsets.
//# link: -e go $IN
//# contains: .debug_info 06 00 00 00 aa
        .globl go
        .text
go:     ret
        .section .debug_str,"",@progbits
        .asciz "first"
.Ls:    .asciz "second"
        .section .debug_info,"",@progbits
        .long .Ls
        .byte 0xaa
