// Writes where it may not, or runs what is not code: `protection text|const|data`.
#include <stdio.h>
#include <string.h>
static int (*const table[])(const char *) = {puts};
unsigned code[] = {0xd65f03c0};
int main(int argc, char **argv) {
  (void)argc;
  puts("begins"), fflush(stdout);
  if (!strcmp(argv[1], "text")) *(volatile int *)(void *)main = 0;
  if (!strcmp(argv[1], "const")) *(void *volatile *)table = 0;
  if (!strcmp(argv[1], "data")) ((void (*)(void))(void *)code)();
  puts("survived");
  return 0;
}
