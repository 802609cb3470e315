// An object that holds only compiler IR gets a message that says so, not a list of undefined symbols.
//# cflags: -flto
//# cc: gcc clang
//# link: $IN
//# error: -flto
//# unlike: bfd lld mold
int _start(void) { return 0; }
