// -F and -f make a filter of a library.
//# cflags: -fPIC
//# link: -shared $IN -F libreal.so -f libmore.so
//# dynamic: FILTER libreal.so
//# dynamic: AUXILIARY libmore.so
int f(void) { return 1; }
