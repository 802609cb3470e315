// A dylib with -allowable_client may be linked by clients of that name only; -sub_library re-exports a dylib by name.
//# lld: differs because it ignores both
//# dylib: libown.dylib own.o -allowable_client friend
//# link: -dylib main.o libown.dylib -install_name libfriend.dylib -sub_library libown
//# command: LC_REEXPORT_DYLIB libown.dylib
//# link[other]: -dylib main.o libown.dylib -install_name libother.dylib
//# error: not an allowed client
//# file: main.c
int own(void);
int main(void) { return own(); }
//# file: own.c
int own(void) { return 42; }
