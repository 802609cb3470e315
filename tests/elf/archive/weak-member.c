// A weak definition in a member serves like a strong one, and the first member wins.
//# also: start.s
//# archive: liba.a a.o b.o
//# link: $IN liba.a
//# run: exit 1
//# absent: beside_b
int f(void);
int main(void) { return f(); }
//# file: a.c
__attribute__((weak)) int f(void) { return 1; }
//# file: b.c
int f(void) { return 2; }
int beside_b;
