// The strictest visibility of all mentions counts, and hidden symbols become local.
//# cflags: -fPIC
//# link: -shared $IN
//# symbol: narrowed local
//# no-dynsym: narrowed
//# dynsym: guarded protected
int narrowed(void) { return 1; }
int guarded(void) { return 2; }
int user(void) { return narrowed(); }
//# file: b.c
__attribute__((visibility("hidden"))) int narrowed(void);
__attribute__((visibility("protected"))) int guarded(void);
int other(void) { return narrowed() + guarded(); }
