// A shared object without section headers does not show its symbols: it is named, not taken for an empty one.
//# also: start.s
//# before: $LD -shared b.o -o libb.so -z nosectionheader
//# link: no-section-headers.o start.o libb.so
//# unlike: bfd
//# error: libb.so
//# error: no section headers
int function(void);
int main(void) { return function(); }
//# file: b.c
int function(void) { return 0; }
