# A function that is both called and loaded through the GOT works either way.
//# shared: libb.so b.o
//# link: -pie -e go got-plt-both.o libb.so -dynamic-linker /lib64/ld-linux-x86-64.so.2
//# run: exit 12
        .globl go
        .text
go:     and $-16, %rsp
        call f@PLT
        mov %eax, %ebx
        mov f@GOTPCREL(%rip), %rax
        call *%rax
        add %eax, %ebx
        mov pointer(%rip), %rax
        call *%rax
        add %ebx, %eax
        mov %eax, %edi
        mov $60, %eax
        syscall
        .data
pointer: .quad f
//# file: b.s
        .globl f
        .type f, @function
        .text
f:      mov $4, %eax
        ret
