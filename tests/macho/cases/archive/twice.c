// An archive that is named twice counts once, and as a whole if one of the two asks for it.
//# lld: differs because it takes the first as it is
//# archive: liba.a a.o b.o
//# link: main.o liba.a -force_load liba.a
//# run: exit 42
//# symbol: _unused external
//# link[all]: main.o liba.a liba.a -all_load
//# symbol: _unused external
//# file: main.c
int a(void);
int main(void) { return a(); }
//# file: a.c
int a(void) { return 42; }
//# file: b.c
int unused = 1;
