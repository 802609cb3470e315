// A shared object before an archive serves; the archive's member stays out.
//# also: start.s
//# shared: libb.so b.o -soname libb.so
//# archive: liba.a a.o
//# link: $IN libb.so liba.a -dynamic-linker /lib64/ld-linux-x86-64.so.2
//# run: exit 2
//# link[other]: $IN liba.a libb.so -dynamic-linker /lib64/ld-linux-x86-64.so.2
//# run: exit 1
int f(void);
int main(void) { return f(); }
//# file: a.c
int f(void) { return 1; }
//# file: b.c
//# cflags: -fPIC
int f(void) { return 2; }
