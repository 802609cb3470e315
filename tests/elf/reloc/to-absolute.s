# Addresses of absolute symbols through every path, in a PIE: no relative relocation moves them.
//# link: -pie -e go $IN -dynamic-linker /lib64/ld-linux-x86-64.so.2
//# run: exit 0
        .globl go
        .text
go:     mov constant@GOTPCREL(%rip), %rdi
        sub $0x1234, %rdi
        jnz 1f
        mov word(%rip), %rdi
        sub $0x1238, %rdi
1:      mov $60, %eax
        syscall
        .data
word:   .quad constant + 4
//# file: b.s
        .globl constant
        .set constant, 0x1234
