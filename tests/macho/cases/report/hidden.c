// A symbol that a dylib has for itself, or an object for itself, is said to be there and out of reach.
//# dylib: libhides.dylib hides.o -lSystem
//# link: main.o libhides.dylib static.o
//# error: NOTE: symbol is hidden in libhides.dylib
//# error: NOTE: static.o has a local symbol of that name, which no other file sees
//# file: main.c
int hidden(void), local(void);
int main(void) { return hidden() + local(); }
//# file: hides.c
__attribute__((visibility("hidden"))) int hidden(void) { return 1; }
int shows(void) { return hidden(); }
//# file: static.c
__attribute__((noinline, used)) static int local(void) { return 2; }
int uses(void) { return local(); }
