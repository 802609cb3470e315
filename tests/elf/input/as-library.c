// An executable cannot be linked against.
//# also: start.s
//# link: $IN prog
//# error: prog
//# before: $LD -o prog start.o b.o
//# before: rm b.o
//# unlike: bfd lld mold
int main(void) { return 0; }
//# file: b.c
int main(void) { return 0; }
