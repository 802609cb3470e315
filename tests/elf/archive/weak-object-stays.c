// A weak definition in an object is enough: no member is fetched for a stronger one.
//# also: start.s
//# archive: liba.a a.o
//# link: $IN liba.a
//# run: exit 3
__attribute__((weak)) int f(void) { return 3; }
int main(void) { return f(); }
//# file: a.c
int f(void) { return 1; }
