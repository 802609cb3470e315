// Exceptions pass through functions of an object that -r made: compact unwind, DWARF frames, personality, LSDA.
//# needs: libc++
//# compare: sections because the type of __eh_frame is up to the linker
//# object: merged.o main.o deep.o
//# link: merged.o -lc++
//# run: exit 42
//# unwind: _pass mode=dwarf
//# unwind: __Z6middlei mode=frame personality=___gxx_personality_v0 lsda
//# link[stripped]: merged.o -lc++ -dead_strip
//# run: exit 42
//# unwind: _pass mode=dwarf
//# file: main.cpp
int middle(int);
struct Guard { int *to; ~Guard() { *to += 1; } };
inline int shared(int x) { if (x > 100) throw x; return x; }
int (*keep)(int) = shared;
int main() {
  int destroyed = 0;
  try { Guard g{&destroyed}; return middle(41); }
  catch (int caught) { return caught + destroyed; }
}
//# file: deep.cpp
extern "C" int pass(int (*)(int), int);
inline int shared(int x) { if (x > 100) throw x; return x; }
static int deepest(int x) { if (shared(x)) throw x; return 0; }
int middle(int x) {
  try { return pass(deepest, x); }
  catch (long) { return 1; }
}
// A frame that only DWARF describes.
__asm__(".globl _pass\n .p2align 2\n_pass: .cfi_startproc\n"
        "stp x29, x30, [sp, #-32]!\n .cfi_def_cfa_offset 32\n .cfi_offset w30, -24\n .cfi_offset w29, -32\n"
        "str x20, [sp, #16]\n .cfi_offset w20, -16\n"
        "mov x8, x0\n mov w0, w1\n blr x8\n"
        "ldr x20, [sp, #16]\n ldp x29, x30, [sp], #32\n ret\n .cfi_endproc\n");
