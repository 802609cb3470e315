// Arguments, variable arguments of every kind, and an exit status.
#include <stdio.h>
int main(int argc, char **argv) {
  printf("hello %s %d %.2f %Lf %c %llx\n", argc > 1 ? argv[1] : "world", 42, 2.5, (long double)1.25, 'x', 1ull << 40);
  return 7;
}
