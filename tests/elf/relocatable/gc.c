// -r --gc-sections drops what the given roots do not reach.
//# cflags: -ffunction-sections -fno-inline
//# link: -r $IN --gc-sections -u f
//# symbol: f defined
//# symbol: g defined
//# no-section: .text.unused
//# unlike: lld
int g(void) { return 1; }
int f(void) { return g(); }
int unused(void) { return 2; }
