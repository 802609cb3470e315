// -dead_strip_dylibs drops the load command of a library that nothing needs, but not of one that -needed-l asks for.
//# dylib: libone.dylib one.o
//# dylib: libtwo.dylib two.o
//# link: main.o libone.dylib libtwo.dylib -dead_strip_dylibs
//# no-command: LC_LOAD_DYLIB libone.dylib
//# command: LC_LOAD_DYLIB libtwo.dylib
//# import: _two from libtwo
//# run: exit 42
//# link[needed]: main.o -needed_library libone.dylib libtwo.dylib -dead_strip_dylibs
//# command: LC_LOAD_DYLIB libone.dylib
//# link[kept]: main.o libone.dylib libtwo.dylib
//# command: LC_LOAD_DYLIB libone.dylib
//# file: main.c
int two(void);
int main(void) { return two(); }
//# file: one.c
int one(void) { return 1; }
//# file: two.c
int two(void) { return 42; }
