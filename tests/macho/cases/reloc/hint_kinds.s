# Every kind of hint: one instruction where the target is near, no addition where it is far, and the same result.
//# link: $IN
//# run: exit 42
//# lld: differs because it leaves stores alone
//# disasm: _adds contains adr x1
//# disasm: _loads contains ldr w1, 0x
//# disasm: _loads lacks adrp
//# disasm: _stores lacks adrp
//# disasm: _got lacks adrp
//# disasm: _pages contains nop
//# disasm: _far_load contains adrp
//# disasm: _far_load lacks add x
//# disasm: _far_store lacks add x
//# disasm: _bytes contains ldrb w1, [x1]
//# link[ignored]: $IN -ignore_optimization_hints
//# run: exit 42
//# disasm: _adds lacks adr x1
//# disasm: _pages lacks nop
        .globl  _main
        .p2align 2
_main:  stp     x29, x30, [sp, #-16]!
        mov     w0, #0
        bl      _adds
        bl      _loads
        bl      _bytes
        bl      _stores
        bl      _got
        bl      _pages
        bl      _far_store
        bl      _far_load
        ldp     x29, x30, [sp], #16
        ret
_adds:
L0:     adrp    x0, _near@PAGE
L1:     add     x1, x0, _near@PAGEOFF
        ldr     w0, [x1]                        // 1
        ret
        .loh AdrpAdd L0, L1
_loads:
L2:     adrp    x2, _near@PAGE
L3:     add     x3, x2, _near@PAGEOFF
L4:     ldr     w1, [x3, #4]                    // 2
        add     w0, w0, w1
        ret
        .loh AdrpAddLdr L2, L3, L4
_bytes:
L5:     adrp    x1, _near@PAGE
L6:     add     x1, x1, _near@PAGEOFF
L7:     ldrb    w1, [x1]                        // 1
        add     w0, w0, w1
        ret
        .loh AdrpAddLdr L5, L6, L7
_stores:
L8:     adrp    x1, _near@PAGE
L9:     add     x2, x1, _near@PAGEOFF
L10:    str     w0, [x2, #8]
        ret
        .loh AdrpAddStr L8, L9, L10
_got:
L11:    adrp    x1, _near@GOTPAGE
L12:    ldr     x1, [x1, _near@GOTPAGEOFF]
L13:    ldr     w1, [x1, #8]                    // 4, what was stored
        add     w0, w0, w1
L14:    adrp    x1, ___stdoutp@GOTPAGE
L15:    ldr     x1, [x1, ___stdoutp@GOTPAGEOFF]
L16:    ldr     x1, [x1]
        cmp     x1, #0
        cinc    w0, w0, ne                      // 1
        ret
        .loh AdrpLdrGotLdr L11, L12, L13
        .loh AdrpLdrGotLdr L14, L15, L16
_pages:
L17:    adrp    x1, _far@PAGE
        ldr     w2, [x1, _far@PAGEOFF]          // 0
L18:    adrp    x1, _far@PAGE
        ldr     w3, [x1, _far@PAGEOFF]
        add     w0, w0, w2
        add     w0, w0, w3
        ret
        .loh AdrpAdrp L17, L18
_far_store:
L19:    adrp    x1, _far@PAGE
L20:    add     x1, x1, _far@PAGEOFF
        mov     w2, #33
L21:    str     w2, [x1, #4]
        ret
        .loh AdrpAddStr L19, L20, L21
_far_load:
L22:    adrp    x1, _far@PAGE
L23:    add     x1, x1, _far@PAGEOFF
L24:    ldr     w1, [x1, #4]                    // 33
        add     w0, w0, w1
        ret
        .loh AdrpAddLdr L22, L23, L24
        .data
        .p2align 3
_near:  .long   1, 2, 0
        .zerofill __DATA,__bss,_gap,0x400000,3
        .zerofill __DATA,__bss,_far,8,3
        .subsections_via_symbols
