# Equal strings of mergeable sections are one; suffixes need not be; alignment is kept.
//# link: -e go $IN
//# section: .rodata flags=AMS
//# contains: .rodata "hello\0" count=1
//# check: first == second
//# check: u8(third) == 104
//# link[unmerged]: -e go $IN -O0
//# contains: .rodata "hello\0"
        .globl go
        .text
go:     lea first(%rip), %rax
        lea second(%rip), %rax
        lea third(%rip), %rax
        .section .rodata.a,"aMS",@progbits,1
first:  .asciz "hello"
        .asciz "world"
        .section .rodata.b,"aMS",@progbits,1
second: .asciz "hello"
        .section .rodata.c,"aMS",@progbits,1
third:  .asciz "hello there"
