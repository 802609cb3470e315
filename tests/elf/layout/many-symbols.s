# Ten thousand exports in one library, all found by the loader's tables (lint).
//# link: -shared $IN --hash-style=both
//# check: e_type == 3
//# dynsym: symbol_9999
        .text
        .altmacro
        .macro one n
        .globl symbol_\n
symbol_\n: ret
        .endm
        .set i, 0
        .rept 10000
        one %i
        .set i, i+1
        .endr
