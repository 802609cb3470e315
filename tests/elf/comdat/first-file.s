# The group of the first file wins, in the order of the command line, and its symbols resolve all references.
//# link: -e go $IN
//# run: exit 1
//# link[other]: -e go b.o first-file.o
//# run: exit 2
        .globl go
        .text
go:     mov value(%rip), %edi
        mov $60, %eax
        syscall
        .section .data.value,"awG",@progbits,value,comdat
        .weak value
value:  .long 1
//# file: b.s
        .section .data.value,"awG",@progbits,value,comdat
        .weak value
value:  .long 2
