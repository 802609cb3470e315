// Text in place of a library: INPUT, GROUP, AS_NEEDED, OUTPUT_FORMAT, comments, quotes, relative names and -l.
//# also: start.s
//# shared: libb.so b.o -soname libb.so
//# shared: libunused.so u.o -soname libunused.so
//# archive: sub/liba.a a.o
//# link: $IN -L. -lfake
//# dynamic: NEEDED libb.so
//# no-dynamic: NEEDED libunused.so
//# symbol: a
int a(void), b(void);
int main(void) { return a() + b(); }
//# file: sub/nothing.txt
//# file: a.c
int a(void) { return 1; }
//# file: b.c
//# cflags: -fPIC
int b(void) { return 1; }
//# file: u.c
//# cflags: -fPIC
int unused(void) { return 1; }
//# file: libfake.so
/* GNU ld script */
OUTPUT_FORMAT(elf64-x86-64)
GROUP ( sub/liba.a AS_NEEDED ( "libunused.so" ) )
INPUT ( -lb );
