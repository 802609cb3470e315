// Identical functions are folded by --icf=all; they share an address, and stay apart without it.
//# link: $IN --icf=all -dead_strip
//# run: exit 42
//# check: _one == _two
//# check: _one != _three
//# unwind: _one starts=_one
//# link[none]: $IN --icf=none
//# check: _one != _two
__attribute__((noinline)) int one(int x) { return x * 3 + (x >> 2) - 9; }
__attribute__((noinline)) int two(int x) { return x * 3 + (x >> 2) - 9; }
__attribute__((noinline)) int three(int x) { return x * 3 + (x >> 3) - 9; }
int main(int argc, char **argv) { return one(argc) == two(argc) && three(argc) < 100 ? 42 : 1; }
