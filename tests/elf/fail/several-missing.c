// All missing inputs are reported at once.
//# also: start.s
//# link: $IN nowhere1.o nowhere2.o -lnowhere3
//# error: nowhere1.o
//# error: nowhere2.o
//# error: nowhere3
int main(void) { return 0; }
