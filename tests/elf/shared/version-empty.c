// A version without symbols is weak: a mark in the library that no program has to find.
//# cflags: -fPIC
//# link: -shared $IN --version-script v.map
//# verdef: MARK V1
//# sh: readelf -V $OUT | grep -q 'Flags: WEAK *Index: 3'
//# sh: readelf -V $OUT | grep -q 'Flags: none *Index: 2'
//# unlike: lld mold
int f(void) { return 2; }
//# file: v.map
V1 { global: f; local: *; };
MARK { } V1;
