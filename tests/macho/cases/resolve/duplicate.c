// Two strong definitions are an error that names the symbol and both files.
//# link: $IN
//# error: duplicate symbol '_twice' in:
//# error: duplicate.o
//# error: again.o
//# error: ld: 1 duplicate symbol for architecture arm64
int twice(void) { return 1; }
int main(void) { return twice(); }
//# file: again.c
int twice(void) { return 2; }
