// --whole-archive takes every member, until --no-whole-archive; a later plain mention adds nothing twice.
//# also: start.s
//# archive: liba.a a.o
//# archive: libb.a b.o
//# link: $IN --whole-archive liba.a --no-whole-archive libb.a
//# run: exit 0
//# symbol: a global
//# absent: b
//# link[pushed]: $IN --push-state --whole-archive liba.a --pop-state libb.a
//# symbol: a global
//# absent: b
int main(void) { return 0; }
//# file: a.c
int a = 1;
//# file: b.c
int b = 1;
