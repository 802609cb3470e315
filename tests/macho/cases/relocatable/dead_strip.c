// -dead_strip with -r keeps what exported names need.
//# link: -r $IN -dead_strip -exported_symbol _shown
//# lld: differs because it has no -r
//# symbol: _shown external
//# symbol: _needed local
//# symbol: _forced local
//# symbol: _outside undefined
//# absent: _unused _unused_data _nowhere
//# link[all]: -r $IN -dead_strip
//# lld: differs because it has no -r
//# symbol: _unused external
//# absent: _static_unused
int outside(void), nowhere(void);
int unused_data = 3;
__attribute__((noinline)) static int needed(void) { return outside(); }
int shown(void) { return needed() + 1; }
int unused(void) { return unused_data + nowhere(); }
__attribute__((used)) static int forced(void) { return 1; }
__asm__(".section __DATA,__rest\n_static_unused: .quad _nowhere");
