// A PIE names its interpreter and libraries, and has its pointers relocated.
//# cc: gcc clang
//# cc-link: -pie $IN
//# run: exit 7 stdout "hello\n"
//# check: e_type == 3
//# segment: INTERP
//# contains: .interp "/lib64/ld-linux-x86-64.so.2\0"
//# dynamic: NEEDED libc.so.6
//# dynamic: FLAGS_1 PIE
//# dynamic: DEBUG
//# verneed: GLIBC_2.34 libc.so.6
//# dynsym: puts@GLIBC_2.2.5 global func undefined
//# reloc: R_X86_64_RELATIVE at=table addend=one
#include <stdio.h>
int one(void) { puts("hello"); return 7; }
int (*table[])(void) = { one };
int main(void) { return table[0](); }
