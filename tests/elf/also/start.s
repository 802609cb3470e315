# Where a freestanding program begins: calls main(argc, argv) and leaves with what it returns.
        .globl _start
        .type _start, @function
        .section .text._start,"ax",@progbits
_start: xor %ebp, %ebp
        mov (%rsp), %rdi
        lea 8(%rsp), %rsi
        and $-16, %rsp
        call main
        mov %eax, %edi
        mov $60, %eax
        syscall
        .size _start, . - _start
        .section .note.GNU-stack,"",@progbits
