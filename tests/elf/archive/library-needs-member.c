// What only a shared object needs is fetched from an archive, and exported for it.
//# archive: liba.a a.o
//# shared: libb.so b.o
//# cc-link: $IN libb.so liba.a
//# run: exit 8
//# dynsym: from_member defined
//# unlike: mold
int call(void);
int main(void) { return call(); }
//# file: a.c
int from_member(void) { return 8; }
//# file: b.c
//# cflags: -fPIC
int from_member(void);
int call(void) { return from_member(); }
