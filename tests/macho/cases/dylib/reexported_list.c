// -reexported_symbols_list offers some of another dylib's symbols as one's own: clients find them here.
//# lld: differs because it does not implement it
//# dylib: libinner.dylib inner.o -install_name @loader_path/libinner.dylib
//# dylib: libouter.dylib outer.o libinner.dylib -reexported_symbols_list list -install_name @loader_path/libouter.dylib
//# link: main.o libouter.dylib
//# run: exit 42
//# import: _inner from libouter
//# link[missing]: -dylib outer.o -reexported_symbols_list list
//# error: -reexported_symbols_list command line option
//# file: main.c
int inner(void), outer(void);
int main(void) { return inner() + outer(); }
//# file: inner.c
int inner(void) { return 40; }
//# file: outer.c
int outer(void) { return 2; }
//# file: list
_inner # and nothing else
