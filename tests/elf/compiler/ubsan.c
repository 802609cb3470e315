// UndefinedBehaviorSanitizer: type descriptors in data, shared by COMDAT.
//# cflags: -fsanitize=undefined -g
//# cc-link: $IN -fsanitize=undefined
//# sh: ./out 2>log; grep -q 'ubsan.c:7.*signed integer overflow' log
#include <limits.h>
int main(int argc, char **argv) { (void)argv;
  int x = INT_MAX; x += argc; return x == 5; }
