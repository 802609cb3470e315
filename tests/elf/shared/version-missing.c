// A version that the library does not define is an error.
//# shared-bfd: libv.so lib.o --version-script v.map -soname libv.so
//# also: start.s
//# link: $IN libv.so
//# error: foo@V9
__asm__(".symver foo, foo@V9");
int foo(void);
int main(void) { return foo(); }
//# file: lib.c
//# cflags: -fPIC
int foo(void) { return 1; }
//# file: v.map
V1 { global: foo; local: *; };
