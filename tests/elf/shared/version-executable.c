// A version script on an executable hides dynamic symbols and keeps the program running.
//# shared: libb.so b.o
//# cc-link: $IN libb.so -Wl,-E -Wl,--version-script=v.map
//# run: exit 3
//# dynsym: callback
//# no-dynsym: kept
int kept(void) { return 1; }
int callback(void) { return 3; }
int call(void);
int main(void) { return call(); }
//# file: b.c
//# cflags: -fPIC
int callback(void);
int call(void) { return callback(); }
//# file: v.map
{ global: callback; local: *; };
