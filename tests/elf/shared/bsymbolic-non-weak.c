// -Bsymbolic-non-weak leaves weak definitions replaceable.
//# cflags: -fPIC
//# link: -shared $IN -Bsymbolic-non-weak
//# reloc: R_X86_64_JUMP_SLOT sym=replaceable
//# no-reloc: R_X86_64_JUMP_SLOT sym=fixed
//# unlike: bfd
int fixed(void) { return 1; }
__attribute__((weak)) int replaceable(void) { return 2; }
int user(void) { return fixed() + replaceable(); }
