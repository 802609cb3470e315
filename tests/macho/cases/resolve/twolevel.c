// Of two libraries that have the symbol the first on the command line is the one that is bound.
//# dylib: libone.dylib one.o
//# dylib: libtwo.dylib two.o
//# link: $IN libone.dylib libtwo.dylib
//# run: exit 42
//# import: _which from libone
//# import: _other from libtwo
//# link[reversed]: $IN libtwo.dylib libone.dylib
//# run: exit 43
//# import: _which from libtwo
int which(void), other(void);
int main(void) { return which() + other(); }
//# file: one.c
int which(void) { return 2; }
//# file: two.c
int which(void) { return 3; }
int other(void) { return 40; }
