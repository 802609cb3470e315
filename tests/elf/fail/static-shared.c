// A shared object under -Bstatic is an error, as in GNU ld; after -Bdynamic it is linked.
//# also: start.s
//# shared: libb.so b.o
//# link: $IN -Bstatic libb.so
//# error: libb.so
//# error: -Bdynamic
//# link[dynamic]: $IN -Bstatic -Bdynamic libb.so
//# dynamic: NEEDED libb.so
//# unlike: lld mold
int main(void) { return 0; }
//# file: b.c
//# cflags: -fPIC
int b;
