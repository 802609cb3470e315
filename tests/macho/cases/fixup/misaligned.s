# A pointer that is not on four bytes cannot be in a chain: an error with the symbol; classic fixups take it.
//# also: calls.c
//# link[classic]: $IN -no_fixup_chains
//# fixup: rebase at=_packed to=_wanted
//# link[chained]: $IN -fixup_chains
//# error: _packed
//# lld: differs because it makes a chain that dyld cannot follow
        .globl  _wanted, _packed
        .p2align 2
_wanted: mov    w0, #42
        ret
        .data
        .p2align 3
        .byte   1
_packed: .quad  _wanted
