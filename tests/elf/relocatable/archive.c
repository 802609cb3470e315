// -r takes from archives only what is needed; -u adds to that, and stays undefined when nothing defines it.
//# archive: libmany.a b.o c.o
//# link: -r $IN libmany.a
//# symbol: b defined
//# absent: c
//# link[more]: -r $IN -L. -lmany -u c -u nowhere
//# symbol: c defined
//# symbol: nowhere undefined
//# unlike: lld
int b(void);
int main(void) { return b(); }
//# file: b.c
int b(void) { return 1; }
//# file: c.c
int c(void) { return 1; }
