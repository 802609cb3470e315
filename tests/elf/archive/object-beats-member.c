// A definition in an object keeps the archive's member out, wherever the archive stands.
//# also: start.s
//# archive: liba.a a.o
//# link: liba.a $IN
//# run: exit 2
//# absent: from_member
//# unlike: lld -- it extracts at the first reference
int f(void);
int main(void) { return f(); }
//# file: b.c
int f(void) { return 2; }
//# file: a.c
int f(void) { return 1; }
int from_member;
