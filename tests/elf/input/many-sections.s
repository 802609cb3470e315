# More than 65,279 sections in an input: extended indices are read, for symbols, groups and relocations.
//# link: -e go $IN --gc-sections
//# run: exit 7
//# link[relocatable]: -r $IN
//# check: e_shnum > 66000
//# symbol: last section=.data.last
        .globl go
        .section .text.go,"ax"
go:     mov last(%rip), %edi
        mov $60, %eax
        syscall
        .macro many n
        .section .data.\n,"aw"
        .byte 0
        .endm
        .altmacro
        .macro spread from
        .set i, \from
        .rept 1000
        many %i
        .set i, i+1
        .endr
        .endm
        .set k, 0
        .rept 66
        spread %k
        .set k, k+1000
        .endr
        .section .data.last,"aw"
        .globl last
last:   .long 7
