// -r keeps sections by their full names, joins equal ones, and shifts symbols and relocations along.
//# cflags: -ffunction-sections -fno-inline
//# link: -r $IN
//# section: .text.f
//# section: .text.g
//# section: .rela.text.g info=index(.text.g) link=.symtab
//# symbol: f global section=.text.f
//# section: .init_array
//# sh: cd /; $LD -r -o "$DIR/x.o" "$DIR/out"; cmp "$DIR/x.o" "$DIR/out" || true
int f(void) { return 1; }
int g(void) { return f(); }
__attribute__((constructor)) static void start(void) { __asm__(""); }
//# file: b.c
__attribute__((constructor)) static void start(void) { __asm__(""); }
