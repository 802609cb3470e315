# Debug information may hold offsets from the GOT: gcc's does under -mcmodel=large.
//# link: -e go $IN
//# contains: .debug_info aa 05 00 00 00 00 00 00 00 bb
        .globl go
        .text
go:     lea _GLOBAL_OFFSET_TABLE_(%rip), %rax
        ret
        .section .debug_info,"",@progbits
        .byte 0xaa
        .reloc ., R_X86_64_GOTOFF64, _GLOBAL_OFFSET_TABLE_ + 5
        .quad 0
        .byte 0xbb
