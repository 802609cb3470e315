// .rela.dyn lists relative relocations first, counted by DT_RELACOUNT, then symbols', then IRELATIVE (lint).
//# cflags: -fPIC
//# link: -shared $IN
//# dynamic: RELACOUNT 3
//# reloc: R_X86_64_RELATIVE count=3 in=.data.rel.local
//# reloc: R_X86_64_64 sym=exported addend=4
//# reloc: R_X86_64_GLOB_DAT sym=imported
//# unlike: bfd lld mold
extern int imported;
int exported[2];
static int a, b, c;
int *addresses[] = { &a, &exported[1], &b };
static int *const relro[] = { &c };
int f(int i) { return imported + *addresses[i] + *relro[i]; }
