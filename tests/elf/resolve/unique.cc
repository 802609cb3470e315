// STB_GNU_UNIQUE survives in .dynsym, and becomes global with --no-gnu-unique.
//# cflags: -fPIC
//# link: -shared $IN
//# dynsym: _ZN1TIiE1vE unique object
//# check: e_osabi == 3
//# link[plain]: -shared $IN --no-gnu-unique
//# dynsym: _ZN1TIiE1vE global object
//# unlike: bfd lld
template <class X> struct T { static int v; };
template <class X> int T<X>::v = 3;
int *f() { return &T<int>::v; }
