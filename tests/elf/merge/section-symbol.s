# A reference by section symbol and addend finds its piece, wherever it went.
//# link: -e go $IN
//# check: u8(u64(pointer)) == 119
//# check: u8(u64(pointer+8)) == 122
//# run: exit 119
        .globl go
        .text
go:     movzbl .Lworld(%rip), %edi
        mov $60, %eax
        syscall
        .data
pointer: .quad .Lworld
        .quad .Lzoo
        .section .rodata.a,"aMS",@progbits,1
        .asciz "hello"
.Lworld: .asciz "world"
        .section .rodata.b,"aMS",@progbits,1
        .asciz "hello"
.Lzoo:  .asciz "zoo"
