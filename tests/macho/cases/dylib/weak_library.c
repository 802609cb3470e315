// A library asked for weakly is loaded weakly, and all that comes from it is imported weakly.
//# dylib: libown.dylib own.o
//# link: main.o -weak_library libown.dylib
//# run: exit 42
//# command: LC_LOAD_WEAK_DYLIB libown.dylib
//# import: _own from libown weak
//# link[name]: main.o -L. -weak-lown
//# command: LC_LOAD_WEAK_DYLIB libown.dylib
//# import: _own from libown weak
//# file: main.c
int own(void);
int main(void) { return own(); }
//# file: own.c
int own(void) { return 42; }
