# GOTPCRELX: a load of a local address becomes lea, an indirect call a direct one; --no-relax leaves the GOT.
//# link: -e go $IN
//# unlike: lld
//# run: exit 5
//# contains: .text 67 e8
//# no-section: .got
//# link[no-relax]: -e go $IN --no-relax
//# run: exit 5
//# section: .got
        .globl go, f, value
        .text
f:      ret
go:     mov value@GOTPCREL(%rip), %rax
        call *f@GOTPCREL(%rip)
        mov (%rax), %edi
        mov $60, %eax
        syscall
        .data
value:  .long 5
