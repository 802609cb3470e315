// A C++ function that catches has the personality and its table; both are found at run time when it throws.
//# needs: libc++
//# link: $IN -lc++
//# run: exit 42
//# unwind: _main personality=___gxx_personality_v0 lsda
//# unwind: __Z6throwsi mode=frame no-lsda
//# unwind: personalities 1
//# import: ___gxx_personality_v0 from libc++
//# section: __TEXT,__gcc_except_tab
__attribute__((noinline)) int throws(int x) { if (x > 0) throw x; return x; }
int main(int argc, char **argv) {
  try { throws(argc); } catch (int x) { return 41 + x; }
  return 1;
}
