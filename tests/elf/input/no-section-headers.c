// A shared object without section headers does not show its symbols: it is named, not taken for an empty one.
//# also: start.s
//# shared: libb.so b.o -z nosectionheader
//# link: $IN libb.so
//# error: libb.so
//# error: no section headers
int function(void);
int main(void) { return function(); }
//# file: b.c
int function(void) { return 0; }
