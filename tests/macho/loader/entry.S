// What cannot be said in C: switching stacks, and the two routines that compiled code enters with registers to keep.
        .text

// int call_on_stack(function, argc, argv, envp, apple, stack)
        .global call_on_stack
call_on_stack:
        stp     x29, x30, [sp, #-32]!
        str     x19, [sp, #16]
        mov     x29, sp
        mov     x19, sp
        mov     x9, x0
        mov     w0, w1
        mov     x1, x2
        mov     x2, x3
        mov     x3, x4
        mov     sp, x5
        blr     x9
        mov     sp, x19
        ldr     x19, [sp, #16]
        ldp     x29, x30, [sp], #32
        ret

        .macro  save_all
        sub     sp, sp, #672
        stp     x29, x30, [sp]
        mov     x29, sp
        stp     x1, x2, [sp, #16]
        stp     x3, x4, [sp, #32]
        stp     x5, x6, [sp, #48]
        stp     x7, x8, [sp, #64]
        stp     x9, x10, [sp, #80]
        stp     x11, x12, [sp, #96]
        stp     x13, x14, [sp, #112]
        stp     x15, x0, [sp, #128]
        stp     q0, q1, [sp, #144]
        stp     q2, q3, [sp, #176]
        stp     q4, q5, [sp, #208]
        stp     q6, q7, [sp, #240]
        stp     q8, q9, [sp, #272]
        stp     q10, q11, [sp, #304]
        stp     q12, q13, [sp, #336]
        stp     q14, q15, [sp, #368]
        stp     q16, q17, [sp, #400]
        stp     q18, q19, [sp, #432]
        stp     q20, q21, [sp, #464]
        stp     q22, q23, [sp, #496]
        stp     q24, q25, [sp, #528]
        stp     q26, q27, [sp, #560]
        stp     q28, q29, [sp, #592]
        stp     q30, q31, [sp, #624]
        .endm
        .macro  restore_all
        ldp     x1, x2, [sp, #16]
        ldp     x3, x4, [sp, #32]
        ldp     x5, x6, [sp, #48]
        ldp     x7, x8, [sp, #64]
        ldp     x9, x10, [sp, #80]
        ldp     x11, x12, [sp, #96]
        ldp     x13, x14, [sp, #112]
        ldr     x15, [sp, #128]
        ldp     q0, q1, [sp, #144]
        ldp     q2, q3, [sp, #176]
        ldp     q4, q5, [sp, #208]
        ldp     q6, q7, [sp, #240]
        ldp     q8, q9, [sp, #272]
        ldp     q10, q11, [sp, #304]
        ldp     q12, q13, [sp, #336]
        ldp     q14, q15, [sp, #368]
        ldp     q16, q17, [sp, #400]
        ldp     q18, q19, [sp, #432]
        ldp     q20, q21, [sp, #464]
        ldp     q22, q23, [sp, #496]
        ldp     q24, q25, [sp, #528]
        ldp     q26, q27, [sp, #560]
        ldp     q28, q29, [sp, #592]
        ldp     q30, q31, [sp, #624]
        ldp     x29, x30, [sp]
        add     sp, sp, #672
        .endm

// A thread-local variable's descriptor is in x0, its address goes there; only x16, x17 and x30 may change besides.
        .global tlv_bootstrap
tlv_bootstrap:
        save_all
        bl      thread_local_address
        restore_all
        ret

// The stub helper has pushed x16 (the offset in the lazy bind opcodes) and x17 (the image's __dyld_private).
        .global dyld_stub_binder
dyld_stub_binder:
        save_all
        ldr     x1, [sp, #672]
        ldr     x0, [sp, #680]
        bl      lazy_bind
        mov     x16, x0
        ldr     x0, [sp, #136]
        restore_all
        add     sp, sp, #16
        br      x16
        .section .note.GNU-stack, "", %progbits
