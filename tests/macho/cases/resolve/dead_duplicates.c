// With -allow_dead_duplicates and -dead_strip two definitions of which none is kept are no duplicates; one that is kept is.
//# lld: differs because it reports them in any case
//# link: main.o a.o b.o -dead_strip -allow_dead_duplicates
//# run: exit 42
//# absent: _twice
//# link[no_option]: main.o a.o b.o -dead_strip
//# error: duplicate symbol '_twice' in:
//# link[live]: main.o a.o b.o -dead_strip -allow_dead_duplicates -u _twice
//# error: duplicate symbol '_twice' in:
//# link[no_strip]: main.o a.o b.o -allow_dead_duplicates
//# error: duplicate symbol '_twice' in:
//# file: main.c
int main(void) { return 42; }
//# file: a.c
int twice(void) { return 1; }
//# file: b.c
int twice(void) { return 2; }
