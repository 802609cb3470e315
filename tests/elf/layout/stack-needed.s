# An object that says its code needs an executable stack gets one, as with GNU ld; one that says nothing does not.
//# link: -e go $IN
//# segment: GNU_STACK flags=RWX
//# warning: stack-needed.o: asks for an executable stack
//# unlike: lld
//# link[silent]: -e go b.o
//# segment: GNU_STACK flags=RW
//# unlike: bfd
//# link[forbidden]: -e go stack-needed.o -z noexecstack
//# segment: GNU_STACK flags=RW
        .globl go
        .text
go:     ret
        .section .note.GNU-stack,"x",@progbits
//# file: b.s
        .weak go
        .text
go:     ret
