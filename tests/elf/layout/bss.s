# .bss takes no room in the file, and a section of zeros beside it stays where it is.
//# link: -e go $IN
//# section: .bss type=NOBITS size=0x1000000
//# check: filesize < 100000
//# run: exit 0
        .globl go
        .text
go:     mov large(%rip), %edi
        mov $60, %eax
        syscall
        .bss
        .balign 64
large:  .skip 0x1000000
