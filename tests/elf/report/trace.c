// --trace lists every file that is part of the link, members with their archive.
//# also: start.s
//# archive: liba.a a.o b.o
//# link: $IN liba.a --trace
//# prints: trace.o
//# prints: liba.a(a.o)
//# silent: b.o
//# link[short]: $IN liba.a -t
//# prints: liba.a(a.o)
int a(void);
int main(void) { return a(); }
//# file: a.c
int a(void) { return 0; }
//# file: b.c
int b(void) { return 0; }
