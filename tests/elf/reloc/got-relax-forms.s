# All forms that the psABI lets relax, and those it does not, compute the same.
//# link: -e go $IN
//# run: exit 0
//# link[pie]: -pie -dynamic-linker /lib64/ld-linux-x86-64.so.2 -e go $IN
//# run: exit 0
//# link[no-relax]: -e go $IN --no-relax
//# run: exit 0
        .globl go, f, value
        .text
f:      mov $1, %eax
        ret
bad:    mov $1, %edi
        mov $60, %eax
        syscall
go:     lea value(%rip), %rbx
        mov value@GOTPCREL(%rip), %r15
        cmp %rbx, %r15
        jne bad
        cmp value@GOTPCREL(%rip), %rbx
        jne bad
        test %rbx, value@GOTPCREL(%rip)
        jz bad
        xor %ecx, %ecx
        add value@GOTPCREL(%rip), %rcx
        cmp %rbx, %rcx
        jne bad
        mov $-1, %r9
        and value@GOTPCREL(%rip), %r9
        cmp %rbx, %r9
        jne bad
        push value@GOTPCREL(%rip)
        pop %rdx
        cmp %rbx, %rdx
        jne bad
        lea 1f(%rip), %r12
        push %r12
        jmp *f@GOTPCREL(%rip)
1:      call *f@GOTPCREL(%rip)
        cmp $1, %eax
        jne bad
        xor %edi, %edi
        mov $60, %eax
        syscall
        .data
value:  .long 5
