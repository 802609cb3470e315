# An atom of a live_support section lives while something that it refers to does.
//# also: calls.c
//# link: $IN -dead_strip
//# run: exit 42
//# contains: __DATA,live 2a 00 00 00 00 00 00 00
//# lacks: __DATA,live 2b 00 00 00 00 00 00 00
        .globl  _wanted, _dead
        .p2align 2
_wanted: mov    w0, #42
        ret
_dead:  ret
        .section __DATA,live,regular,live_support
        .p2align 3
l_one:  .quad   42, _wanted
_one_end:
l_two:  .quad   43, _dead
        .subsections_via_symbols
