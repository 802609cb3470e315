// In a flat namespace a dylib calls what it exports by name, since an image before it may have that name; a program is first.
//# compare: sections because its stubs are lazy
//# link: $IN -dylib -flat_namespace
//# import: _replaceable from flat
//# no-flag: MH_TWOLEVEL MH_NOUNDEFS
//# link[program]: $IN -flat_namespace -e _call
//# no-import: _replaceable
//# link[two_level]: $IN -dylib -undefined dynamic_lookup
//# no-import: _replaceable
//# flag: MH_TWOLEVEL MH_NOUNDEFS
__attribute__((noinline)) int replaceable(int x) { return x * 3; }
int call(int x) { return replaceable(x) + 1; }
