// Lazy binding takes a function of dyld's, which some library must have.
//# fixups: classic
//# dylib: libown.dylib own.o -lSystem
//# bare-link: -arch arm64 -platform_version macos 11.0 11.0 main.o libown.dylib
//# error: no library has dyld_stub_binder
//# lld: differs because it words it otherwise
//# file: main.c
int own(void);
int main(void) { return own(); }
//# file: own.c
int own(void) { return 42; }
