// In a shared object a dynamic list makes all but its names bind locally, and hides nothing.
//# cflags: -fPIC
//# link: -shared $IN --dynamic-list=list
//# reloc: R_X86_64_JUMP_SLOT sym=replaceable
//# no-reloc: R_X86_64_JUMP_SLOT sym=fixed
//# dynsym: fixed
//# dynsym: replaceable
//# unlike: bfd
int fixed(void) { return 1; }
int replaceable(void) { return 2; }
int user(void) { return fixed() + replaceable(); }
//# file: list
{ replaceable; };
