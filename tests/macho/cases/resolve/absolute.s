# An absolute symbol keeps its value wherever the image is loaded, and is exported as such.
//# link: $IN
//# lld: differs because it exports the distance from the header
//# run: exit 42
//# symbol: _fixed external absolute value=42
//# export: _fixed absolute
        .globl  _fixed
        .set    _fixed, 42
        .globl  _main
        .p2align 2
_main:  mov     w0, #0
        add     w0, w0, #42
        ret
