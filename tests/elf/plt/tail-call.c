// Tail calls and calls across many imported functions go to the right one.
//# shared: libb.so b.o
//# cflags: -O2
//# cc-link: $IN libb.so -Wl,-z,lazy
//# run: exit 0
//# cc-link[now]: $IN libb.so -Wl,-z,now
//# run: exit 0
#define L(F) F(0) F(1) F(2) F(3) F(4) F(5) F(6) F(7) F(8) F(9)
#define D(n) int f##n(int); __attribute__((noinline)) int g##n(int x) { return f##n(x + 1); }
L(D)
#define C(n) if (g##n(10) != 11 + n * 100) return n + 1;
int main(void) { L(C) return 0; }
//# file: b.c
//# cflags: -fPIC
#define L(F) F(0) F(1) F(2) F(3) F(4) F(5) F(6) F(7) F(8) F(9)
#define D(n) int f##n(int x) { return x + n * 100; }
L(D)
