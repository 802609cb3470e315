// What --gc-sections drops needs no library, nor does what only another library refers to.
//# also: start.s
//# shared: libc1.so c.o -soname libc1.so
//# shared: libb.so b.o libc1.so -soname libb.so
//# link: $IN --as-needed libb.so libc1.so
//# dynamic: NEEDED libb.so count=1
//# no-dynamic: NEEDED libc1.so
//# link[gc]: $IN --as-needed libb.so libc1.so --gc-sections
//# no-dynamic: NEEDED libb.so
//# no-dynsym: b
//# unlike: bfd
int b(void);
__attribute__((section(".text.unused"))) int unused(void) { return b(); }
int main(void) { return 0; }
//# file: b.c
//# cflags: -fPIC
int c(void);
int b(void) { return c(); }
//# file: c.c
//# cflags: -fPIC
int c(void) { return 1; }
