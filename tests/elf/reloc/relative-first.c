// .rela.dyn lists relative relocations first, counted by DT_RELACOUNT, then symbols', then IRELATIVE (lint).
//# cflags: -fPIC
//# link: -shared $IN
//# dynamic: RELACOUNT 3
//# reloc: R_X86_64_RELATIVE count=3
//# reloc: R_X86_64_64 sym=exported addend=4
//# reloc: R_X86_64_GLOB_DAT sym=imported
extern int imported;
int exported[2];
static int a, b, c;
int *addresses[] = { &a, &exported[1], &b };
int *const relro[] __attribute__((visibility("protected"))) = { &c };
int f(int i) { return imported + *addresses[i]; }
