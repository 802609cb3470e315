// What takes the place of a shared object's own definition is a root in an executable.
//# cflags: -ffunction-sections -fdata-sections
//# shared: libb.so b.o
//# cc-link: $IN libb.so -Wl,--gc-sections
//# run: exit 33
//# absent: unused
//# same-as: bfd run
int datum = 30;
int function(void) { return 3; }
int unused(void) { return 4; }
int call(void);
int main(void) { return call(); }
//# file: b.c
//# cflags: -fPIC
int datum = 1;
int function(void) { return 1; }
int call(void) { return function() + datum; }
