// In a position-dependent executable an imported function's address is its PLT entry, for everybody.
//# cflags: -fno-pic
//# shared: libb.so b.o
//# cc-link: -no-pie $IN libb.so
//# run: exit 0
//# dynsym: theirs func undefined
//# check: dynsym(theirs) != 0
int theirs(void);
int (*get(void))(void);
static int (*const address)(void) = theirs;
int main(void) { return !(get() == theirs && address == get() && theirs() == 5); }
//# file: b.c
//# cflags: -fPIC
int theirs(void) { return 5; }
int (*get(void))(void) { return theirs; }
