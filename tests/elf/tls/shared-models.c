// In a library general dynamic needs a module and an offset, local dynamic a module, initial exec a static offset.
//# cflags: -fPIC -O2
//# link: -shared $IN
//# reloc: R_X86_64_DTPMOD64 sym=general
//# reloc: R_X86_64_DTPOFF64 sym=general
//# reloc: R_X86_64_DTPMOD64 count=2
//# reloc: R_X86_64_TPOFF64 sym=initial
//# dynamic: FLAGS STATIC_TLS
//# link[bound]: -shared $IN -Bsymbolic
//# no-reloc: R_X86_64_DTPOFF64
//# no-reloc: R_X86_64_TPOFF64 sym=initial
//# reloc: R_X86_64_TPOFF64
//# unlike: bfd
static __thread int a = 1, b = 2;
__thread int general = 3;
__thread int initial __attribute__((tls_model("initial-exec"))) = 4;
int *ld(int which) { return which ? &a : &b; }
int *gd(void) { return &general; }
int *ie(void) { return &initial; }
