// Groups around whole archives, and states pushed and popped within a group.
//# also: start.s
//# archive: liba.a a.o
//# link: nested-group.o start.o --start-group --push-state --whole-archive liba.a --pop-state --end-group --start-lib b.o --end-lib
//# run: exit 3
//# symbol: beside
//# unlike: bfd
int b(void);
int main(void) { return b(); }
//# file: a.c
int a(void) { return 1; }
int beside;
//# file: b.c
int a(void);
int b(void) { return a() + 2; }
