// A library that another one uses without naming it is needed, --as-needed or not.
//# shared: libc1.so c.o -soname libc1.so
//# shared: libb.so b.o -soname libb.so
//# cc-link: $IN -Wl,--as-needed libb.so libc1.so
//# run: exit 6
//# dynamic: NEEDED libb.so libc1.so
//# unlike: lld mold -- to them only objects count
int b(void);
int main(void) { return b(); }
//# file: b.c
//# cflags: -fPIC
int c(void);
int b(void) { return c(); }
//# file: c.c
//# cflags: -fPIC
int c(void) { return 6; }
