// A program calls a function and reads a variable of a dylib: bound by two-level name with the dylib's ordinal.
//# dylib: libown.dylib own.o -install_name @rpath/libown.dylib -current_version 2.3.4 -compatibility_version 1.2
//# link: $IN libown.dylib -rpath @loader_path
//# run: exit 42
//# command: LC_LOAD_DYLIB @rpath/libown.dylib current=2.3.4 compatibility=1.2
//# command: LC_RPATH @loader_path
//# import: _twice from libown
//# import: _base from libown
//# symbol: _twice undefined from=libown
//# no-export: _twice
int twice(int);
extern int base;
int main(void) { return twice(base) + 2; }
//# file: own.c
int base = 20;
int twice(int x) { return 2 * x; }
