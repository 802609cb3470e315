// A library without exports still has well-formed hash tables.
//# cflags: -fPIC
//# link: -shared $IN --hash-style=both
//# dynamic: GNU_HASH
//# dynamic: HASH
__attribute__((visibility("hidden"))) int hidden(void) { return 1; }
int *undefined(void);
