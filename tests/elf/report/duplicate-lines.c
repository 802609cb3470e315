// Two definitions of a function are reported with the lines of both.
//# also: start.s
//# cflags: -g
//# link: $IN
//# error: duplicate symbol: twice
//# error: defined at a.c:3 (a.o:(.text+0x0))
//# error: defined at b.c:2 (b.o:(.text+0x0))
int main(void) { return 0; }
//# file: a.c
//# cflags: -g -O1

int twice(void) { return 1; }
//# file: b.c
//# cflags: -g -O1
int twice(void) { return 2; }
