// In a library the linker's symbols are its own, not exported, not imported.
//# cflags: -fPIC
//# link: -shared $IN
//# no-dynsym: __ehdr_start __bss_start _GLOBAL_OFFSET_TABLE_ _DYNAMIC __init_array_start
//# check: _DYNAMIC == addr(.dynamic)
//# check: __ehdr_start == 0
//# unlike: bfd
extern char __ehdr_start[] __attribute__((visibility("hidden")));
extern char _DYNAMIC[] __attribute__((visibility("hidden")));
char *f(void) { return __ehdr_start; }
char *g(void) { return _DYNAMIC; }
