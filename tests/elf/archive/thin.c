// A thin archive names its members' files, relative to itself.
//# also: start.s
//# thin: liba.a sub/a.o b.o
//# link: $IN liba.a
//# run: exit 6
int a(void);
int main(void) { return a(); }
//# file: sub/a.c
int b(void);
int a(void) { return b() + 2; }
//# file: b.c
int b(void) { return 4; }
