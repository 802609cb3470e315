// A library's undefined symbol that nothing defines is an error for an executable, unless allowed.
//# shared: libb.so b.o
//# cc-link: $IN libb.so
//# error: nowhere
//# cc-link[allowed]: $IN libb.so -Wl,--allow-shlib-undefined
//# dynamic: NEEDED libb.so
int b(void);
int main(void) { return b(); }
//# file: b.c
//# cflags: -fPIC
int nowhere(void);
int b(void) { return nowhere(); }
