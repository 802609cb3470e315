// -t lists the files that are read.
//# link: $IN -t
//# prints: trace.o
//# prints: libSystem.tbd
int main(void) { return 0; }
