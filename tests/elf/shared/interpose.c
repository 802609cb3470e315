// A definition in the executable replaces the library's own, for functions and data.
//# shared: libb.so b.o
//# cc-link: $IN libb.so
//# run: exit 33
//# same-as: bfd run
int datum = 30;
int function(void) { return 3; }
int call(void);
int main(void) { return call(); }
//# file: b.c
//# cflags: -fPIC
int datum = 1;
int function(void) { return 1; }
int call(void) { return function() + datum; }
