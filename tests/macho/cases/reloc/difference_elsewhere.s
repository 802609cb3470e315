# The distance to a symbol of another image is not known before the program runs.
//# link: $IN
//# error: the relocation at offset 0x0 of __DATA,__data is a difference to a symbol of another image
//# lld: differs because it words it otherwise
        .globl  _main
        .p2align 2
_main:  mov     w0, #0
        ret
        .data
        .p2align 3
Lhere:  .quad   _puts - Lhere
