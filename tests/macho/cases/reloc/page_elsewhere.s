# An instruction can hold the address of another image's symbol through the GOT alone.
//# link: $IN
//# error: the relocation at offset 0x4 of __TEXT,__text takes the address of a symbol of another image without the GOT
//# lld: differs because it words it otherwise
        .globl  _main
        .p2align 2
_main:  adrp    x0, _puts@PAGE
        add     x0, x0, _puts@PAGEOFF
        ret
