// --wrap sends references to __wrap_X, and __real_X to the definition.
//# also: start.s
//# link: $IN --wrap=f
//# run: exit 15
//# link[separate]: $IN --wrap f
//# run: exit 15
int f(void);
int main(void) { return f(); }
//# file: b.c
int __real_f(void);
int __wrap_f(void) { return __real_f() + 10; }
//# file: c.c
int f(void) { return 5; }
