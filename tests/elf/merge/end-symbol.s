# A symbol at the very end of a mergeable section, and pointers of negative addend, are resolved.
//# link: -e go $IN
//# check: u64(pointer) == tail
//# check: u8(u64(minus) + 1) == 104
        .globl go
        .text
go:     ret
        .data
pointer: .quad tail
minus:  .quad tail - 1
        .section .rodata.str1.1,"aMS",@progbits,1
        .asciz "first"
tail:   .asciz "hello"
