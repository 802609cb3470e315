// Jump tables, label addresses and switch tables in read-only data, PIC and not.
//# cc: gcc clang
//# cflags: -O2 -fno-inline
//# cc-link: $IN
//# run: exit 33
//# cc-link[static]: -static $IN
//# run: exit 33
int interpret(const char *code) {
  static void *const table[] = { &&add, &&twice, &&stop };
  int value = 1;
  goto *table[(int)*code];
add: value += 3; goto *table[(int)*++code];
twice: value *= 2; goto *table[(int)*++code];
stop: return value;
}
int select(int x) {
  switch (x) { case 0: return 5; case 1: return 3; case 2: return 8; case 3: return 1; case 4: return 9; case 5: return 2; }
  return 0;
}
int main(int argc, char **argv) { (void)argv; return interpret("\0\1\0\1\2") + select(argc + 1) + select(argc); }
