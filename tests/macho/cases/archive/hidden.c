// -load_hidden and -hidden-l make an archive's symbols private.
//# archive: liba.a a.o
//# link: main.o -load_hidden liba.a -dylib
//# symbol: _a local private
//# no-export: _a
//# export: _b
//# link[name]: main.o -L. -hidden-la -dylib
//# no-export: _a
//# file: main.c
int a(void);
int b(void) { return a(); }
//# file: a.c
int a(void) { return 42; }
