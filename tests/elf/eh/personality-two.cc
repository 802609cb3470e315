// CIEs with different personalities stay apart: C++ beside C with cleanup attributes.
//# cc-link: $IN
//# run: exit 8
extern "C" int c_frame(int (*)(int), int *);
int thrower(int x) { if (x) throw x; return 0; }
int main() { int cleaned = 0; try { c_frame(thrower, &cleaned); } catch (int x) { return x + cleaned; } return 1; }
//# file: c.c
//# cflags: -fexceptions
static void clean(int **p) { **p = 5; }
int c_frame(int (*f)(int), int *flag) { int *p __attribute__((cleanup(clean))) = flag; (void)p; return f(3); }
