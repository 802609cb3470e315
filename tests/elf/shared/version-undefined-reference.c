// A reference to foo@V that nothing here defines is an error in a library too: nobody else could tell which foo.
//# cflags: -fPIC
//# link: -shared $IN
//# error: f@V1
//# unlike: mold
__asm__(".symver f, f@V1");
int f(void);
int g(void) { return f(); }
