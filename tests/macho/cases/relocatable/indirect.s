# Slots that only the indirect symbols of an object explain cannot be moved.
//# link: -r $IN
//# error: __DATA,__slots has indirect symbols
        .section __DATA,__slots,non_lazy_symbol_pointers
        .p2align 3
        .indirect_symbol _outside
        .quad 0
