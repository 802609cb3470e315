# Chains begin anew on each page, skip pages without fixups, and bridge gaps within a page.
//# also: calls.c
//# link: $IN
//# run: exit 42
//# fixup: rebase in=__DATA,__data to=_wanted count=5
        .globl  _wanted
        .p2align 2
_wanted: mov    w0, #42
        ret
        .data
        .p2align 14
        .quad   _wanted
        .zero   16368
        .quad   _wanted
        .quad   _wanted
        .zero   50000
        .p2align 3
        .quad   _wanted
        .zero   15000
        .p2align 3
        .quad   _wanted
