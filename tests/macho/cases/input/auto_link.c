// LC_LINKER_OPTION in an object names libraries; those that are not found matter only when something stays undefined.
//# dylib: libauto.dylib auto.o
//# link: main.o -L.
//# run: exit 42
//# command: LC_LOAD_DYLIB libauto.dylib
//# import: _automatic from libauto
//# link[ignored]: main.o -L. -ignore_auto_link
//# error: _automatic
//# file: main.c
__asm__(".linker_option \"-lauto\"");
__asm__(".linker_option \"-lnot_there\"");
int automatic(void);
int main(void) { return automatic(); }
//# file: auto.c
int automatic(void) { return 42; }
