// -e may name a function of a dylib: the program starts at its stub.
//# dylib: libown.dylib own.o
//# link: main.o libown.dylib -e _start_here
//# run: exit 42
//# file: main.c
int unused;
//# file: own.c
int start_here(void) { return 42; }
