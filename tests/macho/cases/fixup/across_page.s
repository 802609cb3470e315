# A pointer across the end of a page cannot be in a chain: an error with the symbol.
//# also: calls.c
//# link: $IN -fixup_chains
//# error: _across
//# lld: differs because it makes a chain that dyld cannot follow
        .globl  _wanted, _across
        .p2align 2
_wanted: mov    w0, #42
        ret
        .data
        .p2align 14
        .zero   16380
_across: .quad  _wanted
