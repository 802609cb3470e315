// DT_NEEDED is the soname, or the name as given when there is none; each once, in order.
//# also: start.s
//# shared: liba.so a.o -soname liba.so.5
//# shared: sub/libb.so b.o
//# link: $IN liba.so sub/libb.so liba.so
//# dynamic: NEEDED liba.so.5 sub/libb.so count=2
//# link[searched]: $IN liba.so -L sub -lb
//# dynamic: NEEDED libb.so
//# before: true
int a(void), b(void);
int main(void) { return a() + b(); }
//# file: sub/dummy.txt
//# file: a.c
//# cflags: -fPIC
int a(void) { return 1; }
//# file: b.c
//# cflags: -fPIC
int b(void) { return 1; }
