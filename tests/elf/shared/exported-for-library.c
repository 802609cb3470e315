// What a shared object refers to and the executable defines is exported on its own.
//# shared: libb.so b.o -soname libb.so
//# cc-link: $IN libb.so
//# run: exit 3
//# dynsym: callback func defined
//# no-dynsym: other
//# same-as: bfd run needed
int other(void) { return 1; }
int callback(void) { return 3; }
int call(void);
int main(void) { return call(); }
//# file: b.c
//# cflags: -fPIC
int callback(void);
int call(void) { return callback(); }
