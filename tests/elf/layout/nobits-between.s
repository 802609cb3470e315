# A read-only section without bytes in the file, before one with bytes in the same segment, takes room in the file.
//# link: -e go $IN
//# run: exit 7
//# section: .holes type=PROGBITS
//# section: .bss type=NOBITS
        .globl go
        .text
go:     mov zeros(%rip), %edi
        add after(%rip), %edi
        add last(%rip), %edi
        add late(%rip), %edi
        mov $60, %eax
        syscall
        .section .holes,"a",@nobits
zeros:  .zero 5000
        .section .rodata2,"a"
after:  .long 4
        .section .data
late:   .long 3
        .bss
last:   .long 0
