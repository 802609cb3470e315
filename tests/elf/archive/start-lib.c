// Objects between --start-lib and --end-lib are taken like archive members.
//# also: start.s
//# link: start-lib.o start.o --start-lib a.o c.o --end-lib
//# run: exit 1
//# absent: unused
//# unlike: bfd -- it has no --start-lib
int a(void);
int main(void) { return a(); }
//# file: a.c
int a(void) { return 1; }
//# file: c.c
extern int nowhere;
int unused(void) { return nowhere; }
