// __start_X without any section X is an undefined symbol; a weak one is zero.
//# also: start.s
//# link: start.o weak.o
//# run: exit 0
//# link[strong]: start.o start-stop-missing.o
//# error: __start_nothing
extern int __start_nothing[];
int main(void) { return __start_nothing[0]; }
//# file: weak.c
extern int __start_nothing[] __attribute__((weak)), __stop_nothing[] __attribute__((weak));
int main(void) { return __start_nothing != 0 || __stop_nothing != 0; }
