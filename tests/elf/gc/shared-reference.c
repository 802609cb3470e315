// What a shared object refers to is a root in an executable.
//# cflags: -ffunction-sections
//# shared: libb.so b.o
//# cc-link: $IN libb.so -Wl,--gc-sections
//# run: exit 4
//# symbol: callback
//# absent: unused
int callback(void) { return 4; }
int unused(void) { return 4; }
int call(void);
int main(void) { return call(); }
//# file: b.c
//# cflags: -fPIC
int callback(void);
int call(void) { return callback(); }
