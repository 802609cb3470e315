// Functions that call identical functions are identical, recursion included; those that read other data are not.
//# link: $IN --icf=all
//# run: exit 42
//# check: _twice == _double
//# check: _outer == _other
//# check: _even == _odd
//# check: _reads != _looks
static int here = 1, there = 2;
#define APART __attribute__((noinline, optnone))
APART int twice(int x) { return x * 2; }
APART int double_(int x) __asm("_double");
APART int double_(int x) { return x * 2; }
APART int outer(int x) { return twice(x) + 1; }
APART int other(int x) { return double_(x) + 1; }
int odd(int x);
APART int even(int x) { return x ? odd(x - 1) : 3; }
APART int odd(int x) { return x ? even(x - 1) : 3; }
APART int reads(void) { return here; }
APART int looks(void) { return there; }
int main(void) { return outer(9) + other(7) + even(4) + odd(1) + reads() + looks() - 1; }
