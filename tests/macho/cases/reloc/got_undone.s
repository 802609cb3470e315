# A GOT load whose result is not at once a load of its own register is left alone or rewritten, with the same outcome.
//# also: calls.c
//# link: $IN
//# run: exit 42
        .globl  _wanted, _value
        .p2align 2
_wanted: adrp   x8, _value@GOTPAGE
        mov     w1, #1
        ldr     x9, [x8, _value@GOTPAGEOFF]
        ldr     w0, [x9]
        adrp    x10, _value@GOTPAGE
        ldr     x10, [x10, _value@GOTPAGEOFF]
        ldr     w1, [x10, #4]
        add     w0, w0, w1
        ret
        .data
        .p2align 2
_value: .long   40, 2
        .subsections_via_symbols
