# A reference to foo@V1 in an object joins the definition foo@@V1 of another.
//# link: -e go $IN
//# run: exit 6
//# unlike: lld
        .globl go
        .text
go:     call use
        mov %eax, %edi
        mov $60, %eax
        syscall
        .symver use, f@V1
//# file: b.s
        .globl real
        .symver real, f@@V1
real:   mov $6, %eax
        ret
