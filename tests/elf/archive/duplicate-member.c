// --whole-archive of two archives that define one name is a duplicate, and so are two members that both come in.
//# also: start.s
//# archive: liba.a a.o
//# archive: libb.a b.o
//# link: $IN --whole-archive liba.a libb.a
//# error: duplicate symbol: f
//# error: liba.a(a.o)
//# error: libb.a(b.o)
int main(void) { return 0; }
//# file: a.c
int f(void) { return 1; }
//# file: b.c
int f(void) { return 2; }
