// --trace-symbol tells of archives and libraries as well; --verbose of what was read and written.
//# also: start.s
//# cflags: -fPIC
//# archive: libx.a taken.o left.o
//# shared: libs.so lib.o -soname libs.so
//# link: $IN libx.a libs.so -y f -y g -y s --trace-symbol=c
//# prints: trace-archive.o: reference to f
//# prints: libx.a(taken.o): definition of f
//# prints: libx.a(left.o): lazy definition of g
//# prints: libs.so: shared definition of s
//# prints: trace-archive.o: common definition of c
//# link[verbose]: $IN libx.a libs.so --verbose
//# prints: read libx.a
//# prints: took libx.a(taken.o)
//# prints: wrote
//# unlike: bfd lld mold
int f(void), s(void);
__attribute__((common)) int c;
int main(void) { return f() + s(); }
//# file: taken.c
int f(void) { return 0; }
//# file: left.c
int g(void) { return 0; }
//# file: lib.c
int s(void) { return 0; }
