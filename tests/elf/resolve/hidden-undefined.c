// A hidden reference is not satisfied by a shared object.
//# cflags: -fPIC
//# shared: libb.so b.o -soname libb.so
//# also: start.s
//# link: $IN libb.so
//# error: f
__attribute__((visibility("hidden"))) int f(void);
int main(void) { return f(); }
//# file: b.c
int f(void) { return 1; }
