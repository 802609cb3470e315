// General and local dynamic calls through the GOT (-fno-plt) relax as well.
//# cflags: -fPIC -O2 -fno-plt
//# cc-link: $IN
//# run: exit 0
//# no-reloc: R_X86_64_DTPMOD64
//# cc-link[static]: -static $IN
//# run: exit 0
static __thread int a = 1, b = 2;
__thread int general = 3;
__attribute__((noinline)) int *ld(int which) { return which ? &a : &b; }
__attribute__((noinline)) int *gd(void) { return &general; }
int main(void) { return !(*ld(1) == 1 && *ld(0) == 2 && *gd() == 3); }
