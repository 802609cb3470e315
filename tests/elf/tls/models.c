// Every TLS model works in every kind of output, relaxed where the output allows it.
//# cc: gcc clang
//# cflags: -fPIC -O2
//# cc-link: $IN
//# run: exit 0
//# no-reloc: R_X86_64_DTPMOD64
//# no-reloc: R_X86_64_TPOFF64
//# cc-link[static]: -static $IN
//# run: exit 0
//# cc-link[no-pie]: -no-pie $IN
//# run: exit 0
//# cc-link[static-pie]: -static-pie $IN
//# run: exit 0
static __thread int local_dynamic = 1, local_second = 2;
__thread int general = 3;
__thread int initial __attribute__((tls_model("initial-exec"))) = 4;
static __thread int exec __attribute__((tls_model("local-exec"))) = 5;
__thread int zero;
__attribute__((noinline)) int *ld(int which) { return which ? &local_dynamic : &local_second; }
__attribute__((noinline)) int *gd(void) { return &general; }
__attribute__((noinline)) int *ie(void) { return &initial; }
__attribute__((noinline)) int *le(void) { return &exec; }
__attribute__((noinline)) int *bss(void) { return &zero; }
int main(void) { return !(*ld(1) == 1 && *ld(0) == 2 && *gd() == 3 && *ie() == 4 && *le() == 5 && *bss() == 0); }
