// An indirect function works in every kind of output, called or with its address taken, from data or code.
//# cc: gcc clang
//# cc-link: $IN
//# unlike: bfd -- its two addresses differ
//# run: exit 0
//# cc-link[no-pie]: -no-pie $IN
//# run: exit 0
//# cc-link[static]: -static $IN
//# run: exit 0
//# reloc: R_X86_64_IRELATIVE
//# cc-link[static-pie]: -static-pie $IN
//# unlike: bfd
//# run: exit 0
static int real(void) { return 42; }
static int (*resolve(void))(void) { return real; }
int f(void) __attribute__((ifunc("resolve")));
int (*pointer)(void) = f;
static int local(void) __attribute__((ifunc("resolve")));
int (*volatile take)(void);
int main(void) { take = f; return !(f() == 42 && pointer() == 42 && local() == 42 && take() == 42 && take == pointer); }
