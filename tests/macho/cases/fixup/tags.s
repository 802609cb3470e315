# The top byte of a pointer is kept over its target.
//# also: calls.c
//# link: $IN
//# run: exit 42
//# fixup: rebase at=_tagged to=_wanted high8=0x5a
        .globl  _wanted, _tagged
        .p2align 2
_wanted: mov    w0, #42
        ret
        .data
        .p2align 3
_tagged: .quad  _wanted + 0x5a00000000000000
