# Slots of a section of symbol pointers, which have no relocations, hold what the table of indirect symbols names.
//# link: symbol_pointers.o
//# lld: differs because it leaves them zero
//# run: exit 42
//# section: __DATA,__nl_symbol_ptr type=S_REGULAR size=24
//# fixup: rebase in=__DATA,__nl_symbol_ptr to=_value
//# fixup: rebase in=__DATA,__nl_symbol_ptr to=_main
//# fixup: bind sym=_puts in=__DATA,__nl_symbol_ptr
//# import: _puts from libSystem
//# link[full]: full.o
//# error: full.o: malformed input at offset
//# error: a pointer to an indirect symbol is not empty
//# lld: differs because it does not look
        .globl  _main, _value
        .p2align 2
_main:  adrp    x8, Lvalue@PAGE
        ldr     x8, [x8, Lvalue@PAGEOFF]
        ldr     w0, [x8]
        adrp    x9, Lputs@PAGE
        ldr     x9, [x9, Lputs@PAGEOFF]
        cbz     x9, 1f
        add     w0, w0, #1
1:      ret
        .section __DATA,__nl_symbol_ptr,non_lazy_symbol_pointers
        .p2align 3
Lvalue: .indirect_symbol _value
        .quad   0
Lputs:  .indirect_symbol _puts
        .quad   0
        .indirect_symbol _local
        .quad   _main
        .data
_value: .long   41
_local: .long   1
        .subsections_via_symbols
//# file: full.s
        .globl  _main
_main:  ret
        .section __DATA,__la_symbol_ptr,lazy_symbol_pointers
        .indirect_symbol _puts
        .quad   1
