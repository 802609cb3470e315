// The same object twice is a duplicate definition, the same archive or library twice is not.
//# also: start.s
//# archive: liba.a a.o
//# link: start.o embedded-file-order.o liba.a liba.a
//# run: exit 1
//# link[object]: start.o embedded-file-order.o embedded-file-order.o liba.a
//# error: duplicate symbol: main
int a(void);
int main(void) { return a(); }
//# file: a.c
int a(void) { return 1; }
