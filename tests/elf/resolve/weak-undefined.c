// An undefined weak symbol is zero in an executable, whatever the code model.
//# also: start.s
//# link: $IN
//# run: exit 3
//# link[pie]: -pie $IN --no-dynamic-linker
//# run: exit 3
int missing(void) __attribute__((weak));
extern int datum __attribute__((weak));
int (*pointer)(void) = missing;
int main(void) { return (missing == 0) + (&datum == 0) * 2 + (pointer != 0) * 4; }
