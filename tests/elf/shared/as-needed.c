// --as-needed leaves out libraries that satisfy no reference; --no-as-needed keeps them.
//# also: start.s
//# shared: libb.so b.o -soname libb.so
//# shared: libc1.so c.o -soname libc1.so
//# link: $IN --as-needed libb.so libc1.so
//# dynamic: NEEDED libb.so
//# no-dynamic: NEEDED libc1.so
//# link[both]: $IN --as-needed libb.so --no-as-needed libc1.so
//# dynamic: NEEDED libc1.so
//# link[pushed]: $IN --push-state --as-needed libc1.so --pop-state libb.so
//# no-dynamic: NEEDED libc1.so
int b(void);
int main(void) { return b(); }
//# file: b.c
//# cflags: -fPIC
int b(void) { return 1; }
//# file: c.c
//# cflags: -fPIC
int c(void) { return 1; }
