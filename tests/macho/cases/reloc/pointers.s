# ARM64_RELOC_UNSIGNED with addends, SUBTRACTOR pairs of both sizes, and an address in 64 bits of another section.
//# also: calls.c
//# link: $IN
//# run: exit 42
//# fixup: rebase at=_pointer to=_target+16
//# fixup: rebase at=_pointer+8 to=_target-8
//# check: s32(_pointer+16) == _target - _pointer
//# check: u64(_pointer+24) == _target - _pointer + 5
//# check: s32(_pointer+32) == _pointer - _target - 4
        .globl  _wanted
        .p2align 2
_wanted: adrp   x8, _pointer@PAGE
        ldr     x8, [x8, _pointer@PAGEOFF]
        ldr     w0, [x8]
        ret
        .data
        .globl  _pointer, _target
        .p2align 3
_pointer: .quad _target + 16
        .quad   _target - 8
        .long   _target - _pointer
        .long   0
        .quad   _target - _pointer + 5
        .long   _pointer - _target - 4
        .section __DATA,far
        .p2align 3
        .quad   1
_target: .quad  1, 2
        .long   42
        .subsections_via_symbols
