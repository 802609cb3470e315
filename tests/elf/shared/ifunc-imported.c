// The address of another module's indirect function is one address for everybody.
//# cflags: -fno-pic
//# shared: libb.so b.o
//# cc-link: -no-pie $IN libb.so
//# run: exit 0
int f(void);
int (*theirs(void))(void);
static int (*const address)(void) = f;
int main(void) { return !(f() == 5 && address() == 5 && theirs()() == 5); }
//# file: b.c
//# cflags: -fPIC
static int real(void) { return 5; }
static int (*resolve(void))(void) { return real; }
int f(void) __attribute__((ifunc("resolve")));
int (*theirs(void))(void) { return f; }
