# -r joins strings that the final link will merge; those that no NUL ends, or that are cut, stay apart.
//# link: -r $IN
//# section: .rodata.str1.1 flags=AMS entsize=1 size=6
//# contains: .rodata.str1.1 "ab\0ab\0"
//# section: .rodata.str1.1 count=2
//# reloc: R_X86_64_64 in=.data sym=.rodata.str1.1 addend=4
        .section .rodata.str1.1,"aMS",@progbits,1
        .string "ab"
//# file: b.s
        .section .rodata.str1.1,"aMS",@progbits,1
        .string "ab"
        .data
        .reloc ., R_X86_64_64, .rodata.str1.1+1
        .quad 0
//# file: c.s
        .section .rodata.str1.1,"aMS",@progbits,1
        .ascii "open"
