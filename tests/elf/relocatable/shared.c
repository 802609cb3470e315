// A shared object cannot be part of -r output, and -l does not find one.
//# shared: libb.so b.o
//# link: -r $IN ./libb.so
//# error: libb.so: a shared object
//# link[library]: -r $IN -L. -lb
//# error: cannot find -lb
int b(void);
int main(void) { return b(); }
//# file: b.c
int b(void) { return 1; }
