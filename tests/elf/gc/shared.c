// In a shared object exports are roots; hidden definitions are not.
//# cflags: -fPIC -ffunction-sections -fno-inline
//# link: -shared $IN --gc-sections
//# dynsym: exported
//# symbol: reached
//# absent: hidden unreached
__attribute__((visibility("hidden"))) int reached(void) { return 1; }
__attribute__((visibility("hidden"))) int hidden(void) { return 1; }
static __attribute__((used)) int unreached(void) { return 2; }
int exported(void) { return reached(); }
