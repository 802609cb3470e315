// Two archives that need each other link without a group.
//# also: start.s
//# archive: liba.a a1.o a2.o
//# archive: libb.a b1.o
//# link: $IN --start-group liba.a libb.a --end-group
//# link[parentheses]: $IN -( liba.a libb.a -)
//# link[plain]: $IN liba.a libb.a
//# run: exit 3
//# unlike: bfd
int a1(void);
int main(void) { return a1(); }
//# file: a1.c
int b1(void);
int a1(void) { return b1() + 1; }
//# file: a2.c
int a2(void) { return 1; }
//# file: b1.c
int a2(void);
int b1(void) { return a2() + 1; }
