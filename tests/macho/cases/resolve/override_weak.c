// A strong definition replaces a library's weak one for the library too; the header says that there is something to do.
//# dylib: liblib.dylib lib.o
//# link: $IN liblib.dylib
//# run: exit 42
//# flag: MH_WEAK_DEFINES
//# export: _weak strong
int weak(void) { return 21; }
int lib(void);
int main(void) { return lib() + weak(); }
//# file: lib.c
__attribute__((weak)) int weak(void) { return 1; }
int lib(void) { return weak(); }
