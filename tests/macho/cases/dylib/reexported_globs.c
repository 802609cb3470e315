// Patterns of -reexported_symbols_list match what libraries export, and nothing of this dylib's own.
//# lld: differs because it does not implement it
//# dylib: libinner.dylib inner.o -install_name @loader_path/libinner.dylib
//# dylib: libouter.dylib outer.o libinner.dylib -reexported_symbols_list list -install_name @loader_path/libouter.dylib
//# link: main.o libouter.dylib
//# run: exit 42
//# import: _inner_one from libouter
//# import: _inner_two from libouter
//# import: _outer from libouter
//# link[dylib]: -dylib outer.o libinner.dylib -reexported_symbols_list list
//# export: _inner_one from=libinner
//# export: _inner_two from=libinner
//# export: _outer regular
//# no-export: _other
//# file: main.c
int inner_one(void), inner_two(void), outer(void);
int main(void) { return inner_one() + inner_two() + outer(); }
//# file: inner.c
int inner_one(void) { return 30; }
int inner_two(void) { return 10; }
int other(void) { return 5; }
//# file: outer.c
int outer(void) { return 2; }
//# file: list
_inner_*
_out?r
