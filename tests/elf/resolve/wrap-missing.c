// --wrap=f without any __wrap_f leaves references to f without a definition.
//# also: start.s
//# link: $IN --wrap=f
//# error: __wrap_f
int f(void);
int main(void) { return f(); }
//# file: b.c
int f(void) { return 1; }
