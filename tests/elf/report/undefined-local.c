// A name that is local where it is defined, or out of reach of a hidden reference, is reported as such.
//# cflags: -fPIC
//# shared: liblib.so lib.o -soname liblib.so
//# also: start.s
//# link: $IN liblib.so
//# error: undefined symbol: own
//# error: b.o has a local symbol of that name
//# error: undefined hidden symbol: offered
//# error: liblib.so defines it
int own(void);
__attribute__((visibility("hidden"))) int offered(void);
int main(void) { return own() + offered(); }
//# file: b.c
static __attribute__((noinline, used)) int own(void) { return 1; }
//# file: lib.c
int offered(void) { return 1; }
