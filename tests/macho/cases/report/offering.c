// A library or an archive in a search folder that has the symbol is named, with the option that would link it.
//# dylib: libhas.dylib dylib.o -lSystem
//# archive: libmore.a member.o
//# link: main.o -L.
//# error: NOTE: ./libhas.dylib has it: add -lhas
//# error: NOTE: ./libmore.a has it: add -lmore
//# file: main.c
int in_dylib(void), in_archive(void);
int main(void) { return in_dylib() + in_archive(); }
//# file: dylib.c
int in_dylib(void) { return 1; }
//# file: member.c
int in_archive(void) { return 2; }
