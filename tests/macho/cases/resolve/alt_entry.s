# An .alt_entry symbol does not begin an atom: what is before it stays before it, also under -dead_strip.
//# link: $IN -dead_strip
//# run: exit 42
//# symbol: _inner external
//# check: _inner == _outer + 4
//# absent: _unused
        .globl  _main, _outer, _inner, _unused
        .p2align 2
_unused: ret
_main:  mov     w0, #0
        b       _inner
_outer: mov     w0, #1
        .alt_entry _inner
_inner: add     w0, w0, #42
        ret
        .subsections_via_symbols
