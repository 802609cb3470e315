// A weak definition in a library serves; a strong one in an earlier or later library does not replace it.
//# also: start.s
//# shared: liba.so a.o -soname liba.so
//# shared: libb.so b.o -soname libb.so
//# link: $IN --as-needed liba.so libb.so -dynamic-linker /lib64/ld-linux-x86-64.so.2
//# run: exit 1
//# dynamic: NEEDED liba.so
//# no-dynamic: NEEDED libb.so
int f(void);
int main(void) { return f(); }
//# file: a.c
//# cflags: -fPIC
__attribute__((weak)) int f(void) { return 1; }
//# file: b.c
//# cflags: -fPIC
int f(void) { return 2; }
