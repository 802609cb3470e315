// A strong definition beats a weak one whatever the order on the command line.
//# also: start.s
//# run: exit 42
//# symbol: value global section=.data
//# link: $IN
//# link[reversed]: weak3.o start.o weak2.o weak.o
extern int value;
int main(void) { return value; }
//# file: weak2.c
int value = 42;
//# file: weak3.c
__attribute__((weak)) int value = 1;
