// A tentative definition beats a dylib's, unless -commons use_dylibs or error say otherwise; -warn_commons tells of it.
//# cflags: -fcommon
//# lld: differs because it ignores the options
//# dylib: libown.dylib own.o
//# link: main.o libown.dylib
//# run: exit 0
//# link[use]: main.o libown.dylib -commons use_dylibs
//# run: exit 42
//# link[warn]: main.o libown.dylib -warn_commons
//# warning: using common symbol '_own' from main.o and ignoring definition from libown.dylib
//# link[error]: main.o libown.dylib -commons error
//# error: common symbol '_own' from main.o conflicts with libown.dylib
//# file: main.c
int own;
int main(void) { return own; }
//# file: own.c
int own = 42;
