// A shared object exports its default-visibility definitions and has no entry point.
//# cflags: -fPIC
//# link: -shared $IN -soname libx.so.1
//# check: e_type == 3
//# check: e_entry == 0
//# no-segment: INTERP
//# dynamic: SONAME libx.so.1
//# no-dynamic: FLAGS_1 PIE
//# no-dynamic: DEBUG
//# dynsym: visible global func section=.text
//# dynsym: data global object size=4 section=.data
//# dynsym: guarded protected defined
//# no-dynsym: hidden inside
//# symbol: hidden local
//# unlike: mold -- it writes an entry point
int data = 3;
static int inside(int x) { return x + data; }
__attribute__((visibility("hidden"))) int hidden(int x) { return inside(x); }
__attribute__((visibility("protected"))) int guarded(void) { return hidden(2); }
int visible(void) { return hidden(1) + guarded(); }
