// Calls through @PLT to hidden or protected functions need no PLT.
//# cflags: -fPIC
//# link: -shared $IN
//# no-reloc: R_X86_64_JUMP_SLOT
//# no-section: .plt
__attribute__((visibility("hidden"))) int hidden(void);
__attribute__((visibility("protected"))) int guarded(void);
int user(void) { return hidden() + guarded(); }
//# file: b.c
__attribute__((visibility("hidden"))) int hidden(void) { return 1; }
__attribute__((visibility("protected"))) int guarded(void) { return 2; }
