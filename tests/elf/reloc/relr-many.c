// .relr.dyn of a library and of a static PIE: sparse and dense words, the GOT, old constructors, all in their place.
//# cflags: -fPIC -fno-toplevel-reorder
//# cc-link: relr-many.o lib.o -static-pie -Wl,--pack-dyn-relocs=relr
//# run: exit 0
//# section: .relr.dyn type=RELR entsize=8
//# dynamic: RELRENT 8
//# no-reloc: R_X86_64_RELATIVE
//# cc-link[shared]: relr-many.o lib.o -pie -Wl,-z,pack-relative-relocs -Wl,-z,now
//# run: exit 0
//# cc-link[off]: relr-many.o lib.o -pie -Wl,-z,pack-relative-relocs,-z,nopack-relative-relocs
//# run: exit 0
//# no-dynamic: RELR
//# no-section: .relr.dyn
extern int table[], *sparse[][64], *const constants[], ran;
extern char *strings[];
int check(void);
int main(void) {
  for (int i = 0; i < 40; i++)
    for (int j = 0; j < 64; j++)
      if (sparse[i][j] != (j % (i + 1) == 0 ? &table[i] : 0)) return 1;
  for (int i = 0; i < 3; i++) if (*constants[i] != i) return 2;
  if (strings[1][0] != 'b' || ran != 12) return 3;
  return check();
}
//# file: lib.c
#define R(n) n, n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, n + 7, n + 8, n + 9
int table[40] = { R(0), R(10), R(20), R(30) };
#define E(i, j) ((j) % ((i) + 1) == 0 ? &table[i] : (int *)0)
#define E8(i, j) E(i, j), E(i, j + 1), E(i, j + 2), E(i, j + 3), E(i, j + 4), E(i, j + 5), E(i, j + 6), E(i, j + 7)
#define ROW(i) { E8(i, 0), E8(i, 8), E8(i, 16), E8(i, 24), E8(i, 32), E8(i, 40), E8(i, 48), E8(i, 56) }
#define ROWS(i) ROW(i), ROW(i + 1), ROW(i + 2), ROW(i + 3), ROW(i + 4), ROW(i + 5), ROW(i + 6), ROW(i + 7)
int *sparse[40][64] = { ROWS(0), ROWS(8), ROWS(16), ROWS(24), ROWS(32) };
int *const constants[3] = { &table[0], &table[1], &table[2] };
char *strings[] = { "a", "b", "c" };
int ran;
static void first(void) { ran = ran * 10 + 1; }
static void second(void) { ran = ran * 10 + 2; }
#define CTOR __attribute__((section(".ctors"), used)) static void *const volatile
CTOR b = (void *)second;
CTOR a = (void *)first;
int check(void) { return table[3] != 3; }
