// An archive's definition replaces a tentative one, if it is data: a function of that name stays where it is.
//# cflags: -fcommon
//# archive: liba.a a.o f.o
//# lld: differs because it looks into no archive for what is tentative
//# link: main.o liba.a
//# run: exit 47
//# symbol: _x external section=__DATA,__data
//# symbol: _f external section=__DATA,__common
//# file: main.c
int x, f;
int main(void) { return x + f + 42; }
//# file: a.c
int x = 5;
//# file: f.c
int f(void) { return 1; }
