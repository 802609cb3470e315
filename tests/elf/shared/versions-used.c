// A reference binds to the default version, or to the one that .symver names, and the need is recorded.
//# shared-bfd: libv.so lib.o --version-script v.map -soname libv.so
//# cc-link: $IN libv.so
//# run: exit 12
//# verneed: V1 libv.so
//# verneed: V2 libv.so
//# dynsym: foo@V2 undefined
//# dynsym: foo@V1 undefined
//# same-as: bfd run needed
__asm__(".symver foo_first, foo@V1");
int foo(void), foo_first(void);
int main(void) { return foo_first() * 10 + foo(); }
//# file: lib.c
//# cflags: -fPIC
__asm__(".symver foo_old, foo@V1\n.symver foo_new, foo@@V2");
int foo_old(void) { return 1; }
int foo_new(void) { return 2; }
//# file: v.map
V1 { global: foo; local: *; };
V2 { global: foo; } V1;
