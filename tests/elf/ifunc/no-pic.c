// Position-dependent code that takes an indirect function's address gets one address everywhere.
//# cflags: -fno-pic
//# cc-link: -no-pie $IN
//# run: exit 0
//# cc-link[static]: -static $IN
//# run: exit 0
static int real(void) { return 42; }
static int (*resolve(void))(void) { return real; }
int f(void) __attribute__((ifunc("resolve")));
int (*pointer)(void) = f;
int (*other(void))(void);
int main(void) { return !(f() == 42 && pointer == f && pointer == other() && pointer() == 42); }
//# file: b.c
int f(void);
int (*other(void))(void) { return f; }
