// Entries of the functions with variable arguments, which Apple's arm64 passes on the stack: `variable N, NAME` is NAME, which
// calls shim_vNAME with the address of the variable arguments as its parameter number N.
        .text
        .macro  variable number, name
        .global variable_\name
variable_\name:
        mov     x\number, sp
        b       shim_v\name
        .endm
        variable 1, printf
        variable 2, fprintf
        variable 2, sprintf
        variable 3, snprintf
        variable 2, asprintf
        variable 2, dprintf
        variable 4, __sprintf_chk
        variable 5, __snprintf_chk
        variable 1, scanf
        variable 2, fscanf
        variable 2, sscanf
        variable 4, snprintf_l
        variable 3, asprintf_l
        variable 3, sscanf_l
        variable 1, wprintf
        variable 2, fwprintf
        variable 3, swprintf
        variable 2, open
        variable 3, openat
        variable 2, fcntl
        variable 2, ioctl
        variable 2, err
        variable 2, errx
        variable 1, warn
        variable 1, warnx

// setjmp and longjmp: Apple's jmp_buf has room for the 21 registers that a call keeps, and not for the host's.
        .macro  keep instruction
        \instruction d8, d9, [x0, #112]
        \instruction d10, d11, [x0, #128]
        \instruction d12, d13, [x0, #144]
        \instruction d14, d15, [x0, #160]
        \instruction x19, x20, [x0]
        \instruction x21, x22, [x0, #16]
        \instruction x23, x24, [x0, #32]
        \instruction x25, x26, [x0, #48]
        \instruction x27, x28, [x0, #64]
        \instruction x29, x30, [x0, #80]
        .endm
        .global shim_setjmp
shim_setjmp:
        keep    stp
        mov     x9, sp
        str     x9, [x0, #96]
        mov     w0, #0
        ret
        .global shim_longjmp
shim_longjmp:
        keep    ldp
        ldr     x9, [x0, #96]
        mov     sp, x9
        cmp     w1, #0
        csinc   w0, w1, wzr, ne
        ret
        .section .note.GNU-stack, "", %progbits
