// -z pack-relative-relocs puts relative relocations into .relr.dyn and asks for a loader that knows it.
//# cc-link: $IN -Wl,-z,pack-relative-relocs
//# run: exit 0
//# section: .relr.dyn type=RELR
//# dynamic: RELR
//# verneed: GLIBC_ABI_DT_RELR libc.so.6
//# reloc: R_X86_64_RELATIVE count=1 at=unaligned+1
//# cc-link[plain]: $IN -Wl,--pack-dyn-relocs=relr
//# run: exit 0
//# dynamic: RELR
//# verneed: GLIBC_ABI_DT_RELR libc.so.6
//# unlike: bfd lld -- without the version need glibc refuses the program
static int values[200];
#define P(n) &values[n], &values[n + 1], &values[n + 2], &values[n + 3],
int *pointers[] = { P(0) P(4) P(8) P(12) P(16) P(20) P(24) P(28) P(32) P(36) P(40) P(44) P(48) P(52) P(56) P(60) P(64)
                    P(68) P(72) P(76) P(80) P(84) P(88) P(92) P(96) };
char odd[3] = { 1, 2, 3 };
struct __attribute__((packed)) { char c; int *p; } unaligned = { 1, &values[7] };
int main(void) {
  for (int i = 0; i < 100; i++) if (pointers[i] != &values[i]) return 1;
  return unaligned.p != &values[7];
}
