// A library may call and compare an indirect function of the executable, even when it is bound before the executable is.
//# shared: libb.so b.o -z now
//# cc-link: $IN libb.so
//# unlike: bfd lld mold
//# run: exit 0
//# dynsym: chosen func defined
//# cc-link[no-pie]: -no-pie $IN libb.so
//# run: exit 0
//# dynsym: chosen func defined
static int implementation(void) { return 5; }
static int (*resolve(void))(void) { return implementation; }
int chosen(void) __attribute__((ifunc("resolve")));
int call(void);
int (*address(void))(void);
int main(void) { return !(call() == 5 && chosen() == 5 && address() == chosen); }
//# file: b.c
//# cflags: -fPIC -fno-plt
int chosen(void);
int call(void) { return chosen(); }
int (*address(void))(void) { return chosen; }
