// A library without versions beside one with: its symbols get no version, the other's do.
//# shared: libb.so b.o
//# cc-link: $IN libb.so
//# run: exit 2 stdout "x\n"
//# dynsym: b undefined unversioned
//# dynsym: puts@GLIBC_2.2.5
//# check: dt(VERNEEDNUM) == 1
#include <stdio.h>
int b(void);
int main(void) { puts("x"); return b(); }
//# file: b.c
//# cflags: -fPIC
int b(void) { return 2; }
