// -r reports no undefined symbols, but does report duplicates.
//# link: -r relocatable-undefined.o
//# symbol: missing undefined
//# before: cp undefined.o relocatable-undefined.o
//# link[twice]: -r undefined.o b.o
//# error: duplicate symbol: f
int missing(void);
int f(void) { return missing(); }
//# file: b.c
int f(void) { return 2; }
