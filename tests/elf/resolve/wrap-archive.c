// --wrap brings in the members that define the wrapper and the real function.
//# also: start.s
//# archive: liba.a b.o c.o
//# link: $IN liba.a --wrap=f
//# run: exit 15
int f(void);
int main(void) { return f(); }
//# file: b.c
int __real_f(void);
int __wrap_f(void) { return __real_f() + 10; }
//# file: c.c
int f(void) { return 5; }
