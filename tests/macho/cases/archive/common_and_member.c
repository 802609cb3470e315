// A tentative definition does not pull an archive's definition in.
//# cflags: -fcommon
//# archive: liba.a a.o
//# link: main.o liba.a
//# run: exit 42
//# symbol: _x external section=__DATA,__common
//# file: main.c
int x;
int main(void) { return x + 42; }
//# file: a.c
int x = 5;
