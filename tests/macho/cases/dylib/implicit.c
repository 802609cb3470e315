// A public dylib that another one re-exports is bound to by its own name; -no_implicit_dylibs binds to the one named.
//# lld: differs because it loads libSystem for dyld_stub_binder
//# dylib: libinner.dylib inner.o -install_name /usr/lib/libinner.dylib
//# dylib: libouter.dylib outer.o -reexport_library libinner.dylib -install_name @loader_path/libouter.dylib
//# link: main.o libouter.dylib -dylib_file /usr/lib/libinner.dylib:libinner.dylib
//# import: _inner from libinner
//# import: _outer from libouter
//# command: LC_LOAD_DYLIB /usr/lib/libinner.dylib
//# link[named]: main.o libouter.dylib -dylib_file /usr/lib/libinner.dylib:libinner.dylib -no_implicit_dylibs
//# import: _inner from libouter
//# no-command: LC_LOAD_DYLIB /usr/lib/libinner.dylib
//# file: main.c
int inner(void), outer(void);
int main(void) { return inner() + outer(); }
//# file: inner.c
int inner(void) { return 40; }
//# file: outer.c
int outer(void) { return 2; }
