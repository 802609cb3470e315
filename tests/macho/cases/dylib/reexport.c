// -reexport_library makes a dylib offer another's symbols: its client binds to the outer one.
//# dylib: libinner.dylib inner.o -install_name @loader_path/libinner.dylib
//# dylib: libouter.dylib outer.o -reexport_library libinner.dylib -install_name @loader_path/libouter.dylib
//# lld: differs because it loads the library a second time
//# link: main.o libouter.dylib
//# run: exit 42
//# import: _inner from libouter
//# command: LC_LOAD_DYLIB count=2
//# link[itself]: -dylib -reexport_library libinner.dylib
//# command: LC_REEXPORT_DYLIB @loader_path/libinner.dylib
//# no-flag: MH_NO_REEXPORTED_DYLIBS
//# file: main.c
int inner(void), outer(void);
int main(void) { return inner() + outer(); }
//# file: inner.c
int inner(void) { return 40; }
//# file: outer.c
int outer(void) { return 2; }
