// Under -mcmodel=large a function of the same file is an offset from the GOT: that of an indirect one is its PLT entry's.
//# cflags: -mcmodel=large -fPIC -O1
//# cc-link: $IN
//# run: exit 5
//# cc-link[no-pie]: -no-pie $IN
//# run: exit 5
//# cc-link[static]: -static $IN
//# run: exit 5
//# cc-link[static-pie]: -static-pie $IN
//# run: exit 5
//# unlike: bfd lld mold
static int implementation(void) { return 5; }
static int (*resolve(void))(void) { return implementation; }
static int chosen(void) __attribute__((ifunc("resolve")));
int main(void) { return chosen(); }
