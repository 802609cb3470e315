// A library's indirect function is exported as such, and its own calls to it go through an IRELATIVE or jump slot.
//# cflags: -fPIC
//# shared: libb.so b.o
//# cc-link: $IN libb.so
//# run: exit 0
//# link[library]: -shared b.o
//# dynsym: f ifunc
//# reloc: R_X86_64_IRELATIVE
int f(void), call(void), call_hidden(void);
int (*address(void))(void);
int main(void) { return !(f() == 42 && call() == 42 && call_hidden() == 42 && address()() == 42); }
//# file: b.c
static int real(void) { return 42; }
static int (*resolve(void))(void) { return real; }
int f(void) __attribute__((ifunc("resolve")));
__attribute__((visibility("hidden"))) int hidden(void) __attribute__((ifunc("resolve")));
int call(void) { return f(); }
int call_hidden(void) { return hidden(); }
int (*address(void))(void) { return f; }
