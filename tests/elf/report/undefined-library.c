// An undefined name that is in a library that was not named is reported with that library.
//# cflags: -fPIC
//# shared: libinner.so inner.o -soname libinner.so
//# shared: libouter.so outer.o libinner.so -soname libouter.so
//# shared: libm.so sine.o -soname libm.so
//# also: start.s
//# link: $IN libouter.so -L.
//# error: undefined symbol: inner
//# error: libinner.so has it, which libouter.so needs
//# link[forgotten]: $IN libouter.so libinner.so -L.
//# error: undefined symbol: sine
//# error: add -lm
int inner(void);
int outer(void);
int sine(void);
int main(void) { return inner() + outer() + sine(); }
//# file: inner.c
int inner(void) { return 0; }
//# file: outer.c
int inner(void);
int outer(void) { return inner(); }
//# file: sine.c
int sine(void) { return 0; }
