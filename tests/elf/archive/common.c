// A common symbol brings in the member that really defines it (Fortran's BLOCK DATA), but not one that is common too.
//# also: start.s
//# cflags: -fcommon
//# archive: liba.a a.o
//# archive: libb.a b.o
//# unlike: lld -- it looks at no definition for a common symbol
//# link: common.o start.o liba.a
//# run: exit 5
//# symbol: value global section=.data size=4
//# link[common]: common.o start.o libb.a
//# run: exit 0
//# symbol: value global section=.bss size=4
//# absent: beside
int value;
int main(void) { return value; }
//# file: a.c
int value = 5;
//# file: b.c
int value;
int beside = 1;
