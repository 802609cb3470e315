# -r with more than 65,279 sections: what it writes can be read, by sinew and by others.
//# link: -r $IN
//# check: e_shnum > 66000
//# symbol: last section=.text.last
//# sh: $LD -o prog out -e go; ./prog || test $? = 7
//# sh: ld -o prog out -e go; ./prog || test $? = 7
//# sh: $LD -r -o again.o out; cmp out again.o
        .altmacro
        .macro many n
        .section .text.f\n,"ax"
        call last
        .section .data.d\n,"aw"
        .byte 0
        .endm
        .macro spread from
        .set i, \from
        .rept 1000
        many %i
        .set i, i+1
        .endr
        .endm
        .set k, 0
        .rept 23
        spread %k
        .set k, k+1000
        .endr
        .section .data.last,"aw"
local:  .long 6
//# file: b.s
        .section .text.last,"ax"
        .globl last, go
last:   mov local(%rip), %edi
        mov more(%rip), %eax
        add %eax, %edi
        mov $60, %eax
        syscall
go:     call last
        .section .data.last,"aw"
more:   .long 1
local:  .long 6
