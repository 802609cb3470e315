// Of two archives that define a name the first on the command line serves.
//# also: start.s
//# archive: liba.a a.o
//# archive: libb.a b.o
//# link: $IN liba.a libb.a
//# run: exit 1
//# link[other]: $IN libb.a liba.a
//# run: exit 2
int f(void);
int main(void) { return f(); }
//# file: a.c
int f(void) { return 1; }
//# file: b.c
int f(void) { return 2; }
