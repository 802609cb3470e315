// Two strong definitions are an error that names the symbol and both files.
//# link: $IN
//# error: duplicate symbol '_twice' in:
//# error: duplicate.o
//# error: again.o
int twice(void) { return 1; }
int main(void) { return twice(); }
//# file: again.c
int twice(void) { return 2; }
