// -interposable calls exported functions through stubs, so that another image may replace them.
//# lld: differs because it does not implement it
//# link: $IN -dylib -interposable
//# section: __TEXT,__stubs size=12
//# import: _replaceable
//# link[plain]: $IN -dylib
//# no-section: __TEXT,__stubs
__attribute__((noinline)) int replaceable(int x) { return x * 3; }
int call(int x) { return replaceable(x) + 1; }
