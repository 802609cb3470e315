// .symver definitions: foo@@V2 serves new links, foo@V1 old ones, both are exported with their versions.
//# cflags: -fPIC
//# link: -shared $IN --version-script v.map -soname libv.so
//# dynsym: foo@V1 func
//# dynsym: foo@@V2 func
//# dynsym: plain@@V1 func
//# no-dynsym: foo_old foo_new internal
//# verdef: V1
//# verdef: V2 V1
//# unlike: lld -- it leaves the parents out
//# dynamic: VERDEFNUM 3
//# check: dynsym(foo@V1) != dynsym(foo@@V2)
__asm__(".symver foo_old, foo@V1\n.symver foo_new, foo@@V2");
int foo_old(void) { return 1; }
int foo_new(void) { return 2; }
int plain(void) { return 3; }
int internal(void) { return 4; }
//# file: v.map
V1 { global: foo; plain; local: *; };
V2 { global: foo; } V1;
