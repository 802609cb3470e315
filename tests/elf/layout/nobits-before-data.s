# A NOBITS section that must come before file-backed data is filled with zeros.
//# link: -e go $IN --section-start=.bss=0x600000 --section-start=.data=0x602000
//# run: exit 5
//# check: value > zero
        .globl go, zero, value
        .text
go:     mov value(%rip), %edi
        add zero(%rip), %edi
        mov $60, %eax
        syscall
        .data
value:  .long 5
        .bss
zero:   .long 0
