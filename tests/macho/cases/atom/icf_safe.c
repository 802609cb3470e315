// --icf=safe leaves functions whose addresses are compared apart.
//# cflags: -faddrsig
//# link: $IN --icf=safe
//# run: exit 42
//# check: _taken != _other
__attribute__((noinline)) int taken(int x) { return x * 3 + (x >> 2) - 9; }
__attribute__((noinline)) int other(int x) { return x * 3 + (x >> 2) - 9; }
int (*volatile first)(int) = taken, (*volatile second)(int) = other;
int main(void) { return first != second ? 42 : 1; }
