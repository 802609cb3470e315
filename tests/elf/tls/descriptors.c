// TLS descriptors (-mtls-dialect=gnu2) relax in executables and stay in libraries.
//# cflags: -fPIC -O2 -mtls-dialect=gnu2
//# shared: libb.so b.o
//# cc-link: $IN libb.so
//# run: exit 0
//# no-reloc: R_X86_64_TLSDESC sym=own
//# cc-link[static]: -static $IN b.o
//# run: exit 0
//# no-reloc: R_X86_64_TLSDESC
//# link[shared]: -shared $IN
//# reloc: R_X86_64_TLSDESC sym=own
//# unlike: bfd
extern __thread int theirs;
__thread int own = 1;
static __thread int local = 2;
__attribute__((noinline)) int get(int i) { return i == 0 ? theirs : i == 1 ? own : local; }
int main(void) { return !(get(0) == 3 && get(1) == 1 && get(2) == 2); }
//# file: b.c
__thread int theirs = 3;
