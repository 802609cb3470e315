// A hundred parallel links of the same inputs, at any number of threads, give one hash.
//# cflags: -g
//# cc-link: $IN -Wl,--build-id -Wl,-Map=out.map
//# sh: sh -e check.sh
//# unlike: bfd mold lld
#include <stdio.h>
static int *table[] = { 0 };
int f(int);
int main(void) { printf("%d\n", f(3)); return table[0] != 0; }
//# file: b.c
__thread int counter = 1;
int f(int x) { return x + counter; }
//# file: check.sh
n=0
while [ $n -lt 20 ]; do
  for j in 1 2 3 8 64; do
    ./again-link.sh -j $j --inline-below=0 -o many.$n.$j &
  done
  wait
  n=$((n+1))
done
test "$(ls many.* | wc -l)" = 100
test "$(sha256sum many.* | cut -d' ' -f1 | sort -u | wc -l)" = 1
