# BRANCH26 with an addend, backwards and forwards, and to a library's function through a stub.
//# also: calls.c
//# link: $IN
//# run: exit 42
//# disasm: _wanted contains bl
//# section: __TEXT,__stubs size=12
        .globl  _wanted
        .p2align 2
_before: mov    w0, #1
        add     w0, w0, #10
        ret
_wanted: stp    x29, x30, [sp, #-32]!
        mov     w0, #5
        bl      _before + 4
        str     w0, [sp, #16]
        bl      _after + 4
        ldr     w1, [sp, #16]
        add     w0, w0, w1
        bl      _toupper
        ldp     x29, x30, [sp], #32
        ret
_after: brk     #1
        mov     w0, #27
        ret
        .subsections_via_symbols
