// A weak definition is looked up in all images: the first image in load order provides it for all of them.
//# dylib: liblib.dylib lib.o
//# link: $IN liblib.dylib
//# run: exit 42
//# import: _weak from weak
//# flag: MH_BINDS_TO_WEAK MH_WEAK_DEFINES
//# export: _weak weak
__attribute__((weak)) int weak(void) { return 21; }
int lib(void);
int main(void) { return lib() + weak(); }
//# file: lib.c
__attribute__((weak)) int weak(void) { return 1; }
int lib(void) { return weak(); }
