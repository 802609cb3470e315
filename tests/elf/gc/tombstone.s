# In debug sections a reference to dropped code is 0, or 1 in .debug_ranges and .debug_loc, where 0,0 ends a list.
//# link: -e go $IN --gc-sections
//# contains: .debug_info 00 00 00 00 00 00 00 00 aa
//# contains: .debug_ranges 01 00 00 00 00 00 00 00 bb
//# contains: .debug_loc 01 00 00 00 00 00 00 00 cc
//# unlike: bfd
        .globl go
        .section .text.go,"ax"
go:     ret
        .section .text.gone,"ax"
gone:   ret
        .section .debug_info,"",@progbits
        .quad gone
        .byte 0xaa
        .section .debug_ranges,"",@progbits
        .quad gone
        .byte 0xbb
        .section .debug_loc,"",@progbits
        .quad gone
        .byte 0xcc
