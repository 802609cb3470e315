// In a dylib the exports are the roots of -dead_strip; a list of exports narrows them.
//# link: $IN -dylib -dead_strip
//# symbol: _shown external
//# symbol: _helper local
//# absent: _unused
//# export: _other
//# link[list]: $IN -dylib -dead_strip -exported_symbol _shown
//# absent: _other _unused
//# export: _shown
__attribute__((noinline)) static int helper(int x) { return x * 7 + (x ^ 3); }
__attribute__((visibility("hidden"))) int unused(void) { return 1; }
int shown(int x) { return helper(x); }
int other(void) { return 2; }
