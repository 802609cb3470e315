# A branch that does not reach its target goes through a thunk: forwards, backwards, with an addend, and to a stub.
//# no-damage: it is large
//# link: near.o far.o
//# disasm: _main contains br x16
//# disasm: _far contains br x16
//# disasm: _main contains add x16, x16
//# lld: differs because its thunks have symbols of their own
//# link[none]: near.o far.o -no_branch_islands
//# error: ARM64_RELOC_BRANCH26 against _far is out of range
//# lld: differs because it knows no -no_branch_islands
//# file: near.s
        .globl  _main, _near
        .p2align 2
_near:  add     w0, w0, #20
        ret
_main:  stp     x29, x30, [sp, #-16]!
        mov     w0, #1
        bl      _far
        bl      _far
        bl      _far + 4
        bl      _toupper
        ldp     x29, x30, [sp], #16
        ret
_gap:   .space  0x8200000
        .subsections_via_symbols
//# file: far.s
        .globl  _far
        .p2align 2
_far:   sub     w0, w0, #20
        stp     x29, x30, [sp, #-16]!
        bl      _near
        bl      _tolower
        ldp     x29, x30, [sp], #16
        ret
        .subsections_via_symbols
