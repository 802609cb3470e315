# --icf=all is taken with a word that nothing is folded: equal functions keep their own addresses.
//# unlike: bfd lld -- one does not know it, the other folds
//# link: -e go $IN --icf=all
//# warning: icf
//# check: one != two
//# link[none]: -e go $IN --icf=none
//# check: one != two
        .globl go, one, two
        .section .text.go,"ax"
go:     call one
        call two
        ret
        .section .text.one,"ax"
one:    mov $1, %eax
        ret
        .section .text.two,"ax"
two:    mov $1, %eax
        ret
