# Symbols at the end of sections, and in empty ones, lie where they should.
//# link: -e go $IN
//# check: at_end == after
//# check: before_empty == empty
//# check: after - before_empty == 1
        .globl go
        .text
go:     lea at_end(%rip), %rax
        ret
        .data
before_empty: .byte 1
at_end:
        .section .data.z,"aw"
        .quad in_nothing
        .section .data.empty,"aw"
empty_after:
        .data
        .set after, at_end
        .set empty, before_empty
        .section nothing,"aw"
in_nothing:
