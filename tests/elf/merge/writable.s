# Writable mergeable sections are not merged: somebody may write to them.
//# link: -e go $IN
//# check: one != two
//# unlike: bfd lld
        .globl go
        .text
go:     ret
        .section .data.a,"awMS",@progbits,1
one:    .asciz "text"
        .section .data.b,"awMS",@progbits,1
two:    .asciz "text"
