// A library of which only weak references are used is loaded weakly by itself.
//# dylib: libown.dylib own.o
//# link: main.o libown.dylib
//# run: exit 42
//# command: LC_LOAD_WEAK_DYLIB libown.dylib
//# file: main.c
extern int own(void) __attribute__((weak_import));
int main(void) { return own ? own() : 1; }
//# file: own.c
int own(void) { return 42; }
