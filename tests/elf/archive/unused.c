// A member that nothing refers to stays out, with its undefined references.
//# also: start.s
//# archive: liba.a a.o c.o
//# link: $IN liba.a
//# run: exit 1
//# symbol: a global func
//# absent: unused nowhere
int a(void);
int main(void) { return a(); }
//# file: a.c
int a(void) { return 1; }
//# file: c.c
extern int nowhere;
int unused(void) { return nowhere; }
