// A weak undefined reference does not bring a member in; a strong one elsewhere does.
//# also: start.s
//# archive: liba.a a.o
//# link: weak-undefined.o start.o liba.a
//# run: exit 1
//# absent: beside
//# link[strong]: weak-undefined.o start.o strong.o liba.a
//# run: exit 0
//# symbol: a global
extern int a __attribute__((weak));
int main(void) { return &a == 0; }
//# file: a.c
int a = 1;
int beside;
//# file: strong.c
extern int a;
int *pointer = &a;
