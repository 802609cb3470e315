# Calls, PC-relative and GOT references to an undefined weak symbol come to zero in an executable.
//# link: -e go $IN
//# run: exit 0
//# link[no-relax]: -e go $IN --no-relax
//# run: exit 0
        .weak missing
        .globl go
        .text
go:     mov missing@GOTPCREL(%rip), %rdi
        test %rdi, %rdi
        jnz 1f
        mov $missing, %rdi
        test %rdi, %rdi
        jnz 1f
        xor %eax, %eax
        test %eax, %eax
        jz 1f
        call missing@PLT
1:      mov $60, %eax
        syscall
