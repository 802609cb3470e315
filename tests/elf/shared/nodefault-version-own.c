// A library refers to its own old version by name, and keeps symbols that only a script makes local.
//# cflags: -fPIC
//# link: -shared $IN --version-script=v.map
//# dynsym: f@V1
//# dynsym: f@@V2
//# no-dynsym: old new
//# reloc: R_X86_64_JUMP_SLOT sym=f count=1
__asm__(".symver old, f@V1\n.symver new, f@@V2");
int old(void) { return 1; }
int new(void) { return 2; }
int f(void);
int user(void) { return f(); }
//# file: v.map
V1 { global: f; local: old; new; };
V2 { global: f; } V1;
