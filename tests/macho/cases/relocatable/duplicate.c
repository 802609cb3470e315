// Two strong definitions of a name are an error with -r as without it.
//# link: -r $IN
//# error: duplicate symbol '_twice'
int twice(void) { return 1; }
//# file: second.c
int twice(void) { return 2; }
