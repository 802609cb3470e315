// Pointers into a dylib's variable with addends beyond 8 and beyond 32 bits, found through another dylib that re-exports it;
// and a variable of a weak library that is not there when the program runs.
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
extern char library_big[100000], gone[] __attribute__((weak_import));
char *volatile far = library_big + 70000, *volatile near = library_big + 200;
char *volatile nowhere = gone;
#ifdef FURTHER
uintptr_t volatile further = (uintptr_t)library_big + (1ul << 40);
#endif
int main(void) {
  assert(far == library_big + 70000 && near == library_big + 200 && !nowhere);
#ifdef FURTHER
  assert(further == (uintptr_t)library_big + (1ul << 40));
#endif
  puts("addends work");
  return 0;
}
