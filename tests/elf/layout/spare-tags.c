// --spare-dynamic-tags leaves room for others to add entries.
//# cflags: -fPIC
//# link: -shared $IN
//# link[spare]: -shared $IN --spare-dynamic-tags=10
//# sh: $LD -shared $IN -o o2 --spare-dynamic-tags=0; for f in out o2; do readelf -SW $f | sed -n 's/.*\.dynamic *DYNAMIC *[0-9a-f]* *[0-9a-f]* *\([0-9a-f]*\).*/\1/p' > $f.size; done; test $((0x$(cat out.size))) -ge $((0x$(cat o2.size) + 160))
//# unlike: lld
int f(void) { return 0; }
