// -Bsymbolic binds a library's own references; -Bsymbolic-functions only those to functions.
//# cflags: -fPIC
//# link[none]: -shared $IN
//# reloc: R_X86_64_GLOB_DAT sym=datum
//# reloc: R_X86_64_JUMP_SLOT sym=function
//# link: -shared $IN -Bsymbolic
//# dynsym: function
//# dynsym: datum
//# no-reloc: R_X86_64_GLOB_DAT
//# no-reloc: R_X86_64_JUMP_SLOT
//# link[functions]: -shared $IN -Bsymbolic-functions
//# reloc: R_X86_64_GLOB_DAT sym=datum
//# no-reloc: R_X86_64_JUMP_SLOT
int datum = 1;
int function(void) { return 1; }
int user(void) { return function() + datum; }
