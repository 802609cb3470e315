// A tentative definition asks archives for a real one.
//# cflags: -fcommon
//# archive: liba.a a.o
//# lld: differs because it takes the tentative one
//# link: main.o liba.a
//# run: exit 47
//# symbol: _x external section=__DATA,__data
//# file: main.c
int x;
int main(void) { return x + 42; }
//# file: a.c
int x = 5;
