// -r leaves out the unwind records of functions that went with their group, and keeps one terminator, at the end.
//# cflags: -O1 -fno-inline -fno-asynchronous-unwind-tables -fexceptions
//# before: printf '.section .eh_frame,"a"\n.long 0\n' | as -o zero.o -
//# link: -r frames.o zero.o b.o
//# sh: readelf -rW out | sed -n '/rela.eh_frame/,/^$/p' | grep -c ' .text._Z6commonPFvvE + 0' | grep -qx 1
//# no-reloc: R_X86_64_NONE
//# sh: test "$(readelf --debug-dump=frames out | grep -c 'ZERO terminator')" = 1
//# sh: readelf --debug-dump=frames out | tail -3 | grep -q 'ZERO terminator'
//# sh: $CXX -no-pie -o prog out && ./prog
//# sh: command -v ld.lld-19 >where || exit 0; ln -sf "$(cat where)" ld.lld; $CXX -no-pie -B. -fuse-ld=lld -o prog out && ./prog
//# sh: $LD -r -o again.o out && cmp again.o out
struct Guard { ~Guard(); };
int caught;
Guard::~Guard() { caught++; }
void thrower();
inline void common(void (*f)()) { Guard g; f(); }
int second();
int main() {
  try { common(thrower); } catch (int) { caught += 2; }
  return second() == 0 && caught == 4 ? 0 : 1;
}
//# file: b.cc
struct Guard { ~Guard(); };
extern int caught;
inline void common(void (*f)()) { Guard g; f(); }
void thrower() { throw 1; }
int second() {
  try { common(thrower); } catch (int) { return 0; }
  return 1;
}
