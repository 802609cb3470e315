// Needed libraries of a library need not be given; --no-copy-dt-needed-entries is how it always is.
//# shared: libc1.so c.o -soname libc1.so
//# before: $LD -shared -o libb.so b.o libc1.so -soname libb.so
//# cc-link: symbolic-elsewhere.o libb.so -Wl,-rpath-link,. -Wl,--no-copy-dt-needed-entries
//# run: exit 2
//# dynamic: NEEDED libb.so
//# no-dynamic: NEEDED libc1.so
int b(void);
int main(void) { return b(); }
//# file: b.c
//# cflags: -fPIC
int c(void);
int b(void) { return c(); }
//# file: c.c
//# cflags: -fPIC
int c(void) { return 2; }
