// Members of archives are extracted as in any link; libraries are not asked, and what nobody defines stays undefined.
//# archive: libown.a own.o unneeded.o
//# dylib: libother.dylib other.o
//# link: -r main.o libother.dylib libown.a
//# lld: differs because it has no -r
//# symbol: _own external defined
//# symbol: _other undefined
//# symbol: _puts undefined
//# absent: _unneeded
//# no-command: LC_LOAD_DYLIB
//# link[u]: -r -u _unneeded main.o libown.a
//# lld: differs because it has no -r
//# symbol: _unneeded external
//# link[dynamic]: -r -undefined dynamic_lookup main.o libown.a
//# lld: differs because it has no -r
//# symbol: _other undefined desc=0
//# link[missing]: -r main.o -lnowhere
//# error: nowhere
//# file: main.c
int own(void), other(void), puts(const char *);
int main(void) { return own() + other() + puts("x"); }
//# file: own.c
int own(void) { return 1; }
//# file: unneeded.c
int unneeded(void) { return 1; }
//# file: other.c
int other(void) { return 1; }
