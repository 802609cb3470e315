// -no_weak_exports, -no_weak_imports and -no_inits forbid what they name.
//# lld: differs because it does not implement them
//# link: $IN
//# run: exit 3
//# link[exports]: $IN -no_weak_exports
//# error: ld: weak external symbol: _weakly
//# link[warned]: $IN -warn_weak_exports
//# warning: ld: warning: weak external symbol: _weakly
//# link[hidden]: $IN -no_weak_exports -exported_symbol _main
//# run: exit 3
//# link[imports]: $IN -no_weak_imports
//# error: weak import of symbol '_toupper' not supported because of option: -no_weak_imports
//# link[inits]: $IN -no_inits
//# error: static initializer found in 'policies.o'
int toupper(int) __attribute__((weak_import));
__attribute__((weak)) int weakly(void) { return 3; }
volatile int started;
__attribute__((constructor)) static void start(void) { started = 1; }
int main(void) { return toupper ? weakly() : 1; }
