// A weak reference alone does not make an --as-needed library needed.
//# shared: libb.so b.o -soname libb.so
//# cc-link: $IN -Wl,--as-needed libb.so
//# run: exit 0
//# no-dynamic: NEEDED libb.so
int b(void) __attribute__((weak));
int main(void) { return b ? b() : 0; }
//# file: b.c
//# cflags: -fPIC
int b(void) { return 1; }
