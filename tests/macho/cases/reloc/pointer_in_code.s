# dyld writes nothing into code: a pointer there is an error with its place.
//# link: $IN
//# error: the relocation at offset 0x8 of __TEXT,__text is a pointer in code
//# lld: differs because it words it otherwise
        .globl  _main
        .p2align 3
_main:  mov     w0, #0
        ret
        .quad   _main
