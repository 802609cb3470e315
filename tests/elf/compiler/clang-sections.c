// What only clang emits: address significance, call graph profile, stack sizes, basic-block sections.
//# cc: clang
//# cflags: -faddrsig -fstack-size-section -fbasic-block-sections=all -O2
//# cc-link: $IN
//# run: exit 3
//# no-section: .llvm_addrsig .llvm.call-graph-profile
__attribute__((noinline)) int f(int x) { return x > 2 ? x * 3 : x + 2; }
int main(int argc, char **argv) { (void)argv; return f(argc); }
