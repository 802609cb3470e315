// --exclude-libs hides what comes from the archives it names.
//# cflags: -fPIC
//# archive: liba.a a.o
//# archive: libb.a b.o
//# link: -shared $IN liba.a libb.a --exclude-libs=liba.a
//# no-dynsym: a
//# dynsym: b
//# link[all]: -shared $IN liba.a libb.a --exclude-libs ALL
//# no-dynsym: a b
//# dynsym: user
//# link[list]: -shared $IN liba.a libb.a --exclude-libs libx.a:libb.a
//# dynsym: a
//# no-dynsym: b
int a(void), b(void);
int user(void) { return a() + b(); }
//# file: a.c
int a(void) { return 1; }
//# file: b.c
int b(void) { return 1; }
