// What cannot be read as an input script names file and line.
//# also: start.s
//# link: $IN fake.so
//# error: fake.so
//# link[garbage]: $IN garbage.o
//# error: garbage.o
int main(void) { return 0; }
//# file: fake.so
GROUP ( liba.a
//# file: garbage.o
This is certainly not an object file. $%&
