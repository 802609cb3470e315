// Functions of a segment behind __TEXT can be unwound: their places are in the unwind table, too.
//# needs: libc++
//# link: $IN -lc++ -segprot __MORE rx rx
//# lld: differs because it does not take such a segment
//# section: __MORE,__code
//# run: exit 42
#define MORE __attribute__((section("__MORE,__code,regular,pure_instructions"), noinline))
MORE static void fail(int x) { if (x) throw 42; }
MORE static int attempt(int x) {
  try { fail(x); } catch (int y) { return y; }
  return 1;
}
int main(int argc, char **) { return attempt(argc); }
