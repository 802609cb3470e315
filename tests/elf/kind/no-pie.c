// A position-dependent executable has fixed addresses and no relative relocations.
//# cflags: -fno-pic
//# cc-link: -no-pie $IN
//# run: exit 7 stdout "hello\n"
//# check: e_type == 2
//# segment: INTERP
//# no-dynamic: FLAGS_1 PIE
//# no-reloc: R_X86_64_RELATIVE
//# check: u64(table) == one
#include <stdio.h>
int one(void) { puts("hello"); return 7; }
int (*table[])(void) = { one };
int main(void) { return table[0](); }
