// What a list exports stays preemptible under -Bsymbolic, and the dynamic linker is not told to bind it here.
//# cflags: -fPIC
//# link: -shared $IN -Bsymbolic --export-dynamic-symbol=f
//# reloc: R_X86_64_64 sym=f
//# no-reloc: any sym=datum
//# dynsym: datum
//# no-dynamic: SYMBOLIC
//# unlike: lld -- it sets DF_SYMBOLIC
//# link[list]: -shared $IN -Bsymbolic --dynamic-list=list
//# reloc: R_X86_64_64 sym=f
//# no-reloc: any sym=datum
//# no-dynamic: SYMBOLIC
//# no-dynamic: FLAGS SYMBOLIC
//# link[data]: -shared $IN --dynamic-list-data
//# reloc: R_X86_64_64 sym=datum
//# no-reloc: any sym=f
//# link[plain]: -shared $IN -Bsymbolic
//# dynamic: FLAGS SYMBOLIC
//# no-reloc: any sym=f
int f(void) { return 1; }
int datum = 2;
int (*function)(void) = f;
int *pointer = &datum;
//# file: list
{ f; };
