// Optimisation hints shorten address computations; the program does the same, and -ignore_optimization_hints leaves it.
//# cflags: -O2
//# link: $IN
//# run: exit 42
//# disasm: _main contains adr x8
//# link[ignored]: $IN -ignore_optimization_hints
//# disasm: _main lacks adr x8
//# run: exit 42
static int numbers[4] = { 1, 2, 3, 40 };
int *volatile where;
int main(void) {
  where = numbers;
  return where[3] + where[1];
}
