// -interposable reaches the exported functions of a program through stubs, too: code injection replaces them there.
//# lld: differs because it does not implement it
//# link: $IN -interposable
//# import: _replaceable from self
//# run: exit 42
//# link[single]: $IN -interposable -single_module
//# no-import: _replaceable
//# run: exit 42
//# link[multi]: $IN -multi_module
//# import: _replaceable from self
//# run: exit 42
__attribute__((noinline)) int replaceable(int x) { return x + 2; }
int main(void) { return replaceable(40); }
