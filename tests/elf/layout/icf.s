# --icf=all folds equal functions, and not those that differ in what they refer to; off by default.
//# unlike: bfd
//# link: -e go $IN --icf=all
//# check: one == two
//# check: one != three
//# check: one != four
//# link[default]: -e go $IN
//# check: one != two
//# link[none]: -e go $IN --icf=none
//# check: one != two
        .globl go, one, two, three, four
        .section .text.go,"ax"
go:     call one
        call two
        call three
        call four
        ret
        .section .text.one,"ax"
one:    mov $1, %eax
        jmp x
        .section .text.two,"ax"
two:    mov $1, %eax
        jmp x
        .section .text.three,"ax"
three:  mov $2, %eax
        jmp x
        .section .text.four,"ax"
four:   mov $1, %eax
        jmp y
        .section .text.x,"ax"
x:      nop
        ret
        .section .text.y,"ax"
y:      nop
        nop
        ret
