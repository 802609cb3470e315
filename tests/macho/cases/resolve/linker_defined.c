// The linker defines the header, the boundaries of sections and segments, and ___dso_handle.
//# link: $IN
//# run: exit 42
//# no-export: ___dso_handle
#include <stdint.h>
extern const char header __asm__("__mh_execute_header"), dso __asm__("___dso_handle");
extern int begin __asm__("section$start$__DATA$own"), end __asm__("section$end$__DATA$own");
extern char text __asm__("segment$start$__TEXT"), text_end __asm__("segment$end$__TEXT");
__attribute__((section("__DATA,own"), used)) static int numbers[] = { 30, 10, 2 };
static uintptr_t at(const void *p) { __asm__("" : "+r"(p)); return (uintptr_t)p; }
int main(void) {
  int sum = 0;
  for (int *p = &begin; p < &end; p++) sum += *p;
  if (at(&header) != at(&dso) || at(&text) != at(&header) || at(&text_end) % 0x4000 != 0) return 1;
  return *(const uint32_t *)&header == 0xfeedfacf ? sum : 2;
}
