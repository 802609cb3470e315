// Hidden thread-local variables use the module alone, wherever they are defined.
//# cflags: -fPIC -O2
//# link: -shared $IN
//# no-dynsym: hidden
//# reloc: R_X86_64_DTPMOD64
//# no-reloc: R_X86_64_DTPOFF64
//# no-reloc: R_X86_64_DTPMOD64 sym=hidden
extern __thread int hidden __attribute__((visibility("hidden")));
int *f(void) { return &hidden; }
//# file: b.c
__attribute__((visibility("hidden"))) __thread int hidden = 3;
