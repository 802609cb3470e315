// A name that a library has only as a non-default version does not satisfy a plain reference.
//# shared-bfd: libv.so lib.o --version-script v.map -soname libv.so
//# also: start.s
//# link: $IN libv.so
//# error: undefined symbol: foo
int foo(void);
int main(void) { return foo(); }
//# file: lib.c
//# cflags: -fPIC
__asm__(".symver foo_old, foo@V1");
int foo_old(void) { return 1; }
//# file: v.map
V1 { global: foo; local: *; };
