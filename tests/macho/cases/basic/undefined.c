// A symbol that nothing defines is an error that names it and who wants it.
//# link: $IN
//# error: Undefined symbols for architecture arm64:
//# error: "_missing", referenced from:
//# error: _main in undefined.o
int missing(void);
int main(void) { return missing(); }
