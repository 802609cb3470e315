// Members are found under the names that --wrap makes of the ones that are written.
//# also: start.s
//# archive: liba.a wrap.o real.o
//# link: start.o wrap-member.o liba.a --wrap=f
//# run: exit 7
int f(void);
int main(void) { return f(); }
//# file: wrap.c
int __real_f(void);
int __wrap_f(void) { return __real_f() + 3; }
//# file: real.c
int f(void) { return 4; }
