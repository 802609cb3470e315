// An archive before the object that needs it is used all the same.
//# also: start.s
//# archive: liba.a a.o b.o
//# link: liba.a $IN
//# run: exit 5
//# absent: unused
//# unlike: bfd -- it wants archives after their users
int a(void);
int main(void) { return a(); }
//# file: a.c
int b(void);
int a(void) { return b() + 1; }
//# file: b.c
int b(void) { return 4; }
int also_in_b;
//# file: c.c
int c;
